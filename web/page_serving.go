package web

import (
	"context"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) servingPage(c *fiber.Ctx) error {
	rules, err := s.Service.Serving(c.UserContext())
	if err != nil {
		return s.fail(c, err)
	}
	return s.showServing(c, fiber.StatusOK, rules, nil, nil)
}

// showServing renders the table and the clients that do not fit; wrong are words
// by segment.
func (s *Server) showServing(c *fiber.Ctx, status int, rules crm.Serving, wrong map[string]string, notice *page.Notice) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	list, next, err := s.Service.Misfits(ctx, a, listSize, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Serving{Base: s.base(c, page.PlaceUsers, v.T("web.serving.title"), page.Link{Label: v.T("page.nav.users"), URL: "/users"}),
		May: a.Role == crm.RoleAdmin, Version: strconv.FormatInt(rules.Version, 10), BulkURL: "/clients/bulk", UsersURL: "/users"}
	for _, r := range rules.Rules {
		channel, kind := page.Field{Value: r.Channel, Error: wrong[r.Segment]}, page.Field{Value: string(r.Kind)}
		segment := v.T("web.segment." + r.Segment)
		p.Facts = append(p.Facts, page.Fact{Label: segment, Value: join(", ", v.word("web.serving.by.", r.Channel), v.word("web.kind.", string(r.Kind)))})
		p.Rules = append(p.Rules, page.ServingRule{Segment: segment,
			Channel: v.Field("channel."+r.Segment, "web.serving.channel", channel).Choose(v.options("web.serving.by.", crm.Channels...)),
			Kind:    v.Field("kind."+r.Segment, "web.serving.kind", kind).Choose(v.agentKinds())})
	}
	if p.Misfits, err = s.misfitRows(ctx, v, a, list); err != nil {
		return s.fail(c, err)
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/serving", "after", next)}
	}
	p.Shape, p.Notice = page.ShapeForm, notice
	return s.render(c, status, "serving", p)
}

// word is the word for a choice; what is none stays as it was given.
func (v view) word(prefix, value string) string {
	if value == "" {
		return nothing
	}
	return v.T(prefix + value)
}

func (v view) agentKinds() []page.Option {
	var out []page.Option
	for _, k := range crm.UserKinds {
		out = append(out, page.Option{Value: string(k), Label: v.T("web.kind." + string(k))})
	}
	return out
}

func (s *Server) misfitRows(ctx context.Context, v view, a crm.Actor, list []crm.Client) ([]page.MisfitRow, error) {
	team, err := s.Service.Team(ctx, a)
	if err != nil {
		return nil, err
	}
	better := map[string]string{} // by segment and sector: many clients share one
	var rows []page.MisfitRow
	for _, cl := range list {
		row := page.MisfitRow{ID: cl.ID, Client: clientLink(cl.ID, cl.Name), Sector: v.sector(cl.Sector), Agent: nothing}
		if n := slices.IndexFunc(team, func(u crm.User) bool { return u.ID == cl.Agent }); n >= 0 {
			row.Agent = v.T("web.serving.served", "name", team[n].Name, "sectors", v.sectorNames(team[n].Sectors))
		}
		key := cl.Segment + "/" + cl.Sector
		if _, known := better[key]; !known {
			if better[key], err = s.betterAgent(ctx, v, a, cl); err != nil {
				return nil, err
			}
		}
		row.Better = better[key]
		rows = append(rows, row)
	}
	return rows, nil
}

func (v view) sectorNames(ids []string) string {
	var names []string
	for _, id := range ids {
		names = append(names, v.sector(id))
	}
	return join(", ", names...)
}

// betterAgent names who serves the sector of a client, if anybody does.
func (s *Server) betterAgent(ctx context.Context, v view, a crm.Actor, cl crm.Client) (string, error) {
	segment := cl.Segment
	if !slices.Contains(crm.ClientSegments, segment) {
		segment = "" // of an import, in its own words
	}
	list, err := s.Service.ProposeAgents(ctx, a, segment, cl.Sector)
	if err != nil {
		return "", err
	}
	n := slices.IndexFunc(list, func(p crm.AgentProposal) bool { return p.Sector })
	if n < 0 {
		return "", nil
	}
	return v.T("web.serving.better", "agent", v.proposal(list[n], segment, cl.Sector)), nil
}

