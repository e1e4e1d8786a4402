package crm

import (
	"cmp"
	"slices"
	"time"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// TaxKind says what a client's TaxID is.
type TaxKind string

// The kinds of a client's identity. A placeholder has none yet: a UCMT file
// names no company.
const (
	TaxCNPJ TaxKind = "cnpj" // root, 8 characters
	TaxCPF  TaxKind = "cpf"  // 11 digits: rural holders; masked in lists
	TaxNone TaxKind = ""
)

// Client is the company that an agent serves.
type Client struct {
	ID        string  `json:"id"`
	Version   int64   `json:"-"`
	Name      string  `json:"name"` // what people call it
	LegalName string  `json:"legalName,omitempty"`
	TaxKind   TaxKind `json:"taxKind,omitempty"`
	TaxID     string  `json:"taxId,omitempty"` // CNPJ root (8) or CPF (11), without mask
	CNPJ      string  `json:"cnpj,omitempty"`  // the full CNPJ (14) as it was given, if it was
	Code      string  `json:"code,omitempty"`  // the distributor's own client code
	CNAE      string  `json:"cnae,omitempty"`  // 7 digits, or fewer as given
	Sector    string  `json:"sector,omitempty"`
	SectorBy  string  `json:"sectorBy,omitempty"` // cnae, load or hand
	// Sectors are the sectors that it had, the present one last; none of a client
	// whose sector was never known.
	Sectors []SectorStay `json:"sectors,omitempty"`
	Agent   string       `json:"agent,omitempty"` // user id
	Team    string       `json:"team,omitempty"`
	Tier    string       `json:"tier,omitempty"`   // A, B, C
	TierBy  string       `json:"tierBy,omitempty"` // rule; "" is by hand, or none
	Status  string       `json:"status,omitempty"` // active, prospect, former
	Segment string       `json:"segment,omitempty"`
	Address string       `json:"address,omitempty"`
	City    string       `json:"city,omitempty"`
	MunIBGE string       `json:"municipality,omitempty"` // IBGE, 7 digits
	Phone   string       `json:"phone,omitempty"`
	Emails  []string     `json:"emails,omitempty"`  // the company's own addresses
	Domains []string     `json:"domains,omitempty"` // its mail domains
	Notes   string       `json:"notes,omitempty"`
	Tags    []string     `json:"tags,omitempty"`   // in people's own words
	Parent  string       `json:"parent,omitempty"` // client id: the economic group above
	// StandIn serves the client in the agent's place from one civil date until
	// another, both included: see Acting.
	StandIn      string `json:"standIn,omitempty"` // user id
	StandInFrom  string `json:"standInFrom,omitempty"`
	StandInUntil string `json:"standInUntil,omitempty"`
	// Placeholder says that nobody has named this client yet; Source is the
	// unit key that it was made from.
	Placeholder bool   `json:"placeholder,omitempty"`
	Source      string `json:"source,omitempty"`
	// MergedInto is the client that this one became a part of. A merged client
	// has no declared fields, so that no list, search or matching finds it; its
	// id leads to the survivor.
	MergedInto string    `json:"mergedInto,omitempty"`
	CreatedAt  time.Time `json:"createdAt"`
	UpdatedAt  time.Time `json:"updatedAt"`

	// Derived; written by projections, never by forms.
	Market        string     `json:"market,omitempty"` // captive, free, mixed
	Installations int64      `json:"installations"`
	ContractedW   int64      `json:"contractedW"`          // W, single or off-peak, in force today
	WorstTenths   int64      `json:"worst,omitempty"`      // tenths of a percent: highest utilisation of the newest month
	WorstMonth    string     `json:"worstMonth,omitempty"` // 2026-10
	WorstState    string     `json:"worstState,omitempty"`
	NoticeOn      string     `json:"noticeOn,omitempty"` // civil date of the next notice deadline (art. 133)
	LastContactAt *time.Time `json:"lastContactAt,omitempty"`
	LastContact   string     `json:"lastContact,omitempty"` // kind
	NextAt        *time.Time `json:"nextAt,omitempty"`      // next planned visit
	Next          string     `json:"next,omitempty"`
	Misfit        string     `json:"misfit,omitempty"` // MisfitSector: its agent serves other sectors
	// Acting is the stand-in while its dates run, and nobody else: it sees and
	// does what the agent may.
	Acting string   `json:"acting,omitempty"`
	Year   *BandUse `json:"year,omitempty"` // nil: too little is known to compare it
	// Reactive is of its installations that are on, in the twelve months until the
	// newest reading of any; nil without an excess.
	Reactive *ReactiveYear `json:"reactive,omitempty"`
}

// Clients is the table of clients. Lists walk (scope, sort): three scopes and
// five sorts, the two most used sorts by sector too.
var Clients = Table[Client]{
	In: &store.Collection{
		Name: "clients",
		Fields: []store.Field{
			{Name: "name", Kind: store.String}, // sort key
			{Name: "taxId", Kind: store.String},
			{Name: "code", Kind: store.String},
			{Name: "source", Kind: store.String},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.String},
			{Name: "sector", Kind: store.String},
			{Name: "status", Kind: store.String},
			{Name: "tier", Kind: store.String},
			{Name: "segment", Kind: store.String},
			{Name: "market", Kind: store.String},
			{Name: "city", Kind: store.String},  // folded
			{Name: "tags", Kind: store.Strings}, // folded
			{Name: "contractedW", Kind: store.Int},
			{Name: "worst", Kind: store.Int},
			{Name: "lastContactAt", Kind: store.Time},
			{Name: "nextAt", Kind: store.Time},
			{Name: "notice", Kind: store.String},
			{Name: "emails", Kind: store.Strings},
			{Name: "domains", Kind: store.Strings},
			{Name: "parent", Kind: store.String},
			{Name: "misfit", Kind: store.String},
			{Name: "standInUntil", Kind: store.String},
			{Name: "alike", Kind: store.Strings}, // keys of what may be the same company
		},
		Indexes: append([]store.Index{
			{Fields: []string{"taxId"}, Unique: true},
			{Fields: []string{"code"}, Unique: true},
			{Fields: []string{"source"}},
			{Fields: []string{"emails"}},
			{Fields: []string{"domains"}},
			{Fields: []string{"agent", "sector"}},
			{Fields: []string{"acting", "sector"}, Sparse: true},
			{Fields: []string{"standInUntil", "name"}, Sparse: true},
			{Fields: []string{"parent", "name"}},
			{Fields: []string{"alike"}},
		}, scoped([][]string{
			{"name"}, {"lastContactAt"}, {"-contractedW"}, {"-worst"}, {"notice"}, {"nextAt"}, {"misfit", "name"},
			{"sector", "name"}, {"sector", "lastContactAt"}, {"sector", "-contractedW"}, {"sector", "-worst"},
		})...),
		Search: true, SearchBy: []string{"agent", "team", "acting", "name"},
	},
	Derived: []string{"market", "installations", "contractedW", "worst", "worstMonth", "worstState", "noticeOn",
		"lastContactAt", "lastContact", "nextAt", "next", "misfit", "year", "reactive", "acting"},
	ID:  func(c *Client) string { return c.ID },
	Ver: func(c *Client) *int64 { return &c.Version },
	Keys: func(c *Client) store.Keys {
		if c.MergedInto != "" {
			return store.Keys{}
		}
		k := store.Keys{
			"name": text.SortKey(c.Name), "taxId": c.TaxID, "code": c.Code, "source": c.Source,
			"agent": c.Agent, "team": c.Team, "acting": c.Acting, "sector": c.Sector, "status": c.Status,
			"tier": c.Tier, "segment": c.Segment, "market": c.Market, "city": text.Fold(c.City), "tags": folded(c.Tags),
			"contractedW": c.ContractedW, "worst": c.WorstTenths, "notice": noticeKey(c.NoticeOn),
			"emails": c.Emails, "domains": c.Domains, "parent": c.Parent, "alike": c.alike(), "misfit": c.Misfit, "standInUntil": c.StandInUntil,
		}
		if c.LastContactAt != nil {
			k["lastContactAt"] = *c.LastContactAt
		}
		if c.NextAt != nil {
			k["nextAt"] = *c.NextAt
		}
		return k
	},
	Words: func(c *Client) []string {
		if c.MergedInto != "" {
			return nil
		}
		tax := c.TaxID
		if c.TaxKind == TaxCPF {
			tax = "" // a CPF is personal data: found by its holder's name, not by its number
		}
		return text.Words(slices.Concat([]string{c.Name, c.LegalName, tax, c.CNPJ, c.Code, c.City}, c.Tags, phoneWords(c.Phone))...)
	},
}

// noticeKey puts what has no notice to give behind all that has: a list by the
// next notice begins with the next one.
func noticeKey(on string) string { return cmp.Or(on, "~") }

// scoped repeats index tails for the scopes: all, a team, an agent, and who
// stands in for one.
func scoped(tails [][]string) []store.Index {
	out := owned(tails)
	for _, t := range tails {
		out = append(out, store.Index{Fields: append([]string{"acting"}, t...), Sparse: true})
	}
	return out
}

// owned is scoped without stand-ins.
func owned(tails [][]string) []store.Index {
	var out []store.Index
	for _, head := range [][]string{nil, {"team"}, {"agent"}} {
		for _, t := range tails {
			out = append(out, store.Index{Fields: append(append([]string{}, head...), t...)})
		}
	}
	return out
}
