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
	empty bool    // only rows that lack that field
}

// segments returns the stretches of a page, from the position on.
func (p *plan) segments(from *position) []segment {
	if from == nil {
		return []segment{{span: p.span}}
	}
	segs := []segment{{fixed: len(p.sort), at: from.sort, after: &from.id}}
	for n := len(p.sort) - 1; n >= 0; n-- {
		var within span
		if n == 0 {
			within = p.span
		}
		segs = append(segs, p.beyond(within, from.sort, n)...)
	}
	return segs
}

// beyond returns the stretches behind the n-th value of a position, within what
// the query's own conditions leave of the field.
func (p *plan) beyond(within span, at []value, n int) []segment {
	down := p.sort[n].down
	s := segment{fixed: n, at: at[:n], span: within}
	v := at[n]
	switch {
	case !down && v.kind == null:
		s.span.above(lowest(p.t.field(p.sort[n].field).Kind), false)
		return []segment{s}
	case !down:
		// The position lies within the span, so its bound is the closer one.
		s.span.lo, s.span.loOpen = &v, true
		return []segment{s}
	case v.kind == null:
		return nil // missing comes last downwards
	}
	s.span.hi, s.span.hiOpen = &v, true
	if within.bounded() {
		return []segment{s}
	}
	return []segment{s, {fixed: n, at: at[:n], empty: true}}
}

func (s segment) write(q *query, and *separator, p *plan) {
	for n, v := range s.at[:s.fixed] {
		if v.kind == null {
			q.add(and.String() + p.sortColumn(n) + " IS NULL")
		} else {
			q.add(and.String()+p.sortColumn(n)+" = ?", v)
		}
	}
	switch {
	case s.after != nil:
		q.add(and.String()+p.idColumn()+" > ?", textValue(*s.after))
	case s.empty:
		q.add(and.String() + p.sortColumn(s.fixed) + " IS NULL")
	case s.fixed < len(p.sort):
		s.span.write(q, and, p.sortColumn(s.fixed))
	}
}
