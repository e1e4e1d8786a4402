package reports

import "unicode/utf8"

// Narrowest and widest text columns, in characters; longer words wrap.
const (
	minWidth = 9
	maxWidth = 44
)

// column declares a column; its words are report.col.key and report.over.over.
type column struct {
	key, over string
	kind      Kind
	quiet     bool
}

// postos are the three columns of a demand by posto.
func postos(over string) []column {
	return []column{{over + "Single", over, KW, false}, {over + "Peak", over, KW, false}, {over + "OffPeak", over, KW, false}}
}

func overruns() []column {
	return []column{{"overKW", "overrun", KW, true}, {"overMoney", "overrun", Money, true}}
}

func reactives() []column {
	return []column{{"reactiveKWh", "reactive", KW, true}, {"reactiveKW", "reactive", KW, true}, {"reactiveMoney", "reactive", Money, true}}
}

func contacts() []column {
	return []column{
		{"visits", "contacts", Int, true}, {"calls", "contacts", Int, true},
		{"meetings", "contacts", Int, true}, {"mails", "contacts", Int, true},
	}
}

// columns words the declarations in a language. A header wraps between words,
// so a column must hold its longest word.
func (b *builder) columns(defs []column) []Column {
	out := make([]Column, len(defs))
	for i, d := range defs {
		label := b.t("report.col." + d.key)
		out[i] = Column{Key: d.key, Label: label, Kind: d.kind, Quiet: d.quiet,
			Width: float64(max(minWidth, longestWord(label)+4))} // room for the filter's arrow
		if d.over != "" {
			out[i].Over = b.t("report.over." + d.over)
		}
	}
	return out
}

func longestWord(s string) int {
	longest, n := 0, 0
	for _, r := range s {
		if r == ' ' {
			n = 0
			continue
		}
		n++
		longest = max(longest, n)
	}
	return longest
}

// widen makes a column hold a text, on several lines if it is a long one.
func (c *Column) widen(s string) {
	n := float64(utf8.RuneCountInString(s) + 2)
	if n > c.Width {
		c.Width = min(n, maxWidth)
	}
	c.Wrap = c.Wrap || n > maxWidth
}

// widenFor makes a column hold a number as it will be shown.
func (c *Column) widenFor(n int64) {
	scale := map[Kind]int64{Int: 1, KW: 1000, Money: 100, Percent: 10}[c.Kind]
	if scale == 0 {
		return
	}
	digits := 1
	for v := max(n, -n) / scale; v >= 10; v /= 10 {
		digits++
	}
	decimals := map[Kind]int{KW: 2, Money: 3, Percent: 3}[c.Kind]
	c.Width = max(c.Width, float64(digits+(digits-1)/3+decimals+3))
}

// fit widens the columns for their totals, which are the largest numbers.
func fit(cols []Column, totals []Cell) {
	for i, c := range totals {
		if c.Has {
			cols[i].widenFor(c.Num)
		}
	}
}
