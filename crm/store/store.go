// Package store is the storage port: a document store with declared fields
// that two drivers implement (crm/store/sqlite and crm/store/mongodb) and one
// contract suite (crm/store/storetest) holds to the same answers.
//
// A document is a JSON object (Doc.Body) that is stored and served as it is,
// beside a few declared fields (Doc.Keys) that queries may name. The two are
// apart on purpose: a list row goes out without being decoded, and a sort key
// or a scope field need not be shown to anyone.
//
// There are no transactions across calls. Whatever must happen together goes
// into one Apply.
package store

import (
	"context"
	"iter"
	"slices"
	"time"
)

// Store is one opened deployment of either driver. Its methods may be called
// from many goroutines.
type Store interface {
	// Get returns one document with its Keys and Words. CodeNotFound when it is
	// not there.
	Get(ctx context.Context, in *Collection, id string) (Doc, error)

	// Peek returns a document's version and the named single-valued fields, nil
	// for a missing one, without reading the rest of it. CodeNotFound when it is
	// not there.
	Peek(ctx context.Context, in *Collection, id string, fields ...string) (version int64, values []any, err error)

	// GetMany returns the documents that exist, in the order of ids; missing
	// ones are left out without an error. Keys and Words come with them.
	GetMany(ctx context.Context, in *Collection, ids []string) ([]Doc, error)

	// Bodies is GetMany without Keys and Words, which costs half as much.
	Bodies(ctx context.Context, in *Collection, ids []string) ([]Doc, error)

	// Find returns one page of a query. A page may be shorter than the limit,
	// even empty, and still have a Next: no more than MaxExamined rows are
	// tested per page. CodeInvalid when the query names an undeclared field,
	// when no index serves it, or when the cursor is not of this query.
	Find(ctx context.Context, q Query) (Page, error)

	// Count counts the matches, but stops at limit: the answer is never more
	// than limit, and limit means "limit or more".
	Count(ctx context.Context, q Query, limit int) (int, error)

	// Tally counts and sums by declared fields, done by the database. Rows come
	// sorted by their group values, missing first. Without By there is one row,
	// even of nothing.
	Tally(ctx context.Context, t Tally) ([]TallyRow, error)

	// Apply makes all changes or none, in order. CodeConflict (with the
	// collection and id) when a version or a lease's fencing number is not the
	// one that was read, CodeDuplicate (with the index and field) when a unique
	// index is violated, CodeNotFound when a Put with a version or a Delete
	// names a document that is gone, CodeInvalid when a document is over
	// MaxDocument or a field is undeclared or of the wrong type.
	Apply(ctx context.Context, changes ...Change) error

	// Lease takes or renews the named lease for owner. CodeConflict while
	// another owner holds it. Each taking (not each renewal) has a higher
	// fencing number than any before.
	Lease(ctx context.Context, name, owner string, ttl time.Duration) (Lease, error)

	// Release ends a lease early. Releasing one that was lost is no error.
	Release(ctx context.Context, l Lease) error

	// Ping answers nil when the store can be read and written.
	Ping(ctx context.Context) error

	// Close waits for running calls and releases everything.
	Close() error
}

// Limits that both drivers hold.
const (
	// MaxDocument is the largest body in bytes; longer text goes to blobs.
	MaxDocument = 1 << 20
	// MaxExamined is how many rows of an index one page may test.
	MaxExamined = 5000
	// MaxPage is the largest page.
	MaxPage = 1000
)

// Doc is one document.
type Doc struct {
	ID      string // sortable, unique in its collection, made by crm
	Version int64  // 0: not stored yet; each Put adds one; Patch leaves it
	Keys    Keys   // declared fields; nil after a Find unless Query.WithKeys
	Words   []string
	Body    []byte // a JSON object, compact
}

// Keys are the values of declared fields: string, int64, bool, time.Time
// (millisecond precision, UTC) or, for multi-valued fields, []string. A field
// that is absent is missing; nil is not a value, and an empty []string is
// missing.
type Keys map[string]any

// Kind is the type of a declared field.
type Kind uint8

// The kinds of declared fields.
const (
	String Kind = iota
	Int
	Time
	Bool
	Strings // multi-valued: a side table in SQLite, multikey in MongoDB
)

// Field declares a field that queries may name.
type Field struct {
	Name string // [a-z][A-Za-z0-9]*, the name in the API where it is served
	Kind Kind
}

// Index declares an index: fields compared for equality first, then at most
// two fields that sort. A leading "-" sorts downwards; equality fields are
// listed without it. Every index ends with the document's id, ascending, which
// drivers add. A Strings field may only stand first.
type Index struct {
	Fields []string
	// Unique: documents that lack one of the fields are not in the index, so it
	// serves only queries whose conditions leave them out (Has, if nothing
	// else).
	Unique bool
	// Sparse: documents that lack the first field are not in the index, which
	// then costs them nothing; it serves only queries whose conditions leave
	// them out.
	Sparse bool
}

// Collection declares one collection. It is declared once, as a package
// variable of crm, and its pointer names it everywhere.
type Collection struct {
	Name    string // [a-z][a-z_]*
	Fields  []Field
	Indexes []Index
	// Search says that Doc.Words are indexed for Query.Words.
	Search bool
	// SearchBy names fields that are kept with the words as well, so that a text
	// query is narrowed and put in order by them without a look at the documents:
	// those of a reader's scope and of the usual order. None is Strings. Drivers
	// may do without.
	SearchBy []string
	// Cluster names an index (its position in Indexes) whose order the rows
	// are kept in on disk, where the driver can. Every document must have the
	// fields of that index.
	Cluster int // 0: none; n: Indexes[n-1]
	// Shard names the String field by which a sharded deployment may part the
	// collection; "" parts by the id or not at all. Unique indexes begin with
	// it. Drivers that have one machine ignore it.
	Shard string
}

