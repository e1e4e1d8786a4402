package locale

import (
	"fmt"
	"strconv"
	"strings"
)

// T returns the text of a key. Arguments are name, value, name, value; whole
// numbers are written in the form of the language. An unknown key is returned
// as it is, an unknown language is taken for pt-BR, a placeholder without an
// argument stays.
func T(lang Lang, key string, args ...any) string {
	m, ok := find(lang, key)
	if !ok {
		return key
	}
	parts := m.other
	if m.one != nil && isOne(lang, argument(args, "count")) {
		parts = m.one
	}
	if len(parts) == 1 && !parts[0].arg {
		return parts[0].text
	}
	var b strings.Builder
	for _, p := range parts {
		if !p.arg {
			b.WriteString(p.text)
			continue
		}
		writeArgument(&b, lang, p.text, argument(args, p.text))
	}
	return b.String()
}

// absent marks an argument that was not given, since nil may be given.
type absent struct{}

func argument(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return absent{}
}

func writeArgument(b *strings.Builder, lang Lang, name string, value any) {
	if n, ok := integer(value); ok {
		b.WriteString(Int(lang, n))
		return
	}
	switch v := value.(type) {
	case absent:
		b.WriteString("{" + name + "}")
	case string:
		b.WriteString(v)
	default:
		fmt.Fprint(b, v)
	}
}

// integer reads the types in which counts come, and whole numbers that went
// through JSON and came back as floats.
func integer(value any) (int64, bool) {
	switch v := value.(type) {
	case int:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case float64:
		n := int64(v)
		return n, float64(n) == v
	}
	return 0, false
}

// isOne is the plural rule: in Portuguese none and one are singular.
func isOne(lang Lang, count any) bool {
	n, ok := integer(count)
	if !ok {
		return false
	}
	return n == 1 || n == -1 || n == 0 && lang != ES && lang != EN
}

// Match returns the language for an Accept-Language header: of those that there
// are, the one with the highest weight, the first of equals; pt-BR if there is
// none.
func Match(acceptLanguage string) Lang {
	best, weight := PtBR, 0.0
	for item := range strings.SplitSeq(acceptLanguage, ",") {
		tag, q := weighted(item)
		lang, ok := base(tag)
		if ok && q > weight {
			best, weight = lang, q
		}
	}
	return best
}

func weighted(item string) (tag string, q float64) {
	tag, rest, _ := strings.Cut(item, ";")
	q = 1
	if text, ok := strings.CutPrefix(strings.ReplaceAll(rest, " ", ""), "q="); ok {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || v < 0 || v > 1 {
			v = 0
		}
		q = v
	}
	return strings.TrimSpace(tag), q
}

func base(tag string) (Lang, bool) {
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch language {
	case "pt":
		return PtBR, true
	case "es":
		return ES, true
	case "en":
		return EN, true
	}
	return "", false
}
