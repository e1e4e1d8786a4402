package app

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// lookAgain is how often, at most, handshakes look whether the certificate was
// renewed.
const lookAgain = 3 * time.Second

// certificate is a pair of files that somebody renews while we serve.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time

	current atomic.Pointer[tls.Certificate]
	looked  atomic.Int64 // Unix nanoseconds
	mu      sync.Mutex
	used    stamp // of what is current
	refused stamp // of what was last found broken
}

// stamp changes when one of the two files does.
type stamp struct {
	cert, key         time.Time
	certSize, keySize int64
}

// openCertificate loads a pair that must be good; what is renewed later may be
// broken, and then the one before it stays.
func openCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log, now: time.Now}
	st, err := c.stat()
	if err == nil {
		err = c.load(st)
	}
	if err != nil {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	c.looked.Store(c.now().UnixNano())
	return c, nil
}

// config is what a listener speaks. Fiber knows no HTTP/2.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			c.renew()
			return c.current.Load(), nil
		}}
}

// renew loads the files when they changed. One handshake in a few seconds
// looks; the others do not wait for it.
func (c *certificate) renew() {
	last, now := c.looked.Load(), c.now().UnixNano()
	if now-last < int64(lookAgain) || !c.looked.CompareAndSwap(last, now) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	st, err := c.stat()
	if err == nil && st == c.used {
		return
	}
	if err == nil {
		err = c.load(st)
	}
	switch {
	case err == nil:
		c.log.Info("app: the certificate was renewed", "until", c.current.Load().Leaf.NotAfter)
	case st != c.refused:
		// Said once: half a renewal (the certificate is there, its key not yet)
		// mends itself at the next look.
		c.refused = st
		c.log.Error("app: the renewed certificate cannot be used, the one before it stays", "err", err)
	}
}

func (c *certificate) load(st stamp) error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.current.Store(&pair)
	c.used, c.refused = st, stamp{}
	return nil
}

// stat answers a stamp that differs from every good one when a file is gone.
func (c *certificate) stat() (stamp, error) {
	cert, err := os.Stat(c.certFile)
	if err != nil {
		return stamp{certSize: -1}, err
	}
	key, err := os.Stat(c.keyFile)
	if err != nil {
		return stamp{keySize: -1}, err
	}
	return stamp{cert.ModTime(), key.ModTime(), cert.Size(), key.Size()}, nil
}
