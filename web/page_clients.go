package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/text"
	"cemigmas/web/page"
)

// listSize is a page of a list; totalCap is how far the total is counted.
const (
	listSize = 50
	totalCap = 1000
)

// clientSorts in the order in which they are offered.
var clientSorts = []string{"name", "lastContact", "worst", "contracted", "next", "notice"}

// listAsk is what a list of clients is asked for.
type listAsk struct {
	q, sector, agent, status, sort, after string
	from                                  int64 // rows before this page
}

func readListAsk(c *fiber.Ctx) listAsk {
	a := listAsk{c.Query("q"), c.Query("sector"), c.Query("agent"), c.Query("status"), c.Query("sort"), c.Query("after"), 0}
	if n, err := strconv.ParseInt(c.Query("n"), 10, 64); err == nil && n > 0 && a.after != "" {
		a.from = n
	}
	return a
}

func (a listAsk) query() crm.ClientQuery {
	return crm.ClientQuery{Q: a.q, Sector: a.sector, Agent: a.agent, Status: a.status, Sort: a.sort, Limit: listSize, After: a.after}
}

// url is the list with one thing said otherwise.
func (a listAsk) url(name, value string) string {
	v := map[string]string{"q": a.q, "sector": a.sector, "agent": a.agent, "status": a.status, "sort": a.sort}
	if name != "" {
		v[name] = value
	}
	return at("/clients", "q", v["q"], "sector", v["sector"], "agent", v["agent"], "status", v["status"], "sort", v["sort"], "after", v["after"], "n", v["n"])
}

// bulkURL is where what was chosen in the list is sent, with what the list was
// asked for.
func (a listAsk) bulkURL() string {
	return at("/clients/bulk", "q", a.q, "sector", a.sector, "agent", a.agent, "status", a.status, "sort", a.sort)
}

func (a listAsk) narrowed() bool {
	return a.q != "" || a.sector != "" || a.agent != "" || a.status != ""
}

func (s *Server) clientsPage(c *fiber.Ctx) error {
	v, ask := s.view(c), readListAsk(c)
	chips, err := s.clientChips(c, v, ask)
	if err != nil {
		return s.fail(c, err)
	}
	list, err := s.clientList(c, v, ask)
	if err != nil {
		if isPart(c) || crm.CodeOf(err) != crm.CodeInvalid || listStart(c, domainError(err)) != "" {
			return s.fail(c, err)
		}
		list = page.ClientList{Text: v.Text, Heads: v.clientHeads(ask), Fail: &page.Notice{State: page.Bad, Label: v.refused(ask, err),
			Action: page.Link{Label: v.T("page.clients.none.action"), URL: "/clients"}}}
	}
	if isPart(c) {
		if ask.after != "" && c.Get("HX-Target") == "client-rows" {
			return s.render(c, fiber.StatusOK, "clients/rows", list)
		}
		chips.Swap = true
		list.Chips = chips
		return s.render(c, fiber.StatusOK, "clients/list", list)
	}
	tool, err := s.clientTools(c, v, ask)
	if err != nil {
		return s.fail(c, err)
	}
	tool.Chips = chips
	p := page.Clients{Base: s.base(c, page.PlaceClients, v.T("page.nav.clients")), Tool: tool, List: list}
	p.Shape = page.ShapeList
	return s.render(c, fiber.StatusOK, "clients", p)
}

// refused says which filter of the address is none.
func (v view) refused(ask listAsk, err error) string {
	wrong, above, _ := v.formError(err)
	var names []string
	for _, f := range []struct{ name, label, value string }{{"sector", "page.sector", ask.sector}, {"status", "page.client.status", ask.status}, {"sort", "page.sort", ask.sort}} {
		if wrong[f.name] != "" {
			names = append(names, v.T("web.list.unknown", "filter", v.T(f.label), "value", text.Clip(f.value, 60)))
		}
	}
	return join(" ", append([]string{above}, append(names, v.T("web.list.broken"))...)...)
}

