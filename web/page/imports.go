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

// ImportForm holds the fields file, kind, year and dry_run.
type ImportForm struct {
	File   Field
	Kind   Field
	Year   Field
	DryRun Flag
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
	Errors    []RowError
	More      *More
	ErrorsURL string // GET /imports/{id}/errors.xlsx
	RunURL    string // POST /imports/{id}/run after a dry run
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
