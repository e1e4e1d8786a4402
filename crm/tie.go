package crm

import (
	"context"
	"slices"
	"time"

	"cemigmas/crm/store"
)

// A person has a record at each client that they serve, so that rights stay
// those of clients. A tie says which records are one human being: what is said
// of the human (Person.takeHuman) is written to all of them at once, as far as
// the one who says it sees them; role, title, notes and whether they still work
// there are of each record.

// Tie names the records of one human being.
type Tie struct {
	ID      string    `json:"id"`
	Version int64     `json:"-"`
	People  []string  `json:"people"` // ids; of a merged one the survivor's stands beside it
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Ties is the table of ties.
var Ties = Table[Tie]{
	In: &store.Collection{
		Name:    "ties",
		Fields:  []store.Field{{Name: "people", Kind: store.Strings}},
		Indexes: []store.Index{{Fields: []string{"people"}, Unique: true}},
	},
	ID:   func(t *Tie) string { return t.ID },
	Ver:  func(t *Tie) *int64 { return &t.Version },
	Keys: func(t *Tie) store.Keys { return store.Keys{"people": t.People} },
}

// Elsewhere is a person at other clients that the actor sees.
type Elsewhere struct {
	Tied  []PersonAt // the same human being
	Alike []PersonAt // has one of the addresses: perhaps the same
}

// PersonAt is a person with the name of its client.
type PersonAt struct {
	Person     Person
	ClientName string
}

// maxAlikePeople bounds how many with the same address are offered: an office's
// address may be everybody's.
const maxAlikePeople = 10

// PersonElsewhere reads where else a person is known, in the actor's scope and
// without a word about the rest.
func (s *Service) PersonElsewhere(ctx context.Context, a Actor, id string) (Elsewhere, error) {
	p, err := s.Person(ctx, a, id)
	if err != nil {
		return Elsewhere{}, err
	}
	_, tied, err := s.tied(ctx, a, p.ID)
	if err != nil {
		return Elsewhere{}, err
	}
	var alike []Person
	for _, e := range lower(p.Emails) {
		list, _, err := People.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("emails", e)}, Limit: MaxListLimit})
		if err != nil {
			return Elsewhere{}, err
		}
		for _, o := range list {
			same := func(x Person) bool { return x.ID == o.ID }
			if o.Client == p.Client || o.Former || p.Former || len(alike) == maxAlikePeople || slices.ContainsFunc(tied, same) || slices.ContainsFunc(alike, same) {
				continue
			}
			switch err := s.mayClient(ctx, a, o.Client); {
			case err == nil:
				alike = append(alike, o)
			case CodeOf(err) != CodeNotFound:
				return Elsewhere{}, err
			}
		}
	}
	var ids []string
	for _, o := range append(slices.Clone(tied), alike...) {
		ids = append(ids, o.Client)
	}
	names, err := s.ClientNames(ctx, ids)
	at := func(list []Person) (out []PersonAt) {
		for _, o := range list {
			out = append(out, PersonAt{o, names[o.Client]})
		}
		return out
	}
	return Elsewhere{Tied: at(tied), Alike: at(alike)}, err
}

// tied reads the tie of a person, nil when there is none, and its other records
// that the actor sees.
func (s *Service) tied(ctx context.Context, a Actor, id string) (*Tie, []Person, error) {
	t, err := s.tieOf(ctx, id)
	if err != nil || t == nil {
		return nil, nil, err
	}
	people, err := People.GetMany(ctx, s.store, t.People)
	if err != nil {
		return nil, nil, err
	}
	var out []Person
	for _, other := range t.People {
		o, ok := people[other]
		if !ok || o.ID == id || o.MergedInto != "" {
			continue
		}
		switch err := s.mayClient(ctx, a, o.Client); {
		case err == nil:
			out = append(out, o)
		case CodeOf(err) != CodeNotFound:
			return nil, nil, err
		}
	}
	return t, out, nil
}

// tieOf reads the tie of a person; nil when there is none.
func (s *Service) tieOf(ctx context.Context, id string) (*Tie, error) {
	return Ties.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("people", id)}})
}

// takeHuman takes what is said of the human being, not of the work at a client.
func (p *Person) takeHuman(from *Person) {
	p.Name, p.Emails, p.Phones = from.Name, slices.Clone(from.Emails), slices.Clone(from.Phones)
	p.Channel, p.Hours, p.Lang, p.ConsentOn = from.Channel, from.Hours, from.Lang, from.ConsentOn
}

// fillHuman takes what is not known yet, and all addresses and phones.
func (p *Person) fillHuman(from *Person) {
	for to, v := range map[*string]string{&p.Name: from.Name, &p.Channel: from.Channel, &p.Hours: from.Hours, &p.Lang: from.Lang, &p.ConsentOn: from.ConsentOn} {
		if *to == "" {
			*to = v
		}
	}
	p.Emails, p.Phones = union(p.Emails, from.Emails), union(p.Phones, from.Phones)
}

