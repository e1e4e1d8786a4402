package crm

import "cemigmas/crm/calendar"

// reactiveYearMonths is how many months a sum of reactive excess covers.
const reactiveYearMonths = 12

// ReactiveYear sums the reactive excess of twelve months, as ReactiveHealth
// prices it. One installation in one month counts one.
type ReactiveYear struct {
	Until    string `json:"until"` // the newest of the twelve: 2026-10
	Months   int64  `json:"months"`
	Unpriced int64  `json:"unpriced,omitempty"` // of Months, those without a price
	Cents    int64  `json:"cents"`              // centavos of those that have one, before taxes
	// Installations are those with an excess; of a client only.
	Installations int64 `json:"installations,omitempty"`
}

// reactiveMonth is a month with an excess; cents is nil without a price.
type reactiveMonth struct {
	month calendar.Month
	cents *int64
}

// reactiveMonths are the months of an installation's readings that have an
// excess.
func reactiveMonths(i *Installation, readings []Reading, tariffs TariffBook) (out []reactiveMonth) {
	for n := range readings {
		if h := ReactiveOf(i, &readings[n], tariffs); h.Excess() {
			out = append(out, reactiveMonth{calendar.Month(readings[n].Month), h.Cents})
		}
	}
	return out
}

// reactiveYear sums installations over the twelve months that end with until;
// nil where none had an excess.
func reactiveYear(until calendar.Month, installations ...[]reactiveMonth) *ReactiveYear {
	y := ReactiveYear{Until: string(until)}
	for _, months := range installations {
		before := y.Months
		for _, m := range months {
			if m.month > until || m.month < until.Add(1-reactiveYearMonths) {
				continue
			}
			y.Months++
			if m.cents == nil {
				y.Unpriced++
			} else {
				y.Cents += *m.cents
			}
		}
		if y.Months > before {
			y.Installations++
		}
	}
	if y.Months == 0 {
		return nil
	}
	return &y
}
