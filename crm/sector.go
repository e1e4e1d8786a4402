package crm

import (
	"fmt"
	"slices"

	"cemigmas/crm/ident"
	"cemigmas/crm/locale"
	"cemigmas/crm/store"
)

// Sector is a branch of business (ramo) that clients are grouped by, with the
// CNAE divisions it stands for. The table begins with builtIn; what admins edit
// of it is stored, sector by sector.
type Sector struct {
	ID        string   `json:"id"`
	Version   int64    `json:"-"`                   // 0 of one that is as the program brings it
	Name      string   `json:"name"`                // in Portuguese
	NameES    string   `json:"nameEs,omitempty"`    // "" is as in Portuguese
	NameEN    string   `json:"nameEn,omitempty"`    // the same
	Divisions []string `json:"divisions,omitempty"` // two digits each, ascending
	Order     int64    `json:"order"`               // in lists and reports
	// Disabled: it is not offered any more. Who has it keeps it.
	Disabled bool `json:"disabled,omitempty"`
	// Gone: it was deleted. Its name is kept for reports of past months.
	Gone bool `json:"gone,omitempty"`
}

// Sectors is the table of sectors that admins edited or made.
var Sectors = Table[Sector]{
	In:  &store.Collection{Name: "sectors"},
	ID:  func(s *Sector) string { return s.ID },
	Ver: func(s *Sector) *int64 { return &s.Version },
}

// SectorOther holds what no other sector does, and clients of which nothing is
// known yet. It stands last, has no divisions of its own and never goes.
const SectorOther = "other"

// Ways in which a client's sector was found (Client.SectorBy).
const (
	SectorByCNAE = "cnae"
	SectorByLoad = "load" // the division with most contracted demand
	SectorByHand = "hand" // never overridden
)

// builtIn is the table to begin with, in the order of the report. It groups CNAE
// 2 divisions; no official list of branches of key accounts is public.
var builtIn = []struct {
	id        string
	divisions [][2]int // first and last of each run
}{
	{"mining", [][2]int{{5, 9}}},
	{"food", [][2]int{{10, 12}}},
	{"textile", [][2]int{{13, 15}}},
	{"wood", [][2]int{{16, 18}}},
	{"chemicals", [][2]int{{19, 22}}},
	{"nonmetallic", [][2]int{{23, 23}}},
	{"metallurgy", [][2]int{{24, 24}}},
	{"machinery", [][2]int{{25, 33}}},
	{"agri", [][2]int{{1, 3}}},
	{"water", [][2]int{{36, 39}}},
	{"retail", [][2]int{{45, 47}}},
	{"transport", [][2]int{{49, 53}}},
	{"hotels", [][2]int{{55, 56}}},
	{"telecom", [][2]int{{58, 63}}},
	{"banks", [][2]int{{64, 66}}},
	{"public", [][2]int{{84, 84}}},
	{"education", [][2]int{{85, 85}}},
	{"health", [][2]int{{86, 88}}},
	{SectorOther, nil},
}

// BuiltInSectors is the table as the program brings it.
func BuiltInSectors() SectorTable { return startTable }

var startTable = newSectorTable(startSectors())

func startSectors() []Sector {
	out := make([]Sector, 0, len(builtIn))
	for n, b := range builtIn {
		key := "sector." + b.id
		s := Sector{ID: b.id, Name: locale.T(locale.PtBR, key), NameES: locale.T(locale.ES, key), NameEN: locale.T(locale.EN, key), Order: int64(n+1) * 10}
		for _, run := range b.divisions {
			for d := run[0]; d <= run[1]; d++ {
				s.Divisions = append(s.Divisions, fmt.Sprintf("%02d", d))
			}
		}
		slices.Sort(s.Divisions)
		out = append(out, s)
	}
	return out
}

// In is the name in a language.
func (s *Sector) In(lang locale.Lang) string {
	switch {
	case lang == locale.ES && s.NameES != "":
		return s.NameES
	case lang == locale.EN && s.NameEN != "":
		return s.NameEN
	}
	return s.Name
}

// divisionOf reads the first two digits, also of a code that is not complete; ""
// when there are none.
func divisionOf(cnae string) string {
	if c, err := ident.ParseCNAE(cnae); err == nil {
		return fmt.Sprintf("%02d", c.Division())
	}
	if len(cnae) < 2 || cnae[0] < '0' || cnae[0] > '9' || cnae[1] < '0' || cnae[1] > '9' || cnae[:2] == "00" {
		return ""
	}
	return cnae[:2]
}
