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

	// Poll is how often other folders than INBOX are looked at, and INBOX where
	// the server cannot IDLE; 0 is two to five minutes.
	Poll time.Duration
}

// Engine follows mailboxes. Each is followed by one process at a time, the one
// that holds its lease.
type Engine struct {
	Config
	filer *filer

	mu       sync.Mutex
	wakes    map[string]chan struct{}
	refiles  set // addresses whose mail is to be filed again; "" asks for triage
	refiling chan struct{}
}

const (
	leaseTime = 60 * time.Second
	renewTime = 20 * time.Second
	scanTime  = 15 * time.Second // how often new mailboxes are looked for
)

// New makes an Engine; Run starts it.
func New(c Config) *Engine {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{Config: c, filer: &filer{svc: c.Service, blobs: c.Blobs},
		wakes: map[string]chan struct{}{}, refiles: set{}, refiling: make(chan struct{}, 1)}
	c.Service.OnAddresses(e.refileSoon)
	return e
}

// Run follows every mailbox until ctx ends, and waits for the workers.
func (e *Engine) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	events, stop := e.Service.Bus().Subscribe()
	defer stop()
	wg.Go(func() { e.refileLoop(ctx) })
	following := map[string]bool{}
	tick := time.NewTicker(scanTime)
	defer tick.Stop()
	for {
		for m, err := range crm.Mailboxes.All(ctx, e.Service.Store(), store.Query{Sort: []string{"address"}}) {
			if err != nil {
				if ctx.Err() == nil {
					e.Log.Error("mailsync: cannot list mailboxes", "err", err)
				}
				break
			}
			if !following[m.ID] {
				following[m.ID] = true
				id := m.ID
				wg.Go(func() { e.follow(ctx, id) })
			}
		}
		if !e.attend(ctx, events, tick.C) {
			return
		}
	}
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
				e.SyncNow(ev.ID)
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

// SyncNow makes the worker of a mailbox look at once.
func (e *Engine) SyncNow(mailbox string) {
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

// follow keeps one mailbox in sync while this process can get its lease.
func (e *Engine) follow(ctx context.Context, id string) {
	wake := e.wake(id)
	pause := newPauses()
	for ctx.Err() == nil {
		wait, err := e.sit(ctx, id, pause)
		if crm.CodeOf(err) == crm.CodeNotFound {
			return // the mailbox was removed
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-time.After(wait):
		}
	}
}

// sit holds the lease, connects and makes passes until something fails; it
// answers how long to wait before the next try.
func (e *Engine) sit(ctx context.Context, id string, pause *pauses) (time.Duration, error) {
	box, err := crm.Mailboxes.Get(ctx, e.Service.Store(), id)
	if err != nil {
		return scanTime, err
	}
	if box.Paused {
		return time.Minute, nil
	}
	lease, err := e.Service.Store().Lease(ctx, "mailbox:"+id, e.Owner, leaseTime)
	if err != nil {
		return renewTime, nil // another process follows it
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go e.keepLease(ctx, stop, lease)
	defer func() { _ = e.Service.Store().Release(context.WithoutCancel(ctx), lease) }()
	s := &session{engine: e, box: box, guard: []store.Change{store.CheckLease{Name: lease.Name, Fence: lease.Fence}}}
	defer s.close()
	err = s.run(ctx, e.wake(id), pause)
	if ctx.Err() != nil {
		return renewTime, nil
	}
	wait := pause.after(err)
	s.failed(ctx, err, wait)
	return wait, nil
}

func (e *Engine) keepLease(ctx context.Context, lost func(), l store.Lease) {
	tick := time.NewTicker(renewTime)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := e.Service.Store().Lease(ctx, l.Name, l.Owner, leaseTime); store.CodeOf(err) == store.CodeConflict {
				lost()
				return
			}
		}
	}
}

// Once makes one complete pass over a mailbox and answers how many mails it
// fetched. CodeConflict while another process follows the mailbox.
func (e *Engine) Once(ctx context.Context, id string) (int, error) {
	box, err := crm.Mailboxes.Get(ctx, e.Service.Store(), id)
	if err != nil {
		return 0, err
	}
	lease, err := e.Service.Store().Lease(ctx, "mailbox:"+id, e.Owner, leaseTime)
	if err != nil {
		return 0, &crm.Error{Code: crm.CodeConflict, Text: crm.Text{Key: "mail.error.followed"}, Err: err}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go e.keepLease(ctx, stop, lease)
	defer func() { _ = e.Service.Store().Release(context.WithoutCancel(ctx), lease) }()
	s := &session{engine: e, box: box, guard: []store.Change{store.CheckLease{Name: lease.Name, Fence: lease.Fence}}}
	defer s.close()
	if err := s.dial(ctx); err != nil {
		s.failed(ctx, err, 0)
		return 0, words(err)
	}
	if err := s.pass(ctx); err != nil {
		s.failed(ctx, err, 0)
		return s.fetched, words(err)
	}
	return s.fetched, s.done(ctx)
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
	return imapx.Options{Host: m.Host, Port: m.Port, Mode: imapx.Mode(m.TLS), User: m.Login, Password: password,
		AllowPrivate: e.AllowPrivate || m.TLS == "plain", LoopbackOnly: e.LoopbackOnly}
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

// jitter spreads d over 100 to 150 %, so that three hundred mailboxes do not
// call at once.
func jitter(d time.Duration) time.Duration { return d + time.Duration(rand.Int64N(int64(d)/2+1)) }
