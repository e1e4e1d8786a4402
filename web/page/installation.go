package page

import "slices"

// Installation is one consumer unit: GET /installations/{id}?months=13|24|all.
type Installation struct {
	Base
	Name       string
	Number     string // UC
	Client     Link
	Badges     []Badge
	Stats      []Stat
	Beside     Link // how it stands among others of its sector and size
	Ranges     []Tab
	Span       string // "13 meses"
	Idle       string // below which demand is idle: "80 %"
	Verdicts   []Verdict
	ChartPhone *Chart // the same for a narrow screen
	Chart      *Chart // nil: nothing was measured
	Postos     []string
	Money      []string // the head of the amounts of each posto
	Rows       []ReadingRow
	Files      []Link // the months as files
	Total      *ReadingRow
	Reactive   *Reactive // nil: no month has an excess
	Contracts  []ContractRow
	Facts      []Fact
	Blank      []Fact // facts to be filled in
	EditURL    string // GET /installations/{id}/edit
	HistoryURL string // GET: its edits
	AddURL     string // GET /installations/{id}/contracts/new
	EnterURL   string // GET /installations/{id}/readings
	Losses     string // what was added to a metering on the secondary side
	Sim        *Simulator
	Risks      []Verdict // overruns foreseen
	Empty      Empty
}

// Top is the first line of the record.
func (i Installation) Top() RecordTitle {
	return RecordTitle{Text: i.Text, Name: i.Name, Badges: i.Badges, Number: i.Number, EditURL: i.EditURL}
}

// Verdict is the chart in words.
type Verdict struct {
	State State
	Label string
}

// ReadingRow is one month, with a cell a posto.
type ReadingRow struct {
	Month string
	URL   string // GET /installations/{id}/readings/{month}
	Cells []ReadingCell
	Notes []Notice // what is doubted, and former figures
}

// Width is how many columns stand beside the month.
func (r ReadingRow) Width() int { return 4 * len(r.Cells) }

// ReadingCell is what one posto contracted and measured in a month.
type ReadingCell struct {
	Contracted string // kW
	Measured   string // kW
	Util       string
	State      State
	Overrun    string // R$; of idle demand where the posto has no overrun
}

// Reactive is the reactive excess of the months that had some, newest first.
type Reactive struct {
	Rows  []ReactiveRow
	Total ReactiveRow
	// Unpriced says why months have no price; its action leads to the tariffs.
	Unpriced Notice
}

// ReactiveRow is the excess of a month: kWh, kW and what they cost in R$.
type ReactiveRow struct {
	Month, Energy, Demand, EnergyCost, DemandCost, Cost string
}

// ContractRow is an event of the demand contract, newest first.
type ContractRow struct {
	Day   string
	What  string
	URL   string // of the contract
	Sub   string
	State Badge
}

// SimLine tells whether the chart has a line of the simulated contract.
func (i Installation) SimLine() bool {
	return i.Chart != nil && slices.ContainsFunc(i.Chart.Plots, func(p Plot) bool { return p.Sim != "" })
}
