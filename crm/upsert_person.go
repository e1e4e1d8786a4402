package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/ident"
	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// PersonRoles are what a person decides about.
var PersonRoles = []string{"decision", "technical", "financial", "legal", "other"}

func (u *Upserter) loadPeople(ctx context.Context, rows []Row) error {
	refs := make([]ClientRef, 0, len(rows))
	for _, r := range rows {
		refs = append(refs, r.Person.Client)
	}
	if err := u.refClients(ctx, refs); err != nil {
		return err
	}
	for _, r := range refs {
		for _, k := range clientKeys(r) {
			c, ok := u.clients[k]
			if _, read := u.work.people[c.id]; !ok || read {
				continue
			}
			list := []Person{}
			for p, err := range People.All(ctx, u.s.store, store.Query{
				Where: []store.Cond{store.Is("client", c.id)}, Sort: []string{"name"}}) {
				if err != nil {
					return err
				}
				list = append(list, p)
			}
			u.work.people[c.id] = list
		}
	}
	return nil
}

func (u *Upserter) takePerson(ctx context.Context, row *Row, o *Outcome) error {
	r := row.Person
	if r.Client.empty() {
		o.reject("client", "error.field.required")
	}
	client := ref{}
	if !r.Client.empty() {
		client, _ = u.clientRef(r.Client, "client", o, "import.client.unknown")
	}
	now := u.s.Now()
	p := Person{CreatedAt: now}
	if err := p.fill(r, o); err {
		return nil
	}
	was, exists := u.findPerson(client.id, &p)
	if exists {
		p = was
		p.fill(r, &Outcome{}) // the same texts, now over what is stored
		u.keepCarried(&p, &was, r)
	} else {
		p.ID = u.s.NewID()
		if strings.TrimSpace(p.Name) == "" {
			o.reject("name", "error.field.required")
			return nil
		}
	}
	key := p.ID
	if u.dry && !exists {
		key = client.id + "\x00" + personKey(&p) // made anew for every row
	}
	if !u.first(row.Line, o, "emails", RowPerson, key) {
		return nil
	}
	p.Client, p.Agent, p.Team, p.Acting = client.id, client.agent, client.team, client.acting
	u.sameScope(&was.Agent, &was.Team, &was.Acting, client)
	o.ID, o.Client = p.ID, client.id
	changed := !exists || !sameDoc(People, &was, &p)
	o.settle(!exists, changed)
	if changed {
		p.UpdatedAt = now
		save(u, People, p.Client, exists, &was, &p)
		u.keepPerson(client.id, p)
	}
	if changed && exists {
		return u.carryPerson(ctx, &was, &p, o)
	}
	return nil
}

// findPerson finds a person of a client by one of the addresses, else by name
// among those who share none of it: people called alike with different
// addresses are different people.
func (u *Upserter) findPerson(client string, p *Person) (Person, bool) {
	list := u.work.people[client]
	for _, x := range list {
		if slices.ContainsFunc(p.Emails, func(m string) bool { return slices.Contains(lower(x.Emails), m) }) {
			return x, true
		}
	}
	for _, x := range list {
		if text.SortKey(x.Name) == text.SortKey(p.Name) && (len(x.Emails) == 0 || len(p.Emails) == 0) {
			return x, true
		}
	}
	return Person{}, false
}

func personKey(p *Person) string {
	if len(p.Emails) > 0 {
		return p.Emails[0]
	}
	return text.SortKey(p.Name)
}

func (u *Upserter) keepPerson(client string, p Person) {
	list := u.work.people[client]
	if n := slices.IndexFunc(list, func(x Person) bool { return x.ID == p.ID }); n >= 0 {
		list[n] = p
		return
	}
	u.work.people[client] = append(list, p)
}

// fill sets what the row says and reports whether something is wrong.
func (p *Person) fill(r *PersonRow, o *Outcome) (bad bool) {
	r.Name.into(&p.Name)
	if v, set := r.Name.Value(); r.Name.Given() && (!set || strings.TrimSpace(v) == "") {
		o.reject("name", "error.field.required")
	}
	fillEmails(r.Emails, &p.Emails, "emails", o)
	fillPhones(r.Phones, &p.Phones, o)
	choose(r.Role, &p.Role, PersonRoles, "role", o)
	choose(r.Lang, &p.Lang, []string{"pt-BR", "es", "en"}, "lang", o)
	r.Title.into(&p.Title)
	r.Notes.into(&p.Notes)
	r.Former.into(&p.Former)
	choose(r.Channel, &p.Channel, PersonChannels, "channel", o)
	fillDate(r.ConsentOn, &p.ConsentOn, "consentOn", o)
	if v, set := r.Hours.Value(); set {
		p.Hours = firstLine(v)
	} else {
		r.Hours.into(&p.Hours)
	}
	return o.bad()
}

func fillPhones(v Opt[[]string], to *[]string, o *Outcome) {
	list, set := v.Value()
	if !set {
		v.into(to)
		return
	}
	var out []string
	for _, s := range list {
		phone, err := ident.NormalPhone(s)
		if err != nil {
			o.warn("phones", identText(err))
			phone = strings.TrimSpace(s)
		}
		if phone != "" && !slices.Contains(out, phone) {
			out = append(out, phone)
		}
	}
	*to = out
}