// proposal names an agent with what speaks for it.
func (v view) proposal(p crm.AgentProposal, segment, sector string) string {
	why := []string{}
	if p.User.Kind != "" {
		why = append(why, v.T("web.kind."+string(p.User.Kind)))
	}
	if p.Segment {
		why = append(why, v.T("web.segment."+segment))
	}
	if p.Sector {
		why = append(why, v.sector(sector))
	}
	return v.T("web.serving.why", "name", p.User.Name, "why", join(", ", append(why, v.n("web.clients.total", int64(p.Clients)))...))
}

// servingSave changes the table; it comes back when somebody was quicker.
func (s *Server) servingSave(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	in := crm.Serving{Version: f.version()}
	for _, segment := range crm.ClientSegments {
		in.Rules = append(in.Rules, crm.ServingRule{Segment: segment, Channel: f.get("channel." + segment), Kind: crm.UserKind(f.get("kind." + segment))})
	}
	_, err := s.Service.SetServing(c.UserContext(), actor(c), in)
	if err == nil {
		return s.goTo(c, "/serving", note{Label: v.T("web.saved")})
	}
	wrong, above, ok := v.formError(err)
	if !ok || crm.CodeOf(err) == crm.CodeForbidden {
		return s.fail(c, err)
	}
	notice := &page.Notice{State: page.Bad, Label: above}
	switch {
	case conflicted(err):
		now, err := s.Service.Serving(c.UserContext())
		if err != nil {
			return s.fail(c, err)
		}
		in.Version = now.Version // what was typed stays, and can be saved over it
		notice.Label, notice.State = v.T("web.serving.conflict"), page.Warn
	case above == "":
		notice = nil
	}
	return s.showServing(c, again(err), in, wrong, notice)
}

// agentHint proposes who serves a client that is being made.
func (s *Server) agentHint(c *fiber.Ctx) error {
	v, segment, sector := s.view(c), c.Query("segment"), c.Query("sector")
	if sector == "" {
		sector = v.ramos.Of(c.Query("cnae"))
	}
	list, err := s.Service.ProposeAgents(c.UserContext(), actor(c), segment, sector)
	if err != nil {
		return s.fail(c, err)
	}
	return s.render(c, fiber.StatusOK, "serving/hint", v.agentHint(list, segment, sector))
}

// hintLines is how many agents a hint names.
const hintLines = 3

func (v view) agentHint(list []crm.AgentProposal, segment, sector string) page.AgentHint {
	h := page.AgentHint{Text: v.Text}
	for n, p := range list[:min(len(list), hintLines)] {
		key := "web.serving.else"
		if n == 0 {
			key = "web.serving.first"
		}
		h.Lines = append(h.Lines, v.T(key, "agent", v.proposal(p, segment, sector)))
	}
	return h
}

func apiServing(s *Server, c call, _ struct{}) (crm.Serving, error) { return s.Service.Serving(c) }

func apiSetServing(s *Server, c call, in crm.Serving) (crm.Serving, error) {
	return s.Service.SetServing(c, c.Actor, in)
}

type proposalQuery struct {
	Segment string `query:"segment"`
	Sector  string `query:"sector"`
}

type proposalAnswer struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Kind    crm.UserKind `json:"kind,omitempty"`
	Fits    []string     `json:"fits"` // of kind, segment and sector
	Clients int          `json:"clients"`
}

type proposalsAnswer struct {
	Items []proposalAnswer `json:"items"`
}

func apiProposals(s *Server, c call, in proposalQuery) (proposalsAnswer, error) {
	list, err := s.Service.ProposeAgents(c, c.Actor, in.Segment, in.Sector)
	out := proposalsAnswer{Items: []proposalAnswer{}}
	for _, p := range list {
		one := proposalAnswer{ID: p.User.ID, Name: p.User.Name, Kind: p.User.Kind, Fits: []string{}, Clients: p.Clients}
		for _, f := range []struct {
			on   bool
			name string
		}{{p.Kind, "kind"}, {p.Segment, "segment"}, {p.Sector, "sector"}} {
			if f.on {
				one.Fits = append(one.Fits, f.name)
			}
		}
		out.Items = append(out.Items, one)
	}
	return out, err
}
