package sqlite

import "cemigmas/crm/store"

// planSet chooses an index for a Count or a Tally, where the order of rows does
// not matter: the one whose leading fields cover most conditions, and among
// equal ones the one that holds all that is needed, so that the table need not
// be read. It returns nil when there are conditions and no index helps.
func (t *table) planSet(where []store.Cond, needed []int) (*plan, error) {
	conds, none, err := t.checkConds(where)
	if err != nil {
		return nil, err
	}
	var best *plan
	bestScore := -1
	for _, ix := range t.orders {
		p := t.trySet(ix, conds)
		if p == nil {
			continue
		}
		score := 4 * p.covers()
		covered := p.holds(needed)
		if covered {
			score += 2
		}
		if covered && len(needed) > 0 && p.grouped(needed[0]) {
			score++
		}
		if (p.covers() > 0 || len(conds) == 0 || covered && ix != t.byID) && score > bestScore {
			best, bestScore = p, score
		}
	}
	if best != nil {
		best.none = none
	}
	return best, nil
}

// trySet uses as many leading fields of an index as conditions compare for
// equality, and a range on the next. What is left of the index is its order.
func (t *table) trySet(ix *index, conds []cond) *plan {
	p := &plan{t: t, ix: ix}
	used := make([]bool, len(conds))
	for k, f := range ix.fields {
		n := findEq(conds, used, f.field)
		if n < 0 {
			p.sort = ix.fields[k:]
			p.seek = ix.side == nil && seekable(conds, f.field)
			break
		}
		used[n] = true
		p.eq = append(p.eq, conds[n].values[0])
	}
	if ix.side != nil && len(p.eq) == 0 {
		return nil // a document stands there once for each value
	}
	p.takeRest(conds, used)
	if ix.unique && !p.impliesPresent() {
		return nil
	}
	return p
}

// seekable reports whether SQLite finds its place in an index by a condition
// that is not an equality with one value.
func seekable(conds []cond, field int) bool {
	for _, c := range conds {
		if c.field == field && (c.op == store.In || c.op == store.Missing) {
			return true
		}
	}
	return false
}

// holds reports whether the index has all fields that the plan reads.
func (p *plan) holds(needed []int) bool {
	has := func(field int) bool {
		for _, f := range p.ix.fields {
			if f.field == field {
				return true
			}
		}
		return false
	}
	for _, i := range needed {
		if !has(i) {
			return false
		}
	}
	for _, c := range p.rest {
		if !has(c.field) {
			return false
		}
	}
	return true
}

// grouped reports whether the index brings rows in groups of a field.
func (p *plan) grouped(field int) bool {
	return len(p.sort) > 0 && p.sort[0].field == field
}
