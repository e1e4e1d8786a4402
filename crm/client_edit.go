package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cemigmas/crm/calendar"
	"cemigmas/crm/ident"
	"cemigmas/crm/store"
)

// ClientPatch changes the members that are there; nil leaves.
type ClientPatch struct {
	Name      *string `json:"name,omitempty"`
	LegalName *string `json:"legalName,omitempty"`
	TaxID     *string `json:"taxId,omitempty"` // CNPJ or CPF with or without mask; "" clears
	CNAE      *string `json:"cnae,omitempty"`
	Sector    *string `json:"sector,omitempty"` // set by hand; "" goes back to CNAE or load
	// SectorSince is the civil date from which a sector that is set by hand
	// holds; without it, from today on.
	SectorSince *string   `json:"sectorSince,omitempty"`
	Agent       *string   `json:"agent,omitempty"` // managers and admins
	Tier        *string   `json:"tier,omitempty"`  // set by hand; "" goes back to the rule, if there is one
	Status      *string   `json:"status,omitempty"`
	Address     *string   `json:"address,omitempty"`
	City        *string   `json:"city,omitempty"`
	Phone       *string   `json:"phone,omitempty"`
	Emails      *[]string `json:"emails,omitempty"`
	Domains     *[]string `json:"domains,omitempty"`
	Notes       *string   `json:"notes,omitempty"`
	Segment     *string   `json:"segment,omitempty"` // one of ClientSegments
	Tags        *[]string `json:"tags,omitempty"`
	Parent      *string   `json:"parent,omitempty"`  // client id; "" leaves the group
	StandIn     *string   `json:"standIn,omitempty"` // user id; managers and admins
	// StandInFrom and StandInUntil are civil dates, both included.
	StandInFrom  *string `json:"standInFrom,omitempty"`
	StandInUntil *string `json:"standInUntil,omitempty"`
}

// ClientStatuses are the states of a client.
var ClientStatuses = []string{"active", "prospect", "former"}

// ClientSegments are medium voltage, free market and public power: by them is
// decided who serves a client, and how.
var ClientSegments = []string{"mv", "free", "public"}

// ClientTiers are the classes of attention, most first.
var ClientTiers = []string{"A", "B", "C"}

// maxTags bounds the tags of a client; each has at most maxTag bytes.
const maxTags, maxTag = 30, 40

// EditClient changes a client that was read with this version (0: whatever it
// is now). CodeConflict when somebody changed it since; CodeDuplicate when the
// CNPJ or CPF is another client's, without a word about whose.
func (s *Service) EditClient(ctx context.Context, a Actor, id string, version int64, p ClientPatch) (Client, error) {
	c, err := s.client(ctx, a, id)
	if err != nil {
		return Client{}, err
	}
	if version != 0 && version != c.Version {
		return c, Errf(CodeConflict, "error.conflict")
	}
	was := c
	if err := s.applyClientPatch(ctx, a, &c, p); err != nil {
		return was, err
	}
	c.Acting = c.actingOn(s.Today())
	if len(differences(Clients.Doc(&was).Body, Clients.Doc(&c).Body, Clients.Derived)) == 0 {
		return c, nil // nothing that a history could tell
	}
	c.UpdatedAt = s.Now()
	rest := Chore{Client: c.ID}
	if p.Emails != nil {
		rest.Refile = c.Emails
	}
	rest, note := s.chore(rest)
	if err := s.Apply(ctx, append(saved(s.editor(ctx, a), Clients, c.ID, &was, &c), note)...); err != nil {
		return was, duplicateClient(err)
	}
	c.Version++
	if err := s.do(ctx, rest); err != nil {
		return c, err
	}
	if c.Name != was.Name || c.City != was.City || c.Agent != was.Agent || c.Team != was.Team || !slices.Equal(c.Emails, was.Emails) {
		if err := s.pairUp(ctx, c.ID); err != nil {
			return c, err
		}
	}
	s.bus.Publish(Event{Kind: "client", ID: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting})
	return s.client(ctx, SystemActor(), c.ID)
}

// duplicateClient words a violated unique index so that nothing is told of a
// client that the actor may not see.
func duplicateClient(err error) error {
	if CodeOf(err) == CodeDuplicate {
		return &Error{Code: CodeDuplicate, Text: Text{Key: "error.client.duplicate"}, Err: err,
			Fields: map[string]Text{"taxId": {Key: "error.client.duplicate"}}}
	}
	return err
}

