package crm

import (
	"cmp"
	"time"

	"cemigmas/crm/calendar"
	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// Kinds of a demand contract.
const (
	ContractCUSD = "cusd" // use of the system: the demand
	ContractCCER = "ccer" // regulated energy of a captive client
)

// ContractKinds are the kinds of a contract.
var ContractKinds = []string{ContractCUSD, ContractCCER}

// DemandStep is the contracted demand from a month on, in W per posto. Verde
// has one demand (SingleW), azul has two. A demand that is not known is nil.
type DemandStep struct {
	From     string `json:"from"` // 2026-10
	SingleW  *int64 `json:"singleW,omitempty"`
	PeakW    *int64 `json:"peakW,omitempty"`
	OffPeakW *int64 `json:"offPeakW,omitempty"`
}

// TestPeriod is the time in which the measured demand is billed (REN 1.000
// arts. 311–315).
type TestPeriod struct {
	From   string     `json:"from"`             // first month
	Cycles int        `json:"cycles"`           // 3 unless extended
	Former DemandStep `json:"former,omitempty"` // what was contracted before; zero at the start of supply
}

// Migration is a client's formal word that it goes to the free market (REN
// 1.000 art. 166).
type Migration struct {
	Requested  string `json:"requested"`            // civil date
	Simplified bool   `json:"simplified,omitempty"` // the CCEE's simplified model for retail: art. 166 §5
}

// Contract is a demand contract of an installation.
type Contract struct {
	ID           string       `json:"id"`
	Version      int64        `json:"-"`
	Client       string       `json:"client"`
	Installation string       `json:"installation"`
	Agent        string       `json:"agent,omitempty"`
	Team         string       `json:"team,omitempty"`
	Acting       string       `json:"acting,omitempty"`
	Kind         string       `json:"kind"`
	Number       string       `json:"number,omitempty"`
	Modality     string       `json:"modality"`             // verde, azul, unknown
	Start        string       `json:"start,omitempty"`      // civil date; "" when a file does not tell
	TermMonths   int          `json:"termMonths,omitempty"` // 12 unless agreed otherwise (art. 133)
	Renews       bool         `json:"renews"`
	End          string       `json:"end,omitempty"` // civil date when it was ended
	Denounced    string       `json:"denounced,omitempty"`
	Former       bool         `json:"former,omitempty"` // a past contract (DS row of a regulator's file)
	Market       string       `json:"market,omitempty"` // as a file says it; see MarketNow
	Schedule     []DemandStep `json:"schedule"`
	Test         *TestPeriod  `json:"test,omitempty"`
	Agreed       bool         `json:"agreed,omitempty"`     // a CCER whose fixed term the parties keep (art. 133 §1)
	Migration    *Migration   `json:"migration,omitempty"`  // to the free market
	Amendments   []Amendment  `json:"amendments,omitempty"` // oldest first
	Flags        []Text       `json:"flags,omitempty"`
	// By these contracts are found and put in order. They are copied from the
	// client and the installation, or follow from the contract, by Recompute.
	ClientName  string    `json:"clientName,omitempty"`
	PlaceName   string    `json:"installationName,omitempty"`
	UC          string    `json:"uc,omitempty"`
	FormerUC    string    `json:"formerUc,omitempty"`
	City        string    `json:"city,omitempty"`
	PlaceMarket string    `json:"installationMarket,omitempty"`
	ContractedW int64     `json:"contractedW,omitempty"` // in force, off-peak where there are two
	NoticeOn    string    `json:"noticeOn,omitempty"`    // civil date until which it can be denounced
	CreatedAt   time.Time `json:"createdAt"`
	UpdatedAt   time.Time `json:"updatedAt"`
}

// Contracts is the table of demand contracts.
var Contracts = Table[Contract]{
	In: &store.Collection{
		Name: "contracts",
		Fields: []store.Field{
			{Name: "client", Kind: store.String},
			{Name: "installation", Kind: store.String},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.String},
			{Name: "kind", Kind: store.String},
			{Name: "start", Kind: store.String},
			{Name: "modality", Kind: store.String},
			{Name: "market", Kind: store.String},
			{Name: "since", Kind: store.String}, // the start; of a contract whose start is not known, before all others
			{Name: "key", Kind: store.String},   // installation|kind|start|former: one contract each
			{Name: "clientName", Kind: store.String},
			{Name: "contractedW", Kind: store.Int},
			{Name: "notice", Kind: store.String},
		},
		Indexes: append([]store.Index{
			{Fields: []string{"installation", "kind", "start"}},
			{Fields: []string{"client", "installation"}},
			{Fields: []string{"key"}, Unique: true},
			{Fields: []string{"team", "client"}},
			{Fields: []string{"agent", "client"}},
			{Fields: []string{"acting", "client"}, Sparse: true},
		}, scoped([][]string{{"-since"}, {"clientName"}, {"-contractedW"}, {"notice"}})...),
		Search: true, SearchBy: []string{"agent", "team", "acting", "since"},
	},
	Derived: append([]string{"clientName", "installationName", "uc", "formerUc", "city", "installationMarket", "contractedW", "noticeOn"}, copied...),
	ID:      func(c *Contract) string { return c.ID },
	Ver:     func(c *Contract) *int64 { return &c.Version },
	Keys: func(c *Contract) store.Keys {
		return store.Keys{
			"client": c.Client, "installation": c.Installation, "agent": c.Agent, "team": c.Team, "acting": c.Acting,
			"kind": c.Kind, "start": c.Start, "since": cmp.Or(c.Start, unknownSince), "modality": c.Modality, "market": c.MarketNow(), "key": ContractKey(c.Installation, c.Kind, c.Start, c.Former),
			"clientName": text.SortKey(c.ClientName), "contractedW": c.ContractedW, "notice": noticeKey(c.NoticeOn),
		}
	},
	Words: func(c *Contract) []string {
		return text.Words(c.Number, c.ClientName, c.PlaceName, c.UC, c.FormerUC, c.City)
	},
}

// MarketNow is the market in which a contract runs: its installation's, which may
// have changed since a file told the contract's own. A past contract keeps that.
func (c *Contract) MarketNow() string {
	if c.Former && c.Market != "" {
		return c.Market
	}
	return cmp.Or(c.PlaceMarket, c.Market)
}

// unknownSince sorts before every civil date.
const unknownSince = "0000-00-00"

// ContractKey is what makes a contract the same one in two imports: the
// installation, the kind and the start.
func ContractKey(installation, kind, start string, former bool) string {
	k := installation + "|" + kind + "|" + start
	if former {
		k += "|former"
	}
	return k
}

// StepOn is the step of the demand schedule in force on a civil date; nil
// before the first.
func (c *Contract) StepOn(day string) *DemandStep {
	return stepAt(c.Schedule, calendar.Date(day).Month())
}
