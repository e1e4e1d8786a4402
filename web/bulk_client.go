package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// bulkClientForm asks what to do with clients. Who may not reassign is not asked
// for agents.
func bulkClientForm(s *Server, c *fiber.Ctx, f *typed, wrong map[string]string) ([][]page.FieldView, error) {
	v := s.view(c)
	field := func(name, label string, api ...string) page.FieldView {
		got := page.Field{}
		if f != nil {
			got = f.field(name, wrong, api...)
		}
		return v.Field(name, label, got)
	}
	choose := func(fv page.FieldView, none string, options ...page.Option) page.FieldView {
		all := []page.Option{{Label: v.T("web.bulk.leave")}}
		if none != "" {
			all = append(all, page.Option{Value: clearField, Label: none})
		}
		return fv.Choose(append(all, options...))
	}
	var rows [][]page.FieldView
	if actor(c).Role != crm.RoleAgent {
		agents, err := s.agentOptions(c)
		if err != nil {
			return nil, err
		}
		rows = append(rows, []page.FieldView{choose(field("agent", "page.agent"), "", agents...).Help("web.bulk.agent.hint")},
			[]page.FieldView{choose(field("stand_in", "page.client.standin", "standIn"), nothing, agents...),
				field("stand_in_from", "page.client.standin.from", "standInFrom").As("date"), field("stand_in_until", "page.client.standin.until", "standInUntil").As("date")})
	}
	return append(rows, []page.FieldView{choose(field("sector", "page.sector"), v.T("web.sector.auto"), v.sectors()...),
		choose(field("segment", "page.client.segment"), nothing, v.options("web.segment.", crm.ClientSegments...)...)},
		[]page.FieldView{choose(field("tier", "page.client.tier"), nothing, bulkOptions(v, "", crm.ClientTiers)...),
			choose(field("status", "page.client.status"), "", v.options("web.status.", crm.ClientStatuses...)...)},
		[]page.FieldView{field("add_tags", "web.bulk.tags.add", "tags").Help("web.bulk.tags.hint"), field("drop_tags", "web.bulk.tags.drop")}), nil
}

// bulkClientEdit reads the form: what is left alone is not said.
func bulkClientEdit(f typed) crm.BulkEdit {
	said := func(name string) *string {
		v := f.get(name)
		switch v {
		case "":
			return nil
		case clearField:
			v = ""
		}
		return &v
	}
	e := crm.BulkEdit{Agent: said("agent"), Sector: said("sector"), Segment: said("segment"), Tier: said("tier"), Status: said("status"),
		StandIn: said("stand_in"), StandInFrom: said("stand_in_from"), StandInUntil: said("stand_in_until"), AddTags: f.lines("add_tags"), DropTags: f.lines("drop_tags")}
	if e.StandIn != nil && *e.StandIn == "" {
		e.StandInFrom, e.StandInUntil = nil, nil
	}
	return e
}

// bulkClientFacts says what is done to each client.
func (v view) bulkClientFacts(e crm.BulkEdit, users map[string]string) []page.Fact {
	var out []page.Fact
	say := func(key string, value *string, word func(string) string) {
		if value == nil {
			return
		}
		f := page.Fact{Label: v.T(key), Value: nothing}
		if *value != "" {
			f.Value = word(*value)
		}
		out = append(out, f)
	}
	name := func(id string) string { return orNothing(users[id]) }
	say("page.agent", e.Agent, name)
	say("page.client.standin", e.StandIn, name)
	say("page.client.standin.from", e.StandInFrom, v.date)
	say("page.client.standin.until", e.StandInUntil, v.date)
	if e.Sector != nil && *e.Sector == "" {
		out = append(out, page.Fact{Label: v.T("page.sector"), Value: v.T("web.sector.auto")})
	} else {
		say("page.sector", e.Sector, v.sector)
	}
	say("page.client.segment", e.Segment, func(x string) string { return v.T("web.segment." + x) })
	say("page.client.tier", e.Tier, func(x string) string { return x })
	say("page.client.status", e.Status, func(x string) string { return v.T("web.status." + x) })
	for _, t := range []struct {
		key  string
		tags []string
	}{{"web.bulk.tags.add", e.AddTags}, {"web.bulk.tags.drop", e.DropTags}} {
		if len(t.tags) > 0 {
			out = append(out, page.Fact{Label: v.T(t.key), Value: join(", ", t.tags...)})
		}
	}
	return out
}
