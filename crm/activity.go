package crm

import (
	"time"

	"cemigmas/crm/store"
)

// Kinds of an activity.
const (
	KindCall    = "call"
	KindMeeting = "meeting"
	KindMessage = "message" // chat or text message
	KindNote    = "note"
	KindVisit   = "visit"
	KindMail    = "mail" // on the timeline only: a thread
)

// States of a visit.
const (
	VisitPlanned = "planned"
	VisitDone    = "done"
	VisitMissed  = "missed"
)

// Activity is something that happened, or is planned to happen, with a client.
type Activity struct {
	ID      string    `json:"id"`
	Version int64     `json:"-"`
	Client  string    `json:"client"`
	Agent   string    `json:"agent,omitempty"` // copies of the client's, for scope
	Team    string    `json:"team,omitempty"`
	Acting  string    `json:"acting,omitempty"`
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"` // when it happened, or is planned for
	By      string    `json:"by"` // user id
	People  []string  `json:"people,omitempty"`
	Inbound bool      `json:"inbound,omitempty"` // the client called or wrote
	Text    string    `json:"text,omitempty"`    // what was said
	Minutes int64     `json:"minutes,omitempty"`
	Visit   *Visit    `json:"visit,omitempty"`
	Edits   []Edit    `json:"edits,omitempty"` // oldest first: what it said before
	// Deleted hides the activity; it can be brought back.
	Deleted   bool      `json:"deleted,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// Visit is what a visit has beyond an activity.
type Visit struct {
	State    string `json:"state"`
	Purpose  string `json:"purpose"`
	Place    string `json:"place,omitempty"`
	Who      string `json:"who,omitempty"`      // who was met
	Findings string `json:"findings,omitempty"` // what was seen and heard
	Promises string `json:"promises,omitempty"`
	NextStep string `json:"nextStep,omitempty"`
	Why      string `json:"why,omitempty"` // of a missed one
}

// Edit is what an activity said before a change.
type Edit struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Kind string    `json:"kind,omitempty"`
	When time.Time `json:"when"`
	Text string    `json:"text,omitempty"`
}

// Counts reports whether the activity is a contact with the client in the
// sense of the report: a call, a meeting or a visit that took place.
func (a *Activity) Counts() bool {
	if a.Deleted {
		return false
	}
	switch a.Kind {
	case KindCall, KindMeeting:
		return true
	case KindVisit:
		return a.Visit != nil && a.Visit.State == VisitDone
	}
	return false
}

// Planned reports whether it is still to happen.
func (a *Activity) Planned() bool {
	return a.Kind == KindVisit && a.Visit != nil && a.Visit.State == VisitPlanned
}

// Activities is the table of activities.
var Activities = Table[Activity]{
	In: &store.Collection{
		Name:  "activities",
		Shard: "client",
		Fields: []store.Field{
			{Name: "client", Kind: store.String},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.String},
			{Name: "kind", Kind: store.String},
			{Name: "at", Kind: store.Time},
			{Name: "by", Kind: store.String},
			{Name: "month", Kind: store.String}, // set only while it counts
			{Name: "planned", Kind: store.Bool}, // set only while planned
		},
		Indexes: []store.Index{
			{Fields: []string{"month", "client", "kind"}},
			{Fields: []string{"client", "-month", "-at"}}, // newest that counts first
			{Fields: []string{"client", "planned", "at"}},
			{Fields: []string{"kind", "at"}},
			{Fields: []string{"agent", "kind", "at"}},
			{Fields: []string{"acting", "kind", "at"}, Sparse: true},
			{Fields: []string{"team", "kind", "at"}},
		},
	},
	ID:  func(a *Activity) string { return a.ID },
	Ver: func(a *Activity) *int64 { return &a.Version },
	Keys: func(a *Activity) store.Keys {
		k := store.Keys{
			"client": a.Client, "agent": a.Agent, "team": a.Team, "acting": a.Acting, "kind": a.Kind, "at": a.At, "by": a.By,
		}
		if a.Counts() {
			k["month"] = MonthOf(a.At)
		}
		if a.Planned() && !a.Deleted {
			k["planned"] = true
		}
		return k
	},
}

// Entry is one row of a client's timeline, stored in the form in which it is
// served: language-neutral, with people's own words.
type Entry struct {
	ID      string    `json:"id"` // the activity's id, or thread:client
	Client  string    `json:"client"`
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	Ref     string    `json:"ref"` // id of the activity or thread
	By      string    `json:"by,omitempty"`
	Planned bool      `json:"planned,omitempty"`
	Title   string    `json:"title,omitempty"`   // subject, or purpose
	Text    string    `json:"text,omitempty"`    // the few words a row shows
	People  []string  `json:"people,omitempty"`  // names
	State   string    `json:"state,omitempty"`   // of a visit
	Inbound bool      `json:"inbound,omitempty"` // the newest word is the client's
	Minutes int64     `json:"minutes,omitempty"`
	Count   int64     `json:"count,omitempty"` // mails of a thread
	Files   []string  `json:"files,omitempty"` // names of attachments
	Why     []Reason  `json:"why,omitempty"`   // why a mail stands here
	Edited  bool      `json:"edited,omitempty"`
	Next    string    `json:"next,omitempty"`
}

// Reason says why a mail is linked to a client.
type Reason struct {
	Kind  string `json:"kind"`  // person, address, domain, uc, cnpj, hand
	Value string `json:"value"` // the address, number or user id
	Name  string `json:"name,omitempty"`
}

// Timeline is the table of timeline entries: planned ones on top, then newest
// first, clustered by client in that order.
var Timeline = Table[Entry]{
	In: &store.Collection{
		Name:  "timeline",
		Shard: "client",
		Fields: []store.Field{
			{Name: "client", Kind: store.String},
			{Name: "planned", Kind: store.Int}, // 1 or 0
			{Name: "at", Kind: store.Time},
			{Name: "kind", Kind: store.String},
		},
		Indexes: []store.Index{
			{Fields: []string{"client", "-planned", "-at"}},
			{Fields: []string{"client", "kind", "-planned", "-at"}},
		},
		Cluster: 1,
	},
	ID: func(e *Entry) string { return e.ID },
	Keys: func(e *Entry) store.Keys {
		planned := int64(0)
		if e.Planned {
			planned = 1
		}
		return store.Keys{"client": e.Client, "planned": planned, "at": e.At, "kind": e.Kind}
	},
}
