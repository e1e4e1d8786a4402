package page

// ActivityNew is the quick log as a page: GET /activities/new. Without a
// client it asks for one first.
type ActivityNew struct {
	Base
	Log   LogForm
	Query string
	Picks SearchResults
}

// ActivityEdit changes what was logged: GET /activities/{id}/edit, POST
// /activities/{id}.
type ActivityEdit struct {
	Base
	URL     string
	BackURL string
	DropURL string
	Client  Link
	Version string
	Kind    Kind
	Kinds   []Kind
	Form    ActivityForm
	People  []Option
	History []Revision
}

// ActivityForm holds the fields text, people, inbound, day, time and minutes.
type ActivityForm struct {
	Said    Field
	Person  Field // field people
	Inbound Flag
	Day     Field
	Time    Field
	Minutes Field

	TheirKind *Theirs
}

// Revision is an earlier state of an activity.
type Revision struct {
	When string
	Who  string
	Said string
}

// Logged answers an activity logged on a client's page. Fragment: client/logged.
type Logged struct {
	Composer Composer
	Timeline Timeline
	Toast    Toast
}

// Changed answers a delete or restore: the client's timeline, out of band.
// Fragment: client/changed.
type Changed struct {
	Timeline Timeline
	Toast    Toast
}

// QuickLogged answers an activity logged elsewhere. Fragment: quick/logged.
type QuickLogged struct {
	Form  LogForm
	Toast Toast
}
