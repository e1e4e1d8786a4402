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
