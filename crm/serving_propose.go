package crm

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// AgentProposal is an agent who could serve a client, with the reasons.
type AgentProposal struct {
	User User
	// Kind, Segment and Sector tell what speaks for the agent: its kind is the
	// one that serves the segment, the segment and the sector are its own.
	Kind, Segment, Sector bool
	Clients               int // that it serves now, counted to proposalCap
}

// proposalCap is how far an agent's clients are counted: above it, the load no
// longer decides.
const proposalCap = 5000

// ProposeAgents ranks who could serve a client of a segment and a sector (""
// where it is not known): by segment, by sector, then by load. An agent who is
// of another kind, or serves other segments or sectors only, comes last, for
// somebody may have to. Managers and admins ask, for the agents they may choose.
func (s *Service) ProposeAgents(ctx context.Context, a Actor, segment, sector string) ([]AgentProposal, error) {
	if err := a.mustBe(RoleManager, RoleAdmin); err != nil {
		return nil, err
	}
	bad := problems{}
	oneOf("segment", &segment, ClientSegments, true, bad)
	sectors, err := s.SectorTable(ctx)
	if err != nil {
		return nil, err
	}
	if sector != "" && !sectors.Has(sector) {
		bad.add("sector", "error.field.choice")
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	serving, err := s.Serving(ctx)
	if err != nil {
		return nil, err
	}
	team, err := s.Team(ctx, a)
	if err != nil {
		return nil, err
	}
	kind := serving.Kind(segment)
	var out []AgentProposal
	for _, u := range team {
		if u.Disabled || u.Role != RoleAgent {
			continue
		}
		p := AgentProposal{User: u, Kind: kind != "" && u.Kind == kind,
			Segment: slices.Contains(u.Segments, segment), Sector: slices.Contains(u.Sectors, sector)}
		if p.Clients, err = s.CountClients(ctx, a, ClientQuery{Agent: u.ID}, proposalCap); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(x, y AgentProposal) int {
		return cmp.Or(
			cmp.Compare(fits(kind != "", x.Kind, x.User.Kind == ""), fits(kind != "", y.Kind, y.User.Kind == "")),
			cmp.Compare(fits(segment != "", x.Segment, len(x.User.Segments) == 0), fits(segment != "", y.Segment, len(y.User.Segments) == 0)),
			cmp.Compare(fits(sector != "", x.Sector, len(x.User.Sectors) == 0), fits(sector != "", y.Sector, len(y.User.Sectors) == 0)),
			cmp.Compare(x.Clients, y.Clients), strings.Compare(x.User.Name, y.User.Name))
	})
	return out, nil
}

// fits ranks one criterion: what fits, then who serves anybody, then who serves
// others. What is not asked decides nothing.
func fits(asked, fit, open bool) int {
	switch {
	case !asked || fit:
		return 0
	case open:
		return 1
	}
	return 2
}

// propose gives a new client the best agent. A house without agents has none.
func (s *Service) propose(ctx context.Context, a Actor, c *Client) error {
	list, err := s.ProposeAgents(ctx, a, c.Segment, c.Sector)
	if err != nil || len(list) == 0 {
		return err
	}
	c.Agent, c.Team = list[0].User.ID, list[0].User.Team
	return nil
}
