package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cemigmas/crm/store"
)

// Conds checks conditions against a collection's declaration and returns them
// with clean values (instants in UTC milliseconds, In with one value as Eq).
// never says that an In without values is among them. Errors are CodeInvalid.
func Conds(c *store.Collection, where []store.Cond) (conds []store.Cond, never bool, err error) {
	conds = make([]store.Cond, 0, len(where))
	for _, w := range where {
		f, ok := c.Field(w.Field)
		if !ok {
			return nil, false, undeclared(c, w.Field)
		}
		if err := arity(c, f, w); err != nil {
			return nil, false, err
		}
		kind := f.Kind
		if kind == store.Strings {
			kind = store.String // a condition names one value of the field
		}
		values := make([]any, len(w.Values))
		for i, v := range w.Values {
			if values[i], err = clean(kind, v); err != nil {
				return nil, false, invalid(c, w.Field, "%v", err)
			}
		}
		w.Values = values
		if w.Op == store.In {
			never = never || len(values) == 0
			if len(values) == 1 {
				w.Op = store.Eq
			}
		}
		conds = append(conds, w)
	}
	return conds, never, nil
}

func arity(c *store.Collection, f store.Field, w store.Cond) error {
	n := len(w.Values)
	if w.Or != "" {
		return invalid(c, w.Or, "one condition at most, an Eq, is of either of two fields")
	}
	switch w.Op {
	case store.Eq:
		if n != 1 {
			return invalid(c, f.Name, "Eq with %d values", n)
		}
	case store.Lt, store.Le, store.Gt, store.Ge:
		if n != 1 {
			return invalid(c, f.Name, "a comparison with %d values", n)
		}
		if f.Kind == store.Strings {
			return invalid(c, f.Name, "a multi-valued field has no order")
		}
	case store.In:
		if n > MaxIn {
			return invalid(c, f.Name, "In with %d values, at most %d", n, MaxIn)
		}
	case store.Missing, store.Present:
		if n != 0 {
			return invalid(c, f.Name, "Missing and Present take no value")
		}
	default:
		return invalid(c, f.Name, "unknown comparison %d", w.Op)
	}
	return nil
}

// clean checks one value of a kind.
func clean(kind store.Kind, v any) (any, error) {
	switch kind {
	case store.String:
		if s, ok := v.(string); ok {
			if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
				return nil, fmt.Errorf("a string that is not UTF-8 or holds a NUL")
			}
			return s, nil
		}
	case store.Int:
		if n, ok := v.(int64); ok {
			return n, nil
		}
	case store.Bool:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case store.Time:
		if t, ok := v.(time.Time); ok {
			return time.UnixMilli(t.UnixMilli()).UTC(), nil
		}
	case store.Strings:
		if list, ok := v.([]string); ok {
			return cleanList(list)
		}
	}
	return nil, fmt.Errorf("a %T does not fit the field's kind", v)
}

// cleanList checks the values of a multi-valued field. Their order and doubles
// are the caller's and stay.
func cleanList(list []string) (any, error) {
	for _, s := range list {
		if _, err := clean(store.String, s); err != nil {
			return nil, err
		}
	}
	return slices.Clone(list), nil
}

// Compare orders two values of one kind as an index does: nil (missing) before
// everything, strings by bytes, false before true.
func Compare(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	switch x := a.(type) {
	case string:
		return strings.Compare(x, b.(string))
	case int64:
		return cmp.Compare(x, b.(int64))
	case time.Time:
		return x.Compare(b.(time.Time))
	case bool:
		y := b.(bool)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	}
	return 0
}
