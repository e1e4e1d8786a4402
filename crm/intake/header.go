package intake

import (
	"strings"

	"cemigmas/crm/locale"
	"cemigmas/crm/text"
)

// headerKey makes names comparable: accents, case, signs and what stands in
// brackets do not matter.
func headerKey(s string) string {
	for {
		open := strings.IndexAny(s, "([")
		if open < 0 {
			break
		}
		end := strings.IndexAny(s[open:], ")]")
		if end < 0 {
			break
		}
		s = s[:open] + " " + s[open+end+1:]
	}
	return text.SortKey(strings.TrimSuffix(strings.TrimSpace(s), "*"))
}

// unitOf is the unit in the brackets of a header, folded: kw, mw, w, kwh ….
func unitOf(s string) string {
	open := strings.LastIndexAny(s, "([")
	end := strings.LastIndexAny(s, ")]")
	if open < 0 || end < open {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(s[open+1 : end]))
}

// unitScale corrects a scale for a unit other than that of the template: a
// header that says MW is taken at its word.
func unitScale(unit string, scale int) int {
	switch unit {
	case "mw", "mwh", "mva":
		return scale + 3
	case "w", "wh", "v":
		return scale - 3
	}
	return scale
}

// names are what a column may be called, folded.
func (c *column) names(kind string) map[string]bool {
	out := map[string]bool{text.SortKey(c.id): true}
	for _, lang := range locale.Langs {
		out[headerKey(locale.T(lang, "import.col."+kind+"."+c.id))] = true
	}
	for _, s := range c.also {
		out[text.SortKey(s)] = true
	}
	return out
}

// known finds the column of a sheet that a header means: by its whole name, else
// without what stands in brackets.
func known(kind, header string) (int, bool) {
	if n, ok := headers[kind][text.SortKey(header)]; ok {
		return n, true
	}
	n, ok := headers[kind][headerKey(header)]
	return n, ok
}

// headers maps folded names to columns of each sheet, made once.
var headers = func() map[string]map[string]int {
	all := map[string]map[string]int{}
	for _, s := range sheets {
		all[s.kind] = map[string]int{}
		for n := range s.columns {
			for name := range s.columns[n].names(s.kind) {
				if _, taken := all[s.kind][name]; !taken {
					all[s.kind][name] = n
				}
			}
		}
	}
	return all
}()

// bound is a column of a file that was understood.
type bound struct {
	*column
	header string // as the file has it
	scale  int
	dec    locale.Decider
	style  locale.Style
	fixed  locale.Style // as its sender decided
	mixed  bool
}

// match reads a row as headers of a sheet. It returns one entry per cell, nil
// for those that are not known, and how many are.
func match(s *sheet, cells []cell) (cols []*bound, found int) {
	seen := map[string]bool{}
	for _, c := range cells {
		n, ok := known(s.kind, c.text)
		if !ok || c.text == "" || seen[s.columns[n].id] {
			cols = append(cols, nil)
			continue
		}
		col := &s.columns[n]
		seen[col.id] = true
		found++
		cols = append(cols, &bound{column: col, header: strings.TrimSpace(c.text), scale: unitScale(unitOf(c.text), col.scale)})
	}
	return cols, found
}

// missing lists required columns that a header row lacks.
func missing(s *sheet, cols []*bound) (ids []string) {
	for n := range s.columns {
		if !s.columns[n].required {
			continue
		}
		found := false
		for _, b := range cols {
			found = found || b != nil && b.id == s.columns[n].id
		}
		if !found {
			ids = append(ids, s.columns[n].id)
		}
	}
	return ids
}

// sheetNamed finds the sheet that a name means in any language.
func sheetNamed(name string) *sheet {
	key := headerKey(name)
	for n := range sheets {
		if key == text.SortKey(sheets[n].kind) {
			return &sheets[n]
		}
		for _, lang := range locale.Langs {
			for _, prefix := range []string{"import.sheet.", "import.sheet.also."} {
				if key == headerKey(locale.T(lang, prefix+sheets[n].kind)) {
					return &sheets[n]
				}
			}
		}
	}
	return nil
}

// isNotes reports whether a sheet holds explanations only.
func isNotes(name string) bool {
	for _, lang := range locale.Langs {
		if headerKey(name) == headerKey(locale.T(lang, "import.sheet.notes")) {
			return true
		}
	}
	return false
}

// guess finds the sheet whose columns a header row names: the one with most of
// them, the first of equals; nil when too few are understood.
func guess(cells []cell, kinds ...string) *sheet {
	var best *sheet
	most := 1
	for n := range sheets {
		s := &sheets[n]
		if len(kinds) > 0 && s.kind != kinds[0] {
			continue
		}
		cols, known := match(s, cells)
		if known > most && len(missing(s, cols)) == 0 {
			best, most = s, known
		}
	}
	return best
}

func columnName(lang locale.Lang, kind, id string) string {
	return locale.T(lang, "import.col."+kind+"."+id)
}

// kindName is the name of a sheet in a language.
func kindName(lang locale.Lang, kind string) string { return locale.T(lang, "import.sheet."+kind) }
