package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/ident"
	"cemigmas/crm/store"
)

func (u *Upserter) loadClients(ctx context.Context, rows []Row) error {
	var keys []string
	for _, r := range rows {
		keys = append(keys, clientKeys(r.Client.ClientRef)...)
		keys = append(keys, clientKeys(r.Client.parent())...)
	}
	found, err := findAll(ctx, u.s.store, Clients, keys)
	for k, c := range found {
		u.work.clients[k] = c
		u.clients[k] = ref{id: c.ID, agent: c.Agent, team: c.Team, acting: c.Acting}
	}
	return err
}

func (u *Upserter) takeClient(ctx context.Context, row *Row, o *Outcome) error {
	r := row.Client
	if r.empty() {
		o.reject("taxId", "import.client.key")
	}
	got, exists := u.clientRef(r.ClientRef, "taxId", o, "")
	if o.bad() {
		return u.fillClient(ctx, &Client{Name: unknownName}, r, o)
	}
	now := u.s.Now()
	c := Client{ID: got.id, Status: "active", CreatedAt: now}
	if !exists {
		c.ID = u.s.NewID()
		u.own(&c)
	}
	if exists {
		c = u.storedClient(r.ClientRef, got.id)
	}
	was := c
	if err := u.fillClient(ctx, &c, r, o); err != nil || o.bad() {
		return err
	}
	if !u.first(row.Line, o, "taxId", RowClient, c.ID) {
		return nil
	}
	o.ID, o.Client = c.ID, c.ID
	changed := !exists || !sameDoc(Clients, &was, &c)
	o.settle(!exists, changed)
	if !changed {
		return nil
	}
	c.UpdatedAt, c.Acting = now, c.actingOn(DayOf(now))
	save(u, Clients, c.ID, exists, &was, &c)
	u.rememberClient(&c)
	u.keepParent(c.ID, was.Parent, c.Parent)
	if c.Acting != "" && c.Acting != was.Acting && !u.dry {
		if err := u.s.openStandIn(ctx, c.Acting); err != nil {
			return err
		}
	}
	if exists && !u.dry && c.kept() != was.kept() {
		// Before the client itself: if the program dies in between, the next run
		// still sees the difference and completes it.
		return u.s.reassign(ctx, c.ID, c.kept())
	}
	return nil
}

// unknownName stands for the name of a record that a faulty row does not tell
// apart, while its other cells are looked at.
const unknownName = "?"

func (u *Upserter) storedClient(r ClientRef, id string) Client {
	for _, k := range clientKeys(r) {
		if c, ok := u.work.clients[k]; ok && c.ID == id {
			return c
		}
	}
	return Client{ID: id}
}

// own gives a new client to whom the importing user works for.
func (u *Upserter) own(c *Client) {
	switch u.a.Role {
	case RoleAgent:
		c.Agent, c.Team = u.a.UserID, u.a.Team
	case RoleManager:
		c.Team = u.a.Team
	}
}

func (u *Upserter) rememberClient(c *Client) {
	to := ref{id: c.ID, agent: c.Agent, team: c.Team, acting: c.Acting}
	for _, k := range clientKeys(ClientRef{TaxID: c.TaxID, Code: c.Code, Source: c.Source}) {
		u.remember(u.clients, k, to)
	}
}

func (u *Upserter) fillClient(ctx context.Context, c *Client, r *ClientRow, o *Outcome) error {
	if r.TaxID != "" {
		kind, id, full, _ := taxKey(r.TaxID)
		c.TaxKind, c.TaxID = kind, id
		if full != "" {
			c.CNPJ = full
		}
	}
	if r.Code != "" {
		c.Code = r.Code
	}
	if r.Source != "" {
		c.Source = r.Source
	}
	r.Name.into(&c.Name)
	if _, named := r.Name.Value(); named {
		c.Placeholder = false
	}
	if strings.TrimSpace(c.Name) == "" {
		o.reject("name", "error.field.required")
	}
	r.LegalName.into(&c.LegalName)
	r.Address.into(&c.Address)
	r.City.into(&c.City)
	r.Notes.into(&c.Notes)
	tier := ""
	if choose(r.Tier, &tier, ClientTiers, "tier", o); r.Tier.Given() {
		c.setTier(tier)
	}
	choose(r.Segment, &c.Segment, ClientSegments, "segment", o)
	choose(r.Status, &c.Status, ClientStatuses, "status", o)
	municipality(r.Municipality, &c.MunIBGE, o)
	fillPhone(r.Phone, &c.Phone, o)
	fillEmails(r.Emails, &c.Emails, "emails", o)
	fillDomains(r.Domains, &c.Domains, o)
	fillTags(r.Tags, &c.Tags, o)
	fillCNAE(r.CNAE, &c.CNAE, o)
	u.fillSector(r, c, o)
	if err := u.fillAgent(ctx, r.Agent, c, o); err != nil {
		return err
	}
	if err := u.fillParent(ctx, r, c, o); err != nil {
		return err
	}
	return u.fillStandIn(ctx, r, c, o)
}

