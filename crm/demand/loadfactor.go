package demand

import "cemigmas/crm/calendar"

// Hours returns the hours of a month that belong to a posto: three on each day
// that has a peak, the rest off-peak, all for Single (REN 1.000 art. 2 XXXVIII).
func (r Rules) Hours(m calendar.Month, p Posto) int64 {
	all := int64(m.Days()) * 24
	peak := int64(calendar.PeakDays(m)) * r.PeakHours
	switch p {
	case Peak:
		return peak
	case OffPeak:
		return all - peak
	}
	return all
}

// LoadFactor returns the mean demand ÷ the largest one in tenths of a percent,
// rounded (REN 1.000 art. 2 XIX): the energy in Wh of a posto and month
// over its hours times the measured demand in W. ok is false where nothing was
// measured. More than 1000 is impossible: a figure is wrong.
func (r Rules) LoadFactor(m calendar.Month, p Posto, wh, w int64) (tenths int64, ok bool) {
	hours := r.Hours(m, p)
	if wh < 0 || w <= 0 || hours <= 0 || w > mostW {
		return 0, false
	}
	return mulDiv(wh, 1000, w*hours)
}
