package crm

import (
	"slices"
	"strings"

	"cemigmas/crm/calendar"
)

// SectorStay is a sector that a client has, or had, from a day on.
type SectorStay struct {
	Sector string `json:"sector"`
	From   string `json:"from,omitempty"` // civil date; "" is ever since
}

// SectorIn is the sector that a client had at the end of a month: a report of a
// past month groups by it.
func (c *Client) SectorIn(month calendar.Month) string {
	last := string(month.Last())
	for _, s := range slices.Backward(c.Sectors) {
		if s.From <= last {
			return s.Sector
		}
	}
	return c.Sector
}

// stay notes the sector that a client has today. What was not known before is
// no change, nor is what changes on the day on which a client or its last
// change was made.
func (c *Client) stay(today string) {
	n := len(c.Sectors)
	fresh := n == 0 || n == 1 && c.Sectors[0].From == "" && DayOf(c.CreatedAt) == today
	switch {
	case fresh && c.SectorBy == "": // nothing is known of it yet
		c.Sectors = nil
	case fresh && n == 1 && c.Sectors[0].Sector == c.Sector:
	case fresh:
		c.Sectors = []SectorStay{{Sector: c.Sector}}
	case c.Sectors[n-1].Sector != c.Sector:
		c.stayFrom(today)
	}
}

// stayFrom says that the client has its sector from a day on; what came later
// than that is forgotten.
func (c *Client) stayFrom(day string) {
	past := slices.Clone(c.Sectors)
	for len(past) > 0 && past[len(past)-1].From >= day {
		past = past[:len(past)-1]
	}
	if n := len(past); n > 0 && past[n-1].Sector == c.Sector {
		c.Sectors = past
		return
	}
	if len(past) == 0 { // it never was in another
		day = ""
	}
	c.Sectors = append(past, SectorStay{c.Sector, day})
}

// patchSectorSince dates a sector that was chosen by hand: when it was changed
// with effect from another day than that of the edit.
func (s *Service) patchSectorSince(was, c *Client, p ClientPatch, bad problems) {
	if p.SectorSince == nil || strings.TrimSpace(*p.SectorSince) == "" {
		return
	}
	day := strings.TrimSpace(*p.SectorSince)
	switch {
	case !calendar.Date(day).Valid():
		bad.add("sectorSince", "date.invalid")
	case day > s.Today():
		bad.add("sectorSince", "error.client.sector.future")
	case c.SectorBy != SectorByHand:
		bad.add("sectorSince", "error.client.sector.hand")
	default:
		if len(c.Sectors) == 0 { // of a store that kept no dates yet
			c.Sectors = []SectorStay{{Sector: was.Sector}}
		}
		if n := len(c.Sectors); c.Sectors[n-1].Sector == c.Sector && n > 1 {
			c.Sectors = c.Sectors[:n-1] // the day of the last change moves
		}
		c.stayFrom(day)
	}
}
