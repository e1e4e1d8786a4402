package crm

import (
	"context"
	"slices"

	"cemigmas/crm/store"
)

// ThreadView is a conversation as one actor may see it: mail that is neither
// in its mailbox nor filed under a client of its portfolio is not there, not
// even as a number.
type ThreadView struct {
	ID       string        `json:"id"`
	Subject  string        `json:"subject"`
	Guessed  bool          `json:"guessed,omitempty"`
	Messages []MessageView `json:"messages"` // oldest first
	Clients  []ThreadLink  `json:"clients"`
}

// MessageView is a mail with the links that the actor may see.
type MessageView struct {
	Message
	Why []ThreadLink `json:"why,omitempty"`
}

// ThreadLink says that a mail is filed under a client, and why.
type ThreadLink struct {
	Client string   `json:"client"`
	Name   string   `json:"name"`
	Why    []Reason `json:"why"`
}

// ThreadView reads a conversation. CodeNotFound when the actor may see none of
// its mail.
func (s *Service) ThreadView(ctx context.Context, a Actor, id string) (ThreadView, error) {
	t, err := Threads.Get(ctx, s.store, id)
	if err != nil {
		return ThreadView{}, err
	}
	if t.MergedInto != "" {
		return s.ThreadView(ctx, a, t.MergedInto)
	}
	links, err := s.visibleLinks(ctx, a, store.Query{
		Where: []store.Cond{store.Is("thread", id)}, Sort: []string{"client", "-at"}})
	if err != nil {
		return ThreadView{}, err
	}
	view := ThreadView{ID: t.ID, Subject: t.Subject, Guessed: t.Guessed, Messages: []MessageView{}, Clients: []ThreadLink{}}
	for m, err := range Messages.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("thread", id)}, Sort: []string{"at"}}) {
		if err != nil {
			return ThreadView{}, err
		}
		why := links[m.ID]
		if len(why) == 0 && !a.owns(m) {
			continue
		}
		view.Messages = append(view.Messages, MessageView{strip(m), why})
		view.addClients(why)
	}
	if len(view.Messages) == 0 {
		return ThreadView{}, notFound()
	}
	view.Subject = view.Messages[0].Subject
	return view, nil
}

func (v *ThreadView) addClients(links []ThreadLink) {
	for _, l := range links {
		if !slices.ContainsFunc(v.Clients, func(have ThreadLink) bool { return have.Client == l.Client }) {
			v.Clients = append(v.Clients, l)
		}
	}
}

// owns reports whether a mail lies in one of the actor's mailboxes.
func (a Actor) owns(m Message) bool {
	return a.Role == RoleAdmin || slices.Contains(m.Owners, a.UserID)
}

// strip drops what names other people's mailboxes and clients.
func strip(m Message) Message {
	m.Mailboxes, m.Owners, m.Clients = nil, nil, nil
	return m
}

// visibleLinks reads mail links and keeps those of clients the actor sees, by
// message.
func (s *Service) visibleLinks(ctx context.Context, a Actor, q store.Query) (map[string][]ThreadLink, error) {
	var links []MailLink
	var ids []string
	for l, err := range MailLinks.All(ctx, s.store, q) {
		if err != nil {
			return nil, err
		}
		links = append(links, l)
		if !slices.Contains(ids, l.Client) {
			ids = append(ids, l.Client)
		}
	}
	clients, err := Clients.GetMany(ctx, s.store, ids)
	if err != nil {
		return nil, err
	}
	out := map[string][]ThreadLink{}
	for _, l := range links {
		if c, ok := clients[l.Client]; ok && a.sees(c.kept()) {
			out[l.Message] = append(out[l.Message], ThreadLink{c.ID, c.Name, l.Why})
		}
	}
	return out, nil
}

// MessageFor reads one mail that the actor may see, for its text and its
// attachments.
func (s *Service) MessageFor(ctx context.Context, a Actor, id string) (Message, error) {
	m, err := Messages.Get(ctx, s.store, id)
	if err != nil {
		return Message{}, err
	}
	if a.owns(m) {
		return m, nil
	}
	links, err := s.visibleLinks(ctx, a, store.Query{Where: []store.Cond{store.Is("message", id)}})
	if err != nil {
		return Message{}, err
	}
	if len(links[id]) == 0 {
		return Message{}, notFound()
	}
	return m, nil
}
