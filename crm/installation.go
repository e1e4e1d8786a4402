package crm

import (
	"cmp"
	"time"

	"cemigmas/crm/demand"
	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// Markets of an installation.
const (
	MarketCaptive = "captive"
	MarketFree    = "free"
	MarketMixed   = "mixed" // of a client whose installations differ
)

// Installation is one consumer unit of a client.
type Installation struct {
	ID          string `json:"id"`
	Version     int64  `json:"-"`
	Client      string `json:"client"`
	Agent       string `json:"agent,omitempty"` // copies of the client's, for scope
	Team        string `json:"team,omitempty"`
	Acting      string `json:"acting,omitempty"`
	UC          string `json:"uc,omitempty"`       // 15 digits (REN 1.095/2024)
	FormerUC    string `json:"formerUc,omitempty"` // 10 digits
	Source      string `json:"source,omitempty"`   // unit key of a regulator's file: DIST:COD_ID or DIST:PAC:PN_CON
	CNPJ        string `json:"cnpj,omitempty"`     // 14, the establishment's own
	Name        string `json:"name"`
	Address     string `json:"address,omitempty"`
	City        string `json:"city,omitempty"`
	MunIBGE     string `json:"municipality,omitempty"` // IBGE, 7 digits
	Distributor string `json:"distributor,omitempty"`
	VoltageV    int64  `json:"voltage,omitempty"`  // V
	Subgroup    string `json:"subgroup,omitempty"` // A1 … A4, AS, B3
	TariffClass string `json:"tariffClass,omitempty"`
	CNAE        string `json:"cnae,omitempty"`
	LoadW       int64  `json:"loadW,omitempty"` // connected load, W
	// TransformerVA is the power of the client's transformers, in VA.
	TransformerVA int64 `json:"transformerVA,omitempty"`
	// SecondaryMeter: measured behind the transformer, so that its losses are
	// added to what was measured (REN 1.000 art. 305).
	SecondaryMeter bool     `json:"secondaryMeter,omitempty"`
	Coordinates    string   `json:"coordinates,omitempty"` // decimal degrees, "-19.920000,-43.940000"
	Conditions     []string `json:"conditions,omitempty"`
	Market         string   `json:"market,omitempty"`
	Feeder         string   `json:"feeder,omitempty"`
	Substation     string   `json:"substation,omitempty"`
	Status         string   `json:"status,omitempty"`      // active, off
	ConnectedOn    string   `json:"connectedOn,omitempty"` // civil date
	// Flags are doubts about what was imported, kept until someone settles
	// them (megawatts where kilowatts belong).
	Flags     []Text    `json:"flags,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`

	// Derived from contracts, readings and tariffs.
	Modality    string       `json:"modality,omitempty"`
	ContractedW int64        `json:"contractedW"`     // W, single or off-peak, in force in the newest month
	PeakW       int64        `json:"peakW,omitempty"` // W, azul only
	Strip       []StripMonth `json:"strip,omitempty"` // the last 13 months, oldest first
	WorstTenths int64        `json:"worst,omitempty"` // of the newest month, the higher posto
	WorstState  string       `json:"worstState,omitempty"`
	WorstMonth  string       `json:"worstMonth,omitempty"`
	OverW       int64        `json:"overW,omitempty"`     // kW above the contract in that month, in W, when over 105 %
	OverCents   *int64       `json:"overCents,omitempty"` // R$ centavos; nil when there is no overrun or no tariff
	NoticeOn    string       `json:"noticeOn,omitempty"`
	Saving      *Saving      `json:"saving,omitempty"` // nil: nothing to save, or nothing can be said
	Year        *YearUse     `json:"year,omitempty"`   // nil: too little is known to compare it
	// Reactive is of the twelve months until its newest reading; nil without an
	// excess.
	Reactive *ReactiveYear `json:"reactive,omitempty"`
}

// StripMonth is one month of an installation as a bar.
type StripMonth struct {
	Month  string `json:"month"`
	Tenths int64  `json:"u"`     // utilisation, tenths of a percent, the higher posto
	State  string `json:"state"` // none, idle, ok, warn, bad
}

// Installations is the table of installations.
var Installations = Table[Installation]{
	In: &store.Collection{
		Name: "installations",
		Fields: []store.Field{
			{Name: "client", Kind: store.String},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.String},
			{Name: "uc", Kind: store.String},
			{Name: "formerUc", Kind: store.String},
			{Name: "source", Kind: store.String},
			{Name: "name", Kind: store.String},
			{Name: "market", Kind: store.String},
			{Name: "modality", Kind: store.String},
			{Name: "subgroup", Kind: store.String},
			{Name: "status", Kind: store.String},
			{Name: "city", Kind: store.String}, // folded
			{Name: "contractedW", Kind: store.Int},
			{Name: "worst", Kind: store.Int},
			{Name: "overW", Kind: store.Int},
			{Name: "worstMonth", Kind: store.String},
			{Name: "notice", Kind: store.String},
			{Name: "saving", Kind: store.Int}, // centavos a year
			{Name: "distributor", Kind: store.String},
		},
		Indexes: append([]store.Index{
			{Fields: []string{"client", "name"}},
			{Fields: []string{"uc"}, Unique: true},
			{Fields: []string{"formerUc"}, Unique: true},
			{Fields: []string{"source"}, Unique: true},
			{Fields: []string{"distributor"}},
		}, scoped([][]string{{"name"}, {"-worst"}, {"-contractedW"}, {"worstMonth", "-overW"}, {"notice"}, {"-saving"}})...),
		Search: true, SearchBy: []string{"agent", "team", "acting", "name"},
	},
	Derived: []string{"agent", "team", "acting", "modality", "contractedW", "peakW", "strip", "worst", "worstState", "worstMonth", "overW", "overCents", "noticeOn", "saving", "year", "reactive"},
	ID:      func(i *Installation) string { return i.ID },
	Ver:     func(i *Installation) *int64 { return &i.Version },
	Keys: func(i *Installation) store.Keys {
		k := store.Keys{
			"client": i.Client, "agent": i.Agent, "team": i.Team, "acting": i.Acting,
			"uc": i.UC, "formerUc": i.FormerUC, "source": i.Source,
			"name": text.SortKey(i.Name), "market": i.Market, "modality": cmp.Or(i.Modality, string(demand.Unknown)), "subgroup": i.Subgroup, "status": i.Status,
			"city": text.Fold(i.City), "contractedW": i.ContractedW, "worst": i.WorstTenths,
			"worstMonth": i.WorstMonth, "notice": noticeKey(i.NoticeOn),
		}
		if d := distributorKey(i.Distributor); d != "" {
			k["distributor"] = d
		}
		if i.OverW > 0 {
			k["overW"] = i.OverW
		}
		if i.Saving != nil {
			k["saving"] = i.Saving.Cents
		}
		return k
	},
	Words: func(i *Installation) []string {
		return text.Words(i.Name, i.UC, i.FormerUC, i.CNPJ, i.City)
	},
}
