package page

// Reading is one month of an installation: what was measured, what is doubted
// about it, and how it came to be so. GET /installations/{id}/readings/{month}.
type Reading struct {
	RecordForm
	Doubts    []Doubt
	AcceptURL string // POST reason; empty: nothing is open
	Reason    FieldView
	History   []HistoryRow
	Figures   *MonthFigures // nil of a month that is not there yet
}

// MonthFigures are what a month comes to, a column a posto.
type MonthFigures struct {
	Postos []string
	Rows   []MonthFigure
}

// MonthFigure is one of them, with its unit, and how it comes about.
type MonthFigure struct {
	Label string
	Hint  string
	Cells []MonthCell
}

// MonthCell is a figure of a posto.
type MonthCell struct {
	Value string
	State State
}

// Doubt is a figure, or the lack of one, that somebody should look at.
type Doubt struct {
	State State
	Label string
	Sub   string // who accepted it, and why
}
