package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SortKey returns the key by which names are sorted: folded, apostrophes and
// full stops dropped ("S.A." sorts as "sa", "Água d'Oeste" as "agua doeste"),
// every other run of signs and spaces one space. Different names may share a
// key; the caller breaks ties by the original.
func SortKey(s string) string {
	folded := Fold(s)
	b := make([]byte, 0, len(folded))
	gap := false
	for _, r := range folded {
		switch {
		case r == '.' || r == '\'' || r == '’' || r == '`':
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mc, r):
			if gap && len(b) > 0 {
				b = append(b, ' ')
			}
			gap = false
			b = utf8.AppendRune(b, r)
		default:
			gap = true
		}
	}
	if string(b) == folded {
		return folded
	}
	return string(b)
}

// Digits returns the digits 0 to 9 of s and nothing else.
func Digits(s string) string {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == len(s) {
		return s
	}
	b := make([]byte, i, len(s))
	copy(b, s)
	for ; i < len(s); i++ {
		if isDigit(s[i]) {
			b = append(b, s[i])
		}
	}
	return string(b)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// Clip shortens s to at most n runes, the last of which is then "…". Blanks
// before the "…" are dropped. With n below 1 the result is empty.
func Clip(s string, n int) string {
	if n < 1 {
		return ""
	}
	if len(s) <= n {
		return s
	}
	count, cut := 0, 0
	for i := range s {
		if count == n-1 {
			cut = i
		}
		if count == n {
			return strings.TrimRightFunc(s[:cut], unicode.IsSpace) + "…"
		}
		count++
	}
	return s
}

// cutBytes shortens s to at most n bytes on a rune border.
func cutBytes(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
