package page

// Sectors is the table of sectors: GET /sectors.
type Sectors struct {
	Base
	Rows   []SectorRow
	AddURL string // GET /sectors/new; empty for who may not edit
	Job    *Job   // clients are brought into their sectors
}

// SectorRow is one sector.
type SectorRow struct {
	Name      Link
	Other     string // the names in the other languages
	Divisions string // "45–47, 49"
	State     Badge
	UpURL     string // POST; empty where it cannot
	DownURL   string
}

// SectorEdit is the form of one sector.
type SectorEdit struct {
	RecordForm
	DeleteURL string // POST; empty of a new one
	History   []HistoryRow
}
