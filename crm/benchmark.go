package crm

import (
	"context"
	"slices"

	"cemigmas/crm/demand"
	"cemigmas/crm/store"
)

// Benchmark is how the clients of a sector use their contracts of one size band,
// over the whole book. It is derived; ComputeBenchmarks writes it.
type Benchmark struct {
	ID      string          `json:"id"` // sector:band
	Version int64           `json:"-"`
	Sector  string          `json:"sector"`
	Band    int             `json:"band"` // demand.SizeBand
	Use     *BenchmarkGroup `json:"use,omitempty"`
	Over    *BenchmarkGroup `json:"over,omitempty"`
	Load    *BenchmarkGroup `json:"load,omitempty"`
}

// BenchmarkGroup are the percentiles of one figure in whole percent, and who
// stands behind them.
type BenchmarkGroup struct {
	demand.Percentiles
	Clients int            `json:"clients"`
	Agents  map[string]int `json:"agents"` // how many of them each agent serves
	Teams   map[string]int `json:"teams"`
}

// Benchmarks is the table of benchmarks.
var Benchmarks = Table[Benchmark]{
	In:  &store.Collection{Name: "benchmarks"},
	ID:  func(b *Benchmark) string { return b.ID },
	Ver: func(b *Benchmark) *int64 { return &b.Version },
}

// BenchmarkOthers is how many of the clients behind a figure must be strangers to
// who reads it, unless none is. Five clients hide nobody from an agent who serves
// four of them: the order of the figures tells the fifth. With two strangers,
// whoever knows one of them knows the other; three is the least of which that
// cannot be said. Moreover figures are whole percents and how many stand behind
// them is told in steps, so that two views of a group on two days, or the groups
// of a sector beside each other, do not add up to a client. It is a choice of
// this product, not of a norm.
const BenchmarkOthers = 3

// benchmarkSteps are the numbers of clients that are told: "at least 10".
var benchmarkSteps = []int{demand.BenchmarkClients, 10, 20, 50, 100, 200, 500, 1000}

// BenchmarkView is a benchmark as one actor may see it.
type BenchmarkView struct {
	Sector string           `json:"sector"`
	Band   int              `json:"band"`
	FromW  int64            `json:"fromW"`            // contracted demand, included
	BelowW int64            `json:"belowW,omitempty"` // excluded; 0 for no border
	Use    *BenchmarkFigure `json:"use,omitempty"`    // mean utilisation, %
	Over   *BenchmarkFigure `json:"over,omitempty"`   // share of months with an overrun, %
	Load   *BenchmarkFigure `json:"loadFactor,omitempty"`
}

// BenchmarkFigure are percentiles in whole percent.
type BenchmarkFigure struct {
	demand.Percentiles
	AtLeast int `json:"clientsAtLeast"`
}

// seenBy is what an actor may see of a group; nil for nothing.
func (g *BenchmarkGroup) seenBy(a Actor) *BenchmarkFigure {
	if g == nil || g.Clients < demand.BenchmarkClients {
		return nil
	}
	own := g.Clients
	switch a.Role {
	case RoleAdmin:
	case RoleManager:
		own = g.Teams[orNone(a.Team)]
	default:
		own = g.Agents[orNone(a.UserID)]
	}
	if others := g.Clients - own; others > 0 && others < BenchmarkOthers {
		return nil
	}
	out := &BenchmarkFigure{Percentiles: g.Percentiles}
	for _, step := range benchmarkSteps {
		if step <= g.Clients {
			out.AtLeast = step
		}
	}
	return out
}

// seenBy is what an actor may see of a benchmark, false for nothing.
func (b *Benchmark) seenBy(a Actor) (BenchmarkView, bool) {
	v := BenchmarkView{Sector: b.Sector, Band: b.Band, Use: b.Use.seenBy(a), Over: b.Over.seenBy(a), Load: b.Load.seenBy(a)}
	v.FromW, v.BelowW = bandBorders(b.Band)
	return v, v.Use != nil || v.Over != nil || v.Load != nil
}

// bandBorders are the borders of a size band in W.
func bandBorders(band int) (from, below int64) {
	for n := 0; ; n++ {
		at, f, b := demand.SizeBand(below)
		if at == band || b == 0 {
			return f, b
		}
		below = b
	}
}

// Benchmarks lists the benchmarks that the actor may see, by sector in the order
// of the report and by band.
func (s *Service) Benchmarks(ctx context.Context, a Actor) ([]BenchmarkView, error) {
	bySector := map[string][]BenchmarkView{}
	for b, err := range Benchmarks.All(ctx, s.store, store.Query{}) {
		if err != nil {
			return nil, err
		}
		if v, ok := b.seenBy(a); ok {
			bySector[b.Sector] = append(bySector[b.Sector], v)
		}
	}
	table, err := s.SectorTable(ctx)
	if err != nil {
		return nil, err
	}
	out := []BenchmarkView{}
	for _, sec := range table.All() {
		list := bySector[sec.ID]
		slices.SortFunc(list, func(a, b BenchmarkView) int { return a.Band - b.Band })
		out = append(out, list...)
	}
	return out, nil
}

// BenchmarkFor is the benchmark beside which an installation or a client of a
// sector with this contracted demand in W stands; nil where there is none that
// the actor may see.
func (s *Service) BenchmarkFor(ctx context.Context, a Actor, sector string, contractedW int64) (*BenchmarkView, error) {
	band, _, _ := demand.SizeBand(contractedW)
	b, err := Benchmarks.Get(ctx, s.store, benchmarkID(sector, band))
	if CodeOf(err) == CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if v, ok := b.seenBy(a); ok {
		return &v, nil
	}
	return nil, nil
}

// BenchmarksOf is the civil date on which the benchmarks were computed; "" when
// they never were.
func (s *Service) BenchmarksOf(ctx context.Context) (string, error) {
	m, err := Marks.Get(ctx, s.store, markBenchmarks)
	if CodeOf(err) == CodeNotFound || err == nil && m.At.IsZero() {
		return "", nil
	}
	return DayOf(m.At), err
}
