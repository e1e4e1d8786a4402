package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/text"
	"cemigmas/web/page"
)

// filterLabel names the filters of all lists, and the sort, in the catalogue.
var filterLabel = map[string]string{
	"sector": "page.sector", "agent": "page.agent", "status": "page.client.status", "market": "list.c.market",
	"modality": "contract.field.modality", "role": "web.person.role", "sort": "page.sort", "tier": "page.client.tier",
	"segment": "page.client.segment", "city": "page.client.city", "tag": "list.filter.tag", "subgroup": "report.col.subgroup", "kind": "contract.field.kind",
}

// typedFilters are asked for by a name in people's own words.
var typedFilters = []string{"city", "tag"}

// filterOptions are the choices of a filter of a list; none for one that says
// nothing to the viewer: an agent sees its own portfolio only.
func (s *Server) filterOptions(c *fiber.Ctx, v view, list, name string) ([]page.Option, error) {
	switch name {
	case "sector":
		return v.allSectors(), nil
	case "status":
		switch list {
		case placeList.path():
			return v.options("inst.status.", crm.InstallationStatuses...), nil
		case personList.path():
			return v.options("list.person.", crm.PersonStatuses...), nil
		}
		return v.options("web.status.", crm.ClientStatuses...), nil
	case "tier":
		return plainOptions(crm.ClientTiers), nil
	case "segment":
		return v.options("web.segment.", crm.ClientSegments...), nil
	case "market":
		if list == clientList.path() {
			return v.options("web.market.", crm.ClientMarkets...), nil
		}
		return v.options("web.market.", crm.MarketCaptive, crm.MarketFree), nil
	case "modality":
		return v.options("modality.", crm.Modalities...), nil
	case "subgroup":
		return plainOptions(crm.Subgroups), nil
	case "kind":
		return v.options("web.contract.", crm.ContractKinds...), nil
	case "role":
		return v.options("web.person.", crm.PersonRoles...), nil
	case "agent":
		if actor(c).Role != crm.RoleAgent {
			return s.agentOptions(c)
		}
	}
	return nil, nil
}

// plainOptions are codes that are the same in every language.
func plainOptions(codes []string) []page.Option {
	out := make([]page.Option, len(codes))
	for i, code := range codes {
		out[i] = page.Option{Value: code, Label: code}
	}
	return out
}

// listChips are the filters in force. An unknown value is shown as it was given.
func (s *Server) listChips(c *fiber.Ctx, v view, ask listAsk) (page.ListChips, error) {
	chips := page.ListChips{Text: v.Text}
	for _, name := range ask.names {
		value := ask.by[name]
		if value == "" || name == "agent" && actor(c).Role == crm.RoleAgent {
			continue
		}
		label := text.Clip(value, 60)
		if name == "agent" {
			users, err := s.Service.UserNames(c.UserContext())
			if err != nil {
				return chips, err
			}
			label = orNothing(users[value])
		} else {
			options, err := s.filterOptions(c, v, ask.path, name)
			if err != nil {
				return chips, err
			}
			for _, o := range options {
				if o.Value == value {
					label = o.Label
				}
			}
		}
		chips.Chips = append(chips.Chips, page.Chip{Key: v.T(filterLabel[name]), Label: label, X: ask.url(name, "")})
	}
	return chips, nil
}

// allSectors are the sectors that a list can be asked for.
func (v view) allSectors() []page.Option {
	var out []page.Option
	for _, sec := range v.ramos.All() {
		out = append(out, page.Option{Value: sec.ID, Label: sec.In(v.Lang)})
	}
	return out
}

// sectors are those that are offered, and those that a record has already.
func (v view) sectors(has ...string) []page.Option {
	return slices.DeleteFunc(v.allSectors(), func(o page.Option) bool { return !v.ramos.Offers(o.Value) && !slices.Contains(has, o.Value) })
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
