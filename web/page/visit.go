package page

// VisitPlan plans a visit: GET and POST /visits/new.
type VisitPlan struct {
	Base
	URL     string
	BackURL string
	Client  Link // empty: Picks asks for one
	Query   string
	Picks   SearchResults
	Form    VisitPlanForm
	People  []PersonChoice
}

// VisitPlanForm holds the fields client, day, time, minutes, purpose, place.
type VisitPlanForm struct {
	ClientID string
	Day      Field
	Time     Field
	Minutes  Field
	Purpose  Field
	Place    Field
}

// PersonChoice is a person who may take part: field people, repeated.
type PersonChoice struct {
	ID   string
	Name string
	Role string
	On   bool
}

// VisitReport is a visit, planned, done or missed: GET and POST /visits/{id}.
type VisitReport struct {
	Base
	URL      string
	BackURL  string
	DropURL  string // POST /activities/{id}/delete
	Client   Link
	State    Badge
	Facts    []Fact
	Version  string
	Reported bool // the report is in: changing it keeps history
	Form     VisitForm
	Briefing []Stat // the client in figures, to read before one goes
	Overs    []Overrun
	Last     []Entry
	History  []Revision
}

// VisitForm holds the fields purpose, place, day, time, who, findings,
// promises, next_step, and why (of a visit that did not take place).
type VisitForm struct {
	Purpose  Field
	Place    Field
	Day      Field
	Time     Field
	Who      Field
	Findings Field
	Promises Field
	NextStep Field
	Why      Field
	Error    string
}
