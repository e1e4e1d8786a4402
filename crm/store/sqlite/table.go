package sqlite

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"cemigmas/crm/store"
)

// table is a collection made ready: names quoted, statements written.
type table struct {
	c       *store.Collection
	sql     string // quoted name
	byName  map[string]int
	sides   []*side
	indexes []*index
	byID    *index   // the order that every collection has
	orders  []*index // indexes and byID
	words   string   // quoted name of the words table, "" without Search
	copies  []int    // fields that stand in the words table too
	cluster *index   // that the rows are kept in, nil for none

	insertSQL, insertIfAbsentSQL, updateSQL, deleteSQL             string
	versionSQL, wordsSQL, setWordsSQL, bodySQL, setBodySQL, getSQL string
	bareSQL                                                        string
	addWordSQL, dropWordSQL, copyWordSQL                           string

	peeks sync.Map // by the names of their fields
	plain sync.Map // statements of first pages, by plainKey
	// bare is how long the last bare page was, in bytes: the next one is given
	// as much room at once.
	bare atomic.Int64
}

// side is the side table of a Strings field: a row for each value of each
// document, with copies of the fields that an index sorts by after it.
type side struct {
	field  int
	sql    string
	copies []int

	insertSQL, deleteSQL string
	copySQL              map[int]string // updates one copy
}

// index is a declared index, or the order by id (no fields).
type index struct {
	name   string
	sql    string // quoted, for INDEXED BY
	fields []indexField
	unique bool
	sparse bool
	side   *side
}

type indexField struct {
	field int
	down  bool
}

func quote(name string) string { return `"` + name + `"` }

func (t *table) field(i int) store.Field { return t.c.Fields[i] }

// col is a field's column of the main table.
func (t *table) col(i int) string { return "t." + quote(t.c.Fields[i].Name) }

// compileTable makes a collection that plan.CheckSchema has passed ready.
func compileTable(c *store.Collection) *table {
	t := &table{c: c, sql: quote(c.Name), byName: map[string]int{}}
	for i, f := range c.Fields {
		t.byName[f.Name] = i
		if f.Kind == store.Strings {
			t.sides = append(t.sides, &side{field: i, sql: quote(c.Name + ":" + f.Name)})
		}
	}
	t.byID = &index{name: c.Name + "(_id)", sql: quote(c.Name + "(_id)")}
	for _, decl := range c.Indexes {
		t.indexes = append(t.indexes, t.compileIndex(decl))
	}
	t.orders = append(append(t.orders, t.indexes...), t.byID)
	if c.Cluster > 0 {
		t.cluster = t.indexes[c.Cluster-1]
	}
	if c.Search {
		t.words = quote(c.Name + ":_words")
		for _, name := range c.SearchBy {
			t.copies = append(t.copies, t.byName[name])
		}
	}
	t.writeStatements()
	return t
}

func (t *table) compileIndex(decl store.Index) *index {
	ix := &index{unique: decl.Unique, sparse: decl.Sparse}
	ix.name = t.c.Name + pick(decl.Unique, " unique(", pick(decl.Sparse, " sparse(", "(")) + strings.Join(decl.Fields, ",") + ")"
	ix.sql = quote(ix.name)
	for _, name := range decl.Fields {
		bare, down := strings.CutPrefix(name, "-")
		i := t.byName[bare]
		if t.field(i).Kind == store.Strings {
			ix.side = t.sideOf(i)
		} else if ix.side != nil {
			ix.side.addCopy(i)
		}
		ix.fields = append(ix.fields, indexField{i, down})
	}
	return ix
}

func (t *table) sideOf(field int) *side {
	for _, s := range t.sides {
		if s.field == field {
			return s
		}
	}
	return nil
}

func (s *side) addCopy(field int) {
	for _, c := range s.copies {
		if c == field {
			return
		}
	}
	s.copies = append(s.copies, field)
}

// clusteredBy reports whether rows are kept in an order by the field, which then
// is never missing.
func (t *table) clusteredBy(field int) bool {
	return t.cluster != nil && t.cluster.has([]int{field})
}

func (t *table) writeStatements() {
	cols := []string{`"_id"`, `"_v"`}
	for _, f := range t.c.Fields {
		cols = append(cols, quote(f.Name))
	}
	if t.words != "" {
		cols = append(cols, `"_words"`)
	}
	cols = append(cols, `"_body"`)

	t.insertSQL = fmt.Sprintf("INSERT INTO %s (%s) VALUES (?%s)",
		t.sql, strings.Join(cols, ", "), strings.Repeat(", ?", len(cols)-1))
	t.insertIfAbsentSQL = t.insertSQL + ` ON CONFLICT ("_id") DO NOTHING`
	sets := make([]string, 0, len(cols))
	for _, c := range cols[1:] {
		sets = append(sets, c+" = ?")
	}
	t.updateSQL = fmt.Sprintf(`UPDATE %s SET %s WHERE "_id" = ? AND "_v" = ?`, t.sql, strings.Join(sets, ", "))
	t.deleteSQL = fmt.Sprintf(`DELETE FROM %s WHERE "_id" = ?`, t.sql)
	t.versionSQL = fmt.Sprintf(`SELECT "_v" FROM %s WHERE "_id" = ?`, t.sql)
	t.setWordsSQL = fmt.Sprintf(`UPDATE %s SET "_words" = ? WHERE "_id" = ?`, t.sql)
	kept := make([]string, len(t.copies))
	for n, i := range t.copies {
		kept[n] = ", " + quote(t.field(i).Name)
	}
	copies := strings.Join(kept, "")
	t.wordsSQL = fmt.Sprintf(`SELECT "_words"%s FROM %s WHERE "_id" = ?`, copies, t.sql)
	t.bodySQL = fmt.Sprintf(`SELECT "_body" FROM %s WHERE "_id" = ?`, t.sql)
	t.setBodySQL = fmt.Sprintf(`UPDATE %s SET "_body" = ? WHERE "_id" = ?`, t.sql)
	t.getSQL = fmt.Sprintf(`SELECT %s FROM %s WHERE "_id" = ?`, strings.Join(cols, ", "), t.sql)
	t.bareSQL = fmt.Sprintf(`SELECT "_id", "_v", "_body" FROM %s WHERE "_id" = ?`, t.sql)
	t.addWordSQL = fmt.Sprintf(`INSERT OR IGNORE INTO %s (word, doc%s) VALUES (?, ?%s)`, t.words, copies, strings.Repeat(", ?", len(t.copies)))
	t.copyWordSQL = fmt.Sprintf(`UPDATE %s SET (%s) = (?%s) WHERE word = ? AND doc = ?`, t.words, strings.TrimPrefix(copies, ", "), strings.Repeat(", ?", max(len(t.copies), 1)-1))
	t.dropWordSQL = fmt.Sprintf(`DELETE FROM %s WHERE word = ? AND doc = ?`, t.words)
	for _, s := range t.sides {
		s.writeStatements(t)
	}
}

func (s *side) writeStatements(t *table) {
	cols := "doc, value"
	for _, i := range s.copies {
		cols += ", " + quote(t.field(i).Name)
	}
	s.insertSQL = fmt.Sprintf("INSERT INTO %s (%s) VALUES (?, ?%s)", s.sql, cols, strings.Repeat(", ?", len(s.copies)))
	s.deleteSQL = fmt.Sprintf("DELETE FROM %s WHERE doc = ?", s.sql)
	s.copySQL = map[int]string{}
	for _, i := range s.copies {
		s.copySQL[i] = fmt.Sprintf("UPDATE %s SET %s = ? WHERE doc = ?", s.sql, quote(t.field(i).Name))
	}
}