func (s *Server) clientTools(c *fiber.Ctx, v view, ask listAsk) (page.ClientTools, error) {
	t := page.ClientTools{Text: v.Text, Query: ask.q, Sector: ask.sector, Agent: ask.agent, Sort: ask.sort,
		Sorts: v.options("web.sort.", clientSorts...), Sectors: v.sectors(), Import: "/imports", New: "/clients/new", Doubles: "/duplicates"}
	if t.Sort == "" {
		t.Sort = "name"
	}
	var err error
	if actor(c).Role != crm.RoleAgent {
		t.Agents, err = s.agentOptions(c)
	}
	return t, err
}

func (v view) sectors() []page.Option {
	var out []page.Option
	for _, sec := range crm.Sectors() {
		out = append(out, page.Option{Value: sec.ID, Label: v.sector(sec.ID)})
	}
	return out
}

func (s *Server) agentOptions(c *fiber.Ctx) ([]page.Option, error) {
	team, err := s.Service.Team(c.UserContext(), actor(c))
	var out []page.Option
	for _, u := range team {
		if !u.Disabled {
			out = append(out, page.Option{Value: u.ID, Label: u.Name})
		}
	}
	return out, err
}

func (s *Server) clientChips(c *fiber.Ctx, v view, ask listAsk) (page.ClientChips, error) {
	chips := page.ClientChips{Text: v.Text}
	if ask.sector != "" {
		chips.Chips = append(chips.Chips, page.Chip{Key: v.T("page.sector"), Label: v.orGiven(crm.IsSector(ask.sector), "sector.", ask.sector), X: ask.url("sector", "")})
	}
	if ask.status != "" {
		chips.Chips = append(chips.Chips, page.Chip{Key: v.T("page.client.status"), Label: v.orGiven(slices.Contains(crm.ClientStatuses, ask.status), "web.status.", ask.status), X: ask.url("status", "")})
	}
	if ask.agent != "" && actor(c).Role != crm.RoleAgent {
		names, err := s.Service.UserNames(c.UserContext())
		if err != nil {
			return chips, err
		}
		chips.Chips = append(chips.Chips, page.Chip{Key: v.T("page.agent"), Label: orNothing(names[ask.agent]), X: ask.url("agent", "")})
	}
	return chips, nil
}

// orGiven is the word for a value, or what the address gave when it is none.
func (v view) orGiven(known bool, prefix, value string) string {
	if known {
		return v.T(prefix + value)
	}
	return text.Clip(value, 60)
}

// clientList reads one page of the list. A page that a filter emptied goes on
// to the next, so that "show more" always shows something.
func (s *Server) clientList(c *fiber.Ctx, v view, ask listAsk) (page.ClientList, error) {
	ctx, a := c.UserContext(), actor(c)
	list := page.ClientList{Text: v.Text, Heads: v.clientHeads(ask), Own: a.Role == crm.RoleAgent, CSRF: s.Auth.CSRF(session(c).ID), Bulk: ask.bulkURL()}
	q := ask.query()
	var rows []crm.Client
	for range 20 {
		got, next, err := s.Service.ClientList(ctx, a, q)
		if err != nil {
			return list, err
		}
		rows, q.After = append(rows, got...), next
		if len(rows) > 0 || next == "" {
			break
		}
	}
	names, err := s.Service.UserNames(ctx)
	if err != nil {
		return list, err
	}
	for _, cl := range rows {
		list.Rows = append(list.Rows, v.clientRow(cl, names))
	}
	total, err := s.Service.CountClients(ctx, a, ask.query(), totalCap)
	if err != nil {
		return list, err
	}
	list.Total = v.n("web.clients.total", int64(total))
	if total >= totalCap {
		list.Total = v.n("web.clients.more", totalCap)
	}
	list.All = v.T("web.bulk.all", "clients", list.Total)
	last := ask.from + int64(len(rows))
	if len(rows) > 0 {
		list.Shown = v.int(1) + "–" + v.int(last)
	}
	if q.After != "" {
		more := at("/clients", "q", ask.q, "sector", ask.sector, "agent", ask.agent, "status", ask.status, "sort", ask.sort,
			"after", q.After, "n", strconv.FormatInt(last, 10))
		list.More = &page.More{Label: v.T("page.clients.more"), URL: more, Part: more}
	}
	if len(rows) == 0 && ask.after == "" {
		list.Empty = v.noClients(ask)
	}
	return list, nil
}

