package store

import (
	"context"
	"errors"
	"time"
)

// ErrLeaseLost says that somebody else may hold a lease now. It is the cause of
// the end of a context of Keep, and in the error of a write through Fenced.
var ErrLeaseLost = errors.New("the lease is lost")

// releaseTime bounds the giving back of a lease when a process ends.
const releaseTime = 5 * time.Second

// Keep renews a lease that was taken for ttl until done is called, which gives
// it back. The context ends with the cause ErrLeaseLost when another owner has
// the lease, when it ran out unnoticed (a machine that slept), or when the
// store could not be reached for as long as it lasts.
func Keep(ctx context.Context, st Store, l Lease, ttl time.Duration) (held context.Context, done func()) {
	held, stop := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		renew(held, st, l, ttl, stop)
	}()
	return held, func() {
		stop(nil)
		<-ended
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
		defer cancel()
		_ = st.Release(ctx, l) // else it runs out
	}
}

func renew(ctx context.Context, st Store, l Lease, ttl time.Duration, lost context.CancelCauseFunc) {
	tick := time.NewTicker(ttl / 3)
	defer tick.Stop()
	good := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asked := time.Now()
		now, err := st.Lease(ctx, l.Name, l.Owner, ttl)
		switch {
		case err == nil && now.Fence == l.Fence:
			good = asked
			continue
		case err == nil:
			// It had run out. What was read under the old number may be old:
			// the new taking is for whoever begins anew.
			_ = st.Release(ctx, now)
		case CodeOf(err) != CodeConflict && time.Since(good) < ttl:
			continue
		}
		lost(ErrLeaseLost)
		return
	}
}

// Fenced is a store that writes only while a lease is held: every Apply checks
// its fencing number. The error of a write after it was lost has the code
// CodeUnavailable and is ErrLeaseLost: unlike a conflict about a document it is
// not mended by reading anew.
func Fenced(st Store, l Lease) Store { return &fenced{st, l} }

type fenced struct {
	Store
	lease Lease
}

// Unwrap is the store that answers.
func (f *fenced) Unwrap() Store { return f.Store }

func (f *fenced) Apply(ctx context.Context, changes ...Change) error {
	if len(changes) == 0 {
		return nil
	}
	guarded := make([]Change, 0, len(changes)+1)
	guarded = append(guarded, CheckLease{Name: f.lease.Name, Fence: f.lease.Fence})
	err := f.Store.Apply(ctx, append(guarded, changes...)...)
	var e *Error
	if errors.As(err, &e) && e.Code == CodeConflict && e.Collection == "" && e.ID == f.lease.Name {
		return &Error{Code: CodeUnavailable, ID: f.lease.Name, Err: ErrLeaseLost}
	}
	return err
}

// Expecting is a store that writes only while a document has a version: every
// Apply checks it, and fails with CodeConflict once somebody else wrote it.
func Expecting(st Store, c Check) Store { return &expecting{st, c} }

type expecting struct {
	Store
	check Check
}

// Unwrap is the store that answers.
func (e *expecting) Unwrap() Store { return e.Store }

func (e *expecting) Apply(ctx context.Context, changes ...Change) error {
	if len(changes) == 0 {
		return nil
	}
	return e.Store.Apply(ctx, append([]Change{e.check}, changes...)...)
}
