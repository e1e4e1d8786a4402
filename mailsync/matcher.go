package mailsync

import (
	"context"
	"slices"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/crm/store"
	"cemigmas/mailsync/message"
)

// Kinds of a crm.Reason, strongest first.
const (
	byHand    = crm.WhyHand
	byPerson  = crm.WhyPerson
	byAddress = "address"
	byDomain  = "domain"
	byUC      = "uc"
	byCNPJ    = "cnpj"
	byThread  = "thread" // of a suggestion only: it answers mail of that client
)

// freeMail are domains that belong to no company.
var freeMail = map[string]bool{
	"gmail.com": true, "googlemail.com": true, "hotmail.com": true, "hotmail.com.br": true, "outlook.com": true,
	"outlook.com.br": true, "live.com": true, "msn.com": true, "yahoo.com": true, "yahoo.com.br": true, "ymail.com": true,
	"icloud.com": true, "me.com": true, "uol.com.br": true, "bol.com.br": true, "terra.com.br": true, "ig.com.br": true,
	"globo.com": true, "globomail.com": true, "zipmail.com.br": true, "proton.me": true, "protonmail.com": true,
	"aol.com": true, "gmx.com": true, "gmx.net": true, "mail.com": true, "zoho.com": true, "r7.com": true, "oi.com.br": true,
}

// filing is where a mail belongs: clients with the reasons, and who of each
// client took part.
type filing struct {
	reasons map[string][]crm.Reason // client to why
	person  map[string]string       // client to person
	suggest string                  // a client that was not certain enough
	because *crm.Reason
}

func (f *filing) add(client string, r crm.Reason) {
	for _, have := range f.reasons[client] {
		if have == r {
			return
		}
	}
	f.reasons[client] = append(f.reasons[client], r)
}

