package crm

import (
	"context"

	"cemigmas/crm/store"
)

// decoded reads documents; what cannot be read is told by encoding.
func decoded[T any](t Table[T], docs []store.Doc) []T {
	out := make([]T, 0, len(docs))
	for _, d := range docs {
		if v, err := t.Decode(d); err == nil {
			out = append(out, v)
		}
	}
	return out
}

func idsOf(docs []store.Doc) []string {
	out := make([]string, len(docs))
	for i, d := range docs {
		out[i] = d.ID
	}
	return out
}

// activities finds those whose timeline row is missing, there although they are
// deleted, or says something else.
func (k *checker) activities(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	rows, err := Timeline.GetMany(ctx, k.s.store, idsOf(docs))
	if err != nil {
		return nil, err
	}
	for _, a := range decoded(Activities, docs) {
		row, ok := rows[a.ID]
		p := problem{judged: a.ID, in: Timeline.In, id: a.ID}
		unchanged := store.Check{In: Activities.In, ID: a.ID, Version: a.Version}
		switch {
		case a.Deleted && !ok:
			continue
		case a.Deleted:
			p.what, p.how = "its activity is deleted", "the row was removed"
			p.changes = []store.Change{unchanged, store.Delete{In: Timeline.In, ID: a.ID, Version: -1}}
		case !ok:
			names, err := k.s.peopleNames(ctx, a.People)
			if err != nil {
				return nil, err
			}
			want := ActivityEntry(&a, names)
			p.what, p.how = "an activity has no row on the timeline", "the row was made"
			p.changes = []store.Change{unchanged, Timeline.InsertIfAbsent(&want)}
		default:
			want := ActivityEntry(&a, row.People) // names as they were then
			if sameDoc(Timeline, &row, &want) {
				continue
			}
			p.what, p.how = "the row says something else than its activity", "the row was made anew"
			p.changes = append([]store.Change{unchanged}, ReplaceEntry(&want)...)
		}
		out = append(out, p)
	}
	return out, nil
}

// entries finds rows without a source, and rows of threads that do not count or
// show their mail.
func (k *checker) entries(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	var refs []string
	list := decoded(Timeline, docs)
	for _, e := range list {
		if e.Kind != KindMail {
			refs = append(refs, e.Ref)
		}
	}
	acts, err := Activities.GetMany(ctx, k.s.store, refs)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		p := problem{judged: e.ID, in: Timeline.In, id: e.ID}
		if e.Kind == KindMail {
			if p, err = k.threadEntry(ctx, p, e); err != nil {
				return nil, err
			}
		} else if a, ok := acts[e.Ref]; !ok || a.Client != e.Client || e.ID != e.Ref {
			p.what, p.how = "the row has no activity", "the row was removed"
			p.changes = []store.Change{store.Check{In: Activities.In, ID: e.Ref, Version: a.Version}, store.Delete{In: Timeline.In, ID: e.ID, Version: -1}}
		}
		if p.what != "" {
			out = append(out, p)
		}
	}
	return out, nil
}

func (k *checker) threadEntry(ctx context.Context, p problem, e Entry) (problem, error) {
	want, ties, err := k.fromLinks(ctx, e.Ref, e.Client)
	if err != nil {
		return p, err
	}
	guard, err := k.threadGuard(ctx, e.Ref)
	if err != nil {
		return p, err
	}
	switch {
	case want == nil || e.ID != want.ID:
		p.what, p.how = "the row has no mail", "the row was removed"
		p.changes = []store.Change{guard, store.Delete{In: Timeline.In, ID: e.ID, Version: -1}}
	case e.Count != want.Count:
		p.what = "the row counts other mail than its thread has"
	case !shown(e, ties):
		p.what = "the row does not show its newest mail"
	}
	if p.what != "" && p.changes == nil {
		p.how, p.changes = "the row was made anew", append([]store.Change{guard}, ReplaceEntry(want)...)
	}
	return p, nil
}

// threadGuard makes a repair fail when mail was filed into the thread since: each
// filing writes the thread.
func (k *checker) threadGuard(ctx context.Context, thread string) (store.Change, error) {
	t, err := Threads.Get(ctx, k.s.store, thread)
	if CodeOf(err) == CodeNotFound {
		err = nil
	}
	return store.Check{In: Threads.In, ID: thread, Version: t.Version}, err
}

// fromLinks makes the row of a thread at a client from its links; nil when there
// are none. ties are the newest ones: any of them may be shown.
func (k *checker) fromLinks(ctx context.Context, thread, client string) (e *Entry, ties []MailLink, err error) {
	q := store.Query{Where: []store.Cond{store.Is("thread", thread), store.Is("client", client)}, Sort: []string{"-at"}}
	for l, err := range MailLinks.All(ctx, k.s.store, q) {
		if err != nil {
			return nil, nil, err
		}
		if e == nil {
			e = &Entry{ID: EntryID(thread, client), Client: client, Kind: KindMail, Ref: thread}
			e.Show(&l)
		}
		if e.Count++; l.At.Equal(e.At) {
			ties = append(ties, l)
		}
	}
	return e, ties, nil
}

// shown reports whether a row shows one of these mails. Why a mail stands there
// may have been learned since.
func shown(e Entry, links []MailLink) bool {
	for i := range links {
		want := e
		want.Show(&links[i])
		want.Why = e.Why
		if sameDoc(Timeline, &want, &e) {
			return true
		}
	}
	return false
}
