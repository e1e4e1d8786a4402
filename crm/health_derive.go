package crm

import (
	"cemigmas/crm/calendar"
)

// Unit is an installation with what its derived figures are drawn from.
type Unit struct {
	Installation Installation
	Contracts    []Contract
	Readings     []Reading // newest first
}

// Derive computes in memory what Recompute computes from the store, for a
// writer that makes a client with all its installations at once. today is a
// civil date. Sectors are those that the program brings.
func Derive(c *Client, units []Unit, tariffs TariffBook, today string) {
	var sums clientSums
	for n := range units {
		u := &units[n]
		reactive := u.Installation.project(u.Contracts, u.Readings[:min(len(u.Readings), stripMonths)], tariffs, today)
		var now int64
		if k, step := contractAt(u.Contracts, calendar.Month(today[:7])); k != nil {
			now, _ = shownW(k, step)
		}
		sums.add(&u.Installation, now, reactive)
		for k := range u.Contracts {
			u.Contracts[k].project(c, &u.Installation, today)
		}
	}
	c.project(&sums, BuiltInSectors())
	c.stay(today)
}
