package store

import (
	"encoding/json"
	"fmt"
)

// State is the collection in which a store keeps what it says of itself: the
// version of its schema (StateVersion), how far an upgrade is, that a restore or
// a copy into it is unfinished. It is moved by nobody: each store has its own.
var State = &Collection{Name: "state"}

// StateVersion is the document of State that holds the schema's version.
const StateVersion = "version"

// Version is the body of StateVersion.
type Version struct {
	Version int `json:"version"`
	// Fields are the declared fields of each collection, as they were when the
	// last upgrade ended.
	Fields map[string][]string `json:"fields"`
}

// CheckVersion returns a NewerError when the body of StateVersion says that the
// store is above what the program knows. Drivers ask before they touch anything;
// newest 0 takes every store.
func CheckVersion(body []byte, newest int) error {
	var v Version
	if err := json.Unmarshal(body, &v); err != nil {
		return &Error{Code: CodeInvalid, Collection: State.Name, ID: StateVersion, Msg: "the store's version cannot be read", Err: err}
	}
	if newest > 0 && v.Version > newest {
		return &NewerError{Have: v.Version, Newest: newest}
	}
	return nil
}

// NewerError refuses a store that a newer program has upgraded.
type NewerError struct{ Have, Newest int }

func (e *NewerError) Error() string {
	return fmt.Sprintf("this store belongs to a newer program: its version is %d, this program knows %d at most; "+
		"start the newer program, or restore a backup from before the upgrade into a new store", e.Have, e.Newest)
}
