package crm

import (
	"context"
	"hash/maphash"
	"strconv"

	"cemigmas/crm/store"
)

// Upserter takes the rows of one import, batch by batch: it finds what a row
// means, compares, and writes only differences. It remembers which row named
// what, so that a second row about the same thing is told the first one's line.
// It is not for several goroutines.
type Upserter struct {
	s   *Service
	a   Actor
	dry bool

	clients map[string]ref // by taxId:…, code:…, source:…
	insts   map[string]ref // by uc:…, formerUc:…, source:…
	users   map[string]*User
	seen    map[uint64]int64
	seed    maphash.Seed
	touched map[string]struct{}
	tariffs bool
	// Of economic groups: who stands above a client that a row moved, and below.
	parents  map[string]string
	children map[string][]string
	carried  map[string]Person // as they were before a tied record's row changed them
	sectors  SectorTable

	// Of the batch at hand.
	changes []store.Change
	undo    []func()
	mark    uint64 // what the row at hand put into seen
	edits   editor
	work    batch
	now     *Outcome // of the row at hand
}

// ref is what rows need to know of a client or installation that they name.
type ref struct{ id, client, agent, team, acting string }

// batch is what was read for the rows at hand.
type batch struct {
	clients   map[string]Client       // by key, as in Upserter.clients
	insts     map[string]Installation // by key
	people    map[string][]Person     // by client
	contracts map[string][]*openContract
	readings  map[string]Reading
	tariffs   map[string]Tariff
}

// NewUpserter makes an Upserter for one import of an actor. With dry nothing is
// written, everything else is the same.
func (s *Service) NewUpserter(a Actor, dry bool) *Upserter {
	return &Upserter{s: s, a: a, dry: dry, clients: map[string]ref{}, insts: map[string]ref{}, users: map[string]*User{}, carried: map[string]Person{},
		parents: map[string]string{}, children: map[string][]string{}, seen: map[uint64]int64{}, seed: maphash.MakeSeed(), touched: map[string]struct{}{}}
}

// Upsert takes one batch of rows: those of clients first, tariffs last. The
// error is about the store; what is wrong with a row is in its Outcome.
func (s *Service) Upsert(ctx context.Context, a Actor, rows []Row) ([]Outcome, error) {
	return s.NewUpserter(a, false).Batch(ctx, rows)
}

// Touched lists the clients that the rows so far are about, changed or not, for
// Recompute: after an import that was killed its repetition must catch up on
// projections too. all is true when tariffs changed, which are everybody's.
func (u *Upserter) Touched() (clients []string, all bool) {
	for id := range u.touched {
		clients = append(clients, id)
	}
	return clients, u.tariffs
}

// Batch takes some rows. What is written is written at once; when another
// writer interfered, row by row, so that only the row concerned is rejected.
func (u *Upserter) Batch(ctx context.Context, rows []Row) ([]Outcome, error) {
	out, err := u.try(ctx, rows)
	if err == nil || !retryable(err) {
		return out, err
	}
	out = out[:0]
	for n := range rows {
		one, err := u.try(ctx, rows[n:n+1])
		for tries := 1; err != nil && retryable(err) && tries < maxTries; tries++ {
			one, err = u.try(ctx, rows[n:n+1]) // what the other one wrote is read anew
		}
		if err != nil && !retryable(err) {
			return out, err
		}
		if err != nil {
			one = []Outcome{{Kind: rows[n].Kind()}}
			one[0].rejectText("", Text{Key: "error." + string(CodeOf(err))})
		}
		out = append(out, one...)
	}
	return out, nil
}

// maxTries is how often a row is tried beside another writer.
const maxTries = 3

func retryable(err error) bool {
	c := CodeOf(err)
	return c == CodeDuplicate || c == CodeConflict
}

// stages are in the order in which rows depend on each other.
var stages = []struct {
	kind string
	load func(*Upserter, context.Context, []Row) error
	take func(*Upserter, context.Context, *Row, *Outcome) error
}{
	{RowClient, (*Upserter).loadClients, (*Upserter).takeClient},
	{RowPerson, (*Upserter).loadPeople, (*Upserter).takePerson},
	{RowInstallation, (*Upserter).loadInstallations, (*Upserter).takeInstallation},
	{RowContract, (*Upserter).loadContracts, (*Upserter).takeContract},
	{RowReading, (*Upserter).loadReadings, (*Upserter).takeReading},
	{RowTariff, (*Upserter).loadTariffs, (*Upserter).takeTariff},
}

