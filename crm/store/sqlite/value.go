package sqlite

import (
	"encoding/json"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
)

type valueKind uint8

const (
	null valueKind = iota
	integer
	text
)

// value is a declared field as SQLite holds it. Times are milliseconds, bools
// are 0 and 1.
type value struct {
	kind valueKind
	i    int64
	s    string
}

func textValue(s string) value { return value{kind: text, s: s} }

func (v value) bind(stmt *sqlite.Stmt, n int) {
	switch v.kind {
	case null:
		stmt.BindNull(n)
	case integer:
		stmt.BindInt64(n, v.i)
	default:
		stmt.BindText(n, v.s)
	}
}

func (v value) less(w value) bool {
	if v.kind == integer {
		return v.i < w.i
	}
	return v.s < w.s
}

// encode takes a value that crm/store/plan has checked; nil is a missing one.
func encode(v any) value {
	switch x := v.(type) {
	case string:
		return value{kind: text, s: x}
	case int64:
		return value{kind: integer, i: x}
	case bool:
		if x {
			return value{kind: integer, i: 1}
		}
		return value{kind: integer}
	case time.Time:
		return value{kind: integer, i: x.UnixMilli()}
	case []string:
		return encodeList(x)
	}
	return value{}
}

// encodeList makes the JSON array of a Strings field's column. An empty list is
// a missing field.
func encodeList(list []string) value {
	if len(list) == 0 {
		return value{}
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings always encode
	}
	return textValue(string(b))
}

// distinct is what a side table holds of a list.
func distinct(v any) []string {
	list, _ := v.([]string)
	var out []string
	for n, s := range list {
		if !slices.Contains(list[:n], s) {
			out = append(out, s)
		}
	}
	return out
}

func decode(v value, kind store.Kind) any {
	switch {
	case v.kind == null:
		return nil
	case kind == store.Time:
		return time.UnixMilli(v.i).UTC()
	case kind == store.Bool:
		return v.i != 0
	case v.kind == integer:
		return v.i
	}
	return v.s
}

// column reads a field back; nil when it is missing.
func column(stmt *sqlite.Stmt, n int, kind store.Kind) any {
	if stmt.ColumnIsNull(n) {
		return nil
	}
	switch kind {
	case store.Int:
		return stmt.ColumnInt64(n)
	case store.Bool:
		return stmt.ColumnInt64(n) != 0
	case store.Time:
		return time.UnixMilli(stmt.ColumnInt64(n)).UTC()
	case store.Strings:
		var list []string
		if json.Unmarshal(columnBytes(stmt, n), &list) != nil {
			return nil
		}
		return list
	}
	return stmt.ColumnText(n)
}

func columnValue(stmt *sqlite.Stmt, n int) value {
	switch stmt.ColumnType(n) {
	case sqlite.TypeNull:
		return value{}
	case sqlite.TypeInteger:
		return value{kind: integer, i: stmt.ColumnInt64(n)}
	}
	return value{kind: text, s: stmt.ColumnText(n)}
}

func columnBytes(stmt *sqlite.Stmt, n int) []byte {
	b := make([]byte, stmt.ColumnLen(n))
	stmt.ColumnBytes(n, b)
	return b
}
