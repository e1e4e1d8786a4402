package locale

import "strings"

// Evidence says what a column of raw texts tells about its numbers.
type Evidence string

// Plain: no value has a point or comma, either style reads them. Decided: the
// values show one style. Ambiguous: all that have a sign are like 1.234, which
// both styles read differently; somebody must be asked. Mixed: values show both
// styles; the column is faulty.
const (
	EvidencePlain     Evidence = "plain"
	EvidenceDecided   Evidence = "decided"
	EvidenceAmbiguous Evidence = "ambiguous"
	EvidenceMixed     Evidence = "mixed"
)

// Column is what was found out about a column of numbers.
type Column struct {
	Evidence Evidence
	Style    Style  // set if Decided; Point if Plain
	Example  string // the first value that decided, or the first doubtful one
	Doubtful int    // values like 1.234, read by what the others show
}

// Decider looks at the values of a column one by one, so that a file can be
// streamed. The zero value is ready.
type Decider struct {
	comma, point, doubt string // first example of each
	doubtful            int
}

// Add looks at one raw text. Empty ones and those that are no numbers tell
// nothing.
func (d *Decider) Add(raw string) {
	style, doubtful := evidence(raw)
	switch {
	case doubtful:
		d.doubtful++
		keepFirst(&d.doubt, raw)
	case style == Comma:
		keepFirst(&d.comma, raw)
	case style == Point:
		keepFirst(&d.point, raw)
	}
}

func keepFirst(slot *string, raw string) {
	if *slot == "" {
		*slot = raw
	}
}

// Column returns the decision on what was added so far.
func (d *Decider) Column() Column {
	c := Column{Doubtful: d.doubtful}
	switch {
	case d.comma != "" && d.point != "":
		c.Evidence, c.Example = EvidenceMixed, d.point
	case d.comma != "":
		c.Evidence, c.Style, c.Example = EvidenceDecided, Comma, d.comma
	case d.point != "":
		c.Evidence, c.Style, c.Example = EvidenceDecided, Point, d.point
	case d.doubtful > 0:
		c.Evidence, c.Example = EvidenceAmbiguous, d.doubt
	default:
		c.Evidence, c.Style = EvidencePlain, Point
	}
	return c
}

// DecideColumn looks at all raw texts of a column.
func DecideColumn(values []string) Column {
	var d Decider
	for _, v := range values {
		d.Add(v)
	}
	return d.Column()
}

// evidence says which style a value shows, if any, or that it is like 1.234.
func evidence(raw string) (style Style, doubtful bool) {
	s, _ := unsigned(raw)
	if !strings.ContainsAny(s, ".,") {
		return "", false
	}
	_, errComma := ParseNumber(s, Comma, 0)
	_, errPoint := ParseNumber(s, Point, 0)
	switch {
	case errComma == nil && errPoint != nil:
		return Comma, false
	case errPoint == nil && errComma != nil:
		return Point, false
	case errComma != nil:
		return "", false
	}
	// Both read it: one sign with three digits behind it.
	return "", true
}
