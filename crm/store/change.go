package store

// Change is one step of an Apply: Put, Delete, InsertIfAbsent, Patch, Check or
// CheckLease.
type Change interface{ change() }

// Put stores a document. Version 0 inserts (CodeConflict when the id exists);
// another version replaces the document that has it, whole.
type Put struct {
	In  *Collection
	Doc Doc
}

// Delete removes the document that has this version; version -1 removes
// whatever version there is, and is no error when there is none.
type Delete struct {
	In      *Collection
	ID      string
	Version int64
}

// InsertIfAbsent inserts a document unless its id exists; then it does
// nothing.
type InsertIfAbsent struct {
	In  *Collection
	Doc Doc
}

// Patch sets derived fields of a document without checking or raising its
// version, so that an arriving mail never spoils an open form. A document that
// is not there is left alone.
type Patch struct {
	In *Collection
	ID string
	// Keys are set; a nil value removes the field.
	Keys Keys
	// Body members (top level only) are set to the JSON given; nil removes
	// the member.
	Body map[string][]byte
	// Words take the place of the stored ones; nil leaves those. The collection
	// declares Search.
	Words []string
	// OnlyAbove, when set, names one of Keys: the patch is made only while the
	// stored value is missing or below the new one, so that two writers in any
	// order end with the newest.
	OnlyAbove string
}

// Check makes the Apply fail with CodeConflict unless the document has this
// version. Version 0: unless it is absent.
type Check struct {
	In      *Collection
	ID      string
	Version int64
}

// CheckLease makes the Apply fail with CodeConflict unless the lease is held
// with this fencing number.
type CheckLease struct {
	Name  string
	Fence int64
}

func (Put) change()            {}
func (Delete) change()         {}
func (InsertIfAbsent) change() {}
func (Patch) change()          {}
func (Check) change()          {}
func (CheckLease) change()     {}
