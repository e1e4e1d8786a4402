package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"slices"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// received is a mail that came after the demonstration was filled, as a line of
// the file that keeps it.
type received struct {
	Agent int       `json:"agent"`
	At    time.Time `json:"at"`
	Raw   []byte    `json:"raw"`
}

// readReceived reads the file; a last line that a crash cut off was never
// delivered and is left out.
func readReceived(path string) ([]received, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []received
	for len(b) > 0 {
		line, rest, whole := bytes.Cut(b, []byte("\n"))
		if !whole {
			return out, os.Truncate(path, fileSize(out))
		}
		var r received
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, len(out)+1, err)
		}
		out, b = append(out, r), rest
	}
	return out, nil
}

// fileSize is what the file of these mails takes.
func fileSize(list []received) (n int64) {
	for _, r := range list {
		n += int64(len(r.line()))
	}
	return n
}

func (r received) line() []byte {
	b, err := json.Marshal(r)
	check(err)
	return append(b, '\n')
}

// keep writes a mail to the file before anybody sees it.
func keep(path string, r received) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(r.line()); err != nil {
		return err
	}
	return f.Sync()
}

// News is a mail that came: its subject, and the id and name of the client who
// wrote it.
type News struct{ Subject, Client, Name string }

// Receive lets a client's person answer in a recent conversation, now. It comes
// into the mailbox of owner, a user id; where that is nobody of an agent's, the
// agents get mail in turn. The conversations of a mailbox go on in turn, in an
// order that follows from the seed. A client (its id) that is named goes before
// them where it has a conversation: the mail comes to whom it writes to.
func (s *Server) Receive(ctx context.Context, owner, client string) (n News, err error) {
	if err := ctx.Err(); err != nil {
		return n, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.of(client)
	if t == nil {
		t = s.next(owner)
	}
	if t == nil {
		return n, ErrNoDemo
	}
	l := s.answer(t)
	r := received{Agent: t.agent, At: l.at, Raw: l.raw()}
	if err := keep(s.file(), r); err != nil {
		return n, err
	}
	if err := s.append(t.agent, inbox, r.At, r.Raw); err != nil {
		return n, err
	}
	s.count++
	s.rounds[t.agent]++
	t.last = l
	return News{l.subject, t.person.Client, t.client}, s.wake(ctx, s.boxes[t.agent].Address)
}

// ReceiveMail is Receive for the bar of the pages; it answers the client's id
// and name.
func (s *Server) ReceiveMail(ctx context.Context, owner, prefer string) (client, name string, err error) {
	n, err := s.Receive(ctx, owner, prefer)
	return n.Client, n.Name, err
}

// Upcoming says whom the next mail that owner receives is from, and into which
// mailbox it comes; "" when no conversation goes on. Tests open that client's
// page before.
func (s *Server) Upcoming(owner string) (client, mailbox string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.next(owner)
	if t == nil {
		return "", ""
	}
	return t.client, s.boxes[t.agent].Address
}

// of is the newest conversation of a client, nil when it has none.
func (s *Server) of(client string) *tail {
	for i := range s.post.tails {
		if t := &s.post.tails[i]; client != "" && t.person.Client == client {
			return t
		}
	}
	return nil
}

// recent is how many conversations of an agent go on.
const recent = 8

// next is the conversation that the next mail belongs to.
func (s *Server) next(owner string) *tail {
	agent := s.count % len(s.boxes)
	if own := slices.IndexFunc(s.boxes, func(b MailboxLogin) bool { return b.Owner == owner }); own >= 0 {
		agent = own
	}
	round := s.rounds[agent]
	var own []*tail
	for i := range s.post.tails {
		if t := &s.post.tails[i]; t.agent == agent && len(own) < recent {
			own = append(own, t)
		}
	}
	if len(own) == 0 {
		return nil
	}
	return own[round%len(own)]
}

func (s *Server) answer(t *tail) *letter {
	d := newDice(s.post.w.Seed, streamReceive<<8+uint64(s.count))
	at, agent := s.options.Now().Truncate(time.Second), s.post.agentBox(t.agent)
	l := &letter{
		from: box(t.person), to: []mail.Address{agent}, at: at, lang: t.lang, answers: t.last, program: programOf(t.person),
		sign: []string{t.person.Name, t.person.Title, t.client, t.person.Phones[0]},
	}
	l.subject = replyPrefix(l.program, l.lang) + bare(t.last.subject)
	l.html = l.program == gmail
	// The count keeps apart what is received in one second, and in two stores.
	l.id = fmt.Sprintf("%d.%d.%d.received@%s", at.UnixMilli(), s.post.w.Seed, s.count, crm.DomainOf(t.person.Emails[0]))
	text := one(d, replies[t.lang])
	l.paragraphs = []string{expand(text, func(slot string) string { return unitSlot(slot, t.lang, at, t.unit) })}
	return l
}

// bare is a subject without what programs put before it.
func bare(subject string) string {
	for _, p := range []string{"Re: ", "RE: ", "RES: ", "ENC: "} {
		if len(subject) > len(p) && subject[:len(p)] == p {
			return bare(subject[len(p):])
		}
	}
	return subject
}

// wake tells who follows the mailbox, by its id in the store.
func (s *Server) wake(ctx context.Context, address string) error {
	if s.options.Wake == nil {
		return nil
	}
	m, err := crm.Mailboxes.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("address", address)}})
	if err == nil && m != nil {
		s.options.Wake(m.ID)
	}
	return err
}
