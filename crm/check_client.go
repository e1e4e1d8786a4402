package crm

import (
	"context"
	"maps"
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// textKey is a string field of a document; "" when it is missing.
func textKey(d store.Doc, field string) string {
	v, _ := d.Keys[field].(string)
	return v
}

// valuesOf lists the distinct values of a string field.
func valuesOf(docs []store.Doc, field string) []string {
	seen := map[string]bool{}
	for _, d := range docs {
		if v := textKey(d, field); v != "" {
			seen[v] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// scoped finds what lies under a client that is gone, or with another agent,
// team or stand-in than its client: an interrupted hand-over.
func (k *checker) scoped(in *store.Collection) look {
	return func(ctx context.Context, docs []store.Doc) (out []problem, err error) {
		clients, err := Clients.GetMany(ctx, k.s.store, valuesOf(docs, "client"))
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			c, ok := clients[textKey(d, "client")]
			if !ok {
				p := problem{judged: d.ID, in: in, id: d.ID, what: "its client is gone"}
				if in == MailLinks.In { // it follows from a mail, which stays
					p.how, p.changes = "the link was removed", []store.Change{store.Delete{In: in, ID: d.ID, Version: d.Version}}
				}
				out = append(out, p)
				continue
			}
			if p, wrong := copies(in, d, "", c.kept()); wrong {
				out = append(out, p)
			}
		}
		return out, nil
	}
}

// ofInstallation finds contracts and readings without their installation, or
// with another client than it has.
func (k *checker) ofInstallation(in *store.Collection) look {
	return func(ctx context.Context, docs []store.Doc) (out []problem, err error) {
		units, err := Installations.GetMany(ctx, k.s.store, valuesOf(docs, "installation"))
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			i, ok := units[textKey(d, "installation")]
			if !ok {
				out = append(out, problem{judged: d.ID, in: in, id: d.ID, what: "its installation is gone"})
				continue
			}
			if p, wrong := copies(in, d, i.Client, i.kept()); wrong {
				out = append(out, p)
			}
		}
		return out, nil
	}
}

// copies compares the copies that a document carries; client "" leaves it.
func copies(in *store.Collection, d store.Doc, client string, of kept) (problem, bool) {
	set := scopePatch(client, of)
	if sameStrings(d.Keys, set) {
		return problem{}, false
	}
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if textKey(d, name) != set[name] {
			wrong = append(wrong, name)
		}
	}
	return problem{judged: d.ID, in: in, id: d.ID, what: "it has another " + strings.Join(wrong, ", ") + " than what it belongs to",
		how: "they were copied", changes: []store.Change{patchStrings(in, d.ID, set)}}, true
}

// rules finds rules that file mail under a client that is gone.
func (k *checker) rules(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	for _, d := range docs {
		r, err := MailRules.Decode(d)
		if err != nil || r.Client == "" {
			continue
		}
		clients, err := Clients.GetMany(ctx, k.s.store, []string{r.Client})
		if err != nil {
			return nil, err
		}
		if len(clients) == 0 {
			out = append(out, problem{judged: d.ID, in: MailRules.In, id: d.ID, what: "it files mail under a client that is gone"})
		}
	}
	return out, nil
}

// figures finds clients and installations whose derived figures are neither of
// today nor of the day on which all were last brought up to date.
func (k *checker) figures() look {
	return func(ctx context.Context, docs []store.Doc) (out []problem, err error) {
		tariffs, err := k.s.TariffBook(ctx)
		if err != nil {
			return nil, err
		}
		tiers, _, err := k.s.TierRule(ctx)
		if err != nil {
			return nil, err
		}
		days := []string{k.s.Today()}
		if m, err := Marks.Get(ctx, k.s.store, MarkDay); err == nil && m.Value != "" && m.Value != days[0] {
			days = append(days, m.Value)
		}
		for _, d := range docs {
			var found []store.Change
			for _, day := range days {
				r := recompute{s: k.s, tariffs: tariffs, tiers: tiers, today: day}
				if err := r.client(ctx, d.ID); err != nil {
					return nil, err
				}
				if len(r.changes) == 0 {
					found = nil
					break
				}
				if found == nil {
					found = r.changes
				}
			}
			for _, ch := range found {
				p := problem{judged: d.ID, what: "derived figures are not those of its sources", how: "they were computed anew", changes: []store.Change{ch}}
				switch c := ch.(type) {
				case store.Patch:
					p.in, p.id, p.what = c.In, c.ID, p.what+": "+strings.Join(slices.Sorted(maps.Keys(c.Body)), ", ")
				case store.InsertIfAbsent:
					p.in, p.id, p.what = c.In, c.Doc.ID, "a date that its contract has is missing"
				case store.Delete:
					p.in, p.id, p.what = c.In, c.ID, "a date that no contract has any more"
				}
				out = append(out, p)
			}
		}
		return out, nil
	}
}
