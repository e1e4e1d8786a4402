package crm

import (
	"context"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
	"cemigmas/crm/store"
)

// Saving is what the right contract would have saved an installation, of its
// last twelve months. It is derived: dates are reckoned when it is shown.
type Saving struct {
	Cents    int64           `json:"cents"` // R$ centavos a year, before taxes
	Months   int             `json:"months"`
	From     SavingTerms     `json:"from"`
	To       SavingTerms     `json:"to"`
	Reason   string          `json:"reason"`
	Contract ContractHistory `json:"contract"`
}

// SavingTerms are Terms as stored, in W.
type SavingTerms struct {
	Modality string `json:"modality"`
	SingleW  int64  `json:"singleW,omitempty"`
	PeakW    int64  `json:"peakW,omitempty"`
	OffPeakW int64  `json:"offPeakW,omitempty"`
}

// Why another contract costs less; keys of the catalogue.
const (
	SavingModality = "modality" // the other modality suits the installation
	SavingIdle     = "idle"     // more is contracted than used
	SavingOverrun  = "overrun"  // overruns cost more than the demand that they lack
	SavingBoth     = "both"     // one in one posto, the other in the other
)

func storedTerms(t Terms) SavingTerms {
	return SavingTerms{string(t.Modality), t.SingleW, t.PeakW, t.OffPeakW}
}

func (t SavingTerms) terms() Terms {
	return Terms{demand.Modality(t.Modality), demand.Step{SingleW: t.SingleW, PeakW: t.PeakW, OffPeakW: t.OffPeakW}}
}

// savingOf simulates the twelve months that end with newest against the contract
// of the month now; nil where that is the best or nothing can be said.
func savingOf(i *Installation, contracts []Contract, readings []Reading, tariffs TariffBook, newest, now calendar.Month) *Saving {
	if len(readings) == 0 || i.Status == "off" {
		return nil
	}
	sim := simulate(i, contracts, readings, tariffs, newest, now, 12)
	if sim.Best == nil || !sim.SavingYear.Known || sim.SavingYear.Centavos <= 0 || sim.Present.Modality == "" {
		return nil
	}
	reason := savingReason(sim.Present, *sim.Best)
	if reason == "" {
		return nil
	}
	return &Saving{Cents: sim.SavingYear.Centavos, Months: sim.Compared, From: storedTerms(sim.Present), To: storedTerms(*sim.Best),
		Reason: reason, Contract: historyOf(contracts, now)}
}

func savingReason(was, is Terms) string {
	if was.Modality != is.Modality {
		return SavingModality
	}
	less, more := false, false
	for _, p := range is.Modality.Postos() {
		less, more = less || is.W(p) < was.W(p), more || is.W(p) > was.W(p)
	}
	switch {
	case less && more:
		return SavingBoth
	case less:
		return SavingIdle
	case more:
		return SavingOverrun
	}
	return ""
}

// SavingChanges are the parts of the way to what an installation would save,
// if asked for on a day.
func SavingChanges(i *Installation, today string) []LawfulChange {
	if i.Saving == nil {
		return nil
	}
	return i.Saving.Contract.changes(i, i.Saving.From.terms(), i.Saving.To.terms(), calendar.Date(today))
}

// Money lists the installations that could save most, the most first: what they
// are and save, without their months.
func (s *Service) Money(ctx context.Context, a Actor, limit int, after string) ([]Installation, string, error) {
	return Installations.FindWithout(ctx, s.store, moneyQuery(a, limit, after), "strip", "year", "flags")
}

// MoneyRows is Money as it is stored.
func (s *Service) MoneyRows(ctx context.Context, a Actor, limit int, after string) (RawPage, error) {
	q := moneyQuery(a, limit, after)
	q.In = Installations.In
	return s.rawRows(ctx, q)
}

func moneyQuery(a Actor, limit int, after string) store.Query {
	return store.Query{Where: append(a.scope(), store.Above("saving", int64(0))), Sort: []string{"-saving"}, Limit: limitOf(limit, 50), After: after}
}
