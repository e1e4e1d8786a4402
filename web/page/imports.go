package page

// Imports takes files in and lists what was taken: GET and POST /imports.
type Imports struct {
	Base
	Form        ImportForm
	Kinds       []Option
	TemplateURL string // GET /imports/template.xlsx
	Limit       string // "até 200 MB"
	Rows        []ImportRow
	More        *More
}

// ImportForm holds the fields file, kind and year.
type ImportForm struct {
	File Field
	Kind Field
	Year Field
}

// ImportRow is an import that was done.
type ImportRow struct {
	Name  string
	URL   string
	Kind  string
	When  string
	Who   string
	State Badge
	Rows  string
	Bad   string // rows that were refused
}

// Import is one import, running or done: GET /imports/{id}.
type Import struct {
	Base
	Name      string
	Kind      string
	DryRun    bool
	Job       Job
	Stats     []Stat
	Facts     []Fact
	Columns   []ColumnNote
	Refused   string // "34 linhas recusadas"
	Clean     string // instead, when no row is told of
	Errors    []RowError
	More      *More
	ErrorsURL string // GET /imports/{id}/errors.xlsx
	RunURL    string // POST /imports/{id}/run after a dry run, with a year, or to go on
	Resume    bool   // RunURL goes on with what was stopped
	MapURL    string // GET /imports/{id}/mapping, while nothing was written
	FileURL   string // GET /imports/{id}/file: the sender's own file with reasons
	Diffs     []Diff
	MoreDiffs *More
	Year      *Field // asked for where the file does not tell it
	Undo      *ImportUndo
}

// Diff is a record that a dry run would change.
type Diff struct {
	Kind   string
	Row    string // "linha 12"
	Name   string
	URL    string
	Fields []DiffField
}

// DiffField is one field of it, before and after.
type DiffField struct {
	Label string
	From  string
	To    string
}

// Mapping asks what the columns of a file are: GET and POST /imports/{id}/mapping.
// The selects above it ask with GET, so that what they say stands in the address.
type Mapping struct {
	Base
	Name      string
	URL       string
	CSV       bool
	Encoding  string
	Comma     string
	Encodings []Option
	Commas    []Option
	Sheets    []MapSheet
	Wrong     string
	Unknown   string // what to do with a file of which nothing is known
	Template  string // URL of the workbook to fill in; beside Unknown
}

// MapSheet is a sheet; without a kind it is left out, and shows no columns.
type MapSheet struct {
	Name        string
	Field       string // sheet.N
	Kind        string
	Kinds       []Option
	Header      int64
	HeaderField string
	Columns     []MapColumn
	Wrong       string
}

// MapColumn is a column with what it seems to bring.
type MapColumn struct {
	Header     string
	Samples    []string
	Field      string // column.N.M
	Target     string // "": left out
	Targets    []Option
	StyleField string // of numbers only
	Style      string
	Styles     []Option
	Wrong      string
}

// ImportUndo offers to take an import back, or leads to where that was done.
type ImportUndo struct {
	Lead string // what will happen, or did
	URL  string // POST /imports/{id}/undo; empty when it runs or is done
	Page string // GET /imports/{id}/undo, when somebody asked for it
	Next string // what the link to it says
}

// Undo is the taking back of an import, running or done: GET /imports/{id}/undo.
type Undo struct {
	Base
	Name    string
	Import  string // the import's page
	Lead    string
	URL     string // POST: begin, or go on
	Job     *Job
	Stats   []Stat
	Refused []Kept
	More    string // "e mais 120"
	Done    bool
}

// Kept is a record that stays as the import left it.
type Kept struct {
	Kind   string
	Name   string
	URL    string
	Reason string
}

// ColumnNote says how a column was read, where it could be read otherwise.
type ColumnNote struct {
	Sheet  string
	Column string
	Label  string // "1.234 lido como 1234"
}

// RowError is a row that was refused, in the reader's language.
type RowError struct {
	Sheet  string
	Row    string
	Column string
	Value  string
	Reason string
}

// Sheets tells that the file has sheets: a CSV has none to name.
func (i Import) Sheets() bool {
	for _, e := range i.Errors {
		if e.Sheet != "" {
			return true
		}
	}
	return false
}
