package crm

import (
	"context"
	"slices"
)

// MergePersonFields are the members of a person that a merge asks for; addresses
// and phones of both are kept.
var MergePersonFields = []string{"name", "role", "title", "channel", "hours", "lang", "consentOn", "notes"}

// MergePeople makes one person of two of the same client. What names the one
// that goes, an activity or a mail, still finds it, and through it the survivor.
func (s *Service) MergePeople(ctx context.Context, a Actor, in MergeChoice) (Merge, error) {
	into, err := s.Person(ctx, a, in.Into)
	if err != nil {
		return Merge{}, err
	}
	from, err := s.Person(ctx, a, orNone(in.From))
	if err != nil && CodeOf(err) != CodeNotFound {
		return Merge{}, err
	}
	if err != nil || from.ID == into.ID || from.Client != into.Client || from.MergedInto != "" || into.MergedInto != "" {
		return Merge{}, &Error{Code: CodeInvalid, Text: Text{Key: "error.merge.person"}, Fields: map[string]Text{"from": {Key: "error.merge.person"}}}
	}
	was, gone := into, from
	bad := problems{}
	for _, name := range in.Take {
		to, of := personMember(&into, name), personMember(&from, name)
		if to == nil {
			bad.add("take", "error.field.choice")
			continue
		}
		*to = *of
	}
	if err := bad.err(); err != nil {
		return Merge{}, err
	}
	into.Emails, into.Phones = union(into.Emails, from.Emails), union(into.Phones, from.Phones)
	into.Former = into.Former && from.Former
	now := s.Now()
	gone.MergedInto, gone.UpdatedAt, into.UpdatedAt = into.ID, now, now
	m := Merge{ID: s.newID(), Kind: RowPerson, From: from.ID, Into: into.ID, FromName: from.Name, IntoName: into.Name, Client: into.Client,
		Agent: into.Agent, Team: into.Team, Acting: into.Acting, By: a.UserID, At: now, State: MergeDone, Fields: differences(People.Doc(&was).Body, People.Doc(&into).Body, People.Derived)}
	by := s.editor(WithBatch(ctx, m.ID), a)
	changes := append(saved(by, People, from.Client, &from, &gone), saved(by, People, into.Client, &was, &into)...)
	ties, err := s.mergeTies(ctx, &m)
	if err != nil {
		return Merge{}, err
	}
	if err := s.Apply(ctx, append(append(changes, ties...), Merges.Put(&m))...); err != nil {
		return Merge{}, err
	}
	m.Version++
	s.bus.Publish(Event{Kind: "client", ID: into.Client, Agent: into.Agent, Team: into.Team, Acting: into.Acting})
	return m, nil
}

func personMember(p *Person, name string) *string {
	return map[string]*string{"name": &p.Name, "role": &p.Role, "title": &p.Title, "channel": &p.Channel, "hours": &p.Hours, "lang": &p.Lang,
		"consentOn": &p.ConsentOn, "notes": &p.Notes}[name]
}

// partPeople undoes a merge of people: addresses and phones that came with the
// other go back with it.
func (s *Service) partPeople(ctx context.Context, a Actor, m *Merge) error {
	people, err := People.GetMany(ctx, s.store, []string{m.From, m.Into})
	if err != nil {
		return err
	}
	from, into := people[m.From], people[m.Into]
	if from.MergedInto != m.Into || into.MergedInto != "" {
		return Errf(CodeUnavailable, "error.merge.again")
	}
	back, err := unchanged(People, &into, m.Fields)
	if err != nil {
		return err
	}
	was := from
	from.MergedInto, from.Client, from.Agent, from.Team, from.Acting = "", into.Client, into.Agent, into.Team, into.Acting
	from.UpdatedAt, back.UpdatedAt = s.Now(), s.Now()
	back.Emails = slices.DeleteFunc(back.Emails, func(e string) bool { return slices.Contains(from.Emails, e) })
	m.State = MergeUndone
	by := s.editor(WithBatch(ctx, undoOf(m.ID)), a)
	changes := append(saved(by, People, into.Client, &into, &back), saved(by, People, from.Client, &was, &from)...)
	ties, err := s.partTies(ctx, m)
	if err != nil {
		return err
	}
	if err := s.Apply(ctx, append(append(changes, ties...), Merges.Put(m))...); err != nil {
		return err
	}
	m.Version++
	s.bus.Publish(Event{Kind: "client", ID: into.Client, Agent: into.Agent, Team: into.Team, Acting: into.Acting})
	return nil
}
