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
	Owned   *BoxLinks // nil when it is a colleague's
	Retry   Link      // POST /mailboxes/{id}/retry; empty when nothing failed
}

// BoxLinks is what the owner of a mailbox does with it.
type BoxLinks struct {
	EditURL   string // GET
	PauseURL  string // POST; empty while it is paused
	ResumeURL string // POST; empty while it is not
}

// MailboxEdit changes a mailbox: GET and POST /mailboxes/{id}/edit, with the
// fields of MailboxForm but the address. A password that is left empty stays.
type MailboxEdit struct {
	Base
	URL      string
	BackURL  string
	Address  string
	Version  string // field version: what was read
	Form     MailboxForm
	Security []Option
	Checked  *Notice
	Removal  Removal
}

// MailboxRemove asks before a mailbox is forgotten, for a reader without
// script: GET /mailboxes/{id}/remove.
type MailboxRemove struct {
	Base
	Removal Removal
}

// Removal is the question: it cannot be undone.
type Removal struct {
	Text
	CSRF    string
	Address string
	URL     string // POST /mailboxes/{id}/remove; GET asks
	BackURL string // empty in a dialog, which closes
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
	Problem   string // of this folder alone
}
