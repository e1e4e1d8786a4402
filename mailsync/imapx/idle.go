package imapx

import (
	"context"
	"time"

	"github.com/emersion/go-imap/v2"
)

// CanIdle says whether Idle may be used.
func (c *Conn) CanIdle() bool { return c.client.Caps().Has(imap.CapIdle) }

// Idle waits for changes of the examined folder until ctx ends, which also
// ends the connection, or the connection fails. wake is called for whatever
// the server tells, at most one call at a time; it only says that something may
// have changed. The command is issued anew every nine minutes.
func (c *Conn) Idle(ctx context.Context, wake func()) error {
	if !c.CanIdle() {
		return newError(KindProtocol, "idle: the server cannot do this", nil)
	}
	told := make(chan struct{}, 1)
	c.setWake(func() {
		select {
		case told <- struct{}{}:
		default:
		}
	})
	defer c.setWake(nil)
	for {
		if err := c.idleOnce(ctx, told, wake); err != nil {
			return err
		}
	}
}

func (c *Conn) setWake(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wake = f
}

func (c *Conn) idleOnce(ctx context.Context, told <-chan struct{}, wake func()) error {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.turn }()
	stop := context.AfterFunc(ctx, func() { c.wire.fail(context.Canceled) })
	defer stop()
	err := c.idleCommand(ctx, told, wake)
	if ctx.Err() != nil {
		c.drop()
		return ctx.Err()
	}
	if err != nil {
		e := classify("idle", err, c.wire.cause(), c.scrub.bye())
		if e.closes {
			c.drop()
		}
		return e
	}
	return nil
}

func (c *Conn) idleCommand(ctx context.Context, told <-chan struct{}, wake func()) error {
	c.wire.begin(smallAnswer)
	cmd, err := c.client.Idle()
	if err != nil {
		c.wire.end()
		return err
	}
	c.wire.end() // silence is what IDLE is for
	restart := time.NewTimer(c.opt.IdleRestart)
	defer restart.Stop()
	for waiting := true; waiting; {
		select {
		case <-told:
			wake()
		case <-restart.C:
			waiting = false
		case <-ctx.Done():
			waiting = false
		case <-c.client.Closed():
			waiting = false
		}
	}
	c.wire.begin(smallAnswer)
	defer c.wire.end()
	if err := cmd.Close(); err != nil {
		return err
	}
	return cmd.Wait()
}
