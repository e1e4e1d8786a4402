package crm

import (
	"encoding/json"
	"time"

	"cemigmas/crm/store"
)

// States of a job.
const (
	JobDraft     = "draft" // waits for its user: an import whose columns are to be mapped
	JobQueued    = "queued"
	JobRunning   = "running"
	JobDone      = "done"
	JobFailed    = "failed"
	JobCancelled = "cancelled"
)

// Kinds of a job.
const (
	JobImport   = "import"
	JobReport   = "report"
	JobUndo     = "undo"    // of a batch
	JobBulk     = "bulk"    // an edit of many records of a list
	JobFigure   = "figures" // all derived figures anew, after tariffs changed
	JobResector = "sectors" // clients of some sectors anew, after divisions moved
	JobList     = "list"    // a file of a long list
	JobTier     = "tiers"   // a rule of tiers tried on all clients, or followed by them
)

// Job is work in the background, with its progress. Errors of an import are
// rows of their own (ImportErrors), so a job stays small.
type Job struct {
	ID        string          `json:"id"`
	Version   int64           `json:"-"`
	Kind      string          `json:"kind"`
	By        string          `json:"by"` // user id: only this user and admins see it
	Lang      string          `json:"lang,omitempty"`
	State     string          `json:"state"`
	Args      json.RawMessage `json:"args,omitempty"`
	Done      int64           `json:"done"`
	Total     int64           `json:"total,omitempty"` // 0: not known yet
	Step      string          `json:"step,omitempty"`  // catalogue key of what it does now
	Result    json.RawMessage `json:"result,omitempty"`
	File      string          `json:"file,omitempty"` // blob of what was made
	FileName  string          `json:"fileName,omitempty"`
	Error     *Text           `json:"error,omitempty"`
	Cancel    bool            `json:"cancel,omitempty"` // somebody asked it to stop
	Tries     int             `json:"tries,omitempty"`
	CreatedAt time.Time       `json:"createdAt"`
	StartedAt *time.Time      `json:"startedAt,omitempty"`
	EndedAt   *time.Time      `json:"endedAt,omitempty"`
}

// Ended reports whether nothing more will happen.
func (j *Job) Ended() bool {
	return j.State == JobDone || j.State == JobFailed || j.State == JobCancelled
}

// Jobs is the table of jobs.
var Jobs = Table[Job]{
	In: &store.Collection{
		Name: "jobs",
		Fields: []store.Field{
			{Name: "kind", Kind: store.String},
			{Name: "by", Kind: store.String},
			{Name: "state", Kind: store.String},
			{Name: "created", Kind: store.Time},
		},
		Indexes: []store.Index{
			{Fields: []string{"kind", "-created"}},
			{Fields: []string{"by", "kind", "-created"}},
			{Fields: []string{"state", "created"}},
		},
	},
	ID:  func(j *Job) string { return j.ID },
	Ver: func(j *Job) *int64 { return &j.Version },
	Keys: func(j *Job) store.Keys {
		return store.Keys{"kind": j.Kind, "by": j.By, "state": j.State, "created": j.CreatedAt}
	},
}

// ImportError is one faulty row of an import.
type ImportError struct {
	ID     string `json:"id"` // job:number, in file order
	Job    string `json:"job"`
	Sheet  string `json:"sheet,omitempty"`
	Row    int64  `json:"row"` // as the file shows it, from 1
	Column string `json:"column,omitempty"`
	At     int    `json:"at,omitempty"` // of the column, from 1; 0: the row as a whole
	Value  string `json:"value,omitempty"`
	Reason Text   `json:"reason"`
	// Warning: the row was taken, but this should be looked at.
	Warning bool `json:"warning,omitempty"`
}

// ImportErrors is the table of faulty rows.
var ImportErrors = Table[ImportError]{
	In: &store.Collection{
		Name:    "import_errors",
		Fields:  []store.Field{{Name: "job", Kind: store.String}},
		Indexes: []store.Index{{Fields: []string{"job"}}},
	},
	ID:   func(e *ImportError) string { return e.ID },
	Keys: func(e *ImportError) store.Keys { return store.Keys{"job": e.Job} },
}
