package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/demand"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// benchmarkFigure is a figure that one can look at, and how a benchmark and an
// installation's year have it.
type benchmarkFigure struct {
	id string
	of func(*crm.BenchmarkView) *crm.BenchmarkFigure
	in func(*crm.YearUse) *int64 // tenths of a percent
}

var benchmarkFigures = []benchmarkFigure{
	{"use", func(b *crm.BenchmarkView) *crm.BenchmarkFigure { return b.Use }, func(y *crm.YearUse) *int64 { return &y.Tenths }},
	{"load", func(b *crm.BenchmarkView) *crm.BenchmarkFigure { return b.Load }, func(y *crm.YearUse) *int64 { return y.LoadTenths }},
	{"over", func(b *crm.BenchmarkView) *crm.BenchmarkFigure { return b.Over }, func(y *crm.YearUse) *int64 { return &y.OverTenths }},
}

// benchmarksPage compares sectors and sizes over the whole book; it names nobody.
func (s *Server) benchmarksPage(c *fiber.Ctx) error {
	v, ctx := s.view(c), c.UserContext()
	list, err := s.Service.Benchmarks(ctx, actor(c))
	if err != nil {
		return s.fail(c, err)
	}
	day, err := s.Service.BenchmarksOf(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Benchmarks{Base: s.base(c, page.PlaceMoney, v.T("benchmark.title"), page.Link{Label: v.T("page.nav.money"), URL: "/money"}),
		Help: v.benchmarkHelp(), Empty: page.Empty{Label: v.T("benchmark.none")},
		Head: page.BenchmarkRow{Band: v.T("benchmark.size"), P25: v.whole(25), P50: v.T("benchmark.median"), P75: v.whole(75), P90: v.whole(90), Clients: v.T("page.nav.clients")}}
	if day != "" {
		p.Span = v.T("benchmark.of", "date", v.date(day))
	}
	at := max(0, slices.IndexFunc(benchmarkFigures, func(f benchmarkFigure) bool { return f.id == c.Query("figure") }))
	for n, f := range benchmarkFigures {
		p.Figures = append(p.Figures, page.Tab{Label: upper(v.T("benchmark." + f.id)), URL: "?figure=" + f.id, Current: n == at})
	}
	for n := range list {
		if f := benchmarkFigures[at].of(&list[n]); f != nil {
			v.addBenchmark(&p, &list[n], f)
		}
	}
	return s.render(c, fiber.StatusOK, "benchmarks", p)
}

// addBenchmark adds a row under its sector; benchmarks come sector by sector.
func (v view) addBenchmark(p *page.Benchmarks, b *crm.BenchmarkView, f *crm.BenchmarkFigure) {
	if n := len(p.Groups); n == 0 || p.Groups[n-1].ID != b.Sector {
		p.Groups = append(p.Groups, page.BenchmarkGroup{ID: b.Sector, Heading: v.sector(b.Sector)})
	}
	row := page.BenchmarkRow{Band: upper(v.band(b.FromW, b.BelowW)), P25: v.whole(f.P25), P50: v.whole(f.P50), P75: v.whole(f.P75), P90: nothing,
		Clients: v.T("benchmark.clients", "count", v.int(int64(f.AtLeast)))}
	if f.P90 != nil {
		row.P90 = v.whole(*f.P90)
	}
	g := &p.Groups[len(p.Groups)-1]
	g.Rows = append(g.Rows, row)
}

func (v view) whole(percent int64) string { return locale.Threshold(v.Lang, percent*10) }

// band is a size band in words: "até 100 kW", "de 100 a 500 kW".
func (v view) band(fromW, belowW int64) string {
	switch {
	case fromW == 0:
		return v.T("benchmark.band.below", "kw", v.kw(belowW))
	case belowW == 0:
		return v.T("benchmark.band.above", "kw", v.kw(fromW))
	}
	return v.T("benchmark.band", "from", v.kilo(fromW), "below", v.kw(belowW))
}

func (v view) benchmarkHelp() []string {
	var bands []string
	for band, from, below := 0, int64(0), int64(0); band < demand.SizeBands(); band++ {
		_, from, below = demand.SizeBand(below)
		bands = append(bands, v.band(from, below))
	}
	return []string{v.T("benchmark.help.figures"), v.T("benchmark.help.bands", "bands", v.list(bands)),
		v.T("benchmark.help.weight"), v.T("benchmark.help.few", "clients", v.int(demand.BenchmarkClients), "others", v.int(crm.BenchmarkOthers))}
}

// beside says in one line how a year of an installation or a client stands among
// those of its sector and size; without a label where nothing can be said.
func (s *Server) beside(c *fiber.Ctx, v view, sector string, contractedW int64, year *crm.YearUse) (page.Link, error) {
	if year == nil {
		return page.Link{}, nil
	}
	b, err := s.Service.BenchmarkFor(c.UserContext(), actor(c), sector, contractedW)
	if b == nil || err != nil {
		return page.Link{}, err
	}
	return page.Link{Label: v.beside(b, year), URL: "/benchmarks#sector-" + sector}, nil
}

func (v view) beside(b *crm.BenchmarkView, year *crm.YearUse) string {
	var said []string
	compared := false
	for _, f := range benchmarkFigures {
		group, own := f.of(b), f.in(year)
		if group == nil || own == nil {
			continue
		}
		compared = true
		share, above := group.Standing((*own + 5) / 10)
		switch {
		case share == 0:
		case above:
			said = append(said, v.T("benchmark."+f.id+".above", "share", v.whole(int64(share))))
		default:
			said = append(said, v.T("benchmark."+f.id+".below", "share", v.whole(int64(share))))
		}
	}
	if !compared {
		return ""
	}
	among := []string{"sector", v.sector(b.Sector), "band", v.band(b.FromW, b.BelowW)}
	if len(said) == 0 {
		return v.T("benchmark.usual", among...)
	}
	return upper(v.T("benchmark.line", append(among, "what", v.list(said))...))
}

type benchmarkList struct {
	Items []crm.BenchmarkView `json:"items"`
}

func apiBenchmarks(s *Server, c call, _ struct{}) (benchmarkList, error) {
	list, err := s.Service.Benchmarks(c, c.Actor)
	return benchmarkList{list}, err
}
