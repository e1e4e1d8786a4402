package crm

import (
	"cmp"
	"context"
	"slices"

	"cemigmas/crm/locale"
	"cemigmas/crm/store"
)

// SectorTable is the table of sectors at a moment. The zero table is the one
// that the program brings.
type SectorTable struct {
	list       []Sector // in the order of the report, those that are gone last
	byID       map[string]int
	byDivision map[string]string
}

func newSectorTable(list []Sector) SectorTable {
	slices.SortFunc(list, func(a, b Sector) int {
		return cmp.Or(cmpBool(a.Gone, b.Gone), cmpBool(a.ID == SectorOther, b.ID == SectorOther), cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	t := SectorTable{list: list, byID: make(map[string]int, len(list)), byDivision: map[string]string{}}
	for n := range list {
		t.byID[list[n].ID] = n
		for _, d := range list[n].Divisions {
			if !list[n].Gone {
				t.byDivision[d] = list[n].ID
			}
		}
	}
	return t
}

// cmpBool puts false before true.
func cmpBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (t SectorTable) or() SectorTable {
	if t.byID == nil {
		return startTable
	}
	return t
}

// All are the sectors in the order of the report, but those that are gone.
func (t SectorTable) All() []Sector {
	return slices.DeleteFunc(slices.Clone(t.or().list), func(s Sector) bool { return s.Gone })
}

// Offered are the sectors that a client can be given.
func (t SectorTable) Offered() []Sector {
	return slices.DeleteFunc(t.All(), func(s Sector) bool { return s.Disabled })
}

// Find is the sector of an id, also of one that is gone.
func (t SectorTable) Find(id string) (Sector, bool) {
	t = t.or()
	n, ok := t.byID[id]
	if !ok {
		return Sector{}, false
	}
	return t.list[n], true
}

// Has reports whether id names a sector, also one that is gone.
func (t SectorTable) Has(id string) bool { _, ok := t.Find(id); return ok }

// Offers reports whether a client can be given the sector.
func (t SectorTable) Offers(id string) bool {
	s, ok := t.Find(id)
	return ok && !s.Disabled && !s.Gone
}

// Name is the name of a sector in a language; the id of what is none.
func (t SectorTable) Name(lang locale.Lang, id string) string {
	if s, ok := t.Find(id); ok {
		return s.In(lang)
	}
	return id
}

// Of is the sector of a CNAE code with or without mask, by its division: "other"
// for a division that stands nowhere in the table, "" for no code.
func (t SectorTable) Of(cnae string) string {
	division := divisionOf(cnae)
	if division == "" {
		return ""
	}
	if id, ok := t.or().byDivision[division]; ok {
		return id
	}
	return SectorOther
}

// newsSectors and newsTariffs tell the processes on a store that a table changed.
const (
	newsSectors = "sectors"
	newsTariffs = "tariffs"
)

// SectorTable is the table as this process heard of it last: its own changes at
// once, those of another process within a second or two. What decides about
// clients reads the table itself.
func (s *Service) SectorTable(ctx context.Context) (SectorTable, error) {
	return s.sectors.get(ctx, s.sectorsNow)
}

// sectorsNow reads the table: what is stored, over what the program brings.
func (s *Service) sectorsNow(ctx context.Context) (SectorTable, error) {
	list := startSectors()
	for sec, err := range Sectors.All(ctx, s.store, store.Query{}) {
		if err != nil {
			return SectorTable{}, err
		}
		if n, ok := startTable.byID[sec.ID]; ok {
			list[n] = sec
		} else {
			list = append(list, sec)
		}
	}
	return newSectorTable(list), nil
}