func (s *Service) applyClientPatch(ctx context.Context, a Actor, c *Client, p ClientPatch) error {
	bad := problems{}
	set := func(to *string, from *string) {
		if from != nil {
			*to = strings.TrimSpace(*from)
		}
	}
	set(&c.Name, p.Name)
	set(&c.LegalName, p.LegalName)
	set(&c.Address, p.Address)
	set(&c.City, p.City)
	set(&c.Notes, p.Notes)
	if p.Tier != nil {
		c.setTier(strings.TrimSpace(*p.Tier))
	}
	set(&c.Status, p.Status)
	bad.need("name", c.Name)
	if p.Name != nil {
		c.Placeholder = false
	}
	oneOf("tier", p.Tier, ClientTiers, true, bad)
	oneOf("status", p.Status, ClientStatuses, false, bad)
	oneOf("segment", p.Segment, ClientSegments, true, bad)
	set(&c.Segment, p.Segment)
	if p.TaxID != nil {
		if err := setTaxID(c, *p.TaxID); err != nil {
			bad["taxId"] = identText(err)
		}
	}
	patchReach(c, p, bad)
	was := *c
	sectors, err := s.sectorsNow(ctx)
	if err != nil {
		return err
	}
	patchSector(c, p, sectors, bad)
	s.patchSectorSince(&was, c, p, bad)
	if p.Agent != nil && *p.Agent != c.Agent {
		if err := s.setAgent(ctx, a, c, *p.Agent); err != nil {
			bad.add("agent", "error.client.agent")
		}
	}
	if err := s.patchStandIn(ctx, a, c, p, bad); err != nil {
		return err
	}
	if p.Parent != nil && *p.Parent != c.Parent {
		if err := s.setParent(ctx, a, c, *p.Parent, bad); err != nil {
			return err
		}
	}
	return bad.err()
}

// oneOf refuses what is no choice; what is not said is not looked at, for an
// import may have stored other words.
func oneOf(field string, v *string, choices []string, orNone bool, bad problems) {
	if v == nil || orNone && strings.TrimSpace(*v) == "" || slices.Contains(choices, strings.TrimSpace(*v)) {
		return
	}
	bad.add(field, "error.field.choice")
}

// patchReach takes what a client is reached and found by: phone, addresses,
// domains and tags.
func patchReach(c *Client, p ClientPatch, bad problems) {
	if p.Phone != nil {
		c.Phone = ""
		if v := strings.TrimSpace(*p.Phone); v != "" {
			phone, err := ident.NormalPhone(v)
			if err != nil {
				bad["phone"] = identText(err)
			}
			c.Phone = phone
		}
	}
	if p.Emails != nil {
		c.Emails = normalList(*p.Emails, ident.NormalEmail, "emails", bad)
	}
	if p.Domains != nil {
		c.Domains = normalList(*p.Domains, normalDomain, "domains", bad)
	}
	if p.Tags != nil {
		c.Tags = normalList(*p.Tags, func(v string) (string, error) { return firstLine(v), nil }, "tags", bad)
		c.Tags = slices.DeleteFunc(c.Tags, func(v string) bool { return v == "" })
		if len(c.Tags) > maxTags || slices.ContainsFunc(c.Tags, func(v string) bool { return len(v) > maxTag }) {
			bad.add("tags", "error.client.tags")
		}
	}
}

// normalDomain reads a mail domain, with or without @.
func normalDomain(v string) (string, error) {
	v = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(v)), "@")
	if !strings.Contains(v, ".") || strings.ContainsAny(v, "@ /") {
		return "", &ident.Error{Key: "import.domain"}
	}
	return v, nil
}

// patchStandIn sets who serves the client while its agent does not: like the
// agent, by managers and admins.
func (s *Service) patchStandIn(ctx context.Context, a Actor, c *Client, p ClientPatch, bad problems) error {
	if p.StandIn == nil && p.StandInFrom == nil && p.StandInUntil == nil {
		return nil
	}
	if err := a.mustBe(RoleManager, RoleAdmin); err != nil {
		return err
	}
	for _, m := range []struct{ to, from *string }{{&c.StandIn, p.StandIn}, {&c.StandInFrom, p.StandInFrom}, {&c.StandInUntil, p.StandInUntil}} {
		if m.from != nil {
			*m.to = strings.TrimSpace(*m.from)
		}
	}
	if c.StandIn == "" {
		c.StandInFrom, c.StandInUntil = "", ""
		return nil
	}
	for field, day := range map[string]string{"standInFrom": c.StandInFrom, "standInUntil": c.StandInUntil} {
		if day == "" {
			bad.add(field, "error.field.required")
		} else if !calendar.Date(day).Valid() {
			bad.add(field, "date.invalid")
		}
	}
	if c.StandInFrom > c.StandInUntil && len(bad) == 0 {
		bad.add("standInUntil", "error.client.standin.order")
	}
	u, err := Users.Get(ctx, s.store, c.StandIn)
	if err != nil && CodeOf(err) != CodeNotFound {
		return err
	}
	outside := c.ID != "" && u.Role != RoleAgent && !u.Actor().sees(c.kept()) // who sees the client anyway needs no right by it
	if err != nil || u.Disabled || u.ID == c.Agent || outside || a.Role == RoleManager && u.Team != a.Team {
		bad.add("standIn", "error.client.agent")
	}
	return nil
}

