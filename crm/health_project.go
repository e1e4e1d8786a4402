package crm

import (
	"bytes"
	"cmp"
	"slices"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// stripMonths is how many months an installation's row shows.
const stripMonths = 13

// project sets what an installation shows from its contracts, its newest
// readings (newest first) and the tariffs. It returns its months with reactive
// excess, of which its client sums those of its own year.
func (i *Installation) project(contracts []Contract, readings []Reading, tariffs TariffBook, today string) []reactiveMonth {
	newest := calendar.Month(today[:7])
	if len(readings) > 0 {
		newest = calendar.Month(readings[0].Month)
	}
	i.Modality, i.ContractedW, i.PeakW = "", 0, 0
	if c, step := contractAt(contracts, newest); c != nil {
		i.Modality = string(modalityOf(c))
		i.ContractedW, i.PeakW = shownW(c, step)
	}
	i.Strip, i.WorstTenths, i.WorstState, i.WorstMonth, i.OverW, i.OverCents, i.Year = nil, 0, "", "", 0, nil, nil
	if len(readings) > 0 {
		months := HealthOf(i, contracts, readings, tariffs.Table, calendar.Months(newest.Add(1-stripMonths), newest))
		i.projectStrip(months)
		i.Year = i.yearUse(months, readings, today)
	}
	months := reactiveMonths(i, readings, tariffs)
	if i.Reactive = reactiveYear(newest, months); i.Reactive != nil {
		i.Reactive.Installations = 0
	}
	i.Saving = savingOf(i, contracts, readings, tariffs, newest, calendar.Month(today[:7]))
	i.NoticeOn = ""
	for n := range contracts {
		if on := NoticeOf(&contracts[n], today); on != "" && (i.NoticeOn == "" || on < i.NoticeOn) {
			i.NoticeOn = on
		}
	}
	return months
}

// project sets what a contract is found by and put in order by.
func (c *Contract) project(client *Client, i *Installation, today string) {
	c.ClientName, c.PlaceName, c.UC, c.FormerUC, c.City, c.PlaceMarket = client.Name, i.Name, i.UC, i.FormerUC, i.City, i.Market
	c.ContractedW, c.NoticeOn = 0, NoticeOf(c, today)
	if step := c.StepOn(today); step != nil {
		c.ContractedW, _ = shownW(c, step)
		if c.ContractedW == 0 { // its modality is not known
			c.ContractedW = cmp.Or(stepW(step, demand.Single), stepW(step, demand.OffPeak))
		}
	}
}

func (i *Installation) projectStrip(months []MonthHealth) {
	for _, h := range months {
		i.Strip = append(i.Strip, StripMonth{Month: h.Month, Tenths: h.Tenths, State: h.State})
	}
	last := months[len(months)-1]
	i.WorstMonth, i.WorstTenths, i.WorstState = last.Month, last.Tenths, last.State
	i.OverW, i.OverCents = last.OverW, last.OverCents
}

// shownW is the demand by which a contract is ranked, single or off-peak, and
// the peak demand of azul.
func shownW(c *Contract, step *DemandStep) (w, peak int64) {
	if modalityOf(c) == demand.Azul {
		return stepW(step, demand.OffPeak), stepW(step, demand.Peak)
	}
	return stepW(step, demand.Single), 0
}

// clientSums gathers a client's figures over its installations.
type clientSums struct {
	installations, contractedW int64
	worst                      int64
	worstMonth                 string
	worstState                 demand.State
	notice, market             string
	loads                      map[string]*divisionLoad
	bands                      []*bandSums // by demand.SizeBand
	reactive                   [][]reactiveMonth
}

type divisionLoad struct {
	division string
	w, count int64
}

// add takes one installation; contracted is its demand in force today, in W.
func (s *clientSums) add(i *Installation, contracted int64, reactive []reactiveMonth) {
	s.installations++
	if d := divisionOf(i.CNAE); d != "" {
		if s.loads == nil {
			s.loads = map[string]*divisionLoad{}
		}
		if s.loads[d] == nil {
			s.loads[d] = &divisionLoad{division: d}
		}
		s.loads[d].w += contracted
		s.loads[d].count++
	}
	if i.Status == "off" {
		return // it is still the client's, but nothing of it is in force
	}
	s.contractedW += contracted
	if len(reactive) > 0 {
		s.reactive = append(s.reactive, reactive)
	}
	if i.Year != nil {
		if s.bands == nil {
			s.bands = make([]*bandSums, demand.SizeBands())
		}
		band, _, _ := demand.SizeBand(i.ContractedW)
		if s.bands[band] == nil {
			s.bands[band] = &bandSums{}
		}
		s.bands[band].add(i)
	}
	if i.NoticeOn != "" && (s.notice == "" || i.NoticeOn < s.notice) {
		s.notice = i.NoticeOn
	}
	switch {
	case i.Market == "" || i.Market == s.market:
	case s.market == "":
		s.market = i.Market
	default:
		s.market = MarketMixed
	}
	if i.WorstMonth > s.worstMonth {
		s.worstMonth, s.worst, s.worstState = i.WorstMonth, 0, demand.StateNone
	}
	if i.WorstMonth == "" || i.WorstMonth != s.worstMonth {
		return
	}
	// The state goes with the figure: that of the installation with the highest
	// utilisation, or bad where any is over.
	over := demand.State(i.WorstState) == demand.StateBad
	if i.WorstTenths > s.worst || s.worstState == demand.StateNone {
		if s.worstState != demand.StateBad {
			s.worstState = demand.State(i.WorstState)
		}
		s.worst = max(s.worst, i.WorstTenths)
	}
	if over {
		s.worstState = demand.StateBad
	}
}

// sector is the one of the division with most contracted demand, or most
// installations where none is known; the lower division of equals.
func (s *clientSums) sector(table SectorTable) string {
	if len(s.loads) == 0 {
		return ""
	}
	best := make([]*divisionLoad, 0, len(s.loads))
	for _, l := range s.loads {
		best = append(best, l)
	}
	slices.SortFunc(best, func(a, b *divisionLoad) int {
		return cmp.Or(cmp.Compare(b.w, a.w), cmp.Compare(b.count, a.count), cmp.Compare(a.division, b.division))
	})
	return table.Of(best[0].division)
}

// project sets what a client shows.
func (c *Client) project(s *clientSums, table SectorTable) {
	c.Installations, c.ContractedW = s.installations, s.contractedW
	c.WorstTenths, c.WorstMonth, c.WorstState = s.worst, s.worstMonth, string(s.worstState)
	c.NoticeOn, c.Market, c.Year = s.notice, s.market, s.bandUse()
	c.Reactive = reactiveYear(calendar.Month(s.worstMonth), s.reactive...)
	if c.SectorBy == SectorByHand && table.Has(c.Sector) {
		return
	}
	c.Sector, c.SectorBy = table.Of(c.CNAE), SectorByCNAE
	if c.Sector == "" {
		c.Sector, c.SectorBy = s.sector(table), SectorByLoad
	}
	if c.Sector == "" {
		c.Sector, c.SectorBy = SectorOther, ""
	}
}

// sameDoc reports whether two values are stored alike.
func sameDoc[T any](t Table[T], a, b *T) bool {
	return bytes.Equal(t.Doc(a).Body, t.Doc(b).Body)
}
