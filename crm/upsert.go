package crm

import "slices"

// Opt is a value of a row that may be left as it is, cleared or set. The zero
// value leaves.
type Opt[T any] struct {
	op uint8
	v  T
}

const (
	optLeave = iota
	optClear
	optSet
)

// SetTo sets a value.
func SetTo[T any](v T) Opt[T] { return Opt[T]{optSet, v} }

// Cleared clears a value.
func Cleared[T any]() Opt[T] { return Opt[T]{op: optClear} }

// Given reports whether the value is set or cleared.
func (o Opt[T]) Given() bool { return o.op != optLeave }

// Value is what is set; ok is false when it is left or cleared.
func (o Opt[T]) Value() (v T, ok bool) { return o.v, o.op == optSet }

// into writes a value that clears to zero.
func (o Opt[T]) into(to *T) {
	switch o.op {
	case optClear:
		var zero T
		*to = zero
	case optSet:
		*to = o.v
	}
}

// intoPtr writes a value that clears to nil.
func (o Opt[T]) intoPtr(to **T) {
	switch o.op {
	case optClear:
		*to = nil
	case optSet:
		v := o.v
		*to = &v
	}
}

// ClientRef names a client by the keys that a file may have: CNPJ (whole or its
// root) or CPF with or without mask, the distributor's own code, or the unit
// key of a regulator's file.
type ClientRef struct{ TaxID, Code, Source string }

func (r ClientRef) empty() bool { return r == ClientRef{} }

// InstallationRef names an installation: UC number (15 digits), former number
// (10 digits), or the unit key of a regulator's file.
type InstallationRef struct{ UC, FormerUC, Source string }

func (r InstallationRef) empty() bool { return r == InstallationRef{} }

// Row is one row of an import: exactly one of its members is set.
type Row struct {
	Line         int64 // as the file shows it, to name a row that was there before
	Faulty       bool  // some of its cells cannot be read: it is rejected, after the others were looked at
	Client       *ClientRow
	Person       *PersonRow
	Installation *InstallationRow
	Contract     *ContractRow
	Reading      *ReadingRow
	Tariff       *TariffRow
}

// ClientRow creates or changes a client. Agent and StandIn are users' e-mail
// addresses, Sector an id of Sectors; the stand-in's dates are civil, both
// included. Parent or ParentCode name the client above in its economic group, as
// ClientRef does.
type ClientRow struct {
	ClientRef
	Name, LegalName, CNAE, Sector, Agent Opt[string]
	Tier, Status, Segment, Address, City Opt[string]
	Municipality, Phone, Notes           Opt[string]
	Emails, Domains, Tags                Opt[[]string]
	StandIn, StandInFrom, StandInUntil   Opt[string]
	Parent, ParentCode                   Opt[string]
}

// PersonRow creates or changes a person, found by client and e-mail, or by
// client and name when no address is given.
type PersonRow struct {
	Client         ClientRef
	Name           Opt[string]
	Emails, Phones Opt[[]string]
	Role, Title    Opt[string]
	Lang, Notes    Opt[string]
	Former         Opt[bool]
	Channel, Hours Opt[string]
	ConsentOn      Opt[string] // civil date
}

// InstallationRow creates or changes an installation. Another client than the
// present one moves it.
type InstallationRow struct {
	InstallationRef
	Client ClientRef
	// Placeholder names the client that is made for a new installation of
	// which no client is known; "" makes none.
	Placeholder                                      string
	Name, Address, City, Municipality, CNPJ          Opt[string]
	Distributor, Subgroup, TariffClass, CNAE, Market Opt[string]
	Feeder, Substation, Status, ConnectedOn          Opt[string]
	VoltageV, LoadW, TransformerVA                   Opt[int64]
	Coordinates                                      Opt[string] // decimal degrees
	SecondaryMeter                                   Opt[bool]
	Conditions                                       Opt[[]string] // of Conditions, whole
	Flags                                            []Text        // added to those that stand
}

