package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/calendar"
	"cemigmas/crm/ident"
)

// Subgroups of an installation: grupo A by voltage (REN 1.000 art. 2 XXIII),
// and B3 for those of grupo A that chose to be billed as grupo B (art. 292).
var Subgroups = []string{"A1", "A2", "A3", "A3a", "A4", "AS", "B1", "B2", "B3", "B4"}

// InstallationStatuses are the states of an installation.
var InstallationStatuses = []string{"active", "off"}

func (u *Upserter) loadInstallations(ctx context.Context, rows []Row) error {
	var keys []string
	refs := make([]ClientRef, 0, len(rows))
	for _, r := range rows {
		keys = append(keys, installationKeys(normalUC(r.Installation.InstallationRef))...)
		refs = append(refs, r.Installation.Client)
	}
	if err := u.refClients(ctx, refs); err != nil {
		return err
	}
	found, err := findAll(ctx, u.s.store, Installations, keys)
	for k, i := range found {
		u.work.insts[k] = i
		u.insts[k] = ref{id: i.ID, client: i.Client, agent: i.Agent, team: i.Team, acting: i.Acting}
	}
	return err
}

func (u *Upserter) takeInstallation(ctx context.Context, row *Row, o *Outcome) error {
	r := row.Installation
	r.InstallationRef = normalUC(r.InstallationRef)
	if r.empty() {
		o.reject("uc", "error.field.required")
	}
	was, exists := u.storedInstallation(r, o)
	if o.bad() {
		if !r.Client.empty() {
			u.clientRef(r.Client, "client", o, "import.client.unknown")
		}
		(&Installation{Name: unknownName}).fill(r, o)
		return nil
	}
	client, ok := u.clientOf(row, &was, exists, o)
	if !ok {
		was.fill(r, o)
		return nil
	}
	now := u.s.Now()
	i := Installation{ID: was.ID, Status: "active", CreatedAt: now}
	if exists {
		i = was
	} else {
		i.ID = u.s.NewID()
	}
	if i.fill(r, o); o.bad() || !u.first(row.Line, o, "uc", RowInstallation, i.ID) {
		return nil
	}
	i.Client, i.Agent, i.Team, i.Acting = client.id, client.agent, client.team, client.acting
	if !exists || i.LoadW != was.LoadW {
		// A doubt that somebody settled must not come back with the next import
		// of the same value.
		i.Flags = addFlags(i.Flags, r.Flags)
	}
	u.sameScope(&was.Agent, &was.Team, &was.Acting, client)
	o.ID, o.Client = i.ID, i.Client
	changed := !exists || !sameDoc(Installations, &was, &i)
	o.settle(!exists, changed)
	if !changed {
		return nil
	}
	i.UpdatedAt = now
	save(u, Installations, i.Client, exists, &was, &i)
	to := ref{id: i.ID, client: i.Client, agent: i.Agent, team: i.Team, acting: i.Acting}
	for _, k := range installationKeys(InstallationRef{i.UC, i.FormerUC, i.Source}) {
		u.remember(u.insts, k, to)
	}
	if exists && was.Client != i.Client {
		u.touched[was.Client] = struct{}{}
		if !u.dry {
			return u.s.moveInstallation(ctx, i.ID, &Client{ID: client.id, Agent: client.agent, Team: client.team, Acting: client.acting})
		}
	}
	return nil
}

// storedInstallation finds what the numbers of a row name; two numbers of two
// installations are a fault of the row.
func (u *Upserter) storedInstallation(r *InstallationRow, o *Outcome) (Installation, bool) {
	if r.UC != "" {
		if _, err := ident.ParseUC(r.UC); err != nil {
			o.rejectText("uc", identText(err))
		}
	}
	if r.FormerUC != "" {
		if _, err := ident.ParseFormerUC(r.FormerUC); err != nil {
			o.rejectText("formerUc", identText(err))
		}
	}
	var got Installation
	for _, k := range installationKeys(r.InstallationRef) {
		i, ok := u.work.insts[k]
		if made, known := u.insts[k]; !ok && known {
			i, ok = Installation{ID: made.id, Client: made.client, Agent: made.agent, Team: made.team}, true
		}
		switch {
		case !ok:
		case got.ID != "" && got.ID != i.ID:
			o.reject("formerUc", "import.installation.two")
		default:
			got = i
		}
	}
	if got.ID != "" && !o.bad() && !u.a.sees(got.kept()) {
		o.reject("uc", "inst.duplicate")
	}
	return got, got.ID != ""
}

// clientOf says whose the installation is: the one that the row names, else
// its present one, else a placeholder.
func (u *Upserter) clientOf(row *Row, was *Installation, exists bool, o *Outcome) (ref, bool) {
	r := row.Installation
	switch {
	case !r.Client.empty():
		return u.clientRef(r.Client, "client", o, "import.client.unknown")
	case exists:
		return ref{id: was.Client, agent: was.Agent, team: was.Team, acting: was.Acting}, true
	case r.Placeholder != "":
		o.Placeholder = true
		return u.placeholder(r), true
	}
	o.reject("client", "error.field.required")
	return ref{}, false
}

