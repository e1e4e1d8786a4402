package crm

import (
	"time"

	"cemigmas/crm/store"
)

// Reading is what was measured at an installation in a month. Nil is "not
// measured", which is not 0.
type Reading struct {
	ID           string    `json:"id"` // installation:month
	Version      int64     `json:"-"`
	Client       string    `json:"client"`
	Installation string    `json:"installation"`
	Agent        string    `json:"agent,omitempty"`
	Team         string    `json:"team,omitempty"`
	Month        string    `json:"month"`             // 2026-10
	SingleW      *int64    `json:"singleW,omitempty"` // largest demand of the month, W
	PeakW        *int64    `json:"peakW,omitempty"`
	OffPeakW     *int64    `json:"offPeakW,omitempty"`
	EnergyWh     *int64    `json:"energyWh,omitempty"` // total, Wh
	PeakWh       *int64    `json:"peakWh,omitempty"`
	OffPeakWh    *int64    `json:"offPeakWh,omitempty"`
	Origin       string    `json:"origin,omitempty"` // import, ucmt, hand, demo
	Flags        []Text    `json:"flags,omitempty"`
	UpdatedAt    time.Time `json:"updatedAt"`
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
			{Name: "month", Kind: store.String},
		},
		Indexes: []store.Index{
			{Fields: []string{"installation", "-month"}},
			{Fields: []string{"client", "month"}},
			{Fields: []string{"month"}},
			{Fields: []string{"team", "month"}},
			{Fields: []string{"agent", "month"}},
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
