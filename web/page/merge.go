package page

// Duplicates lists clients that may be one: GET /duplicates.
type Duplicates struct {
	Base
	Pairs  []PairRow
	More   *More
	Empty  *Empty
	Merges []MergeRow // that can still be undone
}

// PairRow is two clients that may be one.
type PairRow struct {
	First, Second PairSide
	Why           string
	MergeURL      string // GET
	ApartURL      string // POST: they are two
}

// PairSide is one of the two.
type PairSide struct {
	Link Link
	Sub  string // "27.418.305/0001-74, Araguari"
}

// MergeRow is a merge that can be undone.
type MergeRow struct {
	Into    Link
	From    string
	Who     string
	When    string
	State   string // in words, while it is on its way
	UndoURL string // POST; empty while it is on its way
}

// Merge is the choice of what one record takes from two, or, without a second
// one, of the second one: GET and POST /clients/{id}/merge, /people/{id}/merge.
type Merge struct {
	Base
	Heading string
	URL     string
	BackURL string
	Label   string // what is asked for
	// Choosing: fields q; each option leads to the choice below.
	Query   string
	Options []PairSide
	None    bool // something was asked and nothing matched
	Ask     bool // a search stands above the options
	// Merging: fields from, into and one radio a row.
	From, Into  string
	First       string // names of the two
	Second      string
	Rows        []MergeField
	Kept        string // what of both is kept, in words
	OtherwayURL string // the same with the survivor exchanged
}

// MergeField is one member of the two: field take_{Name} is first or second.
type MergeField struct {
	Name   string
	Label  string
	First  string
	Second string
	Take   string
	Same   bool // nothing to choose
}

// Group is an economic group: GET /clients/{id}/group, and POST to join or leave
// one (field client, client_name).
type Group struct {
	Base
	Heading  string
	Stats    []Stat
	Rows     []GroupRow
	URL      string // POST
	LeaveURL string // POST; empty when the client has no parent
	Of       string // whose parent the form sets
	Wrong    string
	Query    string
	Hint     string
}

// GroupRow is one client of a group.
type GroupRow struct {
	URL        string
	Name       string
	Indent     int // 0 is the top
	Current    bool
	Agent      string
	Places     string
	Contracted string
	Worst      *Util
	Last       *LastContact
}

// History is what was edited at a client: GET /clients/{id}/history?after=.
type History struct {
	Base
	Heading string
	Rows    []HistoryRow
	More    *More
	Empty   *Empty
}

// HistoryRow is one edit.
type HistoryRow struct {
	What    string // "Cliente", "Pessoa Ana Prado"
	Did     string // "criou", "mudou"
	Who     string
	When    string
	Batch   string // "numa junção"
	Changes []HistoryChange
}

// HistoryChange is one member before and after.
type HistoryChange struct {
	Label string
	From  string
	To    string
}
