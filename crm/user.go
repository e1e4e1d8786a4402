package crm

import (
	"encoding/json"
	"strings"
	"time"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// User signs in.
type User struct {
	ID       string   `json:"id"`
	Version  int64    `json:"-"`
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Role     Role     `json:"role"`
	Team     string   `json:"team,omitempty"`
	Sectors  []string `json:"sectors,omitempty"`  // the branches an agent is specialised in
	Kind     UserKind `json:"kind,omitempty"`     // of an agent
	Segments []string `json:"segments,omitempty"` // of clients that an agent serves
	Lang     string   `json:"lang,omitempty"`
	Theme    string   `json:"theme,omitempty"`
	Density  string   `json:"density,omitempty"`
	// Lists are the choices made on lists, by the list's name.
	Lists    map[string]ListChoice `json:"lists,omitempty"`
	Disabled bool                  `json:"disabled,omitempty"`
	// StandsIn is the civil date on which it serves clients of other agents: see
	// Service.TurnStandIns. On any other date it does not, whatever is stored.
	StandsIn string `json:"standsIn,omitempty"`
	// Password is an Argon2id hash in PHC form; never served.
	Password     string `json:"password"`
	MustChange   bool   `json:"mustChange,omitempty"`   // it signed in with a one-time password
	LoopbackOnly bool   `json:"loopbackOnly,omitempty"` // a demonstration login
	// Epoch rises when all sessions and tokens of the user must end.
	Epoch int64 `json:"epoch"`
	// Ended are sign-ins of the API that were ended while an access token of
	// theirs may still be alive. They stand here because the user is read on
	// each request anyway.
	Ended []EndedSession `json:"ended,omitempty"`
	// Link is the SHA-256 of the one-time link with which a password can be
	// chosen, and LinkUntil when it is over.
	Link      string     `json:"link,omitempty"`
	LinkUntil *time.Time `json:"linkUntil,omitempty"`
	// Feed is the SHA-256 of the secret in the address of the calendar feed.
	Feed string `json:"feed,omitempty"`
	// Edits rises with every change of what the page of the user edits; the
	// version rises for other reasons too, such as a session that was ended.
	Edits     int64      `json:"edits,omitempty"`
	SeenAt    *time.Time `json:"seenAt,omitempty"` // to some minutes; nil: never signed in
	CreatedAt time.Time  `json:"createdAt"`
	UpdatedAt time.Time  `json:"updatedAt"`
}

// Invited reports whether a user never signed in.
func (u *User) Invited() bool { return u.SeenAt == nil }

// Actor makes the actor that this user is by its own rights; ActorOf adds what it
// may as a stand-in today.
func (u *User) Actor() Actor {
	return Actor{UserID: u.ID, Name: u.Name, Role: u.Role, Team: u.Team, Lang: u.Lang}
}

// Users is the table of users.
var Users = Table[User]{
	In: &store.Collection{
		Name: "users",
		Fields: []store.Field{
			{Name: "email", Kind: store.String},
			{Name: "name", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "role", Kind: store.String},
			{Name: "link", Kind: store.String},
			{Name: "feed", Kind: store.String},
		},
		Indexes: []store.Index{
			{Fields: []string{"email"}, Unique: true},
			{Fields: []string{"name"}},
			{Fields: []string{"team", "name"}},
			{Fields: []string{"role", "name"}},
			{Fields: []string{"link"}},
			{Fields: []string{"feed"}},
		},
	},
	ID:  func(u *User) string { return u.ID },
	Ver: func(u *User) *int64 { return &u.Version },
	Keys: func(u *User) store.Keys {
		return store.Keys{"email": strings.ToLower(u.Email), "name": text.SortKey(u.Name), "team": u.Team, "role": string(u.Role), "link": u.Link, "feed": u.Feed}
	},
}

// Attempt counts failed sign-ins of an address or a network address, so that
// guessing is slowed down on every node alike.
type Attempt struct {
	ID      string    `json:"id"` // kind:value
	Version int64     `json:"-"`
	Failed  int64     `json:"failed"`
	Until   time.Time `json:"until"` // no try before
	SeenAt  time.Time `json:"seenAt"`
}

// Attempts is the table of failed sign-ins.
var Attempts = Table[Attempt]{
	In: &store.Collection{
		Name:    "attempts",
		Fields:  []store.Field{{Name: "seen", Kind: store.Time}},
		Indexes: []store.Index{{Fields: []string{"seen"}}},
	},
	ID:   func(a *Attempt) string { return a.ID },
	Ver:  func(a *Attempt) *int64 { return &a.Version },
	Keys: func(a *Attempt) store.Keys { return store.Keys{"seen": a.SeenAt} },
}

// Mark is a fact about the whole store: that it is a demonstration, its schema.
type Mark struct {
	ID      string          `json:"id"`
	Version int64           `json:"-"`
	Value   string          `json:"value,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"` // a document, where one value does not say it
	At      time.Time       `json:"at"`
}

// Marks is the table of marks.
var Marks = Table[Mark]{
	In:  &store.Collection{Name: "marks"},
	ID:  func(m *Mark) string { return m.ID },
	Ver: func(m *Mark) *int64 { return &m.Version },
}

// Marks with a meaning to more than one package.
const (
	MarkDemo = "demo" // a demonstration store
	// MarkStandIns says for which day stand-ins were last turned on and off.
	MarkStandIns = "stand-ins"
	// MarkDay says for which day derived figures were last brought up to date:
	// notice deadlines and the demand in force change with the calendar alone.
	// It gets a new name when there is more to derive (2: the dates of
	// contracts; 3: since when a client has its sector; 4: losses of a metering
	// on the secondary side; 5: clients whose sector is none of their agent's;
	// 6: what benchmarks compare),
	// so that a store is brought up to date at the next start.
	MarkDay = "recomputed-10"
)
