package page

// Bulks lists the edits of many records that were made: GET /bulk.
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
	Records string // "12 clientes"
}

// Bulk edits many records of a list alike: GET and POST /bulk/{id}. First it asks what to
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

// BulkForm asks what to do. A field without a value leaves what the records have.
type BulkForm struct {
	Rows    [][]FieldView
	Go      string // of the button: "Alterar clientes"
	BackURL string
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
