package locale

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Style says what point and comma mean in written numbers.
type Style string

// Comma: 1.234,5 (pt-BR, es). Point: 1,234.5 (en, and raw cells of a workbook).
const (
	Comma Style = "comma"
	Point Style = "point"
)

// StyleOf returns the style of a language.
func StyleOf(lang Lang) Style {
	if lang == EN {
		return Point
	}
	return Comma
}

// ParseError says why a text is no number or date. Key is a message key.
type ParseError struct{ Key string }

// Error returns the key: text is made at the edge, in the user's language.
func (e *ParseError) Error() string { return e.Key }

// ParseNumber reads a number of the given style as an integer scaled by
// 10^scale, rounded half away from zero once: ParseNumber("1.234,5", Comma, 3)
// is 1,234,500 (kW to W). A sign, R$, a percent sign and blanks are accepted,
// exponents with Point only (workbooks store them). Groups must be of three
// digits: 1.5 is no number of style Comma. Errors: number.invalid,
// number.groups, number.range.
func ParseNumber(s string, style Style, scale int) (int64, error) {
	text, negative := unsigned(s)
	exponent := 0
	if style == Point {
		var ok bool
		if text, exponent, ok = splitExponent(text); !ok {
			return 0, &ParseError{"number.invalid"}
		}
	}
	group, decimal := ".", ","
	if style == Point {
		group, decimal = ",", "."
	}
	whole, fraction, _ := strings.Cut(text, decimal)
	if strings.Trim(text, "0123456789.,") != "" || strings.Trim(text, ".,") == "" {
		return 0, &ParseError{"number.invalid"}
	}
	if !grouped(whole, group) || strings.Trim(fraction, "0123456789") != "" {
		return 0, &ParseError{"number.groups"}
	}
	n, ok := scaled(strings.ReplaceAll(whole, group, "")+fraction, scale+exponent-len(fraction))
	if !ok {
		return 0, &ParseError{"number.range"}
	}
	if negative {
		n = -n
	}
	return n, nil
}

func trimSpace(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' })
}

// unsigned drops blanks, currency, percent sign and the sign.
func unsigned(s string) (text string, negative bool) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, trimSpace(s))
	text = strings.TrimSuffix(text, "%")
	for _, sign := range []string{"-", "−"} {
		if rest, ok := strings.CutPrefix(text, sign); ok {
			text, negative = rest, true
			break
		}
	}
	text = strings.TrimPrefix(text, "+")
	text = strings.TrimPrefix(text, "R$")
	if rest, ok := strings.CutPrefix(text, "-"); ok && !negative {
		text, negative = rest, true
	}
	return text, negative
}

func splitExponent(s string) (mantissa string, exponent int, ok bool) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, true
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil && n >= -400 && n <= 400
}

// grouped tells whether the whole part has no groups, or groups of three.
func grouped(whole, group string) bool {
	parts := strings.Split(whole, group)
	for i, p := range parts {
		if strings.Trim(p, "0123456789") != "" {
			return false
		}
		switch {
		case len(parts) == 1:
		case i == 0 && (len(p) < 1 || len(p) > 3 || p[0] == '0'): // 0.123 groups nothing
			return false
		case i > 0 && len(p) != 3:
			return false
		}
	}
	return true
}

// scaled returns digits × 10^power, rounded half up.
func scaled(digits string, power int) (int64, bool) {
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return 0, true
	}
	up := false
	if power < 0 {
		keep := len(digits) + power
		if keep < 0 {
			return 0, true
		}
		up = digits[keep] >= '5'
		digits = digits[:keep]
	} else {
		if len(digits)+power > 19 {
			return 0, false
		}
		digits += strings.Repeat("0", power)
	}
	n, err := strconv.ParseInt("0"+digits, 10, 64)
	if err != nil || up && n == math.MaxInt64 {
		return 0, false
	}
	if up {
		n++
	}
	return n, true
}
