package page

// RecordForm is the form of a record with many fields, in groups: installation,
// contract.
type RecordForm struct {
	Base
	Heading string
	URL     string // POST
	BackURL string
	Version string // field version: what was read; empty for a new record
	Groups  []FieldGroup
	More    Link // the same form with more empty rows
}

// FieldGroup is a row of fields under a heading.
type FieldGroup struct {
	Heading string
	Hint    string
	Wrong   string // what is wrong with the group as a whole
	Rows    [][]FieldView
	Name    string // of the checks
	Checks  []Check
	Theirs  *Theirs // other checks that somebody else stored
}
