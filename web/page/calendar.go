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
	Day    string
	What   Link
	Sub    string // what it is the deadline of, with the article
	Client Link
	Place  Link
	Badge  Badge
	Task   *DateTask
}

// DateTask is what one can do with a date where it stands.
type DateTask struct {
	Text
	CSRF, Back string
	SettleURL  string   // POST fields how (done, dismissed), reason
	PutOffURL  string   // POST field on; empty of one that is settled
	Days       []Option // to which it is put off with one click
	First      string   // civil date: the first day that can be chosen
	OpenURL    string   // POST: takes back that it was settled or put off
	Settled    string   // who settled it, and why
}

// Feed is the address for calendar programs.
type Feed struct {
	MakeURL, EndURL string
	On              bool
	Fresh           string // the address, shown once
}
