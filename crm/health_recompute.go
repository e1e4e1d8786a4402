package crm

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"

	"cemigmas/crm/calendar"
	"cemigmas/crm/store"
)

// readingsOf reads the newest n readings (0: all), newest first.
func (s *Service) readingsOf(ctx context.Context, installation string, n int) ([]Reading, error) {
	q := store.Query{Where: []store.Cond{store.Is("installation", installation)}, Sort: []string{"-month"}}
	if n > 0 && n <= store.MaxPage {
		q.Limit = n
		list, _, err := Readings.Find(ctx, s.store, q)
		return list, err
	}
	var out []Reading
	for r, err := range Readings.All(ctx, s.store, q) {
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Recompute brings the derived figures of clients and their installations up to
// date: contracted demand, the strip of months, overruns, notices, market,
// sector and tier. It writes only what differs, raises no version, and may be repeated.
func (s *Service) Recompute(ctx context.Context, clients ...string) error {
	if len(clients) == 0 {
		return nil
	}
	tariffs, err := s.TariffBook(ctx)
	if err != nil {
		return err
	}
	tiers, _, err := s.TierRule(ctx)
	if err != nil {
		return err
	}
	sectors, err := s.sectorsNow(ctx)
	if err != nil {
		return err
	}
	today := s.Today()
	for part := range slices.Chunk(clients, recomputedTogether) {
		changes, err := store.Gather(ctx, s.store, part, func(ctx context.Context, id string) ([]store.Change, error) {
			r := recompute{s: s, tariffs: tariffs, tiers: tiers, sectors: sectors, today: today}
			err := r.client(ctx, id)
			return r.changes, err
		})
		if err != nil {
			return err
		}
		for part := range slices.Chunk(slices.Concat(changes...), chunk) {
			if err := s.Apply(ctx, part...); err != nil {
				return err
			}
		}
	}
	return nil
}

// recomputedTogether is how many clients are read before what changed of them
// is written.
const recomputedTogether = 64

// RecomputeAll is Recompute of every client, for changed tariffs and a new day.
func (s *Service) RecomputeAll(ctx context.Context) error { return s.RecomputeEach(ctx, nil) }

// RecomputeEach is RecomputeAll that tells, unless nil, how far it is.
func (s *Service) RecomputeEach(ctx context.Context, progress func(done, total int)) error {
	var ids []string
	q := store.Query{In: Clients.In}
	for d, err := range store.All(ctx, s.store, q) {
		if err != nil {
			return wrapStore(err)
		}
		ids = append(ids, d.ID)
	}
	if progress == nil {
		return s.Recompute(ctx, ids...)
	}
	done := 0
	for part := range slices.Chunk(ids, 4*recomputedTogether) {
		if err := s.Recompute(ctx, part...); err != nil {
			return err
		}
		done += len(part)
		progress(done, len(ids))
	}
	return nil
}

type recompute struct {
	s       *Service
	tariffs TariffBook
	tiers   TierRule
	sectors SectorTable
	today   string
	changes []store.Change
}

// gone deletes what was derived of a client that is not there any more, since an
// undo took it back.
func (r *recompute) gone(ctx context.Context, id string) error {
	if err := r.deadlines(ctx, &Client{ID: id}, nil); err != nil {
		return err
	}
	for p, err := range Pairs.All(ctx, r.s.store, store.Query{Where: []store.Cond{store.Is("clients", id)}}) {
		if err != nil {
			return err
		}
		r.changes = append(r.changes, store.Delete{In: Pairs.In, ID: p.ID, Version: -1})
	}
	return nil
}

func (r *recompute) client(ctx context.Context, id string) error {
	d, err := r.s.store.Get(ctx, Clients.In, id)
	if store.IsNotFound(err) {
		return r.gone(ctx, id)
	}
	if err != nil {
		return wrapStore(err)
	}
	c, err := Clients.Decode(d)
	if err != nil || c.MergedInto != "" {
		return err
	}
	refind(r, Clients, d, &c)
	if err := r.people(ctx, id); err != nil {
		return err
	}
	contracts, err := r.contracts(ctx, id)
	if err != nil {
		return err
	}
	var sums clientSums
	var places []Installation
	q := store.Query{In: Installations.In, Where: []store.Cond{store.Is("client", id)}, Sort: []string{"name"}, Limit: store.MaxPage, WithKeys: true}
	for {
		page, err := r.s.store.Find(ctx, q)
		if err != nil {
			return wrapStore(err)
		}
		list, next, err := Installations.decodeAll(page, func(d store.Doc) store.Doc { return d })
		if err != nil {
			return err
		}
		for n := range list {
			refind(r, Installations, page.Docs[n], &list[n])
		}
		if err := r.installations(ctx, &c, list, contracts, &sums); err != nil {
			return err
		}
		places = append(places, list...)
		if next == "" {
			break
		}
		q.After = next
	}
	was := c
	c.project(&sums, r.sectors)
	c.stay(r.today)
	c.grade(&r.tiers)
	if err := r.misfit(ctx, &c); err != nil { // after project, which finds the sector
		return err
	}
	var dates []Deadline // the same
	for n := range places {
		dates = append(dates, DeadlinesOf(&c, &places[n], contracts[places[n].ID], r.today, calendar.WorkDays{})...)
	}
	if err := r.deadlines(ctx, &c, dates); err != nil {
		return err
	}
	if err := r.contact(ctx, &c); err != nil {
		return err
	}
	r.add(patchOf(Clients, &was, &c))
	return nil
}

// people brings what they are found by up to date.
func (r *recompute) people(ctx context.Context, client string) error {
	q := store.Query{In: People.In, Where: []store.Cond{store.Is("client", client)}, Sort: []string{"name"}, WithKeys: true}
	for d, err := range store.All(ctx, r.s.store, q) {
		if err != nil {
			return wrapStore(err)
		}
		p, err := People.Decode(d)
		if err != nil {
			return err
		}
		refind(r, People, d, &p)
	}
	return nil
}

// refind gives a document that an earlier program wrote the words by which this
// one finds it, and the fields.
func refind[T any](r *recompute, in Table[T], d store.Doc, v *T) {
	p := store.Patch{In: in.In, ID: d.ID, Keys: store.Keys{}}
	for name, value := range prune(in.Keys(v)) {
		if _, has := d.Keys[name]; !has {
			p.Keys[name] = value
		}
	}
	if words := in.Words(v); !slices.Equal(words, d.Words) {
		p.Words = append([]string{}, words...)
	}
	if len(p.Keys) > 0 || p.Words != nil {
		r.changes = append(r.changes, p)
	}
}

// contact finds last contact and next visit anew. A client that is replaced
// whole (a form, an import) takes along what it was read with, so a mail that
// was filed in between would be forgotten otherwise.
func (r *recompute) contact(ctx context.Context, c *Client) error {
	at, kind, err := r.s.LastContact(ctx, c.ID)
	if err != nil {
		return err
	}
	c.LastContactAt, c.LastContact = nil, kind
	if !at.IsZero() {
		c.LastContactAt = &at
	}
	next, err := r.s.nextVisit(ctx, c.ID, nil)
	if err != nil {
		return err
	}
	c.NextAt, c.Next = nil, ""
	if next != nil {
		c.NextAt, c.Next = &next.At, next.Kind
	}
	return nil
}

// contracts reads a client's contracts by installation, in one walk.
func (r *recompute) contracts(ctx context.Context, client string) (map[string][]Contract, error) {
	out := map[string][]Contract{}
	q := store.Query{Where: []store.Cond{store.Is("client", client)}, Sort: []string{"installation"}}
	for c, err := range Contracts.All(ctx, r.s.store, q) {
		if err != nil {
			return nil, err
		}
		out[c.Installation] = append(out[c.Installation], c)
	}
	return out, nil
}

// installations reads the readings of a page of a client's installations beside
// each other: of a chain with a thousand they would be waited for one by one.
func (r *recompute) installations(ctx context.Context, c *Client, list []Installation, contracts map[string][]Contract, sums *clientSums) error {
	readings, err := store.Gather(ctx, r.s.store, list, func(ctx context.Context, i Installation) ([]Reading, error) {
		return r.s.readingsOf(ctx, i.ID, stripMonths)
	})
	if err != nil {
		return err
	}
	for n, i := range list {
		r.installation(i, contracts[i.ID], readings[n], sums)
		for n := range contracts[i.ID] {
			k := &contracts[i.ID][n]
			was := *k
			k.project(c, &i, r.today)
			r.add(patchOf(Contracts, &was, k))
		}
	}
	return nil
}

func (r *recompute) installation(i Installation, contracts []Contract, readings []Reading, sums *clientSums) {
	was := i
	reactive := i.project(contracts, readings, r.tariffs, r.today)
	var now int64
	if c, step := contractAt(contracts, calendar.Month(r.today[:7])); c != nil {
		now, _ = shownW(c, step)
	}
	sums.add(&i, now, reactive)
	r.add(patchOf(Installations, &was, &i))
}

func (r *recompute) add(p *store.Patch) {
	if p != nil {
		r.changes = append(r.changes, *p)
	}
}

// patchOf is the change that turns one stored value into another without
// touching members and fields that are equal; nil when all are.
func patchOf[T any](t Table[T], was, is *T) *store.Patch {
	if sameDoc(t, was, is) {
		return nil
	}
	a, b := t.Doc(was), t.Doc(is)
	p := &store.Patch{In: t.In, ID: b.ID, Keys: store.Keys{}, Body: map[string][]byte{}}
	for name, v := range b.Keys {
		if !reflect.DeepEqual(a.Keys[name], v) {
			p.Keys[name] = v
		}
	}
	for name := range a.Keys {
		if _, ok := b.Keys[name]; !ok {
			p.Keys[name] = nil
		}
	}
	before, after := members(a.Body), members(b.Body)
	for name, v := range after {
		if string(before[name]) != string(v) {
			p.Body[name] = v
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			p.Body[name] = nil
		}
	}
	if t.Words != nil && !slices.Equal(a.Words, b.Words) {
		p.Words = append([]string{}, b.Words...)
	}
	return p
}

func members(body []byte) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(body, &m); err != nil {
		panic(err) // Table.Doc wrote it
	}
	return m
}
