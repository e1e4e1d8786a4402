package crm

import "cemigmas/crm/store"

// kept is who keeps a client, and by it everything that carries a copy: its
// agent, its team and who acts for the agent today.
type kept struct{ agent, team, acting string }

func (c *Client) kept() kept       { return kept{c.Agent, c.Team, c.Acting} }
func (i *Installation) kept() kept { return kept{i.Agent, i.Team, i.Acting} }
func (c *Contract) kept() kept     { return kept{c.Agent, c.Team, c.Acting} }
func (d *Deadline) kept() kept     { return kept{d.Agent, d.Team, d.Acting} }
func (e *Event) kept() kept        { return kept{e.Agent, e.Team, e.Acting} }
func (r *ref) kept() kept          { return kept{r.agent, r.team, r.acting} }

// keptIn reads the copies of any document that carries them.
func keptIn(keys store.Keys) (k kept) {
	k.agent, _ = keys["agent"].(string)
	k.team, _ = keys["team"].(string)
	k.acting, _ = keys["acting"].(string)
	return k
}
