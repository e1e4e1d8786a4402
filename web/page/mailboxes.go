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

// MailboxForm holds the fields name, address, host, port, security, login,
// password, sent and since.
type MailboxForm struct {
	Name     Field
	Address  Field
	Host     Field
	Port     Field
	Security Field
	Login    Field
	Password Field // the value never comes back
	Sent     Field
	Since    Field
	Error    string
}

// Mailbox is an account and the state of its folders. Fragment: mailbox.
type Mailbox struct {
	Text
	ID      string
	CSRF    string
	Name    string
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
