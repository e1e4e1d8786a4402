// Package mailsync follows mailboxes and files their mail under clients.
//
// What is on disk: a ledger row for every mail of a followed folder, written
// in the same Apply that moves the folder's cursor, so nothing is passed over;
// the raw mail of what belongs to a client, in the blob store, before the one
// Apply that files it; of what belongs to nobody yet only what triage needs.
// The server is never changed: folders are examined, bodies peeked at. A kill
// at any point leaves rows that are still wanted, and the next pass goes on.
package mailsync

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"sync"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imapx"
)

// Config is what an Engine is made of.
type Config struct {
	Service      *crm.Service
	Blobs        blob.Store
	Ring         *secret.Ring
	Owner        string // name of this process, for leases
	Log          *slog.Logger
	AllowPrivate bool // mailboxes may dial private networks
	LoopbackOnly bool // a demonstration dials nothing else

	// Lease is for how long a mailbox stays with a process that does not
	// answer; 30 seconds when 0.
	Lease time.Duration
	// Engines answers how many processes follow mailboxes, this one included;
	// nil: this one alone.
	Engines func() int

	// Poll is how often other folders than INBOX are looked at, and INBOX where
	// the server cannot IDLE; 0 is two to five minutes.
	Poll time.Duration

	// Net overrides how connections are made: time limits, and certificates
	// that a company signs itself. Host, login and protection come from the
	// mailbox.
	Net imapx.Options
}

// Engine follows mailboxes. Each is followed by one process at a time, the one
// that holds its lease.
type Engine struct {
	Config
	filer  *filer
	window int // mails of one step of backfill; tests on a slow store set it

	seats    seats
	mu       sync.Mutex
	wakes    map[string]chan struct{}
	refiling chan struct{}
}

// New makes an Engine; Run starts it.
func New(c Config) *Engine {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Lease == 0 {
		c.Lease = leaseTime
	}
	if c.Engines == nil {
		c.Engines = func() int { return 1 }
	}
	e := &Engine{Config: c, filer: &filer{svc: c.Service, blobs: c.Blobs, turn: new(sync.Mutex)}, window: window, seats: seats{taken: map[string]chan struct{}{}},
		wakes: map[string]chan struct{}{}, refiling: make(chan struct{}, 1)}
	c.Service.OnAddresses(e.refileSoon)
	return e
}

// Run follows every mailbox until ctx ends, and waits for the workers.
func (e *Engine) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	events, stop := e.Service.Bus().Subscribe(crm.WakeMailbox, crm.WakeRefile, "mailbox")
	defer stop()
	wg.Go(func() { e.refileLoop(ctx) })
	following := map[string]bool{}
	tick := time.NewTicker(min(scanTime, e.again()))
	defer tick.Stop()
	for {
		if err := e.scan(ctx, &wg, following); err != nil && ctx.Err() == nil {
			e.Log.Error("mailsync: cannot list mailboxes", "err", fault(err))
		}
		if !e.attend(ctx, events, tick.C) {
			return
		}
	}
}

// scan begins to follow mailboxes that are new, and counts this process's
// share.
func (e *Engine) scan(ctx context.Context, wg *sync.WaitGroup, following map[string]bool) error {
	wanted := 0
	for m, err := range crm.Mailboxes.All(ctx, e.Service.Store(), crm.EveryMailbox()) {
		if err != nil {
			return err
		}
		if followable(m) {
			wanted++
		}
		if !following[m.ID] {
			following[m.ID] = true
			id := m.ID
			wg.Go(func() { e.follow(ctx, id) })
		}
	}
	e.seats.set(wanted, e.Engines())
	return nil
}

// attend handles events until it is time to look for new mailboxes; false when
// the engine ends.
func (e *Engine) attend(ctx context.Context, events <-chan crm.Event, tick <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick:
			return true
		case ev := <-events:
			switch ev.Kind {
			case crm.WakeMailbox:
				e.poke(ev.ID)
			case crm.WakeRefile:
				select {
				case e.refiling <- struct{}{}:
				default:
				}
			case "mailbox":
				if e.isNew(ev.ID) {
					return true
				}
			}
		}
	}
}

func (e *Engine) isNew(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, known := e.wakes[id]
	return !known
}