// ContractRow creates or changes a demand contract and one step of its demand.
type ContractRow struct {
	Installation               InstallationRef
	Kind                       string // "" is cusd
	Start                      string // civil date; "" when not known
	Former                     bool   // a past contract
	Number, Modality, Market   Opt[string]
	End, Denounced             Opt[string]
	Migration                  Opt[string] // civil date on which it was requested
	TermMonths                 Opt[int64]
	Renews                     Opt[bool]
	From                       string // month of the step; "" is that of the start
	SingleW, PeakW, OffPeakW   Opt[int64]
	TestFrom                   Opt[string]
	TestCycles                 Opt[int64]
	FormerSingleW, FormerPeakW Opt[int64]
	FormerOffPeakW             Opt[int64]
	Flags                      []Text
}

// ReadingRow creates or changes the reading of a month. Demands in W, energies
// in Wh.
type ReadingRow struct {
	Installation                InstallationRef
	Month                       string
	SingleW, PeakW, OffPeakW    Opt[int64]
	EnergyWh, PeakWh, OffPeakWh Opt[int64]
	ReactiveWh, ReactiveW       Opt[int64] // excess as it was billed
	Origin                      string
	Flags                       []Text
}

// TariffRow creates or changes a tariff: of demand, of energy, or both.
type TariffRow struct {
	Distributor, Subgroup, Modality, Posto, From string
	MicrosPerKW                                  Opt[int64]
	TUSDMicrosPerKWh, TEMicrosPerKWh             Opt[int64]
	Act                                          Opt[string]
}

// Results of a row.
const (
	RowCreated   = "created"
	RowUpdated   = "updated"
	RowUnchanged = "unchanged"
	RowRejected  = "rejected"
)

// Kinds of a row.
const (
	RowClient       = "clients"
	RowPerson       = "people"
	RowInstallation = "installations"
	RowContract     = "contracts"
	RowReading      = "readings"
	RowTariff       = "tariffs"
)

// Kind says which member of the row is set.
func (r *Row) Kind() string {
	switch {
	case r.Client != nil:
		return RowClient
	case r.Person != nil:
		return RowPerson
	case r.Installation != nil:
		return RowInstallation
	case r.Contract != nil:
		return RowContract
	case r.Reading != nil:
		return RowReading
	case r.Tariff != nil:
		return RowTariff
	}
	return ""
}

// RowIssue is what is wrong, or doubtful, with a field of a row.
type RowIssue struct {
	Field  string // its name in the API
	Reason Text
}

// Outcome is what became of a row.
type Outcome struct {
	Kind   string
	Result string
	ID     string
	Client string     // id of the client it belongs to
	Errors []RowIssue // why it was rejected
	// Placeholder says that a client was made for a unit without one.
	Placeholder bool
	Warnings    []RowIssue // it was taken, but this should be looked at
	// Name and Fields are told in a dry run, of a record that would change.
	Name   string
	Fields []RevisedField

	faulty bool // as its row
}

func (o *Outcome) reject(field, key string, args ...string) {
	o.rejectText(field, Text{key, args})
}

func (o *Outcome) rejectText(field string, t Text) {
	o.Result = RowRejected
	o.Errors = append(o.Errors, RowIssue{field, t})
}

func (o *Outcome) warn(field string, t Text) {
	o.Warnings = append(o.Warnings, RowIssue{field, t})
}

func (o *Outcome) bad() bool { return o.faulty || len(o.Errors) > 0 }

// settle says what became of a row that has no fault.
func (o *Outcome) settle(created, changed bool) {
	switch {
	case created:
		o.Result = RowCreated
	case changed:
		o.Result = RowUpdated
	default:
		o.Result = RowUnchanged
	}
}

// addFlags returns the flags with those that were not there.
func addFlags(has, more []Text) []Text {
	out := has
	for _, t := range more {
		same := func(x Text) bool { return x.Key == t.Key && slices.Equal(x.Args, t.Args) }
		if !slices.ContainsFunc(out, same) {
			out = append(slices.Clip(out), t)
		}
	}
	return out
}
