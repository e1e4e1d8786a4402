package crm

import "cemigmas/crm/ident"

// Sector is a branch of business that clients are grouped by, with the CNAE
// divisions it stands for. Its name is the message sector.ID.
type Sector struct {
	ID        string
	Divisions [][2]int // first and last division of each run
}

// SectorOther holds what no other sector does, and clients of which nothing is
// known yet.
const SectorOther = "other"

// Ways in which a client's sector was found (Client.SectorBy).
const (
	SectorByCNAE = "cnae"
	SectorByLoad = "load" // the division with most contracted demand
	SectorByHand = "hand" // never overridden
)

// sectors is the table in the order of the report. It groups CNAE 2 divisions;
// no official list of branches of key accounts is public.
var sectors = []Sector{
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

// Sectors lists the sectors in the order of the report.
func Sectors() []Sector { return append([]Sector(nil), sectors...) }

// IsSector reports whether id names a sector.
func IsSector(id string) bool {
	for _, s := range sectors {
		if s.ID == id {
			return true
		}
	}
	return false
}

// SectorOf is the sector of a CNAE code with or without mask, by its division:
// "other" for a division that stands nowhere in the table, "" for no code.
func SectorOf(cnae string) string {
	division := divisionOf(cnae)
	if division == 0 {
		return ""
	}
	for _, s := range sectors {
		for _, d := range s.Divisions {
			if d[0] <= division && division <= d[1] {
				return s.ID
			}
		}
	}
	return SectorOther
}

// divisionOf reads the first two digits, also of a code that is not complete.
func divisionOf(cnae string) int {
	if c, err := ident.ParseCNAE(cnae); err == nil {
		return c.Division()
	}
	if len(cnae) < 2 || cnae[0] < '0' || cnae[0] > '9' || cnae[1] < '0' || cnae[1] > '9' {
		return 0
	}
	return int(cnae[0]-'0')*10 + int(cnae[1]-'0')
}
