package mailsync

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imapx"
)

// session is a mailbox that this process follows now.
type session struct {
	engine  *Engine
	box     crm.Mailbox
	guard   []store.Change // without the lease, or after the mailbox was changed, nothing is written
	conn    *imapx.Conn
	open    string // the examined folder
	fetched int
	filing  chan error // of the batch that is being filed
	told    time.Time
}

func (e *Engine) session(box crm.Mailbox, lease store.Lease) *session {
	return &session{engine: e, box: box, guard: []store.Change{
		store.CheckLease{Name: lease.Name, Fence: lease.Fence},
		store.Check{In: crm.Mailboxes.In, ID: box.ID, Version: box.Version},
	}}
}

func (s *session) close() {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	s.open = ""
}

func (s *session) dial(ctx context.Context) error {
	password, err := s.engine.password(s.box)
	if err != nil {
		return err
	}
	s.state(ctx, map[string]any{"state": "syncing", "asked": nil})
	s.open = ""
	s.conn, err = imapx.Dial(ctx, s.engine.options(s.box, password))
	return err
}

// current answers errChanged when a user changed or removed the mailbox since
// the session began.
func (s *session) current(ctx context.Context) error {
	box, err := crm.Mailboxes.Get(ctx, s.engine.Service.Store(), s.box.ID)
	if crm.CodeOf(err) == crm.CodeNotFound || err == nil && box.Version != s.box.Version {
		return errChanged
	}
	return err
}

// run makes a pass, then waits to be woken: by IDLE, by the clock, by a user.
// It ends between two passes when the seat is wanted by another process.
func (s *session) run(ctx context.Context, wake, seat chan struct{}, pause *pauses) error {
	if err := s.dial(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var idler sync.WaitGroup
	defer idler.Wait()
	defer stop()
	idling := false
	for {
		if err := s.pass(ctx); err != nil {
			return err
		}
		if err := s.done(ctx); err != nil {
			return err
		}
		pause.reset()
		if !idling && s.conn.CanIdle() {
			idling = true
			idler.Go(func() { s.idle(ctx, wake) })
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.conn.Closed():
			return &imapx.Error{Kind: imapx.KindNetwork, Key: "mail.error.network", Detail: "the server closed the connection"}
		case <-seat:
			return errYielded
		case <-wake:
		case <-time.After(s.poll()):
		}
		if err := s.current(ctx); err != nil {
			return err
		}
	}
}

func (s *session) poll() time.Duration {
	if s.engine.Poll > 0 {
		return s.engine.Poll
	}
	return 2*time.Minute + jitter(2*time.Minute)/2
}

// idle listens on a second connection and only ever wakes: no state is taken
// from what the server says there. A refused password ends it: the first
// connection goes on by the clock, and the refusal counts as a try.
func (s *session) idle(ctx context.Context, wake chan struct{}) {
	pause := newPauses()
	for ctx.Err() == nil {
		err := s.idleOnce(ctx, wake)
		if ctx.Err() != nil {
			return
		}
		s.engine.Log.Debug("mailsync: idle ended", "mailbox", s.box.ID, "err", fault(err))
		if imapx.KindOf(err) == imapx.KindAuth {
			s.state(ctx, map[string]any{"tries": 1})
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause.after(err, 0)):
		}
	}
}

func (s *session) idleOnce(ctx context.Context, wake chan struct{}) error {
	password, err := s.engine.password(s.box)
	if err != nil {
		return err
	}
	c, err := imapx.Dial(ctx, s.engine.options(s.box, password))
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Examine(ctx, "INBOX"); err != nil {
		return err
	}
	poke := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	poke() // what came between the pass and now
	return c.Idle(ctx, poke)
}

// state writes how the mailbox is doing; it never touches what a user edits.
func (s *session) state(ctx context.Context, members map[string]any) {
	p := store.Patch{In: crm.Mailboxes.In, ID: s.box.ID, Body: map[string][]byte{}}
	for name, v := range members {
		if v == nil {
			p.Body[name] = nil
			continue
		}
		raw, err := json.Marshal(v)
		if err != nil {
			continue
		}
		p.Body[name] = raw
	}
	// After an edit the state is the user's fresh start: the guard keeps it.
	if err := s.apply(ctx, p); err != nil && ctx.Err() == nil && crm.CodeOf(err) != crm.CodeConflict {
		s.engine.Log.Warn("mailsync: cannot write the state", "mailbox", s.box.ID, "err", fault(err))
	}
	s.tell()
}

func (s *session) tell() {
	s.engine.Service.Bus().Publish(crm.Event{Kind: "mailbox", ID: s.box.ID, Owner: s.box.Owner})
}

// progress tells open pages, a few times a second at most.
func (s *session) progress() {
	if now := time.Now(); now.Sub(s.told) > 300*time.Millisecond {
		s.told = now
		s.tell()
	}
}

// done records a complete pass.
func (s *session) done(ctx context.Context) error {
	s.box.Tries = 0
	s.state(ctx, map[string]any{"state": "ok", "problem": nil, "nextTry": nil, "tries": nil, "asked": nil, "lastPass": s.engine.Service.Now()})
	return ctx.Err()
}

// failed records why a pass did not complete, and when the next try is.
func (s *session) failed(ctx context.Context, err error, wait time.Duration) {
	if err == nil || ctx.Err() != nil {
		return
	}
	s.engine.Log.Warn("mailsync: pass failed", "mailbox", s.box.ID, "err", fault(err))
	var e *crm.Error
	problem := crm.Text{Key: "mail.error.network"}
	if errors.As(words(err), &e) {
		problem = e.Text
	}
	members := map[string]any{"state": stateOf(err), "problem": problem, "nextTry": nil}
	if imapx.KindOf(err) == imapx.KindAuth {
		members["tries"] = s.box.Tries + 1
	}
	if wait > 0 && wait < askUser {
		members["nextTry"] = s.engine.Service.Now().Add(wait)
	}
	s.state(ctx, members)
}

func folderID(mailbox, name string) string { return mailbox + ":" + strconv.Quote(name) }
