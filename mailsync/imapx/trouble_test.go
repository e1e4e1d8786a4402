package imapx_test

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cemigmas/mailsync/imaptest"
	"cemigmas/mailsync/imapx"
)

func TestDialErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults imaptest.Faults
		change func(*imapx.Options)
		want   imapx.Kind
	}{
		{"wrong password", imaptest.Faults{}, func(o *imapx.Options) { o.Password = "errado" }, imapx.KindAuth},
		{"NO without a code", imaptest.Faults{LoginAnswer: "NO login refused"}, nil, imapx.KindAuth},
		{"too many connections at sign-in", imaptest.Faults{LoginAnswer: "NO [ALERT] Too many simultaneous connections."}, nil, imapx.KindLimit},
		{"server overloaded at sign-in", imaptest.Faults{LoginAnswer: "NO [UNAVAILABLE] Temporary authentication failure"}, nil, imapx.KindLimit},
		{"BYE as greeting", imaptest.Faults{Greeting: "* BYE too many connections from you"}, nil, imapx.KindLimit},
		{"silence after the greeting", imaptest.Faults{StallOn: "CAPABILITY"}, nil, imapx.KindNetwork},
		{"no IMAP at all", imaptest.Faults{Greeting: "220 smtp.example ESMTP"}, nil, imapx.KindProtocol},
		{"no STARTTLS there", imaptest.Faults{}, func(o *imapx.Options) { o.Mode = imapx.ModeSTARTTLS }, imapx.KindTLS},
		{"no TLS there", imaptest.Faults{}, func(o *imapx.Options) { o.Mode = imapx.ModeTLS }, imapx.KindTLS},
		{"nobody listens", imaptest.Faults{}, func(o *imapx.Options) { o.Port = 1 }, imapx.KindNetwork},
		{"loopback not allowed", imaptest.Faults{}, func(o *imapx.Options) { o.AllowPrivate = false }, imapx.KindRefused},
		{"unknown mode", imaptest.Faults{}, func(o *imapx.Options) { o.Mode = "ssl" }, imapx.KindRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := imaptest.New(t)
			s.Misbehave(c.faults)
			o := options(s)
			o.IdleTimeout, o.DialTimeout = 150*time.Millisecond, 300*time.Millisecond
			if c.change != nil {
				c.change(&o)
			}
			conn, err := imapx.Dial(t.Context(), o)
			if err == nil {
				conn.Close()
				t.Fatal("signed in")
			}
			var e *imapx.Error
			if !errors.As(err, &e) || e.Kind != c.want || !strings.HasPrefix(e.Key, "mail.error.") {
				t.Errorf("%v (%+v), want %s", err, e, c.want)
			}
			if strings.Contains(err.Error(), "segredo") || strings.Contains(err.Error(), "errado") {
				t.Errorf("the password stands in %q", err)
			}
		})
	}
}

func TestUnknownCertificateIsRefused(t *testing.T) {
	ts := httptest.NewTLSServer(nil)
	defer ts.Close()
	o := imapx.Options{Host: "127.0.0.1", Port: ts.Listener.Addr().(*net.TCPAddr).Port, Mode: imapx.ModeTLS, AllowPrivate: true}
	if _, err := imapx.Dial(t.Context(), o); imapx.KindOf(err) != imapx.KindTLS || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("err = %v", err)
	}
}

func TestStallEndsAfterTheTimeout(t *testing.T) {
	for _, trickle := range []bool{false, true} {
		s := imaptest.New(t)
		s.Add("INBOX", mail(1))
		o := options(s)
		o.IdleTimeout, o.OpTimeout = 100*time.Millisecond, 400*time.Millisecond
		c := dial(t, o)
		if _, err := c.Examine(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		s.Misbehave(imaptest.Faults{StallOn: "UID FETCH", Trickle: trickle})
		start := time.Now()
		_, _, err := fetch(t, c, 1)
		if imapx.KindOf(err) != imapx.KindNetwork || time.Since(start) > 3*time.Second {
			t.Errorf("trickle %v: %v after %v", trickle, err, time.Since(start))
		}
		if c.Alive() {
			t.Error("a stalled connection is used on")
		}
	}
}

func TestContextEndsAWait(t *testing.T) {
	s := imaptest.New(t)
	c := dial(t, options(s))
	s.Misbehave(imaptest.Faults{StallOn: "STATUS"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Status(ctx, "INBOX"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v", err)
	}
}

func TestEndlessAnswerIsCutOff(t *testing.T) {
	s := imaptest.New(t)
	c := dial(t, options(s))
	s.Misbehave(imaptest.Faults{Flood: true})
	if _, err := c.Status(t.Context(), "INBOX"); imapx.KindOf(err) != imapx.KindProtocol || c.Alive() {
		t.Errorf("err = %v, alive %v", err, c.Alive())
	}
}

func TestByeMeansWait(t *testing.T) {
	s := imaptest.New(t)
	c := dial(t, options(s))
	s.Misbehave(imaptest.Faults{Bye: "Too many connections"})
	_, err := c.Examine(t.Context(), "INBOX")
	if imapx.KindOf(err) != imapx.KindLimit || !strings.Contains(err.Error(), "Too many connections") {
		t.Errorf("err = %v", err)
	}
}

func TestIdleWakesAndIsIssuedAnew(t *testing.T) {
	s := imaptest.New(t)
	o := options(s)
	o.IdleRestart = 30 * time.Millisecond
	c := dial(t, o)
	if _, err := c.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	woken := make(chan struct{}, 10)
	ended := make(chan error, 1)
	go func() { ended <- c.Idle(ctx, func() { woken <- struct{}{} }) }()
	for idles := 0; idles < 3; { // three IDLE commands, then a mail
		idles = 0
		for _, cmd := range s.Commands() {
			if cmd == "IDLE" {
				idles++
			}
		}
		if ctx.Err() != nil {
			t.Fatal("IDLE was not issued anew")
		}
		time.Sleep(time.Millisecond)
	}
	for done := false; !done; { // between two IDLEs a server tells nothing
		s.Add("INBOX", mail(1))
		select {
		case <-woken:
			done = true
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal("nobody woke up")
		}
	}
	s.Drop()
	if err := <-ended; imapx.KindOf(err) != imapx.KindNetwork && imapx.KindOf(err) != imapx.KindProtocol {
		t.Errorf("a dropped connection ends IDLE with %v", err)
	}
}

func TestIdleNeedsTheCapability(t *testing.T) {
	s := imaptest.New(t)
	s.SetCaps("IMAP4rev1")
	c := dial(t, options(s))
	if c.CanIdle() {
		t.Error("CanIdle")
	}
	if err := c.Idle(t.Context(), func() {}); err == nil || !c.Alive() {
		t.Errorf("err = %v", err)
	}
}

func TestAppendScripted(t *testing.T) {
	s, c := inbox(t, 1)
	uid, err := c.Append(t.Context(), "Sent", []byte(wire(7)), time.Now())
	if err != nil || uid != 1 {
		t.Fatalf("uid %d, %v", uid, err)
	}
	if _, err := c.Examine(t.Context(), "Sent"); err != nil {
		t.Fatal(err)
	}
	got, _, err := fetch(t, c, 1)
	if err != nil || got[1] != wire(7) {
		t.Errorf("%q, %v", got[1], err)
	}
	_ = s
}
