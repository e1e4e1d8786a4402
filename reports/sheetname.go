package reports

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// MaxSheetName is the longest sheet name in UTF-16 units.
const MaxSheetName = 31

// MaxRows is how many rows a sheet has.
const MaxRows = 1 << 20

// SheetNames makes sheet names that every spreadsheet program takes: at most
// 31 units, without the characters that are forbidden in names or need care in
// formulas, unique regardless of case. Words are cut at a word where possible.
type SheetNames struct{ taken map[string]bool }

// Make returns the name for a title.
func (n *SheetNames) Make(title string) string {
	if n.taken == nil {
		n.taken = map[string]bool{"history": true} // reserved by Excel
	}
	base := strings.Join(strings.Fields(strings.Map(plain, title)), " ")
	if base == "" {
		base = "-"
	}
	for i := 1; ; i++ {
		suffix := ""
		if i > 1 {
			suffix = " " + strconv.Itoa(i)
		}
		name := cut(base, MaxSheetName-len(suffix)) + suffix
		if key := strings.ToLower(name); !n.taken[key] {
			n.taken[key] = true
			return name
		}
	}
}

func plain(r rune) rune {
	switch {
	case strings.ContainsRune(`:\/?*[]'"`, r), r < ' ', r == '\ufeff':
		return ' '
	}
	return r
}

func cut(s string, limit int) string {
	if len(utf16.Encode([]rune(s))) <= limit {
		return s
	}
	units, end := 0, 0
	for i, r := range s {
		if units += utf16.RuneLen(r); units > limit {
			break
		}
		end = i + len(string(r))
	}
	out := s[:end]
	if sp := strings.LastIndexByte(out, ' '); sp > limit/2 && s[end] != ' ' {
		out = out[:sp]
	}
	for { // nor may the name end in a word that only joins: "and", "e", "de"
		out = strings.TrimRight(out, " ,;-–(&")
		sp := strings.LastIndexByte(out, ' ')
		if sp < limit/2 || len(out)-sp > 4 {
			return out
		}
		out = out[:sp]
	}
}
