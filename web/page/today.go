package page

// Today is what an agent does first: GET /.
type Today struct {
	Base
	Date     string   // "Segunda-feira, 23 de novembro"
	PlanURL  string   // GET /visits/new
	Handed   []Notice // clients that came or went, with the way to the hand-over
	Visits   []TodayVisit
	Quiet    []QuietClient
	QuietAll More // the rest of them
	Mail     []MailRow
	Triage   Link // "5 na triagem"; empty when none waits
	Month    string
	Overs    []Overrun
	Dates    []DateRow
	DatesAll Link // the calendar
	Closing  Link // notices whose last day is in this month; empty when there is none
}

// TodayVisit is a visit of the day.
type TodayVisit struct {
	Time    string
	Client  Link
	Purpose string
	Place   string
	State   Badge
	Open    Link // plan or report, whichever comes next
}

// QuietClient is a client without contact, worst first.
type QuietClient struct {
	Client   Link
	Sector   string
	Why      string // "Ligação em 03/09"
	Late     string
	State    State
	LogURL   string
	Phone    Tel
	MailURL  string // mailto:
	VisitURL string
}

// MailRow is a conversation with news.
type MailRow struct {
	Client Link
	Count  string
	Line   string
	When   string
	URL    string
}

// Overrun is a month above 105 % of the contracted demand (REN 1.000 art. 301).
type Overrun struct {
	Client Link
	Where  Link // installation and posto
	Util   Util
	KW     string
	Money  string // R$; or the words for a month without a tariff
}

// DateRow is a date that comes.
type DateRow struct {
	Day   string
	What  Link
	Sub   string
	Left  string
	State State
	Task  *DateTask // where it can be done at once
}
