package message

import (
	"regexp"
	"strings"

	"cemigmas/crm/text"
)

// Folded subjects arrive here, so the patterns are lower case ASCII. A marker
// may carry a count ("re[2]:", "re^3:", "fwd(2):") and stand in brackets
// ("[fwd: ...]"). Brazilian programs write res and enc, Spanish ones rv and rm,
// German ones aw and wg; gateways put [externo] in front. French tr is left out: TR is a transformer here.
var (
	marker     = regexp.MustCompile(`^(?:[\s\[(]*\[(?:externo|externa|external|ext)\]\s*|[\s\[(]*(?:re|res|resp|fw|fwd|enc|rv|rm|ref|aw|wg)\s*(?:[\[(^]?\s*\d{1,3}\s*[\])]?)?\s*[:：])`)
	dashMarker = regexp.MustCompile(`^\s*(?:re|res|enc|fwd)\s+-\s+`)
)

// CanonicalSubject returns what mails of one conversation have in common:
// without any run of reply and forward marks, without case and accents. Empty
// for a subject that is nothing but marks.
func CanonicalSubject(subject string) string {
	s := oneLine(text.Fold(clean(subject)))
	forwarded := false
	for {
		cut := marker.FindStringIndex(s)
		if cut == nil {
			cut = dashMarker.FindStringIndex(s)
		}
		if cut == nil {
			break
		}
		forwarded = forwarded || strings.ContainsAny(s[:cut[1]], "[(")
		s = s[cut[1]:]
	}
	if forwarded && unbalanced(s) {
		s = strings.TrimRight(s, "]) ") // the end of "[fwd: ...]"
	}
	return strings.TrimSpace(s)
}

func unbalanced(s string) bool {
	return strings.Count(s, "[") < strings.Count(s, "]") || strings.Count(s, "(") < strings.Count(s, ")")
}
