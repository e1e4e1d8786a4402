package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Lang is a language of the catalogue.
type Lang string

// The languages. PtBR is the one that others fall back to.
const (
	PtBR Lang = "pt-BR"
	ES   Lang = "es"
	EN   Lang = "en"
)

// Langs lists the languages in the order in which a page offers them.
var Langs = []Lang{PtBR, ES, EN}

// Valid tells whether there is a catalogue of the language.
func (l Lang) Valid() bool { return slices.Contains(Langs, l) }

//go:embed catalog/*/*.json
var files embed.FS

// message is a text cut at its placeholders. one is empty without plural forms.
type message struct{ one, other []part }

// part is literal text, or the name of an argument.
type part struct {
	text string
	arg  bool
}

var catalogs, problems = load(files)

// load reads all files. What is wrong with one is a problem that a test shows;
// the program goes on with the rest.
func load(fsys fs.FS) (map[Lang]map[string]message, []error) {
	all := map[Lang]map[string]message{}
	var problems []error
	names, err := fs.Glob(fsys, "catalog/*/*.json")
	if err != nil {
		problems = append(problems, err)
	}
	for _, name := range names {
		lang := Lang(path.Base(path.Dir(name)))
		if all[lang] == nil {
			all[lang] = map[string]message{}
		}
		problems = append(problems, loadFile(fsys, name, all[lang])...)
	}
	return all, problems
}

func loadFile(fsys fs.FS, name string, into map[string]message) (problems []error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return []error{err}
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return []error{fmt.Errorf("%s: %w", name, err)}
	}
	for key, value := range raw {
		if _, twice := into[key]; twice {
			problems = append(problems, fmt.Errorf("%s: %s stands in another file too", name, key))
		}
		m, err := parseMessage(value)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %s: %w", name, key, err))
			continue
		}
		into[key] = m
	}
	return problems
}

func parseMessage(value json.RawMessage) (message, error) {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return message{other: cut(text)}, nil
	}
	var forms map[string]string
	if err := json.Unmarshal(value, &forms); err != nil {
		return message{}, err
	}
	if len(forms) != 2 || forms["one"] == "" || forms["other"] == "" {
		return message{}, fmt.Errorf(`plural forms are "one" and "other", not %v`, forms)
	}
	return message{one: cut(forms["one"]), other: cut(forms["other"])}, nil
}

// cut splits a text at {name}. A brace that opens no name is text.
func cut(s string) []part {
	var parts []part
	for {
		open := strings.IndexByte(s, '{')
		end := -1
		if open >= 0 {
			end = strings.IndexByte(s[open:], '}')
		}
		if open < 0 || end < 0 {
			if s != "" {
				parts = append(parts, part{text: s})
			}
			return parts
		}
		if open > 0 {
			parts = append(parts, part{text: s[:open]})
		}
		parts = append(parts, part{text: s[open+1 : open+end], arg: true})
		s = s[open+end+1:]
	}
}

func find(lang Lang, key string) (message, bool) {
	if m, ok := catalogs[lang][key]; ok {
		return m, true
	}
	m, ok := catalogs[PtBR][key]
	return m, ok
}

// Has tells whether the catalogue of that language has the key.
func Has(lang Lang, key string) bool {
	_, ok := catalogs[lang][key]
	return ok
}

// Keys returns the keys of a language that start with prefix, sorted.
func Keys(lang Lang, prefix string) []string {
	var keys []string
	for key := range catalogs[lang] {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
