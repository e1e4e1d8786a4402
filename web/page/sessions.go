package page

// Sessions are the viewer's own: GET /settings/sessions.
type Sessions struct {
	Base
	List SessionList
}

// SessionList are the open sessions of one user.
type SessionList struct {
	Text
	CSRF     string
	Rows     []SessionRow
	EndURL   string // POST with field id
	AllURL   string // POST; empty when there is nothing to end
	AllLabel string
	More     *More
}

// SessionRow is one session.
type SessionRow struct {
	ID      string
	Device  string // "Firefox, Linux"
	Kind    string
	Address string
	Opened  string
	Seen    string
	Current bool // the one that looks
}
