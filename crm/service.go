package crm

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"time"

	"cemigmas/crm/store"
)

// Deps is what a Service works with.
type Deps struct {
	Store store.Store
	// Now is the one clock; time.Now when nil.
	Now func() time.Time
	// NewID makes sortable ids; NewID of this package when nil. The
	// demonstration gives one of its own, so that the same seed makes the same
	// store.
	NewID func() string
}

// Service is the domain: its methods validate, ask whether the actor may, and
// change source, timeline and projections in one Apply.
type Service struct {
	store   store.Store
	now     func() time.Time
	newID   func() string
	bus     *Bus
	users   *userCache
	sectors *heardOf[SectorTable]
	tariffs *heardOf[TariffBook]
	// addressed is told of addresses of people and clients that are new or
	// changed; the mail engine sets it.
	addressed func(addresses ...string)
}

// New makes a Service.
func New(d Deps) *Service {
	s := &Service{store: d.Store, now: d.Now, newID: d.NewID, bus: NewBus(), users: &userCache{}, sectors: &heardOf[SectorTable]{}, tariffs: &heardOf[TariffBook]{}, addressed: func(...string) {}}
	s.bus.heard = func(e Event) {
		switch e.Kind {
		case newsSectors:
			s.sectors.forget()
		case newsTariffs:
			s.tariffs.forget()
		}
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.newID == nil {
		s.newID = func() string { return NewID(s.now()) }
	}
	return s
}

// Store gives the packages that stand above crm and work as the program
// itself (importer, mail engine, reports, demonstration) the store.
func (s *Service) Store() store.Store { return s.store }

// Now is the time by the one clock, to the millisecond, UTC.
func (s *Service) Now() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// Today is the civil date of now.
func (s *Service) Today() string { return DayOf(s.now()) }

// NewID makes an id.
func (s *Service) NewID() string { return s.newID() }

// Under is this service for work under a lease: whatever it writes fails once
// the lease is lost, so that a worker that was only slow writes nothing after
// another took over.
func (s *Service) Under(l store.Lease) *Service {
	under := *s
	under.store = store.Fenced(s.store, l)
	return &under
}

// OnAddresses sets who is told of addresses that are new at a client, so that
// past mail is filed again. It is set once, before anything runs.
func (s *Service) OnAddresses(tell func(addresses ...string)) { s.addressed = tell }

var idText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes an id that sorts by the time it was made: 48 bits of
// milliseconds and 72 random bits, in 24 letters.
func NewID(at time.Time) string {
	var b [15]byte
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(b[:6], ms[2:])
	_, _ = rand.Read(b[6:]) // never fails since Go 1.24
	return idText.EncodeToString(b[:])
}

// Apply makes changes and turns the driver's error into one with words.
func (s *Service) Apply(ctx context.Context, changes ...store.Change) error {
	if len(changes) == 0 {
		return nil
	}
	if err := RefusedBy(ctx); err != nil {
		return err
	}
	err := s.store.Apply(ctx, changes...)
	if slices.ContainsFunc(changes, ofTariffs) { // also when it failed: what reached a store that then fell silent is not known
		s.tariffs.forget()
		s.bus.Publish(Event{Kind: newsTariffs})
	}
	return wrapStore(err)
}

// ofTariffs reports whether a change writes a tariff.
func ofTariffs(c store.Change) bool {
	switch c := c.(type) {
	case store.Put:
		return c.In == Tariffs.In
	case store.InsertIfAbsent:
		return c.In == Tariffs.In
	case store.Delete:
		return c.In == Tariffs.In
	case store.Patch:
		return c.In == Tariffs.In
	}
	return false
}

type refusalKey struct{}

// Refusing is a context in which the service writes nothing: each Apply fails
// with err. A form that must not be taken is shown again by it, checked.
func Refusing(ctx context.Context, err error) context.Context {
	return context.WithValue(ctx, refusalKey{}, err)
}

// RefusedBy is what Refusing gave a context; nil where writing is allowed. What
// does more than write asks it first.
func RefusedBy(ctx context.Context) error {
	err, _ := ctx.Value(refusalKey{}).(error)
	return err
}

// userCache keeps names of users for rows that name one; a name may be a
// minute old, a right never is.
type userCache struct {
	mu    sync.Mutex
	names map[string]string
	at    time.Time
}

// UserNames maps user ids to names, for rows that say who did something.
func (s *Service) UserNames(ctx context.Context) (map[string]string, error) {
	s.users.mu.Lock()
	defer s.users.mu.Unlock()
	if s.users.names != nil && time.Since(s.users.at) < time.Minute {
		return s.users.names, nil
	}
	names := map[string]string{}
	for u, err := range Users.All(ctx, s.store, store.Query{Sort: []string{"name"}}) {
		if err != nil {
			return nil, err
		}
		names[u.ID] = u.Name
	}
	s.users.names, s.users.at = names, time.Now()
	return names, nil
}

func (s *Service) forgetUserNames() {
	s.users.mu.Lock()
	s.users.names = nil
	s.users.mu.Unlock()
}

// firstLine clips a text to the few words that a row shows.
func firstLine(t string) string { return strings.Join(strings.Fields(t), " ") }