// Field returns the declaration of a field.
func (c *Collection) Field(name string) (Field, bool) {
	for _, f := range c.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Op compares a declared field with values.
type Op uint8

// The comparisons. A missing field matches none of them but Missing.
const (
	Eq      Op = iota // equals the one value; for Strings: contains it
	In                // equals any of the values (at most 500)
	Lt                // below the one value
	Le                // below or equal
	Gt                // above
	Ge                // above or equal
	Missing           // the field is absent
	Present           // the field is there
)

// Cond is one condition; the conditions of a query all hold.
type Cond struct {
	Field  string
	Op     Op
	Values []any // string, int64, bool, time.Time as the field's kind
	// Or is another field that may have the value instead; "" for none. Each of
	// the two is walked by an index of its own, and the walks are joined in the
	// order of the query. At most one condition of a query has it, it is an Eq,
	// and no document has the value in both fields: a count or a tally would see
	// it twice.
	Or string
}

// Is, Any, Below, From, Lacks and their like write conditions.
func Is(field string, v any) Cond      { return Cond{Field: field, Op: Eq, Values: []any{v}} }
func Any(field string, vs ...any) Cond { return Cond{Field: field, Op: In, Values: vs} }
func Below(field string, v any) Cond   { return Cond{Field: field, Op: Lt, Values: []any{v}} }
func UpTo(field string, v any) Cond    { return Cond{Field: field, Op: Le, Values: []any{v}} }
func Above(field string, v any) Cond   { return Cond{Field: field, Op: Gt, Values: []any{v}} }
func From(field string, v any) Cond    { return Cond{Field: field, Op: Ge, Values: []any{v}} }
func Lacks(field string) Cond          { return Cond{Field: field, Op: Missing} }
func Has(field string) Cond            { return Cond{Field: field, Op: Present} }

// Either is Is of one field or of another: see Cond.Or.
func Either(field, or string, v any) Cond {
	return Cond{Field: field, Op: Eq, Values: []any{v}, Or: or}
}

// Query asks for documents in the order of an index.
//
// The driver takes the index whose leading fields are all compared for
// equality by Where and whose next fields are Sort; among several, the one
// that covers most conditions. A range condition on the first sort field walks
// only that part of the index. All other conditions are tested on the way.
// Missing values of a sort field come first upwards and last downwards. The
// order by id alone serves only a query without conditions; package plan has
// the rules in full.
type Query struct {
	In    *Collection
	Where []Cond
	// Words finds documents that have all of these words; the last one as the
	// beginning of a word. They are folded by crm/text. The text index finds
	// the candidates, so Sort may then be any declared single-valued field.
	Words []string
	Sort  []string // at most two, a leading "-" downwards; then id, ascending. Empty: by id
	After string   // Page.Next of the page before
	Limit int      // 1..MaxPage; 0 means 50
	// WithKeys returns the declared fields and the words too (Doc.Keys,
	// Doc.Words); bodies only otherwise.
	WithKeys bool
	// SortKeys returns the fields of Sort alone in Doc.Keys, without WithKeys.
	SortKeys bool
	// Bare asks for a page that goes out as it is stored: Page.Rows instead of
	// Page.Docs.
	Bare bool
}

// Page is one page of a query.
type Page struct {
	Docs []Doc
	Rows Rows   // of a Bare query
	Next string // "" when the end was reached
}

// Rows are the bodies of a page as one JSON array, ready to be sent.
type Rows struct {
	JSON []byte // nil when there are none
	Ends []int  // where in JSON each body ends
}

// Add appends a body.
func (r *Rows) Add(body []byte) { copy(r.Grow(len(body)), body) }

// Grow appends a body of n bytes and returns it to be filled in.
func (r *Rows) Grow(n int) []byte {
	if last := len(r.JSON) - 1; last < 0 {
		r.JSON = append(r.JSON, '[')
	} else {
		r.JSON[last] = ','
	}
	at := len(r.JSON)
	r.JSON = slices.Grow(r.JSON, n+1)[:at+n+1]
	r.JSON[at+n] = ']'
	r.Ends = append(r.Ends, at+n)
	return r.JSON[at : at+n]
}

// All are the bodies, one by one.
func (r Rows) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		from := 1
		for _, end := range r.Ends {
			if !yield(r.JSON[from:end:end]) {
				return
			}
			from = end + 1
		}
	}
}

// Tally counts documents by groups of declared fields.
type Tally struct {
	In    *Collection
	Where []Cond
	By    []string // at most three single-valued fields; a Strings field is not allowed
	Sum   []string // Int fields; missing counts as 0
	// Limit of groups, 0 means 10,000; more is CodeInvalid, never a cut answer.
	Limit int
}

// TallyRow is one group.
type TallyRow struct {
	Group []any // nil for a missing field
	Count int64
	Sums  []int64
}

// Lease is a named lock with an expiry.
type Lease struct {
	Name    string
	Owner   string
	Fence   int64
	Expires time.Time
}
