package demo

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed texts/activities.txt
var activityTexts string

// sentences are what agents write, by language, sector and kind.
type sentences map[string][]string

// heard are the sentences of the demonstration.
var heard = readSentences(activityTexts)

func sentenceKey(lang, sector, kind string) string { return lang + " " + sector + " " + kind }

// readSentences reads the sheet of texts; it panics on one that it does not
// understand, which the tests of this package would show first.
func readSentences(sheet string) sentences {
	out := sentences{}
	var keys []string
	for n, line := range strings.Split(sheet, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			head, kind, ok := strings.Cut(strings.Trim(line, "[]"), ":")
			if !ok {
				panic(fmt.Sprintf("demo: line %d: a head is [sectors: kind]", n+1))
			}
			keys = headKeys(strings.Fields(head), strings.TrimSpace(kind))
		case len(keys) == 0:
			panic(fmt.Sprintf("demo: line %d: a sentence before the first head", n+1))
		default:
			for _, k := range keys {
				out[k] = append(out[k], line)
			}
		}
	}
	return out
}

func headKeys(sectors []string, kind string) (keys []string) {
	lang := "pt"
	if i := slices.Index(sectors, "es"); i >= 0 {
		lang, sectors = "es", slices.Delete(sectors, i, i+1)
	}
	for _, s := range sectors {
		keys = append(keys, sentenceKey(lang, s, kind))
	}
	return keys
}

// pick takes a sentence of the sector as often as one that fits everywhere.
// In a Spanish house half of what is noted is in Spanish.
func (s sentences) pick(d dice, lang, sector, kind string) string {
	if lang == "es" && d.chance(50) {
		if list := s[sentenceKey("es", "*", kind)]; len(list) > 0 {
			return one(d, list)
		}
	}
	own := s[sentenceKey("pt", sector, kind)]
	if len(own) > 0 && d.chance(55) {
		return one(d, own)
	}
	return one(d, s[sentenceKey("pt", "*", kind)])
}
