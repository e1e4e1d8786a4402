package crm

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"cemigmas/crm/demand"
	"cemigmas/crm/store"
)

// markBenchmarks says of which day the benchmarks are; its value is empty once
// an import changed what they were drawn from.
const markBenchmarks = "benchmarks"

func benchmarkID(sector string, band int) string { return sector + ":" + strconv.Itoa(band) }

// BenchmarksDue reports whether the benchmarks are of another day, or of before
// an import.
func (s *Service) BenchmarksDue(ctx context.Context) (bool, error) {
	m, err := Marks.Get(ctx, s.store, markBenchmarks)
	if CodeOf(err) == CodeNotFound {
		return true, nil
	}
	return m.Value != s.Today(), err
}

// BenchmarksStale has the benchmarks computed anew soon. A round that is on its
// way meets the version that this raises, so another follows it.
func (s *Service) BenchmarksStale(ctx context.Context) error {
	for {
		m, err := Marks.Get(ctx, s.store, markBenchmarks)
		if CodeOf(err) == CodeNotFound {
			return nil // they never were computed: due as it is
		}
		if err != nil {
			return err
		}
		m.Value = ""
		if err := s.Apply(ctx, Marks.Put(&m)); CodeOf(err) != CodeConflict {
			return err
		}
	}
}

// ComputeBenchmarks draws the benchmarks of the whole book anew from what
// Recompute left with each installation, in one walk, and writes those that
// differ. It needs as much memory as there are groups, not installations.
func (s *Service) ComputeBenchmarks(ctx context.Context) error {
	mark, err := Marks.Get(ctx, s.store, markBenchmarks)
	if err != nil && CodeOf(err) != CodeNotFound {
		return err
	}
	w := benchmarking{s: s, groups: map[string]*benchmarkSpread{}}
	if err := w.walk(ctx); err != nil {
		return err
	}
	changes, err := w.changes(ctx)
	if err != nil {
		return err
	}
	mark.ID, mark.Value, mark.At = markBenchmarks, s.Today(), s.Now()
	// All in one: who compares two of them sees those of one walk.
	err = s.Apply(ctx, append(changes, Marks.Put(&mark))...)
	if CodeOf(err) == CodeConflict {
		return nil // BenchmarksStale meanwhile: still due
	}
	return err
}

// benchmarking is one walk on its way.
type benchmarking struct {
	s       *Service
	groups  map[string]*benchmarkSpread
	waiting []clientYears
}

// clientYears are the years of one client's installations.
type clientYears struct {
	client string
	bands  [][]YearUse // by demand.SizeBand
}

// benchmarkTogether is how many clients are looked up at once.
const benchmarkTogether = 256

// walk reads installations client by client.
func (w *benchmarking) walk(ctx context.Context) error {
	for i, err := range Installations.All(ctx, w.s.store, store.Query{Sort: []string{"client", "name"}}) {
		if err != nil {
			return err
		}
		if i.Year == nil {
			continue
		}
		n := len(w.waiting)
		if n == 0 || w.waiting[n-1].client != i.Client {
			if n == benchmarkTogether {
				if err := w.flush(ctx); err != nil {
					return err
				}
			}
			w.waiting = append(w.waiting, clientYears{i.Client, make([][]YearUse, demand.SizeBands())})
		}
		c := &w.waiting[len(w.waiting)-1]
		band, _, _ := demand.SizeBand(i.ContractedW)
		c.bands[band] = append(c.bands[band], *i.Year)
	}
	return w.flush(ctx)
}

// flush adds the clients that wait to their groups.
func (w *benchmarking) flush(ctx context.Context) error {
	ids := make([]string, len(w.waiting))
	for n, c := range w.waiting {
		ids[n] = c.client
	}
	clients, err := Clients.GetMany(ctx, w.s.store, ids)
	if err != nil {
		return err
	}
	for _, years := range w.waiting {
		c := clients[years.client]
		if c.ID == "" || c.MergedInto != "" || c.SectorBy == "" {
			continue // gone since, or nobody knows its sector
		}
		for band, list := range years.bands {
			if len(list) > 0 {
				w.group(c.Sector, band).add(&c, list)
			}
		}
	}
	w.waiting = w.waiting[:0]
	return nil
}

func (w *benchmarking) group(sector string, band int) *benchmarkSpread {
	id := benchmarkID(sector, band)
	if w.groups[id] == nil {
		w.groups[id] = &benchmarkSpread{sector: sector, band: band}
	}
	return w.groups[id]
}

// changes are what turns the benchmarks that are stored into those of the walk.
func (w *benchmarking) changes(ctx context.Context) ([]store.Change, error) {
	var out []store.Change
	for was, err := range Benchmarks.All(ctx, w.s.store, store.Query{}) {
		if err != nil {
			return nil, err
		}
		g := w.groups[was.ID]
		delete(w.groups, was.ID)
		is, ok := g.benchmark()
		switch {
		case !ok:
			out = append(out, Benchmarks.Delete(&was))
		case !sameDoc(Benchmarks, &was, &is):
			is.Version = was.Version
			out = append(out, Benchmarks.Put(&is))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.groups)) {
		if b, ok := w.groups[id].benchmark(); ok {
			out = append(out, Benchmarks.Put(&b))
		}
	}
	return out, nil
}

// benchmarkSpread gathers one sector and band.
type benchmarkSpread struct {
	sector          string
	band            int
	use, over, load figureSpread
}

func (g *benchmarkSpread) add(c *Client, years []YearUse) {
	var use, over, load []int64
	for _, y := range years {
		use, over = append(use, percent(y.Tenths)), append(over, percent(y.OverTenths))
		if y.LoadTenths != nil {
			load = append(load, percent(*y.LoadTenths))
		}
	}
	g.use.add(c, use)
	g.over.add(c, over)
	g.load.add(c, load)
}

// percent rounds tenths of a percent: a figure of the group is then no figure of
// one installation, and few different ones are kept.
func percent(tenths int64) int64 { return (tenths + 5) / 10 }

// benchmark is what is stored of a group; false where too few clients stand
// behind every figure.
func (g *benchmarkSpread) benchmark() (Benchmark, bool) {
	if g == nil {
		return Benchmark{}, false
	}
	b := Benchmark{ID: benchmarkID(g.sector, g.band), Sector: g.sector, Band: g.band,
		Use: g.use.group(), Over: g.over.group(), Load: g.load.group()}
	return b, b.Use != nil || b.Over != nil || b.Load != nil
}

// figureSpread gathers one figure and who serves the clients behind it.
type figureSpread struct {
	demand.Spread
	agents, teams map[string]int
}

func (f *figureSpread) add(c *Client, values []int64) {
	if len(values) == 0 {
		return
	}
	if f.agents == nil {
		f.agents, f.teams = map[string]int{}, map[string]int{}
	}
	f.Add(values...)
	f.agents[orNone(c.Agent)]++
	if c.Acting != "" && c.Acting != c.Agent {
		f.agents[c.Acting]++ // sees it too, while the dates run
	}
	f.teams[orNone(c.Team)]++
}

func (f *figureSpread) group() *BenchmarkGroup {
	p, ok := f.Percentiles()
	if !ok {
		return nil
	}
	return &BenchmarkGroup{Percentiles: p, Clients: f.Clients(), Agents: f.agents, Teams: f.teams}
}
