package crm

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"cemigmas/crm/store"
)

// Handover tells two agents that clients went from one to the other, in one
// bulk edit. From is "" for clients that nobody had, To for ones that nobody
// has now.
type Handover struct {
	ID      string    `json:"id"` // batch:from:to
	Batch   string    `json:"batch"`
	From    string    `json:"from,omitempty"` // user id
	To      string    `json:"to,omitempty"`   // user id
	Clients int       `json:"clients"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Handovers is the table of handovers.
var Handovers = Table[Handover]{
	In: &store.Collection{
		Name: "handovers",
		Fields: []store.Field{
			{Name: "batch", Kind: store.String},
			{Name: "from", Kind: store.String},
			{Name: "to", Kind: store.String},
			{Name: "at", Kind: store.Time},
		},
		Indexes: []store.Index{
			{Fields: []string{"batch", "from"}},
			{Fields: []string{"from", "-at"}},
			{Fields: []string{"to", "-at"}},
		},
	},
	ID: func(h *Handover) string { return h.ID },
	Keys: func(h *Handover) store.Keys {
		return store.Keys{"batch": h.Batch, "from": h.From, "to": h.To, "at": h.At}
	},
}

// handoverDays is how long both agents are told of a handover.
const handoverDays = 14

// noteHandovers tells of the clients that changed agent in a batch, once it is
// through. It is counted from what the batch wrote, so that a run that was
// broken off and taken up again tells the whole.
func (s *Service) noteHandovers(ctx context.Context, a Actor, batch string, edit BulkEdit) error {
	if edit.Agent == nil {
		return nil
	}
	type way struct{ from, to string }
	moved := map[way]int{}
	for e, err := range s.handedOver(ctx, batch) {
		if err != nil {
			return err
		}
		moved[way{e.from, e.to}]++
	}
	var old, fresh []store.Change
	for w, n := range moved {
		h := Handover{ID: batch + ":" + w.from + ":" + w.to, Batch: batch, From: w.from, To: w.to, Clients: n, By: a.UserID, At: s.Now()}
		old = append(old, store.Delete{In: Handovers.In, ID: h.ID, Version: -1})
		fresh = append(fresh, Handovers.InsertIfAbsent(&h))
	}
	if err := s.Apply(ctx, old...); err != nil {
		return err
	}
	return s.Apply(ctx, fresh...)
}

// handed is a client that changed agent in a batch.
type handed struct{ client, from, to string }

// handedOver walks the clients that changed agent in a batch; what was undone
// since is among them.
func (s *Service) handedOver(ctx context.Context, batch string) iter.Seq2[handed, error] {
	q := store.Query{Where: []store.Cond{store.Is("batch", batch), store.Is("of", Clients.In.Name)}, Sort: []string{"-number"}}
	return func(yield func(handed, error) bool) {
		for e, err := range Revisions.All(ctx, s.store, q) {
			if err != nil {
				yield(handed{}, err)
				return
			}
			if h, ok := agentIn(&e); ok && !yield(h, nil) {
				return
			}
		}
	}
}

func agentIn(e *Revision) (handed, bool) {
	for _, f := range e.Fields {
		if f.Name != "agent" {
			continue
		}
		h := handed{client: e.Doc}
		for _, m := range []struct {
			raw json.RawMessage
			to  *string
		}{{f.From, &h.from}, {f.To, &h.to}} {
			if m.raw != nil {
				_ = json.Unmarshal(m.raw, m.to) // Table.Doc wrote it
			}
		}
		return h, true
	}
	return handed{}, false
}

// HandoversOf lists what a batch handed over, as far as the actor may know: who
// did it and admins all, others what came to or went from them.
func (s *Service) HandoversOf(ctx context.Context, a Actor, batch string) ([]Handover, error) {
	list, _, err := Handovers.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("batch", batch)}, Sort: []string{"from"}, Limit: MaxListLimit})
	out := list[:0]
	for _, h := range list {
		if a.Role == RoleAdmin || a.UserID != "" && (h.By == a.UserID || h.From == a.UserID || h.To == a.UserID) {
			out = append(out, h)
		}
	}
	return out, err
}

// RecentHandovers lists what came to and went from the actor in the last days,
// newest first; what was undone is not told.
func (s *Service) RecentHandovers(ctx context.Context, a Actor) ([]Handover, error) {
	if a.UserID == "" {
		return nil, nil
	}
	since := s.Now().AddDate(0, 0, -handoverDays)
	var out []Handover
	for _, side := range []string{"to", "from"} {
		list, _, err := Handovers.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is(side, a.UserID), store.From("at", since)},
			Sort: []string{"-at"}, Limit: todayRows})
		if err != nil {
			return nil, err
		}
		for _, h := range list {
			undo, err := Jobs.Get(ctx, s.store, UndoID(h.Batch))
			if err != nil && CodeOf(err) != CodeNotFound {
				return nil, err
			}
			if err != nil || undo.State != JobDone {
				out = append(out, h)
			}
		}
	}
	return out, nil
}
