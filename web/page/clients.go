package page

// Clients is the list of clients: GET /clients?view=&q=&sector=&agent=&sort=&after=.
type Clients struct {
	Base
	Tabs []Tab
	Tool ClientTools
	List ClientList
}

// ClientTools is the bar above the list. The form sends view, q, sector,
// agent and sort.
type ClientTools struct {
	Text
	View    string
	Query   string
	Sector  string
	Agent   string
	Sort    string
	Sectors []Option
	Agents  []Option // empty for an agent, who sees the own portfolio
	Sorts   []Option
	Chips   ClientChips
	Import  string // GET /imports; empty when not allowed
	New     string // GET /clients/new
	Doubles string // GET /duplicates
}

// ClientChips are the filters in force. Fragment: clients/chips.
type ClientChips struct {
	Text
	Chips []Chip
	Swap  bool // out of band
}

// ClientList is the table. Fragments: clients/list (table), clients/rows (the
// next rows and the foot).
type ClientList struct {
	Text
	CSRF  string
	Own   bool   // all are the viewer's, so no column names the agent
	Bulk  string // POST with fields id (many) or all: what is to be done with the chosen
	All   string // "todos os 312 clientes da lista"
	Heads []Head
	Rows  []ClientRow
	Total string // "312 clientes"; "mais de 1.000" when counted to a cap
	Shown string // "1–50"
	More  *More
	Empty *Empty
	Fail  *Notice
	Chips ClientChips
}

// Head is a head of a column; with a URL it sorts.
type Head struct {
	Label string
	URL   string
	Part  string
	Sort  string // "ascending", "descending" or empty
	Right bool
}

// ClientRow is one client of the list.
type ClientRow struct {
	ID            string
	URL           string
	Name          string
	Placeholder   bool // a name is still missing
	Sector        string
	Agent         string
	Installations string
	Contracted    string // kW
	Worst         *Util
	Last          *LastContact
	Next          string // a date
	NextWhat      string
	NextState     State
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
