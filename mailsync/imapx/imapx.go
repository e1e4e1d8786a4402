// Package imapx speaks IMAP for the sync engine. It is the one package that
// imports go-imap, and it keeps that library's gaps from losing mail: what was
// asked is compared with what came, every wait has an end, every answer has a
// limit, and lines that the library would die of are taken out of the stream
// (see scrub.go).
//
// Nothing here changes a mailbox but Append: folders are examined, never
// selected, and bodies are peeked at. A Conn runs one command at a time; a
// cancelled context closes the connection, because IMAP has no way to call a
// command back.
package imapx

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// Mode is how a connection is protected.
type Mode string

// Plain is refused unless the address is loopback.
const (
	ModeTLS      Mode = "tls"
	ModeSTARTTLS Mode = "starttls"
	ModePlain    Mode = "plain"
)

// Options say where and how to connect. The zero value of each limit means
// its default.
type Options struct {
	Host     string
	Port     int
	Mode     Mode
	User     string
	Password string

	AllowPrivate bool // private ranges and loopback may be dialled
	LoopbackOnly bool // nothing but loopback may be dialled (demonstration)

	TLS *tls.Config // for tests with own certificates; nil is the system's

	DialTimeout time.Duration // 30 s, the TLS handshake included
	IdleTimeout time.Duration // 60 s without a byte while an answer is awaited
	OpTimeout   time.Duration // 10 min for a whole command
	IdleRestart time.Duration // 9 min: many routers forget a silent connection
	MaxMessage  int64         // 80 MB: a larger body is reported as missing
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&o.DialTimeout, 30*time.Second)
	set(&o.IdleTimeout, time.Minute)
	set(&o.OpTimeout, 10*time.Minute)
	set(&o.IdleRestart, 9*time.Minute)
	if o.MaxMessage == 0 {
		o.MaxMessage = 80 << 20
	}
	if o.Port == 0 {
		o.Port = map[Mode]int{ModeTLS: 993, ModeSTARTTLS: 143, ModePlain: 143}[o.Mode]
	}
	return o
}

// Conn is a signed-in connection. It is safe for use by several goroutines,
// which wait for one another.
type Conn struct {
	opt    Options
	wire   *wire
	scrub  *scrubber
	client *imapclient.Client
	turn   chan struct{} // holds one token: a command at a time

	mu       sync.Mutex
	exists   uint32 // messages in the examined folder
	examined string
	wake     func()
	stray    func(*imapclient.FetchMessageData)
}

// Dial connects and signs in. Errors are *Error of kind network, tls, auth,
// limit, protocol or refused.
func Dial(ctx context.Context, o Options) (*Conn, error) {
	o = o.withDefaults()
	dialCtx, cancel := context.WithTimeout(ctx, o.DialTimeout)
	defer cancel()
	nc, err := open(dialCtx, o)
	if err != nil {
		return nil, err
	}
	c := newConn(nc, o)
	if err := c.signIn(ctx); err != nil {
		c.drop()
		return nil, err
	}
	return c, nil
}

func newConn(nc net.Conn, o Options) *Conn {
	c := &Conn{opt: o, turn: make(chan struct{}, 1)}
	c.wire = &wire{Conn: nc, silence: o.IdleTimeout}
	c.wire.begin(smallAnswer)
	c.scrub = newScrubber(c.wire, c.wire.room)
	stream := &stream{wire: c.wire, scrub: c.scrub}
	c.client = imapclient.New(stream, &imapclient.Options{
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{
			Expunge: func(uint32) { c.changed(nil) },
			Mailbox: func(d *imapclient.UnilateralDataMailbox) { c.changed(d.NumMessages) },
			Fetch:   c.strayFetch,
		},
	})
	return c
}

func (c *Conn) changed(exists *uint32) {
	c.mu.Lock()
	if exists != nil {
		c.exists = *exists
	}
	wake := c.wake
	c.mu.Unlock()
	if wake != nil {
		wake()
	}
}

func (c *Conn) strayFetch(m *imapclient.FetchMessageData) {
	c.mu.Lock()
	take := c.stray
	c.mu.Unlock()
	if take != nil {
		take(m)
		return
	}
	for m.Next() != nil { // the library stands still until it is read
	}
}

// signIn takes the greeting, names the program (some servers insist on ID) and
// authenticates. The password is never part of an error.
func (c *Conn) signIn(ctx context.Context) error {
	return c.do(ctx, "sign in", smallAnswer, func() error {
		if err := c.client.WaitGreeting(); err != nil {
			return err
		}
		caps := c.client.Caps()
		if caps.Has(imap.CapID) {
			// Whatever it answers is of no importance.
			_, _ = c.client.ID(&imap.IDData{Name: "cemigmas"}).Wait()
		}
		if err := c.authenticate(caps); err != nil {
			return err
		}
		c.client.Caps() // a server has others after signing in; have them now
		return nil
	})
}

func (c *Conn) authenticate(caps imap.CapSet) error {
	switch {
	case c.client.State() == imap.ConnStateAuthenticated:
		return nil
	case caps.Has(imap.AuthCap("PLAIN")):
		return authError(c.client.Authenticate(sasl.NewPlainClient("", c.opt.User, c.opt.Password)))
	case caps.Has(imap.CapLoginDisabled):
		return &Error{Kind: KindTLS, Key: "mail.error.logindisabled", Detail: "the server takes no password on this connection"}
	}
	return authError(c.client.Login(c.opt.User, c.opt.Password).Wait())
}

// do runs one command: alone, within limits of time and bytes, its error
// classified. A connection that failed in any other way than by the server's
// NO or BAD is closed.
func (c *Conn) do(ctx context.Context, what string, limit int64, f func() error) error {
	return c.run(ctx, what, func(ctx context.Context) error {
		c.wire.begin(limit)
		defer c.wire.end()
		return f()
	})
}

func (c *Conn) run(ctx context.Context, what string, f func(context.Context) error) error {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.turn }()
	if err := ctx.Err(); err != nil {
		return err
	}
	opCtx, cancel := context.WithTimeout(ctx, c.opt.OpTimeout)
	defer cancel()
	stop := context.AfterFunc(opCtx, func() { c.wire.fail(errStalled) })
	err := f(opCtx)
	stop()
	if err == nil {
		return nil
	}
	if own := (*callerError)(nil); errors.As(err, &own) {
		return own.err
	}
	if ctx.Err() != nil {
		c.drop()
		return ctx.Err()
	}
	e := classify(what, err, c.wire.cause(), c.scrub.bye())
	if e.closes {
		c.drop()
	}
	return e
}

// Alive says whether the connection can still be used.
func (c *Conn) Alive() bool {
	select {
	case <-c.client.Closed():
		return false
	default:
		return c.wire.cause() == nil
	}
}

// Closed is closed when the connection has ended.
func (c *Conn) Closed() <-chan struct{} { return c.client.Closed() }

// Close says goodbye and closes. It waits for no answer longer than a second.
func (c *Conn) Close() error {
	select {
	case c.turn <- struct{}{}:
		c.wire.begin(smallAnswer)
		timer := time.AfterFunc(time.Second, func() { c.wire.fail(errStalled) })
		if c.Alive() {
			_ = c.client.Logout().Wait()
		}
		timer.Stop()
		<-c.turn
	default: // a command is under way: it is cut off
	}
	c.drop()
	return nil
}

func (c *Conn) drop() {
	c.wire.fail(net.ErrClosed)
	_ = c.client.Close()
}

func (o Options) address() string { return net.JoinHostPort(o.Host, strconv.Itoa(o.Port)) }
