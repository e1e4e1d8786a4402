package imapx

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// maxHeader is kept of a header; the mail parser reads no more.
const maxHeader = 1 << 20

// Meta is what is known of a mail before its body is fetched.
type Meta struct {
	UID      uint32
	Size     int64     // as the server says, which may be wrong
	Internal time.Time // when the server received it, UTC; zero when unknown
	Header   []byte    // raw, at most 1 MB
}

// Body is a mail as the server has it.
type Body struct {
	UID       uint32
	Raw       []byte
	Truncated bool // there may be more: the fetch was limited to maxBytes
}

// Missing is a mail that was asked for and did not come.
type Missing struct {
	UID    uint32
	Gone   bool   // the server has it no more
	Reason string // for the log and the page, in English
}

// FetchMeta fetches sizes, dates and headers. Mails that the server left out
// are asked for singly, then by number, before they are reported.
func (c *Conn) FetchMeta(ctx context.Context, uids []uint32) ([]Meta, []Missing, error) {
	byUID := map[uint32]Meta{}
	f := fetcher{
		limit: maxHeader, partial: 0, kept: true,
		options: &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true,
			BodySection: []*imap.FetchItemBodySection{{Specifier: imap.PartSpecifierHeader, Peek: true}}},
		deliver: func(r received) error {
			byUID[r.uid] = Meta{UID: r.uid, Size: r.size, Internal: r.internal, Header: r.raw}
			return nil
		},
	}
	missing, err := c.fetch(ctx, "headers", uids, &f)
	var out []Meta
	for _, uid := range uids {
		if m, ok := byUID[uid]; ok {
			out = append(out, m)
			delete(byUID, uid)
		}
	}
	return out, missing, err
}

// FetchBodies fetches mails and hands each to fn as it arrives, in any order.
// With maxBytes > 0 only the first so many bytes of each are fetched. An error
// of fn ends the fetch and is returned. A mail is handed over only after the
// server closed its answer properly, so that a connection that is cut in the
// middle never yields half a mail. After an error, what was not handed over is
// unknown: neither delivered nor missing.
func (c *Conn) FetchBodies(ctx context.Context, uids []uint32, maxBytes int64, fn func(Body) error) ([]Missing, error) {
	section := &imap.FetchItemBodySection{Peek: true}
	limit := c.opt.MaxMessage
	if maxBytes > 0 {
		section.Partial = &imap.SectionPartial{Offset: 0, Size: maxBytes}
		limit = maxBytes
	}
	f := fetcher{
		limit: limit, partial: maxBytes,
		options: &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}},
		deliver: func(r received) error {
			return fn(Body{UID: r.uid, Raw: r.raw, Truncated: maxBytes > 0 && int64(len(r.raw)) >= maxBytes})
		},
	}
	return c.fetch(ctx, "bodies", uids, &f)
}

// received is one mail of an answer.
type received struct {
	uid      uint32
	seq      uint32
	size     int64
	internal time.Time
	raw      []byte
	has      bool // a body came, and all of it
	fault    string
}

// fetcher is one FETCH and its retries.
type fetcher struct {
	options *imap.FetchOptions
	limit   int64 // bytes of one body
	partial int64
	kept    bool // a longer body is cut, not refused
	deliver func(received) error

	mu    sync.Mutex
	stray []received // bodies that came outside of the command
	fault map[uint32]string
	done  map[uint32]bool
}

func (c *Conn) fetch(ctx context.Context, what string, uids []uint32, f *fetcher) ([]Missing, error) {
	f.done, f.fault = map[uint32]bool{}, map[uint32]string{}
	var missing []Missing
	if len(uids) == 0 {
		return nil, ctx.Err()
	}
	err := c.do(ctx, "fetch "+what, f.answer(len(uids)), func() error {
		wanted := map[uint32]bool{}
		var set imap.UIDSet
		for _, uid := range uids {
			wanted[uid] = true
			set.AddNum(imap.UID(uid))
		}
		if err := c.once(set, 0, wanted, f); err != nil {
			return err
		}
		for _, uid := range uids {
			if f.done[uid] {
				continue
			}
			m, err := c.insist(uid, f)
			if err != nil {
				return err
			}
			if m != nil {
				missing = append(missing, *m)
			}
			f.done[uid] = true
		}
		return nil
	})
	return missing, err
}

// answer is how many bytes n mails may take, with room for two retries.
func (f *fetcher) answer(n int) int64 { return int64(n)*(f.limit+64<<10) + 4<<20 }