// fillStandIn names who serves the client for some days, by e-mail address: as
// Service.patchStandIn. What stands so already is nobody's act.
func (u *Upserter) fillStandIn(ctx context.Context, r *ClientRow, c *Client, o *Outcome) error {
	if !r.StandIn.Given() && !r.StandInFrom.Given() && !r.StandInUntil.Given() {
		return nil
	}
	who, from, until := c.StandIn, c.StandInFrom, c.StandInUntil
	if mail, set := r.StandIn.Value(); set {
		user, err := u.user(ctx, mail)
		if err != nil {
			return err
		}
		if user == nil {
			o.reject("standIn", "error.client.agent")
			return nil
		}
		who = user.ID
	} else {
		r.StandIn.into(&who)
	}
	r.StandInFrom.into(&from)
	r.StandInUntil.into(&until)
	if who == "" && !r.StandIn.Given() && from+until != "" {
		o.reject("standIn", "error.field.required")
		return nil
	}
	if who == c.StandIn && (who == "" || from == c.StandInFrom && until == c.StandInUntil) {
		return nil
	}
	bad := problems{}
	err := u.s.patchStandIn(ctx, u.a, c, ClientPatch{StandIn: &who, StandInFrom: &from, StandInUntil: &until}, bad)
	if CodeOf(err) == CodeForbidden {
		o.reject("standIn", "error.forbidden")
		return nil
	}
	for _, field := range []string{"standIn", "standInFrom", "standInUntil"} {
		if why, wrong := bad[field]; wrong {
			o.rejectText(field, why)
		}
	}
	return err
}

// fillSector keeps the rule of EditClient: a sector that was set by hand stays
// until it is cleared.
func (u *Upserter) fillSector(r *ClientRow, c *Client, o *Outcome) {
	if v, ok := r.Sector.Value(); ok {
		if !u.sectors.Offers(v) && v != c.Sector {
			o.reject("sector", "error.field.choice")
			return
		}
		c.Sector, c.SectorBy = v, SectorByHand
		return
	}
	if r.Sector.Given() && c.SectorBy == SectorByHand {
		c.SectorBy = ""
	}
	if s := u.sectors.Of(c.CNAE); s != "" && c.SectorBy != SectorByHand {
		c.Sector, c.SectorBy = s, SectorByCNAE
	}
}

// fillAgent hands the client to an agent by e-mail address: agents to
// themselves only, managers within their team.
func (u *Upserter) fillAgent(ctx context.Context, v Opt[string], c *Client, o *Outcome) error {
	if !v.Given() {
		return nil
	}
	mail, set := v.Value()
	if !set {
		if u.a.Role == RoleAgent {
			o.reject("agent", "error.client.agent")
			return nil
		}
		c.Agent = ""
		return nil
	}
	user, err := u.user(ctx, mail)
	if err != nil {
		return err
	}
	if user == nil || user.Disabled || !u.a.sees(kept{agent: user.ID, team: user.Team}) {
		o.reject("agent", "error.client.agent")
		return nil
	}
	c.Agent, c.Team = user.ID, user.Team
	return nil
}

func (u *Upserter) user(ctx context.Context, mail string) (*User, error) {
	mail = strings.ToLower(strings.TrimSpace(mail))
	if known, ok := u.users[mail]; ok {
		return known, nil
	}
	found, err := Users.First(ctx, u.s.store, store.Query{Where: []store.Cond{store.Is("email", mail)}})
	if err == nil {
		u.users[mail] = found
	}
	return found, err
}

// choose sets one of some values; case does not matter.
func choose(v Opt[string], to *string, from []string, field string, o *Outcome) {
	s, set := v.Value()
	if !set {
		v.into(to)
		return
	}
	n := slices.IndexFunc(from, func(x string) bool { return strings.EqualFold(x, strings.TrimSpace(s)) })
	if n < 0 {
		o.reject(field, "error.field.choice")
		return
	}
	*to = from[n]
}

func municipality(v Opt[string], to *string, o *Outcome) {
	if s, set := v.Value(); set && (len(s) != 7 || strings.Trim(s, "0123456789") != "") {
		o.reject("municipality", "import.municipality")
		return
	}
	v.into(to)
}

func fillCNAE(v Opt[string], to *string, o *Outcome) {
	s, set := v.Value()
	if !set {
		v.into(to)
		return
	}
	code, err := ident.ParseCNAE(s)
	if err != nil {
		o.rejectText("cnae", identText(err))
		return
	}
	*to = string(code)
}

// fillPhone keeps a phone that nobody can read as it was typed: it is still
// worth more to people than nothing.
func fillPhone(v Opt[string], to *string, o *Outcome) {
	s, set := v.Value()
	if !set {
		v.into(to)
		return
	}
	phone, err := ident.NormalPhone(s)
	if err != nil {
		o.warn("phone", identText(err))
		phone = strings.TrimSpace(s)
	}
	*to = phone
}

func fillEmails(v Opt[[]string], to *[]string, field string, o *Outcome) {
	list, set := v.Value()
	if !set {
		v.into(to)
		return
	}
	var out []string
	for _, s := range list {
		mail, err := ident.NormalEmail(s)
		if err != nil {
			o.rejectText(field, identText(err))
			return
		}
		if !slices.Contains(out, mail) {
			out = append(out, mail)
		}
	}
	*to = out
}

// fillTags sets the tags of a client, as its form does.
func fillTags(v Opt[[]string], to *[]string, o *Outcome) {
	list, set := v.Value()
	if !set {
		v.into(to)
		return
	}
	c, bad := Client{}, problems{}
	patchReach(&c, ClientPatch{Tags: &list}, bad)
	if why, wrong := bad["tags"]; wrong {
		o.rejectText("tags", why)
		return
	}
	*to = c.Tags
}

func fillDomains(v Opt[[]string], to *[]string, o *Outcome) {
	list, set := v.Value()
	if !set {
		v.into(to)
		return
	}
	var out []string
	for _, s := range lower(list) {
		s = strings.TrimPrefix(s, "@")
		if !strings.Contains(s, ".") || strings.ContainsAny(s, "@ /") {
			o.reject("domains", "import.domain")
			return
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	*to = out
}
