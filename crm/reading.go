package crm

import (
	"time"

	"cemigmas/crm/store"
)

// Reading is what was measured at an installation in a month. Nil is "not
// measured", which is not 0.
type Reading struct {
	ID           string `json:"id"` // installation:month
	Version      int64  `json:"-"`
	Client       string `json:"client"`
	Installation string `json:"installation"`
	Agent        string `json:"agent,omitempty"`
	Team         string `json:"team,omitempty"`
	Acting       string `json:"acting,omitempty"`
	Month        string `json:"month"`             // 2026-10
	SingleW      *int64 `json:"singleW,omitempty"` // largest demand of the month, W
	PeakW        *int64 `json:"peakW,omitempty"`
	OffPeakW     *int64 `json:"offPeakW,omitempty"`
	EnergyWh     *int64 `json:"energyWh,omitempty"` // total, Wh
	PeakWh       *int64 `json:"peakWh,omitempty"`
	OffPeakWh    *int64 `json:"offPeakWh,omitempty"`
	// ReactiveWh and ReactiveW are the reactive excess as it was billed: energy
	// and demand below the reference power factor (REN 1.000 art. 304).
	ReactiveWh *int64          `json:"reactiveWh,omitempty"`
	ReactiveW  *int64          `json:"reactiveW,omitempty"`
	Origin     string          `json:"origin,omitempty"` // import, ucmt, demo, or one of ReadingOrigins
	Flags      []Text          `json:"flags,omitempty"`
	Accepted   []AcceptedDoubt `json:"accepted,omitempty"`
	UpdatedAt  time.Time       `json:"updatedAt"`
}

// AcceptedDoubt is a doubt about a reading with which somebody lives. It holds
// for the figure that was looked at: another figure is doubted anew.
type AcceptedDoubt struct {
	Code   string    `json:"code"`
	Posto  string    `json:"posto,omitempty"`
	Energy bool      `json:"energy,omitempty"`
	Figure int64     `json:"figure"` // W or Wh
	Reason string    `json:"reason"`
	By     string    `json:"by"` // user id
	At     time.Time `json:"at"`
}

// ReadingOrigins are where a figure that is entered by hand comes from: typed
// without a word about it, from a bill, the meter's mass memory, the client.
var ReadingOrigins = []string{"hand", "bill", "memory", "client"}

// amounts are the figures of a reading by the name of their member.
func (r *Reading) amounts() map[string]**int64 {
	return map[string]**int64{"singleW": &r.SingleW, "peakW": &r.PeakW, "offPeakW": &r.OffPeakW, "energyWh": &r.EnergyWh,
		"peakWh": &r.PeakWh, "offPeakWh": &r.OffPeakWh, "reactiveWh": &r.ReactiveWh, "reactiveW": &r.ReactiveW}
}

// measured reports whether there is any figure: an accepted gap has a reading
// without one. A nil reading has none.
func (r *Reading) measured() bool {
	if r == nil {
		return false
	}
	for _, v := range r.amounts() {
		if *v != nil {
			return true
		}
	}
	return false
}

// ReadingID names the one reading of an installation and month.
func ReadingID(installation, month string) string { return installation + ":" + month }

// Readings is the table of readings.
var Readings = Table[Reading]{
	In: &store.Collection{
		Name:  "readings",
		Shard: "client",
		Fields: []store.Field{
			{Name: "installation", Kind: store.String},
			{Name: "client", Kind: store.String},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.String},
			{Name: "month", Kind: store.String},
		},
		Indexes: []store.Index{
			{Fields: []string{"installation", "-month"}},
			{Fields: []string{"client", "month"}},
			{Fields: []string{"month"}},
			{Fields: []string{"team", "month"}},
			{Fields: []string{"agent", "month"}},
			{Fields: []string{"acting", "month"}, Sparse: true},
		},
	},
	Derived: copied,
	ID:      func(r *Reading) string { return r.ID },
	Ver:     func(r *Reading) *int64 { return &r.Version },
	Keys: func(r *Reading) store.Keys {
		return store.Keys{
			"installation": r.Installation, "client": r.Client, "agent": r.Agent,
			"team": r.Team, "month": r.Month,
		}
	},
}
