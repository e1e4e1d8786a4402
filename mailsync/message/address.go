package message

import (
	"strings"
	"unicode"
)

// ParseAddresses reads an address list as it stands in From, To or Cc, still
// encoded. It takes what people's programs write: groups, comments, missing
// commas and quotes, semicolons, blanks around the @. An entry without an
// address keeps its name; an entry without either is left out.
func ParseAddresses(list string) []Address {
	var out []Address
	for _, entry := range splitList(list) {
		if a, ok := parseAddress(entry); ok {
			out = append(out, a)
		}
		if len(out) == maxAddresses {
			break
		}
	}
	return out
}

// splitList cuts at commas and semicolons outside of quotes, comments and
// angle brackets, and drops the names of groups ("Team: a@x, b@x;").
func splitList(list string) []string {
	var out []string
	var quoted, escaped, angle bool
	comment, start := 0, 0
	for i := 0; i < len(list); i++ {
		c := list[i]
		switch {
		case escaped:
			escaped = false
		case c == '\\' && (quoted || comment > 0):
			escaped = true
		case quoted:
			quoted = c != '"'
		case c == '(':
			comment++
		case comment > 0:
			if c == ')' {
				comment--
			}
		case c == '"':
			quoted = strings.IndexByte(list[i+1:], '"') >= 0 // a lone quote opens nothing
		case c == '<':
			angle = strings.IndexByte(list[i:], '>') > 0
		case c == '>':
			angle = false
		case angle:
		case c == ',' || c == ';':
			out = append(out, list[start:i])
			start = i + 1
		case c == ':' && !strings.EqualFold(strings.TrimSpace(list[start:i]), "mailto"):
			start = i + 1
		}
	}
	return append(out, list[min(start, len(list)):])
}

func parseAddress(entry string) (Address, bool) {
	entry = strings.TrimSpace(entry)
	if entry == "" {
		return Address{}, false
	}
	name, addr := entry, ""
	if open := strings.LastIndexByte(entry, '<'); open >= 0 {
		inside, _, _ := strings.Cut(entry[open+1:], ">")
		name, addr = entry[:open], inside
	} else {
		name, addr = bareAddress(entry)
	}
	a := Address{Name: cleanName(name), Email: cleanEmail(addr)}
	if a.Email == "" && addr != "" && a.Name == "" {
		a.Name = cleanName(addr)
	}
	if a.Email == "" {
		// Some programs put the address where the name belongs.
		a.Email = cleanEmail(a.Name)
	}
	if strings.EqualFold(a.Name, a.Email) {
		a.Name = ""
	}
	return a, a.Name != "" || a.Email != ""
}

// bareAddress reads an entry without angle brackets: "ana@x.com (Ana)", or a
// name alone.
func bareAddress(entry string) (name, addr string) {
	rest, comments := stripComments(entry)
	rest = strings.TrimSpace(rest)
	if cleanEmail(rest) != "" {
		return comments, rest
	}
	for _, word := range strings.Fields(rest) {
		if cleanEmail(word) != "" {
			return strings.TrimSpace(strings.Replace(rest, word, "", 1)), word
		}
	}
	return entry, ""
}

func stripComments(s string) (rest, comments string) {
	var b, c strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth > 0:
			c.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), strings.TrimSpace(c.String())
}

// cleanName decodes a display name; quotes may be around encoded words.
func cleanName(s string) string {
	s = unquote(strings.TrimSpace(s))
	s = oneLine(decodeWords(s))
	if stripped, _ := stripComments(s); strings.TrimSpace(stripped) != "" {
		s = strings.TrimSpace(stripped)
	}
	return clip(strings.Trim(s, `"' `), 200)
}

func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' {
		return s
	}
	var b strings.Builder
	escaped := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case escaped:
			b.WriteByte(c)
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// cleanEmail returns an address in lower case, or nothing when it is none.
func cleanEmail(s string) string {
	s = strings.ToLower(clean(strings.TrimSpace(s)))
	s = strings.TrimPrefix(s, "mailto:")
	s = strings.Trim(s, "<>'\" \t.,;")
	if i := strings.LastIndexByte(s, ':'); strings.HasPrefix(s, "@") && i > 0 {
		s = s[i+1:] // source route, "@relay:ana@x.com"
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, " @", "@"), "@ ", "@")
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 || len(s) > 254 {
		return ""
	}
	if strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>(),;:"\`, r) || r == unicode.ReplacementChar
	}) {
		return ""
	}
	return s
}
