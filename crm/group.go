package crm

import (
	"context"
	"slices"

	"cemigmas/crm/store"
)

// An economic group is a tree of clients: each names its parent.

// groupLevels is how deep a group may be; groupSize, how many of its clients are
// read for its page.
const groupLevels, groupSize = 4, 500

// setParent puts a client below another one that the actor sees. No client is
// above itself, and no group is deeper than groupLevels.
func (s *Service) setParent(ctx context.Context, a Actor, c *Client, parent string, bad problems) error {
	if parent == "" {
		c.Parent = ""
		return nil
	}
	p, err := s.client(ctx, a, parent)
	if CodeOf(err) == CodeNotFound {
		bad.add("parent", "error.client.choose")
		return nil
	}
	if err != nil {
		return err
	}
	above := []string{p.ID}
	for up := p; up.Parent != "" && len(above) <= groupLevels; above = append(above, up.ID) {
		if up, err = Clients.Get(ctx, s.store, up.Parent); err != nil {
			break // a parent that is gone ends the tree
		}
	}
	if err != nil && CodeOf(err) != CodeNotFound {
		return err
	}
	if slices.Contains(above, c.ID) {
		bad.add("parent", "error.client.cycle")
		return nil
	}
	below, err := groupDepth(ctx, c.ID, s.childrenOf)
	if err != nil {
		return err
	}
	if len(above)+below > groupLevels {
		bad.add("parent", "error.client.deep")
		return nil
	}
	c.Parent = p.ID
	return nil
}

// groupDepth is how many levels a client and those below it are.
func groupDepth(ctx context.Context, id string, below func(context.Context, string) ([]string, error)) (int, error) {
	depth := 0
	for level := []string{id}; len(level) > 0 && depth <= groupLevels; depth++ {
		var next []string
		for _, p := range level {
			children, err := below(ctx, p)
			if err != nil {
				return 0, err
			}
			next = append(next, children...)
		}
		level = next
	}
	return depth, nil
}

// childrenOf are the clients right below one, whoever serves them.
func (s *Service) childrenOf(ctx context.Context, id string) (out []string, err error) {
	for d, err := range store.All(ctx, s.store, store.Query{In: Clients.In, Where: []store.Cond{store.Is("parent", id)}, Sort: []string{"name"}}) {
		if err != nil {
			return nil, wrapStore(err)
		}
		out = append(out, d.ID)
	}
	return out, nil
}

// Group is an economic group as far as one actor sees it, with its figures.
type Group struct {
	Top     Client
	Members []GroupMember // the top first, each before those below it
	// Sums over the members.
	Installations, ContractedW int64
	Month                      string  // newest month that was measured
	OverW                      int64   // above the contracts in that month, W
	OverCents                  *int64  // R$ centavos; nil when one overrun has no tariff
	Last                       *Client // spoken with last; nil when nobody ever was
}

// GroupMember is a client of a group.
type GroupMember struct {
	Client Client
	Level  int // 0 is the top
}

// Group reads the group of a client: from the highest client above it that the
// actor sees, down to all below that the actor sees. A client that belongs to
// none is a group of one.
func (s *Service) Group(ctx context.Context, a Actor, id string) (Group, error) {
	top, err := s.client(ctx, a, id)
	if err != nil {
		return Group{}, err
	}
	for range groupLevels {
		if top.Parent == "" {
			break
		}
		up, err := s.client(ctx, a, top.Parent)
		if CodeOf(err) == CodeNotFound {
			break // another's: not a word about it
		}
		if err != nil {
			return Group{}, err
		}
		top = up
	}
	g := Group{Top: top}
	if err := s.gatherGroup(ctx, a, &g, top, 0); err != nil {
		return Group{}, err
	}
	return g, s.sumGroup(ctx, &g)
}

func (s *Service) gatherGroup(ctx context.Context, a Actor, g *Group, c Client, level int) error {
	if level > groupLevels || len(g.Members) >= groupSize {
		return nil
	}
	g.Members = append(g.Members, GroupMember{c, level})
	where := append(a.scope(), store.Is("parent", c.ID))
	list, _, err := Clients.Find(ctx, s.store, store.Query{Where: where, Sort: []string{"name"}, Limit: MaxListLimit})
	for _, below := range list {
		if err == nil {
			err = s.gatherGroup(ctx, a, g, below, level+1)
		}
	}
	return err
}

// sumGroup rolls the figures up. Only clients whose newest month is the group's
// and is over the limit have overruns to add.
func (s *Service) sumGroup(ctx context.Context, g *Group) error {
	for i := range g.Members {
		c := &g.Members[i].Client
		g.Installations += c.Installations
		g.ContractedW += c.ContractedW
		g.Month = max(g.Month, c.WorstMonth)
		if c.LastContactAt != nil && (g.Last == nil || c.LastContactAt.After(*g.Last.LastContactAt)) {
			g.Last = c
		}
	}
	cents := int64(0)
	g.OverCents = &cents
	for _, m := range g.Members {
		if m.Client.WorstMonth != g.Month || m.Client.WorstState != "bad" {
			continue
		}
		q := store.Query{Where: []store.Cond{store.Is("client", m.Client.ID)}, Sort: []string{"name"}}
		for i, err := range Installations.All(ctx, s.store, q) {
			if err != nil {
				return err
			}
			if i.WorstMonth != g.Month || i.OverW <= 0 {
				continue
			}
			g.OverW += i.OverW
			if i.OverCents == nil {
				g.OverCents = nil
			} else if g.OverCents != nil {
				*g.OverCents += *i.OverCents
			}
		}
	}
	return nil
}