// peopleEdit gathers the records that one edit writes.
type peopleEdit struct {
	s       *Service
	by      editor
	changes []store.Change
	refile  []string
	told    []Event
}

func (s *Service) editPeople(ctx context.Context, a Actor) *peopleEdit {
	return &peopleEdit{s: s, by: s.editor(ctx, a)}
}

// save adds a record that differs; was is nil when it is new.
func (e *peopleEdit) save(was, is *Person) {
	e.changes = append(e.changes, saved(e.by, People, is.Client, was, is)...)
	e.refile = union(e.refile, newAddresses(was, is))
	e.told = append(e.told, Event{Kind: "client", ID: is.Client, Agent: is.Agent, Team: is.Team, Acting: is.Acting})
}

// carry gives tied records what is said of the human being. Who no longer works
// at a client keeps there what was known then: mail to a later address is not
// that client's.
func (e *peopleEdit) carry(ctx context.Context, from *Person, tied []Person, bad problems) error {
	for _, o := range tied {
		if o.Former || from.Former || o.ID == from.ID {
			continue
		}
		was := o
		o.takeHuman(from)
		if len(differences(People.Doc(&was).Body, People.Doc(&o).Body, People.Derived)) == 0 {
			continue
		}
		if err := e.s.othersAddress(ctx, &o, bad); err != nil {
			return err
		}
		o.UpdatedAt = e.by.at
		e.save(&was, &o)
	}
	return nil
}

// apply writes all of it at once; past mail of new addresses is filed again.
func (e *peopleEdit) apply(ctx context.Context, with ...store.Change) error {
	rest, note := e.s.chore(Chore{Refile: e.refile})
	if err := e.s.Apply(ctx, append(append(with, e.changes...), note)...); err != nil {
		return err
	}
	if err := e.s.do(ctx, rest); err != nil {
		return err
	}
	for _, told := range e.told {
		e.s.bus.Publish(told)
	}
	return nil
}

// TiePeople says that two records at different clients are one human being.
// What is said of the first holds for both; what it lacks is taken from the
// other. CodeInvalid when both are of one client: those are merged.
func (s *Service) TiePeople(ctx context.Context, a Actor, id, other string) (Person, error) {
	p, err := s.Person(ctx, a, id)
	if err != nil {
		return p, err
	}
	o, err := s.Person(ctx, a, other)
	if err != nil {
		return p, err
	}
	if p.Client == o.Client {
		return p, Errf(CodeInvalid, "error.tie.client")
	}
	ours, tied, err := s.tied(ctx, a, p.ID)
	if err != nil || ours != nil && slices.Contains(ours.People, o.ID) {
		return p, err
	}
	theirs, more, err := s.tied(ctx, a, o.ID)
	if err != nil {
		return p, err
	}
	was, bad, e := p, problems{}, s.editPeople(ctx, a)
	if !p.Former && !o.Former {
		p.fillHuman(&o)
	}
	if len(differences(People.Doc(&was).Body, People.Doc(&p).Body, People.Derived)) > 0 {
		if err := s.othersAddress(ctx, &p, bad); err != nil {
			return was, err
		}
		p.UpdatedAt = s.Now()
		e.save(&was, &p)
	}
	if err := e.carry(ctx, &p, slices.Concat(tied, []Person{o}, more), bad); err != nil {
		return was, err
	}
	if err := bad.err(); err != nil {
		return was, err
	}
	if err := e.apply(ctx, s.joinTies(a, ours, theirs, p.ID, o.ID)...); err != nil {
		return was, err
	}
	return s.Person(ctx, a, p.ID)
}

// joinTies makes the changes that put two records into one tie.
func (s *Service) joinTies(a Actor, ours, theirs *Tie, id, other string) []store.Change {
	switch {
	case ours == nil && theirs == nil:
		ours = &Tie{ID: s.newID(), People: []string{id, other}}
	case ours == nil:
		ours, theirs = theirs, nil
		ours.People = append(ours.People, id)
	case theirs == nil:
		ours.People = append(ours.People, other)
	default:
		ours.People = append(ours.People, theirs.People...)
	}
	ours.By, ours.At = a.UserID, s.Now()
	if theirs == nil {
		return []store.Change{Ties.Put(ours)}
	}
	return []store.Change{Ties.Delete(theirs), Ties.Put(ours)} // nobody is in two
}

// UntiePerson says that a record is a human being of its own; it keeps what was
// said of them.
func (s *Service) UntiePerson(ctx context.Context, a Actor, id string) (Person, error) {
	p, err := s.Person(ctx, a, id)
	if err != nil {
		return p, err
	}
	t, _, err := s.tied(ctx, a, p.ID)
	if err != nil || t == nil {
		return p, err
	}
	return p, s.Apply(ctx, t.without(p.ID))
}

// without makes the change that takes records out of a tie; one alone is none.
func (t *Tie) without(ids ...string) store.Change {
	t.People = slices.DeleteFunc(t.People, func(id string) bool { return slices.Contains(ids, id) })
	if len(t.People) < 2 {
		return Ties.Delete(t)
	}
	return Ties.Put(t)
}
