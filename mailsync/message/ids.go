package message

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// maxID keeps forged ids from filling an index. RFC 5322 lines end at 998.
const maxID = 500

var angled = regexp.MustCompile(`<([^<>]+)>`)

// parseIDs returns the message ids of a field without their brackets, in
// order, each once. Text around them ("Your message of Monday") is skipped;
// ids without brackets are taken when they look like one.
func parseIDs(s string) []string {
	var found []string
	if hits := angled.FindAllStringSubmatch(s, -1); len(hits) > 0 {
		for _, hit := range hits {
			found = append(found, hit[1])
		}
	} else {
		for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }) {
			if strings.Contains(word, "@") {
				found = append(found, word)
			}
		}
	}
	var out []string
	seen := map[string]bool{}
	for _, id := range found {
		if id = cleanID(id); id != "" && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// firstID reads Message-ID. An id without an @ is still an identity.
func firstID(s string) string {
	if ids := parseIDs(s); len(ids) > 0 {
		return ids[0]
	}
	return cleanID(s)
}

func cleanID(s string) string {
	s = strings.Join(strings.Fields(clean(s)), "")
	s = strings.Trim(s, "<>,;")
	if len(s) > maxID {
		return ""
	}
	return s
}

func lastIDs(ids []string) []string {
	if len(ids) > maxReferences {
		return ids[len(ids)-maxReferences:]
	}
	return ids
}

// dateLayouts are tried when net/mail gives up. Two-digit years are of the
// obsolete syntax, the rest of programs that never read the standard.
var dateLayouts = []string{
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04 -0700", "2 Jan 06 15:04:05 -0700",
	"2 Jan 2006 15:04:05", "2 Jan 06 15:04:05", "2 Jan 2006 15:04:05 MST",
	"Jan 2 15:04:05 2006", "Jan 2 15:04:05 MST 2006", "Jan 2 15:04:05 -0700 2006",
	"2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05",
	"2 Jan 2006 15.04.05 -0700", "02-Jan-2006 15:04:05 -0700", "2 Jan 2006",
}

var (
	dateComment = regexp.MustCompile(`\([^()]*\)`)
	dayName     = regexp.MustCompile(`(?i)^\p{L}{2,}\.?,?\s+(\S.*\d.*)$`)
	zoneName    = regexp.MustCompile(`(?i)\s*(GMT|UTC|UT|Z)?([+-]\d{1,2}):?(\d{2})$`)
	monthPT     = strings.NewReplacer("fev", "Feb", "abr", "Apr", "mai", "May", "ago", "Aug", "set", "Sep", "out", "Oct", "dez", "Dec", "ene", "Jan", "dic", "Dec")
)

// parseDate reads a Date field as UTC; zero when it cannot be read.
func parseDate(s string) time.Time {
	s = oneLine(dateComment.ReplaceAllString(s, " "))
	if s == "" || len(s) > 120 {
		return time.Time{}
	}
	if t, err := mail.ParseDate(s); err == nil {
		return sane(t)
	}
	short := s
	if hit := dayName.FindStringSubmatch(s); hit != nil {
		short = hit[1]
	}
	short = zoneName.ReplaceAllString(short, " $2$3")
	for _, try := range []string{short, monthPT.Replace(strings.ToLower(short)), s} {
		for _, layout := range dateLayouts {
			if t, err := time.Parse(layout, try); err == nil {
				return sane(t)
			}
		}
	}
	return time.Time{}
}

// sane drops dates that no store could sort: a year has four digits.
func sane(t time.Time) time.Time {
	t = t.UTC()
	if t.Year() < 1900 || t.Year() > 9998 {
		return time.Time{}
	}
	return t
}