// insist asks for one mail again: by UID, then by its number.
func (c *Conn) insist(uid uint32, f *fetcher) (*Missing, error) {
	wanted := map[uint32]bool{uid: true}
	c.wire.begin(f.answer(1))
	if err := c.once(imap.UIDSetNum(imap.UID(uid)), 0, wanted, f); err != nil || f.done[uid] {
		return nil, err
	}
	seq, err := c.sequence(uid)
	if err != nil {
		return nil, err
	}
	if seq == 0 {
		return &Missing{UID: uid, Gone: true, Reason: "the server has this mail no more"}, nil
	}
	c.wire.begin(f.answer(1))
	if err := c.once(imap.SeqSetNum(seq), uid, wanted, f); err != nil || f.done[uid] {
		return nil, err
	}
	reason := f.fault[uid]
	if reason == "" {
		reason = "the server left this mail out"
	}
	return &Missing{UID: uid, Reason: reason}, nil
}

// once sends one FETCH. forUID is the mail meant when it is asked by number.
// Each mail is held back until the next one, or the end, proves that its
// answer was closed.
func (c *Conn) once(set imap.NumSet, forUID uint32, wanted map[uint32]bool, f *fetcher) error {
	c.mu.Lock()
	c.stray = f.takeStray
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.stray = nil
		c.mu.Unlock()
	}()
	cmd := c.client.Fetch(set, f.options)
	var failed error
	var held *received
	hand := func(r received) {
		if r.uid == 0 && forUID != 0 {
			r.uid = forUID
		}
		if failed == nil {
			failed = f.take(r, wanted)
		}
	}
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		r := f.collect(m)
		if held != nil {
			hand(*held)
		}
		held = &r
	}
	if err := cmd.Close(); err != nil {
		return err
	}
	if held != nil {
		hand(*held)
	}
	for _, r := range f.strays() {
		hand(r)
	}
	if failed != nil {
		return &callerError{failed}
	}
	return nil
}

// callerError carries an error of the caller's function through classify.
type callerError struct{ err error }

func (e *callerError) Error() string { return e.err.Error() }
func (e *callerError) Unwrap() error { return e.err }

// take hands a mail over unless it is not meant, known, or came without body.
func (f *fetcher) take(r received, wanted map[uint32]bool) error {
	if r.uid == 0 || !wanted[r.uid] || f.done[r.uid] {
		return nil
	}
	if !r.has {
		if r.fault != "" {
			f.fault[r.uid] = r.fault
		}
		return nil
	}
	f.done[r.uid] = true
	return f.deliver(r)
}

// takeStray collects what came outside of the command: a second answer for a
// mail whose flags came first, or one whose UID stands behind its body.
func (f *fetcher) takeStray(m *imapclient.FetchMessageData) {
	// The lock is taken first: a body keeps the library waiting until it is
	// read, so by the end of the command this runs or is done.
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stray = append(f.stray, f.collect(m))
}

func (f *fetcher) strays() []received {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.stray
	f.stray = nil
	return list
}

// collect reads all of one mail's answer. Its items end only after the answer
// was closed.
func (f *fetcher) collect(m *imapclient.FetchMessageData) received {
	r := received{seq: m.SeqNum}
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			r.uid = uint32(item.UID)
		case imapclient.FetchItemDataRFC822Size:
			r.size = item.Size
		case imapclient.FetchItemDataInternalDate:
			if item.Time.Unix() > 0 {
				r.internal = item.Time.UTC()
			}
		case imapclient.FetchItemDataBodySection:
			f.body(&r, item.Literal)
		}
	}
	return r
}

// body reads a literal and holds it against the length that was announced: the
// library takes the end of the connection for the end of the literal.
func (f *fetcher) body(r *received, lit imap.LiteralReader) {
	if lit == nil {
		r.fault = "the server answered with no body (NIL)"
		return
	}
	size := lit.Size()
	raw := make([]byte, 0, min(size, f.limit, 1<<20))
	buf := limited{b: raw, limit: f.limit}
	n, err := io.Copy(&buf, lit)
	switch {
	case err != nil:
		r.fault = "the body could not be read: " + err.Error()
	case n != size:
		r.fault = fmt.Sprintf("%d of %d bytes came", n, size)
	case size == 0 && !f.kept:
		r.fault = "the server answered with an empty body"
	case size > f.limit && !f.kept && f.partial == 0:
		r.fault = fmt.Sprintf("%d bytes are more than this program takes", size)
	default:
		r.raw, r.has = buf.b, true
	}
}

// limited keeps the first bytes and counts on.
type limited struct {
	b     []byte
	limit int64
}

func (l *limited) Write(p []byte) (int, error) {
	if room := l.limit - int64(len(l.b)); room > 0 {
		l.b = append(l.b, p[:min(int64(len(p)), room)]...)
	}
	return len(p), nil
}