func patchSector(c *Client, p ClientPatch, sectors SectorTable, bad problems) {
	if p.CNAE != nil {
		c.CNAE = ""
		if v := strings.TrimSpace(*p.CNAE); v != "" {
			code, err := ident.ParseCNAE(v)
			if err != nil {
				bad["cnae"] = identText(err)
				return
			}
			c.CNAE = string(code)
		}
		if c.SectorBy != "hand" {
			c.Sector, c.SectorBy = sectors.Of(c.CNAE), "cnae"
		}
	}
	if p.Sector == nil {
		return
	}
	switch v := strings.TrimSpace(*p.Sector); {
	case v == "":
		c.Sector, c.SectorBy = sectors.Of(c.CNAE), "cnae"
	case !sectors.Offers(v) && v != c.Sector:
		bad.add("sector", "error.field.choice")
	default:
		c.Sector, c.SectorBy = v, "hand"
	}
}

// setTaxID reads a CNPJ or a CPF. A client is the CNPJ root: its
// establishments are installations.
func setTaxID(c *Client, v string) error {
	v = strings.TrimSpace(v)
	if v == "" {
		c.TaxKind, c.TaxID, c.CNPJ = TaxNone, "", ""
		return nil
	}
	if cpf, err := ident.ParseCPF(v); err == nil {
		c.TaxKind, c.TaxID, c.CNPJ = TaxCPF, string(cpf), ""
		return nil
	}
	cnpj, err := ident.ParseCNPJ(v)
	if err != nil {
		return err
	}
	c.TaxKind, c.TaxID, c.CNPJ = TaxCNPJ, cnpj.Root(), string(cnpj)
	return nil
}

// setAgent hands a client to an agent: managers within their team, admins to
// anyone who is active.
func (s *Service) setAgent(ctx context.Context, a Actor, c *Client, agent string) error {
	if err := a.mustBe(RoleManager, RoleAdmin); err != nil {
		return err
	}
	if agent == "" {
		c.Agent = ""
		return nil
	}
	u, err := Users.Get(ctx, s.store, agent)
	if err != nil {
		return err
	}
	if u.Disabled || a.Role == RoleManager && u.Team != a.Team {
		return Errf(CodeInvalid, "error.client.agent")
	}
	c.Agent, c.Team = u.ID, u.Team
	return nil
}

// ClientPeople lists the people of a client.
func (s *Service) ClientPeople(ctx context.Context, a Actor, id string) ([]Person, error) {
	if err := s.mayClient(ctx, a, id); err != nil {
		return nil, err
	}
	list, _, err := People.Find(ctx, s.store, store.Query{
		Where: []store.Cond{store.Is("client", id)}, Sort: []string{"name"}, Limit: MaxListLimit})
	return list, err
}

// ClientInstallations lists the installations of a client.
func (s *Service) ClientInstallations(ctx context.Context, a Actor, id string, limit int, after string) ([]Installation, string, error) {
	if err := s.mayClient(ctx, a, id); err != nil {
		return nil, "", err
	}
	return Installations.Find(ctx, s.store, store.Query{
		Where: []store.Cond{store.Is("client", id)}, Sort: []string{"name"}, Limit: limitOf(limit, 100), After: after})
}

// ClientInstallationRows lists them as they are stored, for the API.
func (s *Service) ClientInstallationRows(ctx context.Context, a Actor, id string, limit int, after string) (RawPage, error) {
	if err := s.mayClient(ctx, a, id); err != nil {
		return RawPage{}, err
	}
	return s.rawRows(ctx, store.Query{In: Installations.In,
		Where: []store.Cond{store.Is("client", id)}, Sort: []string{"name"}, Limit: limitOf(limit, 100), After: after})
}

func (s *Service) rawPage(ctx context.Context, q store.Query) (store.Page, error) {
	q.Bare = true
	p, err := s.store.Find(ctx, q)
	return p, wrapStore(err)
}

// rawRows is rawPage of rows that go out as they are.
func (s *Service) rawRows(ctx context.Context, q store.Query) (RawPage, error) {
	p, err := s.rawPage(ctx, q)
	if err != nil {
		return RawPage{}, err
	}
	return RawPage{Items: array(p.Rows), Next: p.Next}, nil
}

// array is the rows as JSON, an empty array of none.
func array(rows store.Rows) []byte {
	if len(rows.JSON) == 0 {
		return []byte("[]")
	}
	return rows.JSON
}

// identText turns what crm/ident says of a number into a message.
func identText(err error) Text {
	var e *ident.Error
	if !errors.As(err, &e) {
		return Text{Key: "error.field.invalid"}
	}
	t := Text{Key: e.Key}
	for _, a := range e.Args {
		t.Args = append(t.Args, fmt.Sprint(a))
	}
	return t
}