// placeholder makes the client that stands for a unit of which a regulator's
// file tells everything but the name; it is renamed or merged later.
func (u *Upserter) placeholder(r *InstallationRow) ref {
	now := u.s.Now()
	c := Client{ID: u.s.NewID(), Name: r.Placeholder, Placeholder: true, Source: r.Source, Status: "active",
		CreatedAt: now, UpdatedAt: now}
	u.own(&c)
	save(u, Clients, c.ID, false, nil, &c)
	u.rememberClient(&c)
	return ref{id: c.ID, agent: c.Agent, team: c.Team, acting: c.Acting}
}

func (i *Installation) fill(r *InstallationRow, o *Outcome) {
	was := *i
	if uc, err := ident.ParseUC(r.UC); err == nil {
		i.UC = string(uc)
	}
	if f, err := ident.ParseFormerUC(r.FormerUC); err == nil {
		i.FormerUC = string(f)
	}
	if r.Source != "" {
		i.Source = r.Source
	}
	if v, set := r.Name.Value(); !set || strings.TrimSpace(v) != "" {
		r.Name.into(&i.Name)
	}
	if i.Name == "" {
		i.Name = nameOfInstallation(i)
	}
	r.Address.into(&i.Address)
	r.City.into(&i.City)
	r.Distributor.into(&i.Distributor)
	r.TariffClass.into(&i.TariffClass)
	r.Feeder.into(&i.Feeder)
	r.Substation.into(&i.Substation)
	municipality(r.Municipality, &i.MunIBGE, o)
	fillCNAE(r.CNAE, &i.CNAE, o)
	choose(r.Subgroup, &i.Subgroup, Subgroups, "subgroup", o)
	choose(r.Market, &i.Market, []string{MarketCaptive, MarketFree}, "market", o)
	choose(r.Status, &i.Status, InstallationStatuses, "status", o)
	fillDate(r.ConnectedOn, &i.ConnectedOn, "connectedOn", o)
	fillAmount(r.VoltageV, &i.VoltageV, "voltage", o)
	fillAmount(r.LoadW, &i.LoadW, "loadW", o)
	i.fitVoltage(r, was, o)
	fillAmount(r.TransformerVA, &i.TransformerVA, "transformerVA", o)
	r.SecondaryMeter.into(&i.SecondaryMeter)
	i.fillPlace(r, o)
	if v, set := r.CNPJ.Value(); set {
		c, err := ident.ParseCNPJ(v)
		if err != nil {
			o.rejectText("cnpj", identText(err))
		}
		i.CNPJ = string(c)
	} else {
		r.CNPJ.into(&i.CNPJ)
	}
}

// fillPlace sets coordinates and special conditions, as the form does.
func (i *Installation) fillPlace(r *InstallationRow, o *Outcome) {
	if v, set := r.Coordinates.Value(); set {
		at, ok := coordinates(v)
		if !ok {
			o.reject("coordinates", "inst.coordinates.bad")
		}
		i.Coordinates = at
	} else {
		r.Coordinates.into(&i.Coordinates)
	}
	if list, set := r.Conditions.Value(); set {
		bad := problems{}
		if i.applyConditions(list, bad); len(bad) > 0 {
			o.rejectText("conditions", bad["conditions"])
		}
	} else {
		r.Conditions.into(&i.Conditions)
	}
}

// fitVoltage rejects a voltage and a subgroup that cannot be true together, as
// Installation.checkVoltage. Of a regulator's unit, whose file nobody can
// correct, it only tells. What stood so before is no fault of the row.
func (i *Installation) fitVoltage(r *InstallationRow, was Installation, o *Outcome) {
	if i.VoltageV == was.VoltageV && i.Subgroup == was.Subgroup && r.Source == "" {
		return
	}
	bad := problems{}
	i.checkVoltage(bad)
	for field, why := range bad {
		if r.Source != "" {
			o.warn(field, why)
		} else {
			o.rejectText(field, why)
		}
	}
}

func nameOfInstallation(i *Installation) string {
	switch {
	case i.UC != "":
		return "UC " + ident.UC(i.UC).Format()
	case i.FormerUC != "":
		return "UC " + i.FormerUC
	}
	return "UC " + i.Source
}

func fillDate(v Opt[string], to *string, field string, o *Outcome) {
	if s, set := v.Value(); set && !calendar.Date(s).Valid() {
		o.reject(field, "date.invalid")
		return
	}
	v.into(to)
}

func fillMonth(v Opt[string], to *string, field string, o *Outcome) {
	if s, set := v.Value(); set && !calendar.Month(s).Valid() {
		o.reject(field, "import.month")
		return
	}
	v.into(to)
}

func fillAmount(v Opt[int64], to *int64, field string, o *Outcome) {
	if n, set := v.Value(); set && n < 0 {
		o.reject(field, "import.negative")
		return
	}
	v.into(to)
}

// negative rejects amounts below zero: nothing here is metered backwards.
func negative(o *Outcome, amounts map[string]Opt[int64]) {
	fields := make([]string, 0, len(amounts))
	for f := range amounts {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	for _, f := range fields {
		if n, set := amounts[f].Value(); set && n < 0 {
			o.reject(f, "import.negative")
		}
	}
}