func (v view) noClients(ask listAsk) *page.Empty {
	if ask.narrowed() {
		return &page.Empty{Label: v.T("page.clients.none"), Action: page.Link{Label: v.T("page.clients.none.action"), URL: "/clients"}}
	}
	return &page.Empty{Label: v.T("page.clients.first"), Action: page.Link{Label: v.T("web.client.new"), URL: "/clients/new"}}
}

func (v view) clientHeads(ask listAsk) []page.Head {
	by := ask.sort
	if by == "" {
		by = "name"
	}
	head := func(key, sort, order string, right bool) page.Head {
		h := page.Head{Label: v.T(key), Right: right}
		if sort != "" {
			h.URL = ask.url("sort", sort)
			h.Part = h.URL
		}
		if sort == by {
			h.Sort = order
		}
		return h
	}
	return []page.Head{
		head("page.clients.c.client", "name", "ascending", false), head("page.sector", "", "", false), head("page.agent", "", "", false),
		head("page.clients.c.inst", "", "", true), head("page.clients.c.kw", "contracted", "descending", true),
		head("page.clients.c.util", "worst", "descending", false), head("page.clients.c.last", "lastContact", "ascending", false),
		head("page.clients.c.next", "next", "ascending", false),
	}
}

func (v view) clientRow(c crm.Client, users map[string]string) page.ClientRow {
	r := page.ClientRow{ID: c.ID, URL: "/clients/" + c.ID, Name: c.Name, Placeholder: c.Placeholder, Sector: v.sector(c.Sector), Agent: orNothing(users[c.Agent]),
		Installations: v.int(c.Installations), Contracted: nothing, Worst: v.util(c.WorstTenths, c.WorstState), Last: v.lastContact(c)}
	if c.ContractedW > 0 {
		r.Contracted = v.kilo(c.ContractedW)
	}
	r.Next, r.NextWhat, r.NextState = v.nextDate(c)
	return r
}

func (v view) lastContact(c crm.Client) *page.LastContact {
	if c.LastContactAt == nil {
		return nil
	}
	kind := page.Kind(c.LastContact)
	l := &page.LastContact{Ago: v.ago(*c.LastContactAt), Day: v.date(crm.DayOf(*c.LastContactAt)), Icon: kind.Icon(), What: v.T(kind.Key()),
		State: quietState(v.daysSince(*c.LastContactAt))}
	if l.State == "" {
		l.State = page.OK
	}
	return l
}

// nextDate is the sooner of the next visit and the next notice deadline.
func (v view) nextDate(c crm.Client) (day, what string, st page.State) {
	visit := ""
	if c.NextAt != nil {
		visit = crm.DayOf(*c.NextAt)
	}
	switch {
	case visit != "" && (c.NoticeOn == "" || visit <= c.NoticeOn):
		if visit <= string(v.today) {
			st = page.Warn
		}
		if visit < string(v.today) {
			st = page.Bad
		}
		return v.date(visit), v.T("page.kind.visit"), st
	case c.NoticeOn != "":
		return v.date(c.NoticeOn), v.T("web.notice.short"), dueState(calendar.DaysBetween(v.today, calendar.Date(c.NoticeOn)))
	}
	return "", "", ""
}

func orNothing(s string) string {
	if s == "" {
		return nothing
	}
	return s
}
