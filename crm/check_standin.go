package crm

import (
	"context"
	"slices"

	"cemigmas/crm/store"
)

// standIns finds clients that are lent on a day that their dates do not have:
// neither today nor the day for which stand-ins were last turned on and off.
func (k *checker) standIns(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	mark, err := Marks.Get(ctx, k.s.store, MarkStandIns)
	if err != nil && CodeOf(err) != CodeNotFound {
		return nil, err
	}
	today := k.s.Today()
	for _, d := range docs {
		c, err := Clients.Decode(d)
		if err != nil || c.Acting == c.actingOn(today) || c.Acting == c.actingOn(mark.Value) || c.Acting == "" && mark.Value != today {
			continue // one that cannot be read is told elsewhere
		}
		out = append(out, problem{judged: d.ID, in: Clients.In, id: d.ID, what: "who stands in is not who its dates say",
			how: "the dates decided", changes: []store.Change{patchStrings(Clients.In, d.ID, store.Keys{"acting": c.actingOn(today)})}})
	}
	return out, nil
}

// merges finds merges with other keepers than the client of their survivor.
func (k *checker) merges(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	clients, err := Clients.GetMany(ctx, k.s.store, valuesOf(docs, "client"))
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		if c, ok := clients[textKey(d, "client")]; ok {
			if p, wrong := copies(Merges.In, d, "", c.kept()); wrong {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// pairs finds pairs that others see than who sees both clients.
func (k *checker) pairs(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	for _, d := range docs {
		p, err := Pairs.Decode(d)
		if err != nil {
			continue
		}
		clients, err := Clients.GetMany(ctx, k.s.store, []string{p.A, p.B})
		if err != nil {
			return nil, err
		}
		a, b := clients[p.A], clients[p.B]
		is := p
		if is.keep(a.kept(), b.kept()); a.ID != "" && b.ID != "" && !is.sameKeepers(&p) {
			out = append(out, problem{judged: d.ID, in: Pairs.In, id: d.ID, what: "others see it than see both its clients",
				how: "they were copied", changes: []store.Change{Pairs.Put(&is)}})
		}
	}
	return out, nil
}

// ties finds ties that name people who are gone.
func (k *checker) ties(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	for _, d := range docs {
		t, err := Ties.Decode(d)
		if err != nil {
			continue
		}
		people, err := People.GetMany(ctx, k.s.store, t.People)
		if err != nil {
			return nil, err
		}
		gone := slices.DeleteFunc(slices.Clone(t.People), func(id string) bool { _, there := people[id]; return there })
		if len(gone) > 0 || len(t.People) < 2 {
			out = append(out, problem{judged: d.ID, in: Ties.In, id: d.ID, what: "it names people who are gone",
				how: "they were taken out", changes: []store.Change{t.without(gone...)}})
		}
	}
	return out, nil
}
