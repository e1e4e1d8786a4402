package crm

import (
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// Doubts are what of a contract that runs on a day can hardly be meant as it
// stands: less than the least demand in every posto (REN 1.000 art. 148 III), a
// demand of months before its start, regulated energy at an installation in the
// free market. None is refused: contracts of before and special cases have them.
func (c *Contract) Doubts(i *Installation, today string) (out []Text) {
	if !c.Runs(today) {
		return nil
	}
	rules := demand.RulesAt(calendar.Date(today).Month())
	for n := range c.Schedule {
		s := &c.Schedule[n]
		month := []string{"month", s.From[5:] + "/" + s.From[:4]}
		if !rules.MeetsMinimum(stepOf(s), false) && !i.Has(CondSeasonal) && !i.Has(CondIrrigation) {
			out = append(out, Text{"contract.doubt.minimum", month})
		}
		if c.Start != "" && s.From < string(calendar.Date(c.Start).Month()) {
			out = append(out, Text{"contract.doubt.early", month})
		}
	}
	if c.Kind == ContractCCER && i.Market == MarketFree && c.End == "" {
		out = append(out, Text{Key: "contract.doubt.free"})
	}
	return out
}
