package reports

import (
	"time"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// Watts is a demand in W that may be unknown, which is not 0.
type Watts struct {
	W     int64
	Known bool
}

// W makes a known demand.
func W(w int64) Watts { return Watts{w, true} }

// Plus adds what is known: a sum is unknown only if nothing was known.
func (a Watts) Plus(b Watts) Watts { return Watts{a.W + b.W, a.Known || b.Known} }

// ByPosto is a demand in each part of the day.
type ByPosto struct{ Single, Peak, OffPeak Watts }

// Plus adds posto by posto.
func (a ByPosto) Plus(b ByPosto) ByPosto {
	return ByPosto{a.Single.Plus(b.Single), a.Peak.Plus(b.Peak), a.OffPeak.Plus(b.OffPeak)}
}

// Load is the demand by which clients are compared: off-peak, or the single
// one of modality verde.
func (a ByPosto) Load() Watts { return a.Single.Plus(a.OffPeak) }

// Overruns are the overruns of some installations in a month.
type Overruns struct {
	OverW    int64 // W above the contract where it is charged (REN 1.000 art. 301)
	Cents    int64 // centavos of those whose tariff is known
	Priced   int64 // installations whose overrun has an amount
	Unpriced int64 // installations whose overrun lacks a tariff: no amount, not 0
}

// Plus adds two.
func (a Overruns) Plus(b Overruns) Overruns {
	return Overruns{a.OverW + b.OverW, a.Cents + b.Cents, a.Priced + b.Priced, a.Unpriced + b.Unpriced}
}

// Reactive is the reactive excess of some installations in a month (REN 1.000
// arts. 302 to 304).
type Reactive struct {
	Wh       int64
	W        int64
	Cents    int64 // centavos of those whose tariffs are known
	Priced   int64 // installations whose excess has an amount
	Unpriced int64 // installations whose excess lacks a tariff: no amount, not 0
}

// Plus adds two.
func (a Reactive) Plus(b Reactive) Reactive {
	return Reactive{a.Wh + b.Wh, a.W + b.W, a.Cents + b.Cents, a.Priced + b.Priced, a.Unpriced + b.Unpriced}
}

// Contacts counts what was done with clients in a month.
type Contacts struct{ Visits, Calls, Meetings, Mails int64 }

// Plus adds two.
func (a Contacts) Plus(b Contacts) Contacts {
	return Contacts{a.Visits + b.Visits, a.Calls + b.Calls, a.Meetings + b.Meetings, a.Mails + b.Mails}
}

// InstallationMonth is an installation in the month of the report.
type InstallationMonth struct {
	Name, UC, City, Subgroup, Modality string

	Contracted ByPosto
	Measured   ByPosto
	// Use is the highest utilisation of its postos in tenths of a percent.
	Use    int64
	HasUse bool
	State  demand.State
	Over   Overruns

	Reactive Reactive
	// Notice is the last day to say no to the next renewal; Closing counts the
	// contracts for which it falls within the window of the report.
	Notice  calendar.Date
	Closing int64
}

// ClientMonth is a client in the month of the report.
type ClientMonth struct {
	Name, City, Sector string

	Contacts Contacts
	// Contacted: a call, a meeting, a visit that took place, or mail from or to
	// one of its people, in the month.
	Contacted     bool
	LastContact   calendar.Date // as it stands when the report is made
	Installations []InstallationMonth
}

// MonthData is all that the monthly workbook is made from. Clients are in
// order of their names.
type MonthData struct {
	Month   calendar.Month
	Scope   Scope
	By      string    // who made it
	At      time.Time // when
	Clients []ClientMonth
	Sectors crm.SectorTable // names and order; zero: as the program brings them
}

// Scope says whose clients are in the report.
type Scope struct {
	Kind string // all, team or agent
	Name string // of the team or agent
}

// Figures are the numbers of a sector, or of the whole.
type Figures struct {
	Clients, Installations int64
	Contracted, Measured   ByPosto
	Use                    int64
	HasUse                 bool
	Over                   Overruns
	Reactive               Reactive
	Contacts               Contacts
	Silent                 int64 // clients without contact
	Closing                int64 // contracts whose notice window closes
}

// Add counts a client.
func (f *Figures) Add(c *ClientMonth) {
	f.Clients++
	f.Contacts = f.Contacts.Plus(c.Contacts)
	if !c.Contacted {
		f.Silent++
	}
	for i := range c.Installations {
		f.install(&c.Installations[i])
	}
}

func (f *Figures) install(i *InstallationMonth) {
	f.Installations++
	f.Contracted = f.Contracted.Plus(i.Contracted)
	f.Measured = f.Measured.Plus(i.Measured)
	if i.HasUse {
		f.Use, f.HasUse = max(f.Use, i.Use), true
	}
	f.Over = f.Over.Plus(i.Over)
	f.Reactive = f.Reactive.Plus(i.Reactive)
	f.Closing += i.Closing
}

// Plus adds the figures of two sets of clients.
func (f Figures) Plus(g Figures) Figures {
	return Figures{
		Clients: f.Clients + g.Clients, Installations: f.Installations + g.Installations,
		Contracted: f.Contracted.Plus(g.Contracted), Measured: f.Measured.Plus(g.Measured),
		Use: max(f.Use, g.Use), HasUse: f.HasUse || g.HasUse,
		Over: f.Over.Plus(g.Over), Reactive: f.Reactive.Plus(g.Reactive), Contacts: f.Contacts.Plus(g.Contacts),
		Silent: f.Silent + g.Silent, Closing: f.Closing + g.Closing,
	}
}
