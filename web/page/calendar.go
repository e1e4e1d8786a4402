package page

// Calendar is the page of all dates that matter: GET
// /calendar?when=&kind=&sector=&agent=&client=&after=.
type Calendar struct {
	Base
	Tabs    []Tab
	Kinds   []Chip
	Chips   []Chip // what else narrows the list
	When    string
	Kind    string
	Sector  string
	Agent   string
	Sectors []Option
	Agents  []Option // empty: the viewer has its own only
	Total   string
	Months  []CalendarMonth
	More    *More
	Empty   Empty
	Feed    Feed
}

// CalendarMonth are the dates of a month.
type CalendarMonth struct {
	Heading string
	Rows    []CalendarRow
}

// CalendarRow is one date.
type CalendarRow struct {
	Day       string
	What      Link
	Sub       string // what it is the deadline of, with the article
	Client    Link
	Place     Link
	Badge     Badge
	SettleURL string // POST fields how (done, dismissed), reason
	Settled   string // who said so, and why
	OpenURL   string // POST: opens it again
}

// Feed is the address for calendar programs.
type Feed struct {
	MakeURL, EndURL string
	On              bool
	Fresh           string // the address, shown once
}
