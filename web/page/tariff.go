package page

// Tariffs is the table of tariffs of every distributor: GET /tariffs.
type Tariffs struct {
	Base
	Groups    []TariffGroup
	Job       *Job   // figures are being brought up to date
	AddURL    string // GET /tariffs/new; empty for who may not
	ImportURL string
	Start     *TariffStart
	Empty     Empty
}

// TariffGroup are the tariffs of a distributor and subgroup.
type TariffGroup struct {
	Heading string
	Head    TariffRow
	Rows    []TariffRow
}

// TariffRow is what a posto costs from a day on.
type TariffRow struct {
	From     string
	Modality string
	Posto    string
	KW       string // R$/kW
	TUSD     string // R$/MWh
	TE       string // R$/MWh
	Act      string
	URL      string // GET /tariffs/{id}; empty for who may not
}

// TariffStart offers tariffs to begin with: POST URL.
type TariffStart struct {
	TariffGroup
	URL string
}

// TariffEdit is the form of one tariff.
type TariffEdit struct {
	RecordForm
	DeleteURL string // POST; empty of a new one
}
