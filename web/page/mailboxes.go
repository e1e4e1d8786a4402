package page

// Mailboxes lists the viewer's mailboxes and adds one: GET and POST /mailboxes.
type Mailboxes struct {
	Base
	Boxes    []Mailbox
	Form     MailboxForm
	Security []Option
	Checked  *Notice // what a check found
	Adding   bool    // the form stands open
}

// MailboxForm holds the fields address, host, port, tls, login, password,
// folders (one a line, beside INBOX and Sent) and horizon (2025-11-22).
type MailboxForm struct {
	Address  Field
	Host     Field
	Port     Field
	TLS      Field
	Login    Field
	Password Field // the value never comes back
	Folders  Field
	Horizon  Field
	Error    string
}

// Mailbox is an account and the state of its folders. Fragment: mailbox.
type Mailbox struct {
	Text
	ID      string
	CSRF    string
	Address string
	Server  string
	Owner   string
	State   Badge
	Line    string // what it does, or when it tries again
	Notice  *Notice
	Folders []Folder
	SyncURL string // POST /mailboxes/{id}/sync
	URL     string // GET /mailboxes/{id}
	Busy    bool
}

// Folder is the promise that a user can check: Server = Horizon + Wanted + Held
// + Stored + Duplicate + Ignored + Failed; Gone stands beside the sum.
type Folder struct {
	Name      string
	Server    string
	Horizon   string // older than the horizon, counted but not fetched
	Wanted    string
	Held      string
	Stored    string
	Duplicate string
	Ignored   string
	Failed    string
	Gone      string
	Balanced  bool
	Bad       bool // Failed is not zero
	When      string
}
