package page

// Triage is the mail that matches nobody yet: GET /triage.
type Triage struct {
	Base
	Count string
	Rows  []HeldRow
	More  *More
	Empty Empty
}

// TriageRules are the senders and domains that are ignored: GET /triage/rules.
type TriageRules struct {
	Base
	Rows  []TriageRule
	More  *More
	Empty Empty
}

// TriageRule is one of them.
type TriageRule struct {
	What    string // "@ruido.example"
	Kind    string
	Owner   string // whose mail it holds for; empty: the viewer's
	By      string // "Ana Prado, hoje, 09:40"
	DropURL string // POST /triage/rules/{id}/delete
}

// HeldRow is a held mail. Fragment: triage/row.
type HeldRow struct {
	Text
	ID        string
	CSRF      string
	From      string
	Address   string
	Domain    string // empty for free mail, which cannot be ignored as a whole
	Subject   string
	Preview   string
	When      string
	Mailbox   string
	Guess     *Guess
	AssignURL string // POST /triage/{id}/assign
	IgnoreURL string // POST /triage/{id}/ignore
	PickURL   string // GET /search?pick=client
	Error     string
}

// Decided answers a decision on one mail, whose row goes. Fragment:
// triage/decided.
type Decided struct {
	Count string // what still waits
	Toast Toast
}

// Guess is the client that the mail most probably belongs to.
type Guess struct {
	ClientID string
	Client   string
	Reason   string
}
