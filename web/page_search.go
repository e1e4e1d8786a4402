package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/text"
	"cemigmas/web/page"
)

// searchRows is how many matches of a kind the palette shows.
const searchRows = 6

func (s *Server) searchPage(c *fiber.Ctx) error {
	v, q := s.view(c), c.Query("q")
	if q == "" {
		q = c.Query("client_name") // the field that the pickers share with their form
	}
	if c.Query("pick") == "client" {
		r, err := s.pickClient(c, v, q, "/clients/")
		if err != nil {
			return s.fail(c, err)
		}
		return s.render(c, fiber.StatusOK, "search/pick", r)
	}
	r, err := s.search(c, v, q)
	if err != nil {
		return s.fail(c, err)
	}
	if isPart(c) {
		return s.render(c, fiber.StatusOK, "search/results", r)
	}
	p := page.Search{Base: s.base(c, "", v.T("page.search")), Query: q, Results: r}
	p.Shape = page.ShapeList
	return s.render(c, fiber.StatusOK, "search", p)
}

// pickClient finds clients to choose from. to is where a choice leads without
// script: a record (ends in a slash) or a form that takes ?client=.
func (s *Server) pickClient(c *fiber.Ctx, v view, q, to string) (page.SearchResults, error) {
	r := page.SearchResults{Text: v.Text, Query: q}
	list, _, err := s.Service.ClientList(c.UserContext(), actor(c), crm.ClientQuery{Q: q, Limit: searchRows + 2})
	g := page.SearchGroup{Label: v.T("page.nav.clients")}
	for _, cl := range list {
		item := page.SearchItem{ID: cl.ID, URL: to + cl.ID, Icon: "client", Name: marks(cl.Name, q), End: cl.City}
		if !strings.HasSuffix(to, "/") {
			item.URL = at(to, "client", cl.ID)
		}
		g.Items = append(g.Items, item)
	}
	if len(g.Items) > 0 {
		r.Groups = append(r.Groups, g)
	}
	r.None = len(list) == 0 && q != ""
	return r, err
}

// search finds everything that has the words, best client first with what one
// does with it.
func (s *Server) search(c *fiber.Ctx, v view, q string) (page.SearchResults, error) {
	r := page.SearchResults{Text: v.Text, Query: q}
	hits, err := s.Service.Search(c.UserContext(), actor(c), q, searchRows)
	if err != nil || len(hits) == 0 {
		r.None = q != "" && err == nil
		return r, err
	}
	for _, g := range []struct{ kind, icon, label, to string }{
		{"client", "client", v.T("page.nav.clients"), "/clients/"},
		{"installation", "bolt", v.T("page.client.places"), "/installations/"},
		{"person", "user", v.T("page.client.people"), "/clients/"},
	} {
		group := page.SearchGroup{Label: g.label}
		for _, h := range hits {
			if h.Kind != g.kind {
				continue
			}
			id := h.ID
			if g.kind == "person" {
				id = h.Client
			}
			group.Items = append(group.Items, page.SearchItem{ID: id, URL: g.to + id, Icon: g.icon, Name: marks(h.Name, q), End: h.Detail})
		}
		if len(group.Items) > 0 {
			r.Groups = append(r.Groups, group)
		}
	}
	if hits[0].Kind == "client" {
		r.Groups = append(r.Groups, v.actionsOn(hits[0]))
	}
	return r, nil
}

func (v view) actionsOn(h crm.Hit) page.SearchGroup {
	plain := func(key string) []page.Mark { return []page.Mark{{Label: v.T(key)}} }
	return page.SearchGroup{Label: v.T("web.search.with", "client", h.Name), Items: []page.SearchItem{
		{ID: h.ID, URL: "/activities/new?client=" + h.ID, Icon: "phone", Name: plain("page.log"), Key: "L", Open: "quick"},
		{ID: h.ID, URL: "/visits/new?client=" + h.ID, Icon: "pin", Name: plain("page.visit.plan")},
	}}
}

// marks shows which beginnings of words were asked for.
func marks(name, q string) []page.Mark {
	asked := text.QueryWords(q)
	var out []page.Mark
	add := func(label string, hit bool) {
		if label == "" {
			return
		}
		if n := len(out); n > 0 && out[n-1].Hit == hit {
			out[n-1].Label += label
			return
		}
		out = append(out, page.Mark{Label: label, Hit: hit})
	}
	for i, word := range strings.Split(name, " ") {
		if i > 0 {
			add(" ", false)
		}
		n := hitRunes(word, asked)
		runes := []rune(word)
		add(string(runes[:n]), true)
		add(string(runes[n:]), false)
	}
	return out
}

// hitRunes is how many runes at the beginning of a word were asked for. Where
// folding changes the number of runes, nothing is marked.
func hitRunes(word string, asked []string) int {
	folded := []rune(text.Fold(word))
	if len(folded) != len([]rune(word)) {
		return 0
	}
	best := 0
	for _, a := range asked {
		if strings.HasPrefix(string(folded), a) {
			best = max(best, len([]rune(a)))
		}
	}
	return best
}
