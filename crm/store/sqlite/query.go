package sqlite

import (
	"strings"

	"zombiezen.com/go/sqlite"
)

// query is SQL text with the values of its parameters in order.
type query struct {
	strings.Builder
	text string // written before, instead of what was built
	args []value
}

func (q *query) String() string {
	if q.text != "" {
		return q.text
	}
	return q.Builder.String()
}

func (q *query) add(sql string, args ...value) {
	q.WriteString(sql)
	q.args = append(q.args, args...)
}

// limitParam bounds a statement by a parameter. A bare ? there would make
// SQLite prepare the statement anew at every use, a fifth of the time of a
// page, because its planner looks at the value of such a LIMIT.
const limitParam = " LIMIT ?+0"

// prepare takes the connection's kept statement and binds it.
func (q *query) prepare(r *reader) (*sqlite.Stmt, error) {
	stmt, err := r.prepare(q.String())
	if err != nil {
		return nil, err
	}
	for n, v := range q.args {
		v.bind(stmt, n+1)
	}
	return stmt, nil
}

// separator writes one word first and another between: WHERE, then AND.
type separator struct {
	first, next string
	begun       bool
}

func (s *separator) String() string {
	if s.begun {
		return s.next
	}
	s.begun = true
	return s.first
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
