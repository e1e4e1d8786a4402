package imapx

import (
	"errors"
	"net"
	"sync"
	"time"
)

const (
	smallAnswer = 1 << 20  // bytes that a short command, or silence, may bring
	listAnswer  = 16 << 20 // LIST, and a SEARCH over a million messages
)

var (
	errTooMuch = errors.New("the server sends more than was asked for")
	errStalled = errors.New("the server does not answer")
)

// wire puts an end to waiting and to size. The library sets constant deadlines
// of its own; they are ignored, because a deadline of its kind neither moves
// with the bytes nor knows how large the answer may be.
type wire struct {
	net.Conn
	silence time.Duration

	mu     sync.Mutex
	active bool  // an answer is awaited
	left   int64 // bytes that may still come
	err    error // the first failure, before the library wraps it away
}

// begin starts an answer of at most limit bytes.
func (w *wire) begin(limit int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active, w.left = true, limit
	_ = w.Conn.SetReadDeadline(time.Now().Add(w.silence))
}

// end lets the connection rest, without a deadline.
func (w *wire) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active, w.left = false, smallAnswer
	_ = w.Conn.SetReadDeadline(time.Time{})
}

// room returns how many bytes may still come.
func (w *wire) room() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.left
}

func (w *wire) fail(err error) {
	w.mu.Lock()
	if w.err == nil {
		w.err = err
	}
	w.mu.Unlock()
	_ = w.Conn.Close()
}

func (w *wire) cause() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left -= int64(n)
	if w.left < 0 && err == nil {
		n, err = 0, errTooMuch
	}
	if err != nil {
		if w.err == nil {
			w.err = stalled(err)
		}
		return n, w.err
	}
	if w.active {
		_ = w.Conn.SetReadDeadline(time.Now().Add(w.silence))
	}
	return n, nil
}

func (w *wire) Write(p []byte) (int, error) {
	_ = w.Conn.SetWriteDeadline(time.Now().Add(w.silence))
	n, err := w.Conn.Write(p)
	if err != nil {
		w.fail(stalled(err))
	}
	return n, err
}

func stalled(err error) error {
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		return errStalled
	}
	return err
}

// stream is what the library sees.
type stream struct {
	*wire
	scrub *scrubber
}

func (s *stream) Read(p []byte) (int, error) { return s.scrub.Read(p) }

// The deadlines are wire's alone.
func (s *stream) SetDeadline(time.Time) error      { return nil }
func (s *stream) SetReadDeadline(time.Time) error  { return nil }
func (s *stream) SetWriteDeadline(time.Time) error { return nil }
