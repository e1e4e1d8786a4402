package page

// Bulks lists the edits of many clients that were made: GET /bulk.
type Bulks struct {
	Base
	Rows []BulkRow
	More *More
}

// BulkRow is one of them.
type BulkRow struct {
	What    string // "Agente: Bia Prado; Classe: A"
	URL     string
	When    string
	Who     string
	State   Badge
	Clients string
}

// Bulk edits many clients alike: GET and POST /bulk/{id}. First it asks what to
// do, then it shows how far that is, then what became of it.
type Bulk struct {
	Base
	Count   string // "12 clientes"
	Names   string // some of them
	Facts   []Fact // what is done to each
	URL     string // POST: begin, or go on
	Form    *BulkForm
	Job     *Job
	Resume  bool // URL goes on with what was stopped
	Stats   []Stat
	Refused []Kept
	More    string // "e mais 120"
	Given   []Given
	Undo    *BulkUndo
}

// BulkForm holds the fields agent, stand_in, stand_in_from, stand_in_until,
// sector, segment, tier, status, add_tags and drop_tags. A select without a
// value leaves what the clients have.
type BulkForm struct {
	Agent, StandIn            *FieldView // nil: the viewer may not
	StandInFrom, StandInUntil FieldView
	Sector, Segment           FieldView
	Tier, Status              FieldView
	AddTags, DropTags         FieldView
	BackURL                   string
}

// Given says how many clients went from one agent to another.
type Given struct {
	Label string // "12 clientes: de Ana Lima para Bia Prado"
	URL   string // the hand-over page
}

// BulkUndo offers to take the edit back, or says what that did.
type BulkUndo struct {
	Lead string
	URL  string // POST; empty while it runs and when it is done
}
