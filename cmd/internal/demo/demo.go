// Package demo makes the demonstration: invented clients of an invented
// distributor with their installations, contracts, readings and history, and
// an IMAP server in this process that plays the agents' mailboxes.
//
// Everything follows from a seed and a day: the same two make the same
// documents byte for byte. CNPJs have roots that are not given out, phones
// begin with 5550, mail domains end in .example, and CPFs begin with 000.
package demo

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

// ErrNotDemo says that the store has clients of its own.
var ErrNotDemo = errors.New("the store holds clients and is not a demonstration; choose another --data or --store, or start without --demo")

// ErrFilled says that the store holds a demonstration already.
var ErrFilled = errors.New("the store holds a demonstration already")

// DefaultClients is the size of the demonstration that a newcomer sees.
const DefaultClients = 60

// Options of a demonstration.
type Options struct {
	Seed    int64
	Clients int           // 0: DefaultClients; below that the mailboxes hold less too
	Today   calendar.Date // the last day of the data; "": today by the service's clock
	Log     *slog.Logger  // nil: silent
}

// Login is how somebody signs in.
type Login struct {
	Role     crm.Role
	Name     string
	Email    string
	Password string
}

// Mark is what a demonstration store says of itself (crm.MarkDemo).
type Mark struct {
	Seed    int64         `json:"seed"`
	Clients int           `json:"clients"`
	Today   calendar.Date `json:"today"`
	Filled  bool          `json:"filled"` // false: the fill was cut short
	Kind    string        `json:"kind"`   // demonstration or reference
	Mails   int           `json:"mails"`  // 0: Mails, of before small ones had fewer
}

// Plan is what the store was filled by.
func (m Mark) Plan() Plan {
	p := m.fresh()
	p.Mails = cmp.Or(m.Mails, Mails)
	return p
}

// fresh is what a store is filled by today.
func (m Mark) fresh() Plan {
	if m.Kind == kindReference {
		return Reference(m.Seed, m.Clients, m.Today)
	}
	return Demonstration(m.Seed, m.Clients, m.Today)
}

const (
	kindDemonstration = "demonstration"
	kindReference     = "reference"
)

// ReadMark reads a store's mark; ok is false when it is no demonstration.
func ReadMark(ctx context.Context, s store.Store) (m Mark, ok bool, err error) {
	row, err := crm.Marks.Get(ctx, s, crm.MarkDemo)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return Mark{}, false, nil
	}
	if err != nil {
		return Mark{}, false, err
	}
	data := []byte(row.Data)
	if len(data) == 0 {
		data = []byte(row.Value) // of version 0.1
	}
	return m, true, json.Unmarshal(data, &m)
}

// Fill fills a store without clients and marks it for good. One whose fill was
// cut short is filled to the end by its own seed and day. Errors: ErrNotDemo,
// ErrFilled.
func Fill(ctx context.Context, svc *crm.Service, o Options) ([]Login, error) {
	if o.Clients == 0 {
		o.Clients = DefaultClients
	}
	return fill(ctx, svc, o, kindDemonstration, 2000, func(done int) {
		if o.Log != nil {
			o.Log.Debug("demonstration", "clients", done)
		}
	})
}

// FillReference is Fill with the set that speed is measured on: for 20,000
// clients 100,000 installations, 1.2 million readings and 2 million timeline
// entries with their activities. progress is told the clients that are stored.
func FillReference(ctx context.Context, svc *crm.Service, o Options, batch int, progress func(done int)) ([]Login, error) {
	return fill(ctx, svc, o, kindReference, batch, progress)
}

func fill(ctx context.Context, svc *crm.Service, o Options, kind string, batch int, progress func(int)) ([]Login, error) {
	if o.Today == "" {
		o.Today = calendar.Date(svc.Today())
	}
	if !o.Today.Valid() {
		return nil, calendar.ErrDate
	}
	m, err := begin(ctx, svc, Mark{Seed: o.Seed, Clients: o.Clients, Today: o.Today, Kind: kind})
	if err != nil {
		return nil, err
	}
	if m.Filled {
		return nil, ErrFilled
	}
	w := NewWorld(m.Plan())
	logins := make(chan []Login, 1)
	go func() { logins <- w.passwords() }()
	if err := w.Write(ctx, svc.Store(), batch, progress); err != nil {
		return nil, err
	}
	out := <-logins
	return out, finish(ctx, svc, w, m)
}

// begin claims the store, or finds how far an earlier fill came.
func begin(ctx context.Context, svc *crm.Service, m Mark) (Mark, error) {
	was, ok, err := ReadMark(ctx, svc.Store())
	if err != nil || ok {
		return was, err
	}
	c, err := crm.Clients.First(ctx, svc.Store(), store.Query{})
	if err != nil {
		return m, err
	}
	if c != nil {
		return m, ErrNotDemo
	}
	m.Mails = m.fresh().Mails
	row := m.row(svc)
	return m, svc.Apply(ctx, crm.Marks.Put(&row))
}

// finish adds those who sign in, and says that the fill is complete, in one
// Apply: passwords that were shown are those that are stored.
func finish(ctx context.Context, svc *crm.Service, w *World, m Mark) error {
	row, err := crm.Marks.Get(ctx, svc.Store(), crm.MarkDemo)
	if err != nil {
		return err
	}
	m.Filled = true
	full := m.row(svc)
	full.Version, full.At = row.Version, row.At
	changes := []store.Change{crm.Marks.Put(&full)}
	for i := range w.users {
		changes = append(changes, crm.Users.Put(&w.users[i]))
	}
	return svc.Apply(ctx, changes...)
}

func (m Mark) row(svc *crm.Service) crm.Mark {
	data, err := json.Marshal(m)
	if err != nil {
		panic(err) // numbers and strings
	}
	return crm.Mark{ID: crm.MarkDemo, Data: data, At: svc.Now()}
}

// passwords gives every user a password of its own. A hash takes a tenth of a
// second on purpose, so only the logins of the demonstration and the first of
// each role of a larger set have one; nobody signs in as the others.
func (w *World) passwords() []Login {
	var some []*crm.User
	seen := map[crm.Role]int{}
	for i := range w.users {
		u := &w.users[i]
		if seen[u.Role]++; seen[u.Role] <= 4 {
			some = append(some, u)
		}
	}
	out := make([]Login, len(some))
	var wait sync.WaitGroup
	for i, u := range some {
		wait.Go(func() {
			out[i] = Login{Role: u.Role, Name: u.Name, Email: u.Email, Password: secret.OneTimePassword()}
			u.Password = must(hashPassword(out[i].Password))
		})
	}
	wait.Wait()
	return out
}

// hashPassword is replaced in tests that sign nobody in.
var hashPassword = secret.HashPassword
