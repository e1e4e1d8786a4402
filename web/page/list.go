package page

// List is a list of records: GET /clients, /installations, /contracts, /people,
// with the query q, sort, after and the filters of that list.
type List struct {
	Base
	Tabs    []Tab // the lists
	Views   ListViews
	Columns ListColumns
	Tool    ListTools
	Table   ListTable
}

// ListColumns is the menu in which columns are chosen and put in order. The form
// posts to URL, which carries the list's query: csrf, order for each column, col
// for each that is seen, and move (up:KEY, down:KEY) or reset=on.
type ListColumns struct {
	Text
	URL  string
	CSRF string
	Rows []ColumnRow
	Open bool
	Swap bool // out of band
}

// ListViews is the menu of saved views. SaveURL takes name and shared=on, and
// carries what is seen; OpenURL takes view, the one that the list opens with.
type ListViews struct {
	Text
	Label    string // of the current one
	ID       string // of it; empty: the whole list
	Rows     []ViewRow
	Changed  bool // what is seen is not what the view has
	Opens    bool // the list opens with the current one
	SaveURL  string
	OpenURL  string
	CSRF     string
	CanShare bool
	Name     Field     // of one to save
	Edit     *ViewEdit // nil: the current one is not the viewer's to change
	Open     bool
	Swap     bool // out of band
}

// ViewRow is a view.
type ViewRow struct {
	Label   string
	URL     string
	Current bool
	Shared  bool
	Opens   bool
}

// ViewEdit changes a view: URL takes name, sharing=on with shared=on, and fill=on
// for what is seen; below it is /delete.
type ViewEdit struct {
	URL    string
	Delete string // where a post deletes it
	Name   Field
	Shared bool
}

// ColumnRow is a column that can be chosen.
type ColumnRow struct {
	Key   string
	Label string
	On    bool
	Fixed bool   // always seen, and first
	Moved string // up or down: the button that was used last
}

// ListTools is the bar above the list. The form sends q, sort and the filters.
type ListTools struct {
	Text
	URL     string
	Find    string // what is searched; empty: this list has no words
	Query   string
	Filters []ListFilter
	Sort    string
	Columns string // keys, as the address has them
	View    string // id, as the address has it
	Sorts   []Option
	Chips   ListChips
	Links   []ListLink
}

// ListFilter is a filter that can be set.
type ListFilter struct {
	Name    string // of the field
	Label   string
	Value   string
	Options []Option // none: it is typed
}

// ListLink is a button of the bar.
type ListLink struct {
	Label string
	URL   string
	Icon  string
	Quiet bool
	Desk  bool // not on a phone
}

// ListChips are the filters in force.
type ListChips struct {
	Text
	Chips []Chip
	Swap  bool // out of band
}

// ListTable is the table. Fragments: list/table, and list/rows, the next rows
// with the foot.
type ListTable struct {
	Text
	Name  string // "clients"
	Label string
	Heads []Head
	Rows  []ListRow
	Count ListCount
	Shown string // "1–50"
	More  *More
	Empty *Empty
	Fail  *Notice
	Chips ListChips
	// Chosen: its columns are not those that the list has by itself.
	Chosen  bool
	Columns ListColumns // with Swap
	Views   ListViews
	Bulk    ListBulk
	Files   []ListFile
}

// ListFile is a form in which the list is given out: a link where all of it is
// seen already, else a button, since a long list becomes work in the background.
type ListFile struct {
	Label string
	URL   string // GET, with Post POST
	Post  bool
	CSRF  string
}

// ListCount is how many rows the whole list has. Fragment: list/count, asked
// for after the page, since counting takes longer than a page of rows.
type ListCount struct {
	Text
	Label string // "312 clientes", "10.000+ clientes"; empty until it is known
	Part  string // GET: the count
	All   string // "Selecionar todos: 312 clientes"
	Swap  bool   // brings All out of band
}

// ListBulk is the bar of the rows that were chosen. The form posts to URL, which
// carries the list's query: csrf, id for each chosen row, or all=on for the whole
// list.
type ListBulk struct {
	URL   string
	CSRF  string
	Label string // of the button
}

// Head is a head of a column; with a URL it sorts.
type Head struct {
	Key   string // of its class
	Label string
	URL   string
	Part  string
	Sort  string // "ascending", "descending" or empty
	Right bool
}

// ListRow is one record.
type ListRow struct {
	ID    string
	Name  string // for those who cannot see which row a box belongs to
	Cells []ListCell
}

// ListCell is one cell. At most one of URL, Badge, Util and Last is set.
type ListCell struct {
	Key   string // of its column
	Right bool
	Label string // empty shows a dash
	URL   string
	Quiet bool // second ink
	Note  string
	Warn  *Badge // behind the label
	Badge *Badge
	Util  *Util
	Last  *LastContact
	State State
}

// LastContact is the last contact with a client.
type LastContact struct {
	Ago   string // "33 d", "hoje"
	Day   string
	Icon  string
	What  string
	State State
}

// Late tells that the words are coloured too: ok is a dot only, so that trouble
// stands out.
func (l LastContact) Late() bool { return l.State == Bad || l.State == Warn }
