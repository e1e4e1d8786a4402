package page

// Contract is one contract of an installation: GET /contracts/{id}?exit=.
type Contract struct {
	Base
	Doubts     []Notice // what can hardly be meant as it stands
	Name       string
	Badges     []Badge
	EditURL    string
	Stats      []Stat
	Facts      []Fact
	Dates      []DateRow
	Schedule   []ScheduleRow
	TestEnd    string // of the test period; empty without one
	Tests      []TestRow
	ExitURL    string // GET; empty for a contract that has no price of leaving
	Exit       Field  // planned last day
	ExitRows   []ExitRow
	ExitTotal  string
	ExitNote   string
	AmendURL   string // POST
	Amendments []AmendmentRow
	Amend      AmendForm
	History    []HistoryRow
	HistMore   *More
}

// ScheduleRow is a contracted demand from a month on.
type ScheduleRow struct {
	From, What string
	Now        bool // in force
}

// TestRow is a posto under test (REN 1.000 arts. 313, 314).
type TestRow struct {
	Posto, Limit, Lowest string
}

// ExitRow is a line of the price of leaving early (REN 1.000 art. 142).
type ExitRow struct {
	Label, How, Amount string
}

// AmendmentRow is a change that somebody asked for.
type AmendmentRow struct {
	What   string
	Sub    string
	Note   string
	State  Badge
	Lawful string // "a partir de 18/02/2027"
	Why    string // the rule, with its article
	SetURL string // POST field state
	// Files are its documents; AttachURL is where one is added (GET).
	Files     []Link
	AttachURL string
	Open      bool
	Reopened  bool // can be opened again
}

// AmendForm holds the fields kind, asked, asked_by, protocol, note, efficiency,
// works, and the demand that was asked for: to_from, to_single, to_offpeak, to_peak.
type AmendForm struct {
	Kind, Asked, AskedBy, Protocol, Note, Works Field
	To                                          []FieldView
	Efficiency                                  bool
	Kinds, WorksKinds                           []Option
}
