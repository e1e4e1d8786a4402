package crm

import (
	"context"
	"sync"
	"time"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
	"cemigmas/crm/store"
)

// Tariff is what a posto costs from a day on. A demand and an energy have
// different postos in verde: its demand is single, its energy peak and offpeak.
type Tariff struct {
	ID          string `json:"id"`
	Version     int64  `json:"-"`
	Distributor string `json:"distributor"`
	Subgroup    string `json:"subgroup"`
	Modality    string `json:"modality"`    // verde, azul; convencional of B1, whose TE prices reactive excess
	Posto       string `json:"posto"`       // single, peak, offpeak
	From        string `json:"from"`        // civil date
	MicrosPerKW int64  `json:"microsPerKW"` // millionths of R$ per kW and month, before taxes
	// Of energy, in millionths of R$ per kWh, before taxes: use of the system,
	// and the energy of a captive client. 0 is "not known".
	TUSDMicrosPerKWh int64     `json:"tusdMicrosPerKWh,omitempty"`
	TEMicrosPerKWh   int64     `json:"teMicrosPerKWh,omitempty"`
	Act              string    `json:"act,omitempty"` // the resolution that set it
	UpdatedAt        time.Time `json:"updatedAt"`
}

// TariffID names the one tariff of its keys.
func TariffID(distributor, subgroup, modality, posto, from string) string {
	return distributor + "|" + subgroup + "|" + modality + "|" + posto + "|" + from
}

// Tariffs is the table of demand tariffs; it is small and read whole.
var Tariffs = Table[Tariff]{
	In: &store.Collection{
		Name:    "tariffs",
		Fields:  []store.Field{{Name: "distributor", Kind: store.String}},
		Indexes: []store.Index{{Fields: []string{"distributor"}}},
	},
	ID:   func(t *Tariff) string { return t.ID },
	Ver:  func(t *Tariff) *int64 { return &t.Version },
	Keys: func(t *Tariff) store.Keys { return store.Keys{"distributor": t.Distributor} },
}

// TariffBook finds tariffs: of demand as a Table, and of energy.
type TariffBook struct {
	demand.Table
	tusd, te demand.Table
	memo     *priceMemo
}

// priceMemo keeps prices of months: a portfolio asks for the same ones often.
type priceMemo struct {
	sync.RWMutex
	known map[priceKey]demand.Prices
}

type priceKey struct {
	distributor, subgroup, market string
	month                         calendar.Month
}

// NewTariffBook indexes tariffs in any order.
func NewTariffBook(list []Tariff) TariffBook {
	var rows, tusd, te []demand.Tariff
	for _, t := range list {
		row := demand.Tariff{
			Distributor: t.Distributor, Subgroup: t.Subgroup, Modality: demand.Modality(t.Modality),
			Posto: demand.Posto(t.Posto), ValidFrom: calendar.Date(t.From),
		}
		for _, kind := range []struct {
			rows   *[]demand.Tariff
			micros int64
		}{{&rows, t.MicrosPerKW}, {&tusd, t.TUSDMicrosPerKWh}, {&te, t.TEMicrosPerKWh}} {
			if kind.micros > 0 {
				row.Rate = demand.Rate(kind.micros)
				*kind.rows = append(*kind.rows, row)
			}
		}
	}
	return TariffBook{demand.NewTable(rows), demand.NewTable(tusd), demand.NewTable(te), &priceMemo{known: map[priceKey]demand.Prices{}}}
}

// reactive are the prices of reactive excess in a month (REN 1.000 art. 304): of
// its energy the TE of B1 under the green flag, of its demand the off-peak demand
// of azul in the subgroup.
func (b TariffBook) reactive(i *Installation, m calendar.Month) (demand.EnergyRate, demand.Rate) {
	return demand.EnergyRate(b.te.Lookup(i.Distributor, reactiveSubgroup, demand.Convencional, demand.Single, m)),
		b.Lookup(i.Distributor, i.Subgroup, demand.Azul, demand.OffPeak, m)
}

// reactiveSubgroup is the one of which a tariff of modality convencional is kept.
const reactiveSubgroup = "B1"

// prices are those that an installation pays in a month. Who buys its energy
// elsewhere pays the distributor for the use of its system only; where the
// market is not known, the price of energy is not either.
func (b TariffBook) prices(i *Installation, m calendar.Month) demand.Prices {
	if b.memo == nil {
		return demand.Prices{} // the zero book knows no tariff
	}
	key := priceKey{i.Distributor, i.Subgroup, i.Market, m}
	b.memo.RLock()
	p, ok := b.memo.known[key]
	b.memo.RUnlock()
	if !ok {
		p = b.look(i, m)
		b.memo.Lock()
		b.memo.known[key] = p
		b.memo.Unlock()
	}
	return p
}

func (b TariffBook) look(i *Installation, m calendar.Month) demand.Prices {
	rate := func(mod demand.Modality, p demand.Posto) demand.Rate {
		return b.Lookup(i.Distributor, i.Subgroup, mod, p, m)
	}
	energy := func(mod demand.Modality, p demand.Posto) demand.EnergyRate {
		tusd := b.tusd.Lookup(i.Distributor, i.Subgroup, mod, p, m)
		te := b.te.Lookup(i.Distributor, i.Subgroup, mod, p, m)
		switch {
		case tusd == demand.NoRate:
			return 0
		case i.Market == MarketFree:
			return demand.EnergyRate(tusd)
		case i.Market == MarketCaptive && te != demand.NoRate:
			return demand.EnergyRate(tusd + te)
		}
		return 0
	}
	return demand.Prices{
		Single: rate(demand.Verde, demand.Single),
		Peak:   rate(demand.Azul, demand.Peak), OffPeak: rate(demand.Azul, demand.OffPeak),
		VerdePeak: energy(demand.Verde, demand.Peak), VerdeOffPeak: energy(demand.Verde, demand.OffPeak),
		AzulPeak: energy(demand.Azul, demand.Peak), AzulOffPeak: energy(demand.Azul, demand.OffPeak),
	}
}

// TariffBook reads all tariffs for computing with.
func (s *Service) TariffBook(ctx context.Context) (TariffBook, error) {
	var list []Tariff
	for t, err := range Tariffs.All(ctx, s.store, store.Query{}) {
		if err != nil {
			return TariffBook{}, err
		}
		list = append(list, t)
	}
	return NewTariffBook(list), nil
}

// tariffsHeard is the TariffBook as this process heard of it last: its own changes
// at once, those of another process within a second or two. Pages compute with it;
// what is written is computed with the TariffBook itself.
func (s *Service) tariffsHeard(ctx context.Context) (TariffBook, error) {
	return s.tariffs.get(ctx, s.TariffBook)
}
