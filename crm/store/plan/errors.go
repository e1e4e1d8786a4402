package plan

import (
	"fmt"
	"strings"

	"cemigmas/crm/store"
)

func invalid(c *store.Collection, field, format string, args ...any) *store.Error {
	e := &store.Error{Code: store.CodeInvalid, Field: field, Msg: fmt.Sprintf(format, args...)}
	if c != nil {
		e.Collection = c.Name
	}
	return e
}

func undeclared(c *store.Collection, field string) *store.Error {
	return invalid(c, field, "the collection declares no such field")
}

var opNames = [...]string{"=", "in", "<", "<=", ">", ">=", "missing", "present"}

// describe names a query's shape for whoever must declare its index; values
// stay out of logs.
func (p *Query) describe(conds []store.Cond) string {
	var parts []string
	for _, c := range conds {
		parts = append(parts, c.Field+" "+opNames[c.Op])
	}
	sort := make([]string, len(p.Order))
	for i, k := range p.Order {
		if k.Desc {
			sort[i] = "-"
		}
		sort[i] += k.Field
	}
	s := fmt.Sprintf("where [%s] sort [%s]", strings.Join(parts, ", "), strings.Join(sort, " "))
	for _, ix := range p.In.Indexes {
		if ix.Unique && !holdsAll(ix, conds) {
			return s + "; a unique index serves only with a condition (store.Has) on each of its fields"
		}
	}
	return s
}
