package message

import (
	"net/url"
	"path"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// parseParams reads a value with parameters, such as Content-Type. mime's own
// parser gives up at the first fault and knows no charset but UTF-8 in RFC
// 2231 values; names of attachments would be lost by that.
func parseParams(s string) (value string, params map[string]string) {
	pieces := splitParams(s)
	value = strings.ToLower(strings.TrimSpace(pieces[0]))
	params = map[string]string{}
	parts := map[string][]continued{}
	for _, piece := range pieces[1:] {
		key, raw, ok := strings.Cut(piece, "=")
		key = strings.ToLower(strings.TrimSpace(key))
		if !ok || key == "" {
			continue
		}
		raw = unquote(strings.TrimSpace(raw))
		if name, c, ok := parseContinued(key, raw); ok {
			parts[name] = append(parts[name], c)
			continue
		}
		if _, twice := params[key]; !twice {
			params[key] = oneLine(decodeWords(raw))
		}
	}
	for name, list := range parts {
		params[name] = joinContinued(list)
	}
	return value, params
}

// splitParams cuts at semicolons outside of quotes; the first piece is the value.
func splitParams(s string) []string {
	var out []string
	quoted, start := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ';' && !quoted:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// continued is one piece of an RFC 2231 parameter: name*1*=..., name*=...
type continued struct {
	index   int
	encoded bool
	value   string
}

func parseContinued(key, raw string) (name string, c continued, ok bool) {
	name, rest, starred := strings.Cut(key, "*")
	if !starred || name == "" {
		return "", c, false
	}
	number, encoded := strings.CutSuffix(rest, "*")
	if rest == "" {
		return name, continued{encoded: true, value: raw}, true
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 999 {
		return "", c, false
	}
	return name, continued{index: n, encoded: encoded, value: raw}, true
}

func joinContinued(list []continued) string {
	sort.SliceStable(list, func(i, j int) bool { return list[i].index < list[j].index })
	charset := ""
	var raw []byte
	for i, c := range list {
		v := c.value
		if c.encoded && i == 0 {
			if parts := strings.SplitN(v, "'", 3); len(parts) == 3 {
				charset, v = parts[0], parts[2]
			}
		}
		if c.encoded {
			if un, err := url.PathUnescape(v); err == nil {
				v = un
			}
		}
		raw = append(raw, v...)
	}
	text, _ := toUTF8(raw, charset)
	return oneLine(decodeWords(text))
}

// fileName makes a name that can be offered for download: no folders, no
// control characters, no marks that turn the reading direction (a favourite
// for hiding ".exe").
func fileName(s string) string {
	s = strings.ReplaceAll(clean(s), `\`, "/")
	s = path.Base("/" + s)
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		if strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, s)
	s = strings.Trim(oneLine(s), ". ")
	if s == "" || s == "/" {
		return ""
	}
	return clipName(s, 150)
}

// clipName shortens a name in front of its extension.
func clipName(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	ext := []rune(path.Ext(s))
	if len(ext) > 10 {
		ext = nil
	}
	return string(runes[:n-len(ext)-1]) + "…" + string(ext)
}
