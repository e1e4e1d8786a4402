package sqlite

// segment is a stretch of an index that one range scan walks in order.
//
// Behind a position (a, b, id) of an order by two fields lie, in order: the rows
// with the same a and b and a greater id; those with the same a and b beyond;
// those with a beyond. Missing values are a stretch of their own when they come
// last. Asking for each apart lets SQLite seek to its begin whatever the
// directions are; one condition with ORs would be tested row by row.
type segment struct {
	fixed int     // how many sort fields equal the position's
	at    []value // their values
	after *string // with all fields fixed: ids beyond this one
	span  span    // of the first field that is not fixed
}

// position is a place in the order of a query.
type position struct {
	sort []value
	id   string
}

// segments returns the stretches of a page, from the position on.
func (w *walk) segments(from *position) []segment {
	if from == nil {
		return []segment{{span: w.span}}
	}
	segs := []segment{{fixed: len(w.sort), at: from.sort, after: &from.id}}
	for n := len(w.sort) - 1; n >= 0; n-- {
		var within span
		if n == 0 {
			within = w.span
		}
		segs = append(segs, w.beyond(within, from.sort, n)...)
	}
	return segs
}

// beyond returns the stretches behind the n-th value of a position, within what
// the query's own conditions leave of the field.
func (w *walk) beyond(within span, at []value, n int) []segment {
	down := w.sort[n].down
	s := segment{fixed: n, at: at[:n], span: within}
	v := at[n]
	switch {
	case within.missing, down && v.kind == null:
		return nil // missing comes last downwards
	case !down && v.kind == null:
		s.span.above(lowest(w.t.field(w.sort[n].field).Kind), false)
		return []segment{s}
	case !down:
		// The position lies within the span, so its bound is the closer one.
		s.span.lo, s.span.loOpen = &v, true
		return []segment{s}
	}
	s.span.hi, s.span.hiOpen = &v, true
	if within.bounded() || w.t.clusteredBy(w.sort[n].field) {
		return []segment{s}
	}
	return []segment{s, {fixed: n, at: at[:n], span: span{missing: true}}}
}

// constant is how many leading sort fields have one value in the segment.
func (s segment) constant() int {
	if s.span.missing {
		return s.fixed + 1
	}
	return s.fixed
}

func (s segment) write(q *query, and *separator, w *walk) {
	for n, v := range s.at[:s.fixed] {
		if v.kind == null {
			q.add(and.String() + w.sortColumn(n) + " IS NULL")
		} else {
			q.add(and.String()+w.sortColumn(n)+" = ?", v)
		}
	}
	if s.after != nil {
		q.add(and.String()+w.idColumn()+" > ?", textValue(*s.after))
	}
	if s.fixed < len(w.sort) {
		s.span.write(q, and, w.sortColumn(s.fixed))
	}
}

func (s span) write(q *query, and *separator, col string) {
	if s.missing {
		q.add(and.String() + col + " IS NULL")
	}
	if s.lo != nil {
		q.add(and.String()+col+pick(s.loOpen, " > ?", " >= ?"), *s.lo)
	}
	if s.hi != nil {
		q.add(and.String()+col+pick(s.hiOpen, " < ?", " <= ?"), *s.hi)
	}
}
