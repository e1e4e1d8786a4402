package crm

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// carrying carries over what belongs to the one that goes. Each round reads the
// rows that are still its own, so that a repeat goes on where it was broken off.
type carrying struct {
	s     *Service
	m     *Merge
	fence store.CheckLease
	lease store.Lease
	moved bool // something was carried
}

// carryChunk is how many documents move in one Apply; a mail takes six changes.
const carryChunk = 100

// apply writes a chunk and keeps the lease.
func (c *carrying) apply(ctx context.Context, changes ...store.Change) error {
	if len(changes) == 0 {
		return nil
	}
	lease, err := c.s.store.Lease(ctx, c.lease.Name, c.lease.Owner, mergeLease)
	if err != nil {
		return wrapStore(err)
	}
	c.lease, c.moved = lease, true
	return c.s.Apply(ctx, append([]store.Change{c.fence}, changes...)...)
}

func (c *carrying) noted(of *store.Collection, doc string) *Move {
	return &Move{ID: c.m.ID + "/" + of.Name + "/" + doc, Merge: c.m.ID, Of: of.Name, Doc: doc}
}

// over carries everything from the one that goes to the survivor.
func (c *carrying) over(ctx context.Context) error {
	for _, step := range []func(context.Context) error{c.peopleOver, c.installationsOver, c.rowsOver, c.entriesOver, c.mailOver, c.threadsOver, c.rulesOver, c.groupOver} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// survivor is who takes what is carried, as it is now.
func (c *carrying) survivor(ctx context.Context) (Client, error) {
	return Clients.Get(ctx, c.s.store, c.m.Into)
}

// rounds reads what matches, a chunk at a time, until nothing does. do must make
// each row one that does not match any more.
func rounds[T any](ctx context.Context, s store.Store, t Table[T], q store.Query, do func([]T) error) error {
	q.Limit = carryChunk
	for tries := 0; ; {
		list, next, err := t.Find(ctx, s, q)
		if err != nil || len(list) == 0 && next == "" {
			return err
		}
		switch err := do(list); {
		case CodeOf(err) == CodeConflict && tries < maxTries: // somebody saved one of them: read again
			tries++
		case err != nil:
			return err
		default:
			tries = 0
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (c *carrying) of(sort ...string) store.Query {
	return store.Query{Where: []store.Cond{store.Is("client", c.m.From)}, Sort: sort}
}

func (c *carrying) peopleOver(ctx context.Context) error {
	into, err := c.survivor(ctx)
	if err != nil {
		return err
	}
	by := editor{by: c.m.By, batch: c.m.ID, at: c.s.Now()}
	return rounds(ctx, c.s.store, People, c.of("name"), func(list []Person) error {
		var changes []store.Change
		for _, p := range list {
			was := p
			p.Client, p.Agent, p.Team, p.Acting = into.ID, into.Agent, into.Team, into.Acting
			changes = append(changes, saved(by, People, into.ID, &was, &p)...)
			changes = append(changes, Moves.InsertIfAbsent(c.noted(People.In, p.ID)))
		}
		return c.apply(ctx, changes...)
	})
}

func (c *carrying) installationsOver(ctx context.Context) error {
	into, err := c.survivor(ctx)
	if err != nil {
		return err
	}
	by := editor{by: c.m.By, batch: c.m.ID, at: c.s.Now()}
	return rounds(ctx, c.s.store, Installations, c.of("name"), func(list []Installation) error {
		var changes []store.Change
		for _, i := range list {
			// Before the installation itself: whoever is killed here does it again.
			if err := c.s.moveInstallation(ctx, i.ID, &into); err != nil {
				return err
			}
			was := i
			i.Client, i.Agent, i.Team, i.Acting = into.ID, into.Agent, into.Team, into.Acting
			changes = append(changes, saved(by, Installations, into.ID, &was, &i)...)
			changes = append(changes, Moves.InsertIfAbsent(c.noted(Installations.In, i.ID)))
		}
		return c.apply(ctx, changes...)
	})
}

// carriedAlone have steps of their own; contracts and readings follow their
// installation.
var carriedAlone = []*store.Collection{People.In, Installations.In, Contracts.In, Readings.In, MailLinks.In}

// rowsOver carries what only names its client.
func (c *carrying) rowsOver(ctx context.Context) error {
	into, err := c.survivor(ctx)
	if err != nil {
		return err
	}
	for _, of := range copiesOf {
		if slices.Contains(carriedAlone, of.in) {
			continue
		}
		q := c.of(of.sort...)
		q.In, q.Limit = of.in, carryChunk
		for {
			page, err := c.s.store.Find(ctx, q)
			if err != nil {
				return wrapStore(err)
			}
			if len(page.Docs) == 0 {
				break
			}
			var changes []store.Change
			for _, d := range page.Docs {
				changes = append(changes, patchStrings(of.in, d.ID, scopePatch(into.ID, into.kept())), Moves.InsertIfAbsent(c.noted(of.in, d.ID)))
			}
			if err := c.apply(ctx, changes...); err != nil {
				return err
			}
		}
	}
	return nil
}

// entriesOver carries the timeline rows of all but mail, whose rows are made of
// the links.
func (c *carrying) entriesOver(ctx context.Context) error {
	for _, kind := range entryKinds {
		q := store.Query{Where: []store.Cond{store.Is("client", c.m.From), store.Is("kind", kind)}, Sort: []string{"-planned", "-at"}}
		err := rounds(ctx, c.s.store, Timeline, q, func(list []Entry) error {
			var changes []store.Change
			for _, e := range list {
				e.Client = c.m.Into
				changes = append(append(changes, ReplaceEntry(&e)...), Moves.InsertIfAbsent(c.noted(Timeline.In, e.ID)))
			}
			return c.apply(ctx, changes...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// entryKinds are the kinds of timeline rows that stand for an activity.
var entryKinds = []string{KindCall, KindMeeting, KindMessage, KindNote, KindVisit}

// mailOver files the mail of the one that goes under the survivor, unless it is
// filed there already.
func (c *carrying) mailOver(ctx context.Context) error {
	into, err := c.survivor(ctx)
	if err != nil {
		return err
	}
	return rounds(ctx, c.s.store, MailLinks, c.of("-contact", "-at"), func(list []MailLink) error {
		var ids, mails []string
		for _, l := range list {
			ids, mails = append(ids, l.Message+":"+into.ID), append(mails, l.Message)
		}
		have, err := MailLinks.GetMany(ctx, c.s.store, ids)
		if err != nil {
			return err
		}
		messages, err := Messages.GetMany(ctx, c.s.store, mails)
		if err != nil {
			return err
		}
		var changes []store.Change
		for _, l := range list {
			note := c.noted(MailLinks.In, l.ID)
			note.Was = MailLinks.Doc(&l).Body
			changes = append(changes, store.Delete{In: MailLinks.In, ID: l.ID, Version: l.Version})
			if _, ok := have[l.Message+":"+into.ID]; !ok {
				note.Made = true
				moved := l
				moved.ID, moved.Version, moved.Client, moved.Agent, moved.Team, moved.Acting = l.Message+":"+into.ID, 0, into.ID, into.Agent, into.Team, into.Acting
				changes = append(changes, MailLinks.Put(&moved))
			}
			if m, ok := messages[l.Message]; ok {
				changes = append(changes, clientsOfMail(&m, into.ID, l.Client))
			}
			changes = append(changes, Moves.InsertIfAbsent(note))
		}
		return c.apply(ctx, changes...)
	})
}

// clientsOfMail says that a mail is filed under one client and no more under
// another.
func clientsOfMail(m *Message, with, without string) store.Change {
	m.Clients = slices.DeleteFunc(union(m.Clients, []string{with}), func(id string) bool { return id == without })
	raw, _ := json.Marshal(m.Clients) // strings always can
	return store.Patch{In: Messages.In, ID: m.ID, Body: map[string][]byte{"clients": raw}}
}

// threadsOver makes the timeline rows of conversations anew at the survivor.
func (c *carrying) threadsOver(ctx context.Context) error {
	q := store.Query{Where: []store.Cond{store.Is("client", c.m.From), store.Is("kind", KindMail)}, Sort: []string{"-planned", "-at"}}
	return rounds(ctx, c.s.store, Timeline, q, func(list []Entry) error {
		for _, e := range list {
			note := c.noted(Timeline.In, e.ID)
			note.Was = jsonString(e.Ref)
			if err := c.threadAnew(ctx, e.Ref, Moves.InsertIfAbsent(note)); err != nil {
				return err
			}
		}
		return nil
	})
}

// threadAnew makes the rows of a conversation at both clients from its links. It
// fails with a conflict when mail is filed into it at the same moment.
func (c *carrying) threadAnew(ctx context.Context, thread string, with ...store.Change) error {
	k := &checker{s: c.s}
	guard, err := k.threadGuard(ctx, thread)
	if err != nil {
		return err
	}
	changes := append([]store.Change{guard}, with...)
	for _, client := range []string{c.m.From, c.m.Into} {
		e, _, err := k.fromLinks(ctx, thread, client)
		switch {
		case err != nil:
			return err
		case e == nil:
			changes = append(changes, store.Delete{In: Timeline.In, ID: EntryID(thread, client), Version: -1})
		default:
			changes = append(changes, ReplaceEntry(e)...)
		}
	}
	return c.apply(ctx, changes...)
}

// rulesOver makes triage's rules file under the survivor.
func (c *carrying) rulesOver(ctx context.Context) error {
	for r, err := range MailRules.All(ctx, c.s.store, store.Query{}) {
		if err != nil {
			return err
		}
		if r.Client != c.m.From {
			continue
		}
		if err := c.apply(ctx, patchBody(MailRules.In, r.ID, "client", c.m.Into), Moves.InsertIfAbsent(c.noted(MailRules.In, r.ID))); err != nil {
			return err
		}
	}
	return nil
}

func patchBody(in *store.Collection, id, member, v string) store.Patch {
	return store.Patch{In: in, ID: id, Body: map[string][]byte{member: jsonString(v)}}
}

// groupOver puts what was below the one that goes below the survivor.
func (c *carrying) groupOver(ctx context.Context) error {
	by := editor{by: c.m.By, batch: c.m.ID, at: c.s.Now()}
	q := store.Query{Where: []store.Cond{store.Is("parent", c.m.From)}, Sort: []string{"name"}}
	return rounds(ctx, c.s.store, Clients, q, func(list []Client) error {
		var changes []store.Change
		for _, x := range list {
			was := x
			x.Parent = c.m.Into
			changes = append(changes, saved(by, Clients, x.ID, &was, &x)...)
			changes = append(changes, Moves.InsertIfAbsent(c.noted(Clients.In, x.ID)))
		}
		return c.apply(ctx, changes...)
	})
}

// isThread reports whether a note of a timeline row is of a conversation.
func (m *Move) isThread() bool { return m.Was != nil && strings.Contains(m.Doc, ":") }
