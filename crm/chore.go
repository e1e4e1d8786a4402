package crm

import (
	"context"
	"time"

	"cemigmas/crm/store"
)

// Chore is what an edit leaves to do after its own Apply, because it reaches
// more documents than one Apply should: copies of a client's agent and team,
// its figures, past mail of an address that is new. It is noted in the edit's
// Apply and removed when it is done, so that a process that dies in between
// leaves the note. A chore may be done twice.
type Chore struct {
	ID     string    `json:"id"`
	Client string    `json:"client,omitempty"` // its copies and figures
	User   string    `json:"user,omitempty"`   // who changed team, and takes clients along, or sectors
	Refile []string  `json:"refile,omitempty"` // addresses
	Rule   string    `json:"rule,omitempty"`   // of triage that was removed: what it kept away
	Unfile *Unfile   `json:"unfile,omitempty"` // mail that a client has no more
	At     time.Time `json:"at"`
}

// Chores is the table of chores.
var Chores = Table[Chore]{
	In: &store.Collection{
		Name:    "chores",
		Fields:  []store.Field{{Name: "at", Kind: store.Time}},
		Indexes: []store.Index{{Fields: []string{"at"}}},
	},
	ID:   func(c *Chore) string { return c.ID },
	Keys: func(c *Chore) store.Keys { return store.Keys{"at": c.At} },
}

// chore makes a chore and the change that notes it.
func (s *Service) chore(c Chore) (Chore, store.Change) {
	c.ID, c.At = s.newID(), s.Now()
	return c, Chores.InsertIfAbsent(&c)
}

// do does a chore and removes its note.
func (s *Service) do(ctx context.Context, c Chore) error {
	if len(c.Refile) > 0 {
		s.addressed(c.Refile...)
	}
	if c.Rule != "" {
		if _, err := s.unignore(ctx, c.Rule); err != nil {
			return err
		}
	}
	if c.Unfile != nil {
		if err := s.unfile(ctx, *c.Unfile); err != nil {
			return err
		}
	}
	if c.User != "" {
		if u, err := Users.Get(ctx, s.store, c.User); err == nil {
			if err := s.moveToTeam(ctx, u); err != nil {
				return err
			}
			if err := s.settleMisfits(ctx, u); err != nil {
				return err
			}
		} else if CodeOf(err) != CodeNotFound {
			return err
		}
	}
	if c.Client != "" {
		if err := s.settleClient(ctx, c.Client); err != nil {
			return err
		}
	}
	return s.Apply(ctx, Chores.Delete(&c))
}

// settleClient brings what follows from a client up to date: copies of its
// scope, and what a mail or a log patched while it was written whole. A client
// that is gone by now has nothing that follows.
func (s *Service) settleClient(ctx context.Context, id string) error {
	c, err := Clients.Get(ctx, s.store, id)
	if CodeOf(err) == CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.settleKeepers(ctx, &c); err != nil {
		return err
	}
	return s.Recompute(ctx, c.ID)
}

// choreAge is how old a note is before another process believes that whoever
// wrote it is gone.
const choreAge = time.Minute

// DoChores does what edits left behind whose process died.
func (s *Service) DoChores(ctx context.Context) error {
	q := store.Query{Where: []store.Cond{store.Below("at", s.Now().Add(-choreAge))}, Sort: []string{"at"}}
	for c, err := range Chores.All(ctx, s.store, q) {
		if err != nil {
			return err
		}
		if err := s.do(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
