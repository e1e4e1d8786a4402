package crm

import (
	"context"

	"cemigmas/crm/store"
)

// chunk is how many changes go into one Apply of bulk work: enough to share a
// commit, few enough not to hold up a person's save.
const chunk = 500

// copiesOf lists the collections that carry a copy of who keeps their client,
// with the order in which the rows of one client are walked. None of the
// orders depends on what is changed on the way.
var copiesOf = []struct {
	in   *store.Collection
	sort []string
}{
	{People.In, []string{"name"}},
	{Installations.In, []string{"name"}},
	{Contracts.In, []string{"installation"}},
	{Readings.In, []string{"month"}},
	{Deadlines.In, []string{"on"}},
	{Documents.In, []string{"gone", "-at"}},
	{Activities.In, []string{"-month", "-at"}},
	{MailLinks.In, []string{"-contact", "-at"}},
	{Merges.In, []string{"-at"}},
}

// reassign gives everything that belongs to a client the client's keepers, in
// chunks; rows that have them already are not written. It may be repeated after
// a crash.
func (s *Service) reassign(ctx context.Context, client string, to kept) error {
	for _, c := range copiesOf {
		q := store.Query{In: c.in, Where: []store.Cond{store.Is("client", client)}, Sort: c.sort}
		if err := s.patchAll(ctx, q, scopePatch("", to)); err != nil {
			return err
		}
	}
	return s.settlePairs(ctx, client, to)
}

// moveInstallation gives what belongs to an installation to another client.
func (s *Service) moveInstallation(ctx context.Context, installation string, to *Client) error {
	p := scopePatch(to.ID, to.kept())
	for _, q := range []store.Query{
		{In: Contracts.In, Sort: []string{"kind", "start"}},
		{In: Readings.In, Sort: []string{"-month"}},
	} {
		q.Where = []store.Cond{store.Is("installation", installation)}
		if err := s.patchAll(ctx, q, p); err != nil {
			return err
		}
	}
	return nil
}

// scopePatch sets the copies; client "" leaves the client.
func scopePatch(client string, to kept) store.Keys {
	k := store.Keys{"agent": to.agent, "team": to.team, "acting": to.acting}
	if client != "" {
		k["client"] = client
	}
	return k
}

// patchAll sets string fields, in Keys and Body, of every match that differs.
func (s *Service) patchAll(ctx context.Context, q store.Query, set store.Keys) error {
	q.WithKeys = true
	var changes []store.Change
	for d, err := range store.All(ctx, s.store, q) {
		if err != nil {
			return wrapStore(err)
		}
		if sameStrings(d.Keys, set) {
			continue
		}
		changes = append(changes, patchStrings(q.In, d.ID, set))
		if len(changes) == chunk {
			if err := s.Apply(ctx, changes...); err != nil {
				return err
			}
			changes = changes[:0]
		}
	}
	return s.Apply(ctx, changes...)
}

// patchStrings sets string fields in Keys and Body; "" removes one.
func patchStrings(in *store.Collection, id string, set store.Keys) store.Patch {
	p := store.Patch{In: in, ID: id, Keys: make(store.Keys, len(set)), Body: make(map[string][]byte, len(set))}
	for name, v := range set {
		p.Body[name], p.Keys[name] = jsonString(v.(string)), v
		if v == "" {
			p.Body[name], p.Keys[name] = nil, nil
		}
	}
	return p
}

func sameStrings(has, want store.Keys) bool {
	for name, v := range want {
		h, _ := has[name].(string)
		if h != v {
			return false
		}
	}
	return true
}
