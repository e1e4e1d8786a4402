package crm

import (
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// losses are what is added in a month to what is measured behind the client's
// transformer, in tenths of a percent (REN 1.000 art. 305); 0 where the meter
// stands at the connection.
func (i *Installation) losses(m calendar.Month) int64 {
	if !i.SecondaryMeter {
		return 0
	}
	return demand.RulesAt(m).Losses(voltsOf(i))
}

// atConnection is a reading as it is billed: with the losses of a metering on
// the secondary side. The stored reading keeps what the meter showed.
func (i *Installation) atConnection(r *Reading) *Reading {
	if !i.SecondaryMeter || r == nil {
		return r
	}
	billed, rules := *r, demand.RulesAt(calendar.Month(r.Month))
	for _, v := range []**int64{&billed.SingleW, &billed.PeakW, &billed.OffPeakW, &billed.EnergyWh, &billed.PeakWh, &billed.OffPeakWh} {
		if *v != nil {
			w := rules.AtConnection(**v, voltsOf(i))
			*v = &w
		}
	}
	return &billed
}
