package crm

import (
	"context"
	"slices"

	"cemigmas/crm/demand"
)

// BulkInstallation is what is done to many installations alike; nil leaves, ""
// clears what may be without a value.
type BulkInstallation struct {
	Status         *string  `json:"status,omitempty"`
	Market         *string  `json:"market,omitempty"`
	Subgroup       *string  `json:"subgroup,omitempty"` // refused where the voltage contradicts it
	TariffClass    *string  `json:"tariffClass,omitempty"`
	Distributor    *string  `json:"distributor,omitempty"`
	Substation     *string  `json:"substation,omitempty"`
	Feeder         *string  `json:"feeder,omitempty"`
	AddConditions  []string `json:"addConditions,omitempty"` // of Conditions
	DropConditions []string `json:"dropConditions,omitempty"`
}

func (e BulkInstallation) empty() bool {
	return noneSaid(e.Status, e.Market, e.Subgroup, e.TariffClass, e.Distributor, e.Substation, e.Feeder) && len(e.AddConditions) == 0 && len(e.DropConditions) == 0
}

func noneSaid(values ...*string) bool {
	return !slices.ContainsFunc(values, func(v *string) bool { return v != nil })
}

// patch is the edit as it is made to one installation.
func (e BulkInstallation) patch(i *Installation) InstallationPatch {
	p := InstallationPatch{Status: e.Status, Market: e.Market, Subgroup: e.Subgroup, TariffClass: e.TariffClass, Distributor: e.Distributor, Substation: e.Substation, Feeder: e.Feeder}
	if len(e.AddConditions) > 0 || len(e.DropConditions) > 0 {
		on := slices.DeleteFunc(slices.Clone(i.Conditions), func(c string) bool { return slices.Contains(e.DropConditions, c) })
		on = append(on, e.AddConditions...)
		p.Conditions = &on
	}
	return p
}

func (e BulkInstallation) check(context.Context, *Service, Actor) error {
	any := Installation{Name: "any"}
	if err := any.apply(e.patch(&any)); err != nil {
		return err
	}
	if slices.ContainsFunc(e.DropConditions, func(c string) bool { return !slices.Contains(Conditions, c) }) {
		return invalidField("dropConditions", "error.field.choice")
	}
	return nil
}

func (e BulkInstallation) edit(ctx context.Context, s *Service, a Actor, id string) (bulkEdited, error) {
	i, err := s.Installation(ctx, a, id)
	if err != nil {
		return bulkEdited{}, err
	}
	done, p, as := bulkEdited{i.Client, i.Name, i.Version, i.Version}, e.patch(&i), i
	if err := as.apply(p); err != nil || sameDoc(Installations, &i, &as) {
		return done, err
	}
	is, err := s.EditInstallation(ctx, a, i.ID, i.Version, p)
	done.is = is.Version
	return done, err
}

// BulkContract is what is done to many contracts alike; nil leaves.
type BulkContract struct {
	Renews     *bool   `json:"renews,omitempty"`
	TermMonths *int    `json:"termMonths,omitempty"` // 0: as the rules say
	End        *string `json:"end,omitempty"`        // civil date; "" for ones that go on
	Denounced  *string `json:"denounced,omitempty"`  // civil date; "" takes it back
	Migration  *string `json:"migration,omitempty"`  // civil date on which the free market was asked for; "" takes it back
}

func (e BulkContract) empty() bool {
	return e.Renews == nil && e.TermMonths == nil && noneSaid(e.End, e.Denounced, e.Migration)
}

// patch is the edit as it is made to one contract.
func (e BulkContract) patch(k *Contract) ContractPatch {
	p := ContractPatch{Renews: e.Renews, TermMonths: e.TermMonths, End: e.End, Denounced: e.Denounced}
	if e.Migration != nil {
		m := orZero(k.Migration) // what else is said of it stays
		m.Requested = *e.Migration
		p.Migration = &m
	}
	return p
}

func (e BulkContract) check(context.Context, *Service, Actor) error {
	any := Contract{Kind: ContractCUSD, Modality: string(demand.Unknown), Start: "1990-01-01"} // before any day that is said
	return any.take(e.patch(&any).over(&any))
}

func (e BulkContract) edit(ctx context.Context, s *Service, a Actor, id string) (bulkEdited, error) {
	k, err := s.Contract(ctx, a, id)
	if err != nil {
		return bulkEdited{}, err
	}
	done, in, as := bulkEdited{k.Client, k.label(), k.Version, k.Version}, e.patch(&k).over(&k), k
	if err := as.take(in); err != nil || sameDoc(Contracts, &k, &as) {
		return done, err
	}
	is, err := s.EditContract(ctx, a, k.ID, k.Version, in)
	done.is = is.Version
	return done, err
}

// label is the number of a contract; of one without, its start.
func (k *Contract) label() string {
	if k.Number != "" {
		return k.Number
	}
	return k.Start
}

// BulkPerson is what is done to many people alike; nil leaves, "" clears. As an
// edit by hand, it carries to the same person's records at other clients.
type BulkPerson struct {
	Role      *string `json:"role,omitempty"`
	Channel   *string `json:"channel,omitempty"`
	Hours     *string `json:"hours,omitempty"`
	Lang      *string `json:"lang,omitempty"`
	ConsentOn *string `json:"consentOn,omitempty"` // civil date
	Former    *bool   `json:"former,omitempty"`    // true: works no longer at the client
}

func (e BulkPerson) empty() bool {
	return e.Former == nil && noneSaid(e.Role, e.Channel, e.Hours, e.Lang, e.ConsentOn)
}

// over is what is said of a person, with the edit in its place.
func (e BulkPerson) over(p *Person) PersonInput {
	in := PersonInput{Name: p.Name, Role: p.Role, Title: p.Title, Emails: p.Emails, Phones: p.Phones, Channel: p.Channel, Hours: p.Hours, Lang: p.Lang, ConsentOn: p.ConsentOn, Notes: p.Notes}
	put(&in.Role, e.Role)
	put(&in.Channel, e.Channel)
	put(&in.Hours, e.Hours)
	put(&in.Lang, e.Lang)
	put(&in.ConsentOn, e.ConsentOn)
	return in
}

func (e BulkPerson) check(context.Context, *Service, Actor) error {
	any := Person{Name: "any"}
	return e.over(&any).into(&any).err()
}

func (e BulkPerson) edit(ctx context.Context, s *Service, a Actor, id string) (bulkEdited, error) {
	was, err := s.Person(ctx, a, id)
	if err != nil {
		return bulkEdited{}, err
	}
	done, in, p := bulkEdited{was.Client, was.Name, was.Version, was.Version}, e.over(&was), was
	put(&p.Former, e.Former)
	as := p
	if err := in.into(&as).err(); err != nil || sameDoc(People, &was, &as) {
		return done, err
	}
	p.UpdatedAt = s.Now()
	if err := s.savePerson(ctx, a, &was, &p, in); err != nil {
		return done, err
	}
	done.is++
	return done, nil
}
