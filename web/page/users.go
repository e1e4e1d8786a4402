package page

// Users lists who may sign in, and adds one: GET and POST /users.
type Users struct {
	Base
	Find   *UserFind // nil while there is no more than a handful
	Rows   []UserRow
	Empty  Empty // shown without rows
	May    bool  // the viewer may add and change
	Form   UserForm
	Roles  []Option
	Langs  []Option
	Total  string
	More   *More
	Sector []Check
}

// UserFind narrows the list: GET /users with fields q, role and state.
type UserFind struct {
	Text
	Query  string
	Role   FieldView
	State  FieldView
	Narrow bool // something is asked for
}

// UserForm holds the fields name, email, role, team, lang, kind, segments and
// sectors (many).
type UserForm struct {
	Name    Field
	Email   Field
	Role    Field
	Team    Field
	Lang    Field
	Sectors Field // Error only; the choices carry what is chosen

	Kind     Field // of an agent
	Segments Field // Error only

	TheirSectors  *Theirs
	TheirSegments *Theirs
}

// Check is one choice of several.
type Check struct {
	Value string
	Label string
	On    bool
}

// FreshLink is a one-time link, shown once.
type FreshLink struct {
	Label string
	URL   string
}

// UserRow is one user.
type UserRow struct {
	URL        string // GET /users/{id}; empty when the viewer may not
	Name       string
	Initials   string
	Email      string
	Role       string
	Team       string
	Clients    string
	Last       string // when it was last here
	State      *Badge // nil for who is active
	Dim        bool
	Me         bool
	DisableURL string // POST
	EnableURL  string // POST
	LinkURL    string // POST
	OpenURL    string // the hand-over page of its clients; empty for who has none
}

// UserRecord is one user, for admins: GET and POST /users/{id}.
type UserRecord struct {
	Base
	Name       string
	Badges     []Badge
	Facts      []Fact
	Fresh      *FreshLink
	URL        string // POST
	Edits      string // field edits: what was read
	Form       UserForm
	Roles      []Option
	Langs      []Option
	Sectors    []Check
	Segments   []Check
	Kinds      []Option
	LinkURL    string // POST; empty while disabled
	LinkHint   string
	DisableURL string // POST
	EnableURL  string // POST
	Sessions   SessionList
}
