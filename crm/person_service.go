package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/calendar"
	"cemigmas/crm/ident"
	"cemigmas/crm/store"
)

// PersonInput is what is said of a person.
type PersonInput struct {
	Name   string   `json:"name"`
	Role   string   `json:"role,omitempty"`
	Title  string   `json:"title,omitempty"`
	Emails []string `json:"emails,omitempty"`
	Phones []string `json:"phones,omitempty"`

	Channel   string `json:"channel,omitempty"`   // one of PersonChannels
	Hours     string `json:"hours,omitempty"`     // in their own words
	Lang      string `json:"lang,omitempty"`      // one of Langs
	ConsentOn string `json:"consentOn,omitempty"` // civil date of the consent to publicity (art. 374)
	Notes     string `json:"notes,omitempty"`
}

// PersonChannels are the ways in which a person may like to be reached.
var PersonChannels = []string{"email", "phone", "message", "visit"}

// into sets a person to what the input says, or answers what is wrong with it.
func (in PersonInput) into(p *Person) problems {
	bad := problems{}
	p.Name, p.Role, p.Title = firstLine(in.Name), in.Role, firstLine(in.Title)
	bad.need("name", p.Name)
	if p.Role != "" && !slices.Contains(PersonRoles, p.Role) {
		bad.add("role", "error.field.choice")
	}
	p.Channel, p.Hours, p.Lang, p.ConsentOn, p.Notes = in.Channel, firstLine(in.Hours), in.Lang, strings.TrimSpace(in.ConsentOn), strings.TrimSpace(in.Notes)
	oneOf("channel", &p.Channel, PersonChannels, true, bad)
	oneOf("lang", &p.Lang, Langs, true, bad)
	if p.ConsentOn != "" && !calendar.Date(p.ConsentOn).Valid() {
		bad.add("consentOn", "date.invalid")
	}
	p.Emails = normalList(in.Emails, ident.NormalEmail, "emails", bad)
	p.Phones = normalList(in.Phones, ident.NormalPhone, "phones", bad)
	return bad
}

// normalList brings values into their one form, each once, and notes the first
// that has none.
func normalList(in []string, normal func(string) (string, error), field string, bad problems) (out []string) {
	for _, v := range in {
		n, err := normal(v)
		if err != nil {
			bad[field] = identText(err)
			return nil
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// AddPerson adds a person to a client; past mail with an address of theirs is
// filed again. CodeInvalid when one of the client's people has the address.
func (s *Service) AddPerson(ctx context.Context, a Actor, clientID string, in PersonInput) (Person, error) {
	c, err := s.client(ctx, a, clientID)
	if err != nil {
		return Person{}, err
	}
	now := s.Now()
	p := Person{ID: s.newID(), Client: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting, CreatedAt: now, UpdatedAt: now}
	if err := s.savePerson(ctx, a, nil, &p, in); err != nil {
		return Person{}, err
	}
	return p, nil
}

// Person reads a person; the id of a merged one leads to the survivor.
func (s *Service) Person(ctx context.Context, a Actor, id string) (Person, error) {
	p, err := People.Get(ctx, s.store, id)
	for hops := 0; err == nil && p.MergedInto != "" && hops < maxMerges; hops++ {
		p, err = People.Get(ctx, s.store, p.MergedInto)
	}
	if err != nil {
		return Person{}, err
	}
	// The client decides: the person's copies of its scope may be on their way.
	if err := s.mayClient(ctx, a, p.Client); err != nil {
		return Person{}, err
	}
	return p, nil
}

// EditPerson replaces what is said of a person that was read with this version
// (0: whatever it is now); past mail with a new address is filed again, and
// mail that is filed under an address that was taken away stays. CodeConflict
// when somebody changed the person since, with the person as it is now.
func (s *Service) EditPerson(ctx context.Context, a Actor, id string, version int64, in PersonInput) (Person, error) {
	was, err := s.Person(ctx, a, id)
	if err != nil {
		return Person{}, err
	}
	if version != 0 && version != was.Version {
		return was, Errf(CodeConflict, "error.conflict")
	}
	p := was
	p.UpdatedAt = s.Now()
	if err := s.savePerson(ctx, a, &was, &p, in); err != nil {
		return was, err
	}
	p.Version++
	return p, nil
}

// SetFormer says that a person no longer works at the client, or does again.
// The history stays; a former person is offered nowhere, and the address may be
// another's. CodeInvalid when it has become another's by the time of the return.
func (s *Service) SetFormer(ctx context.Context, a Actor, id string, former bool) (Person, error) {
	was, err := s.Person(ctx, a, id)
	if err != nil || was.Former == former {
		return was, err
	}
	p := was
	p.Former, p.UpdatedAt = former, s.Now()
	bad := problems{}
	if !former {
		if err := s.othersAddress(ctx, &p, bad); err != nil {
			return p, err
		}
	}
	if err := bad.err(); err != nil {
		return p, err
	}
	if err := s.Apply(ctx, saved(s.editor(ctx, a), People, p.Client, &was, &p)...); err != nil {
		return p, err
	}
	p.Version++
	s.bus.Publish(Event{Kind: "client", ID: p.Client, Agent: p.Agent, Team: p.Team, Acting: p.Acting})
	return p, nil
}

// savePerson writes a person, and what is said of the human being to the tied
// records that the actor sees, all at once.
func (s *Service) savePerson(ctx context.Context, a Actor, was, p *Person, in PersonInput) error {
	bad := in.into(p)
	if err := s.othersAddress(ctx, p, bad); err != nil {
		return err
	}
	for tries := 1; ; tries++ {
		e := s.editPeople(ctx, a)
		e.save(was, p)
		if was != nil {
			_, tied, err := s.tied(ctx, a, p.ID)
			if err != nil {
				return err
			}
			if err := e.carry(ctx, p, tied, bad); err != nil {
				return err
			}
		}
		if err := bad.err(); err != nil {
			return err
		}
		err := e.apply(ctx)
		if CodeOf(err) != CodeConflict || was == nil || tries == maxTries {
			return err
		}
		// Somebody saved a tied record: that one is read again. This one itself is
		// the reader's to look at.
		if version, _, peek := s.store.Peek(ctx, People.In, p.ID); peek != nil || version != was.Version {
			return err
		}
	}
}

// newAddresses are those that a person did not have before.
func newAddresses(was, is *Person) []string {
	if was == nil {
		return is.Emails
	}
	had := lower(was.Emails)
	return slices.DeleteFunc(slices.Clone(is.Emails), func(e string) bool { return slices.Contains(had, e) })
}

// othersAddress refuses an address that another of the client's people has: mail
// would be said to be from either. Of who no longer works there it may be
// another's by now.
func (s *Service) othersAddress(ctx context.Context, p *Person, bad problems) error {
	if len(p.Emails) == 0 || p.Former {
		return nil
	}
	for o, err := range People.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("client", p.Client)}, Sort: []string{"name"}}) {
		if err != nil {
			return err
		}
		if o.ID == p.ID || o.Former {
			continue
		}
		for _, e := range lower(o.Emails) {
			if slices.Contains(p.Emails, e) {
				bad.add("emails", "error.person.email", "email", e, "name", o.Name)
			}
		}
	}
	return nil
}
