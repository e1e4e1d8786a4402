package crm

import (
	"slices"
	"time"

	"cemigmas/crm/store"
)

// Kinds of a session.
const (
	SessionPage = "page" // a browser
	SessionAPI  = "api"  // a script: one sign-in with all tokens that descend from it
)

// AccessLife is how long an access token of the API lives. It is short because
// it is read from no store.
const AccessLife = 15 * time.Minute

// Session is a sign-in that lasts. A browser's is named by the SHA-256 of the
// secret in its cookie, so a stolen store opens none. A script's has a random
// name; its refresh tokens carry the name, a number and a MAC under the master
// key, so the store holds nothing of them but which number is good now.
//
// The network address is kept for the user, to know an own sign-in from a
// foreign one. It lives as long as the session and is deleted with it.
type Session struct {
	ID        string     `json:"id"`
	Version   int64      `json:"-"`
	User      string     `json:"user"`
	Kind      string     `json:"kind"`
	Epoch     int64      `json:"epoch"`
	Step      int64      `json:"step,omitempty"`    // api: the number of the refresh token that is good now
	SpentAt   *time.Time `json:"spentAt,omitempty"` // api: when the one before it was exchanged
	Browser   string     `json:"browser,omitempty"` // Firefox, curl
	System    string     `json:"system,omitempty"`  // Linux, Android
	Address   string     `json:"address,omitempty"` // of its last use
	Expires   time.Time  `json:"expires"`
	SeenAt    time.Time  `json:"seenAt"` // last use, to some minutes
	CreatedAt time.Time  `json:"createdAt"`
}

// Sessions is the table of sessions.
var Sessions = Table[Session]{
	In: &store.Collection{
		Name: "sessions",
		Fields: []store.Field{
			{Name: "user", Kind: store.String},
			{Name: "seen", Kind: store.Time},
			{Name: "expires", Kind: store.Time},
		},
		Indexes: []store.Index{
			{Fields: []string{"user", "-seen"}},
			{Fields: []string{"expires"}},
		},
	},
	ID:  func(s *Session) string { return s.ID },
	Ver: func(s *Session) *int64 { return &s.Version },
	Keys: func(s *Session) store.Keys {
		return store.Keys{"user": s.User, "seen": s.SeenAt, "expires": s.Expires}
	},
}

// EndedSession names a sign-in whose access tokens are refused.
type EndedSession struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
}

// endMargin covers a token that was answered anew shortly after the last use.
const endMargin = time.Minute

// maxEnded bounds the list in a user's document, which every request reads.
const maxEnded = 100

// HasEnded reports whether a sign-in of the API was ended.
func (u *User) HasEnded(session string) bool {
	return slices.ContainsFunc(u.Ended, func(e EndedSession) bool { return e.ID == session })
}

// end notes sign-ins that end now, if an access token of theirs may be alive,
// and forgets those whose tokens are over. Who ends more within AccessLife than
// the list holds ends all of the user's sessions. It reports whether the user
// must be written.
func (u *User) end(now time.Time, sessions []Session) bool {
	changed := false
	for _, s := range sessions {
		if s.Kind == SessionAPI && now.Sub(s.SeenAt) < AccessLife+endMargin && !u.HasEnded(s.ID) {
			u.Ended = append(u.Ended, EndedSession{s.ID, now})
			changed = true
		}
	}
	if !changed {
		return false
	}
	u.Ended = slices.DeleteFunc(u.Ended, func(e EndedSession) bool { return now.Sub(e.At) > AccessLife })
	if len(u.Ended) > maxEnded {
		u.endAll()
	}
	return true
}

// endAll makes every session and token of the user be over at its next use.
func (u *User) endAll() {
	u.Epoch++
	u.Ended = nil
}