func (u *Upserter) try(ctx context.Context, rows []Row) (out []Outcome, err error) {
	u.changes, u.undo, u.edits = u.changes[:0], u.undo[:0], u.s.editor(ctx, u.a)
	u.work = batch{clients: map[string]Client{}, insts: map[string]Installation{}, people: map[string][]Person{},
		contracts: map[string][]*openContract{}, readings: map[string]Reading{}, tariffs: map[string]Tariff{}}
	if u.sectors, err = u.s.sectorsNow(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			for n := len(u.undo) - 1; n >= 0; n-- {
				u.undo[n]()
			}
		}
	}()
	out = make([]Outcome, len(rows))
	for _, st := range stages {
		if err := u.stage(ctx, rows, out, st.kind, st.load, st.take); err != nil {
			return nil, err
		}
	}
	if u.dry {
		return out, nil
	}
	u.putContracts()
	if err := u.s.Apply(ctx, u.changes...); err != nil {
		return out, err
	}
	u.s.addressed(addressesIn(u.changes)...)
	return out, nil
}

// addressesIn are the mail addresses of people and clients that were written:
// past mail of theirs is filed again.
func addressesIn(changes []store.Change) (out []string) {
	for _, ch := range changes {
		if p, ok := ch.(store.Put); ok && (p.In == People.In || p.In == Clients.In) {
			emails, _ := p.Doc.Keys["emails"].([]string)
			out = append(out, emails...)
		}
	}
	return out
}

func (u *Upserter) stage(ctx context.Context, rows []Row, out []Outcome, kind string,
	load func(*Upserter, context.Context, []Row) error, take func(*Upserter, context.Context, *Row, *Outcome) error) error {
	var mine []Row
	for n := range rows {
		if rows[n].Kind() == kind {
			mine = append(mine, rows[n])
		}
	}
	if len(mine) == 0 {
		return nil
	}
	if err := load(u, ctx, mine); err != nil {
		return err
	}
	for _, n := range headsFirst(rows) {
		if rows[n].Kind() != kind {
			continue
		}
		out[n].Kind = kind
		if out[n].faulty = rows[n].Faulty; out[n].faulty {
			out[n].Result = RowRejected
		}
		u.mark, u.now = 0, &out[n]
		if err := take(u, ctx, &rows[n], &out[n]); err != nil {
			return err
		}
		if out[n].bad() && u.mark != 0 {
			delete(u.seen, u.mark) // a later row may do better
		}
		if !out[n].bad() && out[n].Client != "" {
			u.touched[out[n].Client] = struct{}{}
		}
	}
	return nil
}

// first reports whether no row before named this thing, and rejects the row
// otherwise.
func (u *Upserter) first(line int64, o *Outcome, field, kind, id string) bool {
	key := maphash.String(u.seed, kind+"\x00"+id)
	if was, ok := u.seen[key]; ok {
		o.reject(field, "import.row.twice", "row", strconv.FormatInt(was, 10))
		return false
	}
	u.seen[key], u.mark = line, key
	u.undo = append(u.undo, func() { delete(u.seen, key) })
	return true
}

// remember keeps what a key means for later rows. It is undone when the batch
// fails.
func (u *Upserter) remember(in map[string]ref, key string, r ref) {
	was, had := in[key]
	in[key] = r
	u.undo = append(u.undo, func() {
		if had {
			in[key] = was
		} else {
			delete(in, key)
		}
	})
}

// sameScope makes a dry run compare like a real one, in which the copies of a
// client's keepers were brought up to date before.
func (u *Upserter) sameScope(agent, team, acting *string, of ref) {
	if u.dry {
		*agent, *team, *acting = of.agent, of.team, of.acting
	}
}

// save stores a value and notes the edit.
func save[T any](u *Upserter, t Table[T], client string, exists bool, was, is *T) {
	if !exists {
		was = nil
	}
	if u.dry {
		if exists {
			told(u.now, t, was, is)
		}
		return
	}
	u.changes = append(u.changes, saved(u.edits, t, client, was, is)...)
}

// told notes in a dry run what a row would change.
func told[T any](o *Outcome, t Table[T], was, is *T) {
	body := t.Doc(is).Body
	o.Name, o.Fields = nameIn(body), differences(t.Doc(was).Body, body, t.Derived)
}