// clients lists where it is filed, in a fixed order.
func (f *filing) clients() []string {
	var out []string
	for c := range f.reasons {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// matcher files the mails of one batch with a few look-ups for all of them
// together: the addresses and numbers of five hundred mails are mostly the
// same ones.
type matcher struct {
	store   store.Store
	people  map[string][]crm.Person       // by address
	clients map[string][]string           // client ids by own address
	domains map[string][]string           // client ids by domain
	units   map[string][]crm.Installation // one, by UC or former UC
	roots   map[string][]crm.Client       // one, by CNPJ root
	own     map[string]bool               // addresses of our mailboxes
	ownDoms map[string]bool               // and their domains
	rules   map[string][]crm.MailRule     // by value
}

// keysOf are the addresses and numbers that decide where a mail is filed.
type keysOf struct {
	mail      string   // its message's id
	addresses []string // of From, To and Cc
	numbers   message.Keys
}

// list is the numbers as they are kept.
func (k keysOf) list() []string {
	return slices.Concat(k.numbers.UC, k.numbers.Former, k.numbers.TaxIDs)
}

// newMatcher reads everything that the batch may match.
func newMatcher(ctx context.Context, st store.Store, batch []keysOf) (*matcher, error) {
	m := &matcher{store: st, people: map[string][]crm.Person{}, clients: map[string][]string{}, domains: map[string][]string{},
		units: map[string][]crm.Installation{}, roots: map[string][]crm.Client{}, own: map[string]bool{}, ownDoms: map[string]bool{},
		rules: map[string][]crm.MailRule{}}
	mails, addresses, domains, units, roots := set{}, set{}, set{}, set{}, set{}
	for _, k := range batch {
		mails.add(k.mail)
		for _, a := range k.addresses {
			addresses.add(a)
			domains.add(crm.DomainOf(a))
		}
		units.add(k.numbers.UC...)
		units.add(k.numbers.Former...)
		for _, t := range k.numbers.TaxIDs {
			if cnpj, err := ident.ParseCNPJ(t); err == nil {
				roots.add(cnpj.Root())
			}
		}
	}
	for _, step := range []func() error{
		func() error { return m.readOwn(ctx) },
		func() error { return m.readPeople(ctx, addresses) },
		func() error { return m.readClients(ctx, addresses, domains) },
		func() error { return m.readUnits(ctx, units) },
		func() error { return m.readRoots(ctx, roots) },
		func() error { return m.readRules(ctx, mails, addresses) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *matcher) readOwn(ctx context.Context) error {
	for box, err := range crm.Mailboxes.All(ctx, m.store, crm.EveryMailbox()) {
		if err != nil {
			return err
		}
		m.own[box.Address] = true
		if d := crm.DomainOf(box.Address); !freeMail[d] {
			m.ownDoms[d] = true
		}
	}
	return nil
}

func (m *matcher) readPeople(ctx context.Context, addresses set) error {
	return gather(ctx, m.store, addresses, m.people, func(ctx context.Context, a string) ([]crm.Person, error) {
		return collect(crm.People.All(ctx, m.store, store.Query{Where: []store.Cond{store.Is("emails", a)}}), 0)
	})
}

func (m *matcher) readClients(ctx context.Context, addresses, domains set) error {
	// A domain that is shared is never guessed, so two are enough to know.
	read := func(field string, most int) func(context.Context, string) ([]string, error) {
		return func(ctx context.Context, v string) ([]string, error) {
			list, err := collect(crm.Clients.All(ctx, m.store, store.Query{Where: []store.Cond{store.Is(field, v)}}), most)
			var ids []string
			for _, c := range list {
				ids = append(ids, c.ID)
			}
			return ids, err
		}
	}
	if err := gather(ctx, m.store, addresses, m.clients, read("emails", 0)); err != nil {
		return err
	}
	for d := range domains {
		if freeMail[d] || m.ownDoms[d] {
			delete(domains, d)
		}
	}
	return gather(ctx, m.store, domains, m.domains, read("domains", 2))
}

func (m *matcher) readUnits(ctx context.Context, numbers set) error {
	return gather(ctx, m.store, numbers, m.units, func(ctx context.Context, n string) ([]crm.Installation, error) {
		field := "uc"
		if len(n) == 10 {
			field = "formerUc"
		}
		return first(ctx, crm.Installations, m.store, field, n)
	})
}

func (m *matcher) readRoots(ctx context.Context, roots set) error {
	return gather(ctx, m.store, roots, m.roots, func(ctx context.Context, r string) ([]crm.Client, error) {
		return first(ctx, crm.Clients, m.store, "taxId", r)
	})
}

func (m *matcher) readRules(ctx context.Context, mails, addresses set) error {
	// Most houses have few rules: without one there is nothing to look up.
	if first, err := crm.MailRules.First(ctx, m.store, store.Query{}); err != nil || first == nil {
		return err
	}
	values := set{}
	for v := range mails {
		values.add(v)
	}
	for a := range addresses {
		values.add(a, crm.DomainOf(a))
	}
	return gather(ctx, m.store, values, m.rules, func(ctx context.Context, v string) ([]crm.MailRule, error) {
		return collect(crm.MailRules.All(ctx, m.store, store.Query{Where: []store.Cond{store.Is("value", v)}}), 0)
	})
}

// ignored answers the rule by which a mail of an owner's is not wanted.
func (m *matcher) ignored(mail, from, owner string) (rule string, ok bool) {
	for _, v := range []string{mail, from, crm.DomainOf(from)} {
		for _, r := range m.rules[v] {
			if r.Action == crm.RuleIgnore && (r.Owner == "" || r.Owner == owner) {
				return r.ID, true
			}
		}
	}
	return "", false
}

// match says where a mail belongs: a person's address, else a client's own
// address, else an unambiguous company domain, for each address of From, To and
// Cc; and the numbers in it, whoever wrote.
func (m *matcher) match(k keysOf) filing {
	f := filing{reasons: map[string][]crm.Reason{}, person: map[string]string{}}
	for _, r := range m.rules[k.mail] {
		if r.Action == crm.RuleAssign {
			f.add(r.Client, crm.Reason{Kind: byHand, Value: r.By})
		}
	}
	for _, a := range k.addresses {
		m.matchAddress(&f, a)
	}
	for _, n := range slices.Concat(k.numbers.UC, k.numbers.Former) {
		for _, i := range m.units[n] {
			if i.Client != "" {
				f.add(i.Client, crm.Reason{Kind: byUC, Value: n, Name: i.Name})
			}
		}
	}
	for _, t := range k.numbers.TaxIDs {
		if cnpj, err := ident.ParseCNPJ(t); err == nil {
			for _, c := range m.roots[cnpj.Root()] {
				f.add(c.ID, crm.Reason{Kind: byCNPJ, Value: cnpj.Format()})
			}
		}
	}
	return f
}

func (m *matcher) matchAddress(f *filing, a string) {
	if a == "" || m.own[a] {
		return
	}
	if people := m.people[a]; len(people) > 0 {
		for _, p := range people {
			f.add(p.Client, crm.Reason{Kind: byPerson, Value: a, Name: p.Name})
			if f.person[p.Client] == "" {
				f.person[p.Client] = p.ID
			}
		}
		return
	}
	if own := m.clients[a]; len(own) > 0 {
		for _, c := range own {
			f.add(c, crm.Reason{Kind: byAddress, Value: a})
		}
		return
	}
	d := crm.DomainOf(a)
	switch found := m.domains[d]; len(found) {
	case 0:
	case 1:
		f.add(found[0], crm.Reason{Kind: byDomain, Value: d})
	default: // several clients share it: asked, never guessed
		if f.suggest == "" {
			f.suggest, f.because = found[0], &crm.Reason{Kind: byDomain, Value: d}
		}
	}
}

// set is a set of texts without the empty one.
type set map[string]bool

func (s set) add(vs ...string) {
	for _, v := range vs {
		if v != "" {
			s[v] = true
		}
	}
}

// each calls do for every member, in a fixed order, until one fails.
func each(s set, do func(string) error) error {
	keys := make([]string, 0, len(s))
	for k := range s {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if err := do(k); err != nil {
			return err
		}
	}
	return nil
}
