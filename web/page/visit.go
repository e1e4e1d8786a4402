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

// VisitReport is a visit, planned or done: GET and POST /visits/{id}.
type VisitReport struct {
	Base
	URL      string
	BackURL  string
	Client   Link
	State    Badge
	Facts    []Fact
	Version  string
	CheckIn  bool // the visit can begin
	Done     bool // the report is in
	CanDrop  bool
	Form     VisitForm
	Promises []PromiseForm
	Byes     []Option // who may promise: "us" or "them"
	Briefing []Stat
	Overs    []Overrun
	Last     []Entry
}

// VisitForm holds the fields purpose, who, findings, next_step and next_day.
type VisitForm struct {
	Purpose  Field
	Who      Field
	Findings Field
	NextStep Field
	NextDay  Field
}

// PromiseForm holds one row of promise_text, promise_by and promise_due.
type PromiseForm struct {
	Label Field
	By    Field
	Due   Field
}
