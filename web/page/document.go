package page

// Documents are the files of a client: GET and POST /clients/{id}/documents.
type Documents struct {
	Base
	Heading string
	Upload  DocumentUpload
	Rows    []DocumentRow
	More    *More
	Gone    []DocumentRow // deleted, and can be brought back
	GoneFor string        // for how long
	Empty   *Empty
}

// DocumentUpload is the form that brings files: fields file (several), kind,
// notes, contract and amendment. Fragment: document/upload.
type DocumentUpload struct {
	Text
	CSRF  string
	URL   string // POST
	File  Field
	Kind  Field
	Notes Field
	Kinds []Option
	Brief bool // file and kind only
	// Contract and Amendment say what the files belong to, and For in words.
	Contract, Amendment, For string
	Limit                    string // "até 50 MB por arquivo"
	Max                      int64  // bytes a file, for the script
	Large                    string // what the script says of a larger one; {name} is its name
}

// DocumentRow is one file.
type DocumentRow struct {
	Name       string
	FileURL    string
	Sub        string // "Contrato, 1,2 MB, Marina Couto, hoje, 09:40"
	Notes      string
	EditURL    string
	Edit       string // the word for it
	RestoreURL string // POST, of a deleted one
}

// Document is one file's record: GET and POST /documents/{id}.
type Document struct {
	Base
	Heading    string
	Facts      []Fact
	FileURL    string // empty for a deleted one
	URL        string // POST
	BackURL    string
	Version    string
	Name       Field
	Kind       Field
	Notes      Field
	Kinds      []Option
	DeleteURL  string // POST
	RestoreURL string // POST
	History    []HistoryRow
}
