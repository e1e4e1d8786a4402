package page

import "html/template"

// State colours words, dots and bars. The zero value is normal, which is black
// on white.
type State string

// The states, worst first.
const (
	Bad   State = "bad"   // overdue, over 105 %, failed
	Warn  State = "warn"  // today, due soon, 100 to 105 %
	OK    State = "ok"    // in time, kept
	Idle  State = "idle"  // idle demand, planned, paused
	Plain State = "plain" // neither good nor bad
)

// Badge is a state in one or two words.
type Badge struct {
	Label string
	State State
}

// Chip is a filter: chosen, or one click away. X, when set, removes it.
type Chip struct {
	Key     string // "Ramo"; empty for a chip of one word
	Label   string
	URL     string // the page with this choice
	Part    string // the same as a fragment, for htmx; empty follows URL only
	X       string // the page without this filter
	Pressed bool
}

// Tab is one view of a list.
type Tab struct {
	Label   string
	Count   string
	URL     string
	Current bool
}

// Stat is one figure in the row of figures.
type Stat struct {
	Label string
	Value string
	Unit  string // or what stands small behind the figure
	State State
}

// Fact is one line of a record: a name and what it is.
type Fact struct {
	Label string
	Value string
	URL   string // the value leads here, when set
	// ID is of the element when the fact can be edited where it stands, and
	// EditURL answers the form (and a page with it, without script).
	ID      string
	EditURL string
	EditTip string
	Focus   bool // it was just edited
	Swap    bool // it takes the place of what stands on the page
}

// FactEdit is a fact as a form, where it stands: GET {record}/edit?fact=.
type FactEdit struct {
	Text
	CSRF    string
	ID      string
	URL     string // POST with fact, version and the fields
	ShowURL string // GET: the fact as it is
	BackURL string
	Name    string // field fact
	Version string // field version: what was read
	Wrong   string // what no field can say
	Fields  []FieldView
	Checks  []Check
	Group   string   // name of the checks
	Theirs  *Theirs  // other checks that somebody else stored
	Was     []Option // what was stored when the form was made, by field: was.{name}
}

// One reports whether the form is a single field, which the fact's own label names.
func (f FactEdit) One() bool { return len(f.Fields)+len(f.Checks) == 1 }

// FactSaved is a fact after its form, and what else on the page it changed.
type FactSaved struct {
	Own    Fact
	Others []Fact
	Top    RecordTitle
	Toast  Toast
}

// RecordTitle is the first line of a record.
type RecordTitle struct {
	Text
	Name     string
	Badges   []Badge
	Line     string // "Alimentos, Araguari"; on a wide screen
	Number   string // UC
	Phone    Tel
	MailURL  string
	VisitURL string
	EditURL  string
	Swap     bool
}

// Notice says what happened, what is safe, and the one thing to do next.
type Notice struct {
	State  State
	Label  string
	Action Link
}

// Empty says what to do or what comes next, with at most one button.
type Empty struct {
	Heading string
	Label   string
	Action  Link
}

// More leads to the next page of a list.
type More struct {
	Label string
	URL   string // the page, for a reader without script
	Part  string // the fragment, for htmx
}

// Util is a utilisation: measured demand over contracted, in percent.
type Util struct {
	Percent int    // for the bar, whose track ends at 120
	Label   string // "111,9 %"
	State   State
}

// Fill answers how much of the bar is filled, of 120.
func (u Util) Fill() int { return min(max(u.Percent, 0), 120) }

// Strip shows the last 13 months of one posto as bars; a nil month is a gap.
type Strip struct {
	Label string // for those who cannot see it
	Bars  []StripBar
}

// StripBar is one month of a strip.
type StripBar struct {
	Percent int
	State   State
	Gap     bool   // nothing was measured
	Title   string // "10/2026: 111,9 %"
}

// The strip's drawing: bars of 10 with gaps of 3, 125 percent high.
const (
	stripStep = 13
	stripTop  = 125
)

// X answers the left border of bar i.
func (Strip) X(i int) int { return i * stripStep }

// Width answers the width of the drawing.
func (s Strip) Width() int { return max(len(s.Bars)*stripStep-3, 1) }

// Height answers the height of the bar in the drawing.
func (b StripBar) Height() int { return min(max(b.Percent, 0), stripTop) }

// Y answers the upper border of the bar in the drawing.
func (b StripBar) Y() int { return stripTop - b.Height() }

// Option is one choice of a select or a radio group.
type Option struct {
	Value string
	Label string
}

// Tel is a phone number as people write it.
type Tel string

// Href answers the address that dials it: digits and a leading plus only, so
// that nothing else can hide behind the scheme, which html/template refuses
// from text.
func (t Tel) Href() template.URL {
	number := "tel:"
	for i, r := range string(t) {
		if r >= '0' && r <= '9' || r == '+' && i == 0 {
			number += string(r)
		}
	}
	return template.URL(number)
}
