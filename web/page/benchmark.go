package page

// Benchmarks shows how the clients of each sector and size use their contracts:
// GET /benchmarks?figure=use|over|load.
type Benchmarks struct {
	Base
	Figures []Tab
	Span    string // "dados de 22/11/2026"
	Head    BenchmarkRow
	Groups  []BenchmarkGroup
	Help    []string
	Empty   Empty
}

// BenchmarkGroup is a sector with its size bands.
type BenchmarkGroup struct {
	ID      string // of the sector
	Heading string
	Rows    []BenchmarkRow
}

// BenchmarkRow are the percentiles of a figure in a size band.
type BenchmarkRow struct {
	Band    string // "100 a 500 kW"
	P25     string
	P50     string
	P75     string
	P90     string
	Clients string // "10 ou mais"
}
