package demo

import (
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
)

// seasons are percent of the ordinary demand, January to December.
var seasons = map[string][12]int{
	"agri":      {55, 50, 55, 70, 95, 108, 112, 115, 106, 85, 60, 50},
	"food":      {98, 96, 97, 98, 100, 97, 95, 97, 100, 103, 105, 106},
	"retail":    {108, 107, 104, 98, 92, 86, 85, 88, 95, 100, 106, 110},
	"education": {58, 84, 104, 103, 98, 90, 55, 98, 104, 105, 100, 72},
	"public":    {92, 98, 102, 100, 95, 90, 86, 94, 99, 103, 104, 98},
	"banks":     {106, 105, 104, 98, 92, 85, 84, 88, 96, 102, 104, 106},
	"health":    {105, 105, 103, 98, 94, 90, 89, 92, 97, 101, 103, 105},
	"hotels":    {108, 95, 92, 90, 85, 92, 112, 90, 92, 96, 98, 110},
	"mining":    {107, 105, 103, 98, 96, 94, 94, 95, 97, 99, 102, 106},
	"water":     {103, 102, 100, 97, 95, 94, 96, 101, 105, 106, 103, 102},
	"textile":   {84, 98, 101, 101, 102, 101, 98, 101, 102, 103, 101, 82},
	"other":     {109, 107, 104, 97, 91, 85, 84, 88, 95, 101, 105, 110},
}

var flat = [12]int{97, 99, 101, 100, 101, 100, 99, 101, 101, 102, 101, 96}

// habit is how an installation uses its contract.
type habit struct {
	percent  int // of the contract in an ordinary month
	swing    int // chance, up or down, in percent points
	gap      int // month that was not read, counted back from the newest; -1 none
	error    int // month read in megawatts where kilowatts belong; -1 none
	idleFrom int // months since a line was shut; -1 none
}

func throwHabit(d dice, months int) habit {
	h := habit{percent: d.between(84, 97), swing: 6, gap: -1, error: -1, idleFrom: -1}
	switch throw := d.IntN(100); {
	case throw < 14:
		h.percent, h.swing = d.between(100, 116), 9 // overruns are daily business
	case throw < 30:
		h.percent, h.swing = d.between(35, 68), 8
	case throw < 36:
		h.idleFrom = d.between(3, 9)
	}
	if d.chance(5) {
		h.gap = d.between(1, months-2)
	}
	if d.chance(1) {
		h.error = d.between(1, months-2)
	}
	return h
}

// fillReadings measures a unit's months, newest first. A month that was not
// read is a gap; one more before the first makes up for it.
func (w *World) fillReadings(u *crm.Unit, sector string, d dice) {
	h := throwHabit(d, w.Months)
	season, ok := seasons[sector]
	if !ok {
		season = flat
	}
	newest := w.Today.Month().Add(-1)
	u.Readings = make([]crm.Reading, 0, w.Months)
	for back := 0; len(u.Readings) < w.Months; back++ {
		m := newest.Add(-back)
		permille := season[m.Number()-1] * (h.percent + d.between(-h.swing, h.swing)) / 10
		if back < h.idleFrom {
			permille = permille * 45 / 100
		}
		energy := d.between(38, 72)
		if back == h.gap {
			continue
		}
		r := w.reading(u, m, int64(permille), int64(energy))
		if back == h.error {
			shrink(r.SingleW, r.PeakW, r.OffPeakW)
		}
		u.Readings = append(u.Readings, r)
	}
}

func shrink(values ...*int64) {
	for _, v := range values {
		if v != nil {
			*v /= 1000
		}
	}
}

// reading measures a month: demand as permille of the contract, energy by the
// load factor in percent.
func (w *World) reading(u *crm.Unit, m calendar.Month, permille, factor int64) crm.Reading {
	i := &u.Installation
	r := crm.Reading{
		ID: crm.ReadingID(i.ID, string(m)), Client: i.Client, Installation: i.ID, Agent: i.Agent, Team: i.Team,
		Month: string(m), Origin: "demo", UpdatedAt: calendar.Default().Start(m.Add(1).First().AddDays(4)).UTC(),
	}
	whole := i.LoadW * permille / 1400 // B3 and unknown contracts: by the load
	set := func(v int64) *int64 { v = v / 100 * 100; return &v }
	if step := stepIn(u.Contracts, m); step != nil && (step.SingleW != nil || step.OffPeakW != nil) {
		if step.SingleW != nil {
			whole = *step.SingleW * permille / 1000
			r.SingleW = set(whole)
		} else {
			whole = *step.OffPeakW * permille / 1000
			r.OffPeakW, r.PeakW = set(whole), set(*step.PeakW*(permille+factor)/1030)
		}
	} else if len(u.Contracts) > 0 {
		r.SingleW = set(whole)
	}
	total := whole * int64(m.Days()) * 24 * factor / 100
	peak := total * (6 + factor%5) / 100
	off := total - peak
	r.EnergyWh, r.PeakWh, r.OffPeakWh = &total, &peak, &off
	if lacksCapacitors(u) && factor%3 > 0 {
		energy, most := total*factor/8000/1000*1000, whole*(factor%4)/200/100*100
		r.ReactiveWh, r.ReactiveW = &energy, &most
	}
	return r
}

// lacksCapacitors is one installation with a contract in ten, by its number: the
// dice fall as they would without.
func lacksCapacitors(u *crm.Unit) bool {
	return len(u.Contracts) > 0 && strings.HasSuffix(u.Installation.UC+u.Installation.FormerUC, "7")
}

// stepIn is the step of the CUSD in force in a month.
func stepIn(contracts []crm.Contract, m calendar.Month) *crm.DemandStep {
	if len(contracts) == 0 {
		return nil
	}
	var held *crm.DemandStep
	for i := range contracts[0].Schedule {
		if s := &contracts[0].Schedule[i]; s.From <= string(m) {
			held = s
		}
	}
	return held
}
