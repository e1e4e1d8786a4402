package crm

import (
	"context"
	"slices"
	"time"

	"cemigmas/crm/store"
)

// Finding is something that does not agree with what it follows from. Its words
// are the command line's English.
type Finding struct {
	Collection, ID string
	What           string
	// Repair says what mends it; "" when only a person can settle it, because a
	// source would be touched.
	Repair string
	Done   bool  // it was repaired
	Err    error // why the repair failed
}

// Checked sums a check up.
type Checked struct {
	Repaired int // over all rounds
	Open     int // findings that are left
}

const (
	checkPage   = 500 // documents that are judged together
	checkRounds = 4   // what one repair uncovers is repaired in the next round
)

// checkPauses lie between two looks at a finding before it is believed: beside a
// running server a source may be read just before, and what follows from it just
// after a change.
var checkPauses = []time.Duration{30 * time.Millisecond, 400 * time.Millisecond}

// Check compares everything that is derived with its sources, document by
// document, and tells what does not agree. With fix it repairs what follows from
// sources, which are never deleted; without, it only reads. It may run beside
// everything else, and ends with ctx.
func (s *Service) Check(ctx context.Context, fix bool, tell func(Finding)) (Checked, error) {
	var sum Checked
	for round := 1; ; round++ {
		k := &checker{s: s, fix: fix, tell: tell, again: round > 1}
		err := k.run(ctx)
		sum.Repaired += k.repaired
		sum.Open = k.open
		if err != nil || k.repaired == 0 || round == checkRounds {
			return sum, err
		}
	}
}

// checker is one round over the store.
type checker struct {
	s              *Service
	fix, again     bool
	tell           func(Finding)
	repaired, open int
}

// problem is a finding with the changes that repair it.
type problem struct {
	judged  string // id of the document that was looked at
	in      *store.Collection
	id      string
	what    string
	how     string
	changes []store.Change
}

func (p problem) same(o problem) bool {
	return p.judged == o.judged && p.in == o.in && p.id == o.id && p.what == o.what
}

// look judges some documents of a collection, reading anew what they rest on.
type look func(ctx context.Context, docs []store.Doc) ([]problem, error)

// run walks sources before what follows from them.
func (k *checker) run(ctx context.Context) error {
	special := map[*store.Collection][]look{
		Clients.In:       {k.standIns},
		People.In:        {k.scoped(People.In)},
		Ties.In:          {k.ties},
		Pairs.In:         {k.pairs},
		Merges.In:        {k.merges},
		Installations.In: {k.scoped(Installations.In)},
		Contracts.In:     {k.ofInstallation(Contracts.In)},
		Readings.In:      {k.ofInstallation(Readings.In)},
		Documents.In:     {k.scoped(Documents.In)},
		Activities.In:    {k.scoped(Activities.In), k.activities},
		MailRules.In:     {k.rules},
		MailLinks.In:     {k.scoped(MailLinks.In), k.links},
		Messages.In:      {k.messages},
		Threads.In:       {k.threads},
		Timeline.In:      {k.entries},
		Folders.In:       {k.folders},
		Ledger.In:        {k.ledger},
		HeldMail.In:      {k.held},
	}
	for _, t := range checkOrder() {
		if err := k.walk(ctx, t.collection(), append([]look{k.encoding(t)}, special[t.collection()]...)); err != nil {
			return err
		}
	}
	return k.walk(ctx, Clients.In, []look{k.figures()})
}

// checkOrder is the order of the tables, but for links, which go before the
// messages that name their clients.
func checkOrder() []stored {
	rank := map[*store.Collection]int{MailLinks.In: 1, Messages.In: 2, Threads.In: 3, Timeline.In: 4}
	out := slices.Clone(tables)
	slices.SortStableFunc(out, func(a, b stored) int { return rank[a.collection()] - rank[b.collection()] })
	return out
}

// walk judges a collection a page at a time.
func (k *checker) walk(ctx context.Context, in *store.Collection, looks []look) error {
	q := store.Query{In: in, Limit: checkPage, WithKeys: true}
	for {
		page, err := k.s.store.Find(ctx, q)
		if err != nil {
			return wrapStore(err)
		}
		if err := k.page(ctx, in, page.Docs, looks); err != nil {
			return err
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}

func (k *checker) page(ctx context.Context, in *store.Collection, docs []store.Doc, looks []look) error {
	found, err := judge(ctx, docs, looks)
	for _, pause := range checkPauses {
		if err != nil || len(found) == 0 {
			return err
		}
		found, err = k.still(ctx, in, found, looks, pause)
	}
	if err != nil {
		return err
	}
	for _, p := range found {
		if err := k.settle(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func judge(ctx context.Context, docs []store.Doc, looks []look) ([]problem, error) {
	var out []problem
	for _, l := range looks {
		found, err := l(ctx, docs)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, ctx.Err()
}

// still keeps what is wrong after a pause as well.
func (k *checker) still(ctx context.Context, in *store.Collection, found []problem, looks []look, pause time.Duration) ([]problem, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(pause):
	}
	var ids []string
	for _, p := range found {
		if !slices.Contains(ids, p.judged) {
			ids = append(ids, p.judged)
		}
	}
	docs, err := k.s.store.GetMany(ctx, in, ids)
	if err != nil {
		return nil, wrapStore(err)
	}
	now, err := judge(ctx, docs, looks)
	return slices.DeleteFunc(now, func(p problem) bool { return !slices.ContainsFunc(found, p.same) }), err
}

// settle repairs a problem, if it may, and tells of it.
func (k *checker) settle(ctx context.Context, p problem) error {
	f := Finding{Collection: p.in.Name, ID: p.id, What: p.what, Repair: p.how}
	if k.fix && len(p.changes) > 0 {
		f.Err = k.s.Apply(ctx, p.changes...)
		f.Done = f.Err == nil
		if code := CodeOf(f.Err); ctx.Err() != nil || code == CodeUnavailable {
			return f.Err
		}
	}
	switch {
	case f.Done:
		k.repaired++
	default:
		k.open++
		if k.again && f.Err == nil {
			return nil // told in the first round
		}
	}
	k.tell(f)
	return nil
}
