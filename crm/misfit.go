package crm

import (
	"context"
	"slices"

	"cemigmas/crm/store"
)

// MisfitSector is the misfit (Client.Misfit) of a client whose sector is none of
// its agent's.
const MisfitSector = "sector"

// Fit sets what does not fit between a client and the sectors of its agent; an
// agent without sectors serves any.
func (c *Client) Fit(sectors []string) {
	c.Misfit = MisfitSector
	if c.Sector == "" || c.Status == "former" || len(sectors) == 0 || slices.Contains(sectors, c.Sector) {
		c.Misfit = ""
	}
}

// misfit finds a client's, with the agent as it is now.
func (r *recompute) misfit(ctx context.Context, c *Client) error {
	c.Misfit = ""
	if c.Agent == "" {
		return nil
	}
	u, err := Users.Get(ctx, r.s.store, c.Agent)
	if CodeOf(err) == CodeNotFound {
		return nil
	}
	c.Fit(u.Sectors)
	return err
}

// settleMisfits brings the misfits of an agent's clients up to date after its
// sectors changed. What is right already is not written.
func (s *Service) settleMisfits(ctx context.Context, u User) error {
	var changes []store.Change
	for c, err := range Clients.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("agent", u.ID)}, Sort: []string{"name"}}) {
		if err != nil {
			return err
		}
		was := c.Misfit
		if c.Fit(u.Sectors); c.Misfit != was {
			changes = append(changes, patchStrings(Clients.In, c.ID, store.Keys{"misfit": c.Misfit}))
		}
	}
	for part := range slices.Chunk(changes, chunk) {
		if err := s.Apply(ctx, part...); err != nil {
			return err
		}
	}
	return nil
}

// Misfits lists the clients whose sector is none of their agent's, by name.
// Managers and admins ask.
func (s *Service) Misfits(ctx context.Context, a Actor, limit int, after string) ([]Client, string, error) {
	if err := a.mustBe(RoleManager, RoleAdmin); err != nil {
		return nil, "", err
	}
	return Clients.Find(ctx, s.store, store.Query{Where: append(a.scope(), store.Is("misfit", MisfitSector)), Sort: []string{"name"},
		Limit: limitOf(limit, 50), After: after})
}
