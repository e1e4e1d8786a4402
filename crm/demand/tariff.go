package demand

import (
	"cmp"
	"slices"
	"strings"

	"cemigmas/crm/calendar"
)

// Tariff is a demand tariff of a distributor from a day on.
type Tariff struct {
	Distributor string
	Subgroup    string // A4, A3a …: compared without case
	Modality    Modality
	Posto       Posto
	ValidFrom   calendar.Date
	Rate        Rate // millionths of R$ per kW
}

// Table finds tariffs. The zero value has none.
type Table struct{ rows map[tariffKey][]Tariff }

type tariffKey struct {
	distributor, subgroup string
	modality              Modality
	posto                 Posto
}

func keyOf(distributor, subgroup string, m Modality, p Posto) tariffKey {
	return tariffKey{strings.ToUpper(strings.TrimSpace(distributor)), strings.ToUpper(strings.TrimSpace(subgroup)), m, p}
}

// NewTable indexes tariffs in any order. Of two with the same key and day the
// later in the list holds.
func NewTable(tariffs []Tariff) Table {
	t := Table{make(map[tariffKey][]Tariff)}
	for _, row := range tariffs {
		k := keyOf(row.Distributor, row.Subgroup, row.Modality, row.Posto)
		t.rows[k] = append(t.rows[k], row)
	}
	for _, rows := range t.rows {
		slices.SortStableFunc(rows, func(a, b Tariff) int { return cmp.Compare(a.ValidFrom, b.ValidFrom) })
	}
	return t
}

// Lookup returns the tariff in force on the first day of the month, or NoRate.
// A month in which tariffs change thus has one tariff, the old one: readings
// are monthly, and the day on which a cycle was read is not known. An unknown
// modality has no tariff; it is not guessed.
func (t Table) Lookup(distributor, subgroup string, m Modality, p Posto, month calendar.Month) Rate {
	if !month.Valid() {
		return NoRate
	}
	rate := NoRate
	for _, row := range t.rows[keyOf(distributor, subgroup, m, p)] {
		if row.ValidFrom > month.First() {
			break
		}
		rate = row.Rate
	}
	return rate
}