// poke wakes the worker of a mailbox.
func (e *Engine) poke(mailbox string) {
	select {
	case e.wake(mailbox) <- struct{}{}:
	default:
	}
}

// wake is the channel that wakes a mailbox's worker.
func (e *Engine) wake(id string) chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	ch := e.wakes[id]
	if ch == nil {
		ch = make(chan struct{}, 1)
		e.wakes[id] = ch
	}
	return ch
}

// Once makes one complete pass over a mailbox and answers how many mails it
// fetched. CodeConflict while somebody follows the mailbox.
func (e *Engine) Once(ctx context.Context, id string) (fetched int, err error) {
	box, err := crm.Mailboxes.Get(ctx, e.Service.Store(), id)
	if err != nil {
		return 0, err
	}
	// An owner of its own: a worker of this very process holds it as well.
	err = e.hold(ctx, id, e.Owner+":"+crm.NewID(time.Now()), func(ctx context.Context, lease store.Lease) error {
		s := e.session(box, lease)
		defer s.close()
		err := s.dial(ctx)
		if err == nil {
			err = s.pass(ctx)
		}
		fetched = s.fetched
		if err != nil {
			s.failed(ctx, err, 0)
			return words(err)
		}
		return s.done(ctx)
	})
	if errors.Is(err, errHeld) {
		err = &crm.Error{Code: crm.CodeConflict, Text: crm.Text{Key: "mail.error.followed"}, Err: err}
	}
	return fetched, err
}

// Check signs in to a mailbox and lists its folders.
func (e *Engine) Check(ctx context.Context, m crm.Mailbox, password string) error {
	c, err := imapx.Dial(ctx, e.options(m, password))
	if err != nil {
		return words(err)
	}
	defer c.Close()
	_, _, err = c.List(ctx)
	return words(err)
}

// CheckStored is Check with the stored password.
func (e *Engine) CheckStored(ctx context.Context, m crm.Mailbox) error {
	password, err := e.password(m)
	if err != nil {
		return words(err)
	}
	return e.Check(ctx, m, password)
}

func (e *Engine) password(m crm.Mailbox) (string, error) {
	plain, err := e.Ring.Open(crm.SecretRecord(m.ID), m.Secret)
	if err != nil {
		return "", &crm.Error{Code: crm.CodeUnavailable, Text: crm.Text{Key: "mail.error.key"}, Err: err}
	}
	return string(plain), nil
}

func (e *Engine) options(m crm.Mailbox, password string) imapx.Options {
	o := e.Net
	o.Host, o.Port, o.Mode, o.User, o.Password = m.Host, m.Port, imapx.Mode(m.TLS), m.Login, password
	o.AllowPrivate, o.LoopbackOnly = e.AllowPrivate || m.TLS == "plain", e.LoopbackOnly
	return o
}

// words gives an error of the mail server the words of a user.
func words(err error) error {
	if err == nil {
		return nil
	}
	var own *crm.Error
	if errors.As(err, &own) {
		return err
	}
	var ie *imapx.Error
	if errors.As(err, &ie) {
		code := crm.CodeUnavailable
		if ie.Kind == imapx.KindAuth || ie.Kind == imapx.KindRefused || ie.Kind == imapx.KindTLS {
			code = crm.CodeInvalid
		}
		return &crm.Error{Code: code, Text: crm.Text{Key: ie.Key}, Err: err}
	}
	return &crm.Error{Code: crm.CodeUnavailable, Text: crm.Text{Key: "mail.error.network"}, Err: err}
}

// fault describes an error for the log: what kind it is and never what it
// quotes, because servers quote addresses and folders are named after clients.
func fault(err error) string {
	var ie *imapx.Error
	if errors.As(err, &ie) {
		return "imap " + string(ie.Kind) + " " + ie.Key
	}
	var se *store.Error
	if errors.As(err, &se) {
		return "store " + string(se.Code) + " " + se.Collection
	}
	var own *crm.Error
	if errors.As(err, &own) {
		return string(own.Code) + " " + own.Text.Key
	}
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err.Error()
	}
	return "unexpected error of type " + reflect.TypeOf(err).String()
}

// jitter spreads d over 100 to 150 %, so that three hundred mailboxes do not
// call at once.
func jitter(d time.Duration) time.Duration { return d + time.Duration(rand.Int64N(int64(d)/2+1)) }
