package page

// Reading is one month of an installation: what was measured, what is doubted
// about it, and how it came to be so. GET /installations/{id}/readings/{month}.
type Reading struct {
	RecordForm
	Doubts    []Doubt
	AcceptURL string // POST reason; empty: nothing is open
	Reason    FieldView
	History   []HistoryRow
}

// Doubt is a figure, or the lack of one, that somebody should look at.
type Doubt struct {
	State State
	Label string
	Sub   string // who accepted it, and why
}
