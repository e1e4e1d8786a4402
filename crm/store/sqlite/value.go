package sqlite

import (
	"encoding/json"
	"time"
	"unicode/utf8"

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

// encode checks a single value of a field; a Strings field's are strings.
func encode(kind store.Kind, v any) (value, bool) {
	switch x := v.(type) {
	case string:
		return value{kind: text, s: x}, (kind == store.String || kind == store.Strings) && utf8.ValidString(x)
	case int64:
		return value{kind: integer, i: x}, kind == store.Int
	case bool:
		if x {
			return value{kind: integer, i: 1}, kind == store.Bool
		}
		return value{kind: integer}, kind == store.Bool
	case time.Time:
		return value{kind: integer, i: x.UnixMilli()}, kind == store.Time
	}
	return value{}, false
}

// encodeList makes the JSON array of a Strings field's column and its distinct
// values. An empty list is a missing field.
func encodeList(list []string) (value, []string, bool) {
	if len(list) == 0 {
		return value{}, nil, true
	}
	seen := make(map[string]bool, len(list))
	var distinct []string
	for _, s := range list {
		if !utf8.ValidString(s) {
			return value{}, nil, false
		}
		if !seen[s] {
			seen[s] = true
			distinct = append(distinct, s)
		}
	}
	b, err := json.Marshal(list)
	return textValue(string(b)), distinct, err == nil
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
