package intake

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// passing are the collections that an import and its undo may change for good:
// the history of what was done, the work itself, and what tells of it.
var passing = []*store.Collection{crm.Revisions.In, crm.Jobs.In, crm.ImportErrors.In, crm.ImportDiffs.In, crm.ImportMappings.In, crm.NewsRows.In, crm.Nodes.In, store.State}

// anID is a number that the program gave.
var anID = regexp.MustCompile(`\b[0-9a-hjkmnp-tv-z]{24}\b`)

// wholeStore is every document of the store but those of passing, with its
// declared fields, and how many there are of each. Ids are given anew by each
// import, so an id is replaced by what it is the id of: two stores are equal
// when the same documents hang together in the same way. The clock of these
// tests stands still, so the times of documents are compared too. A document
// that names one that is not there fails the test.
func wholeStore(t *testing.T, svc *crm.Service) map[string]int {
	t.Helper()
	docs := map[string]string{} // by collection and id
	ids := map[string]string{}  // what an id is the id of
	for _, in := range crm.Schema() {
		if slices.Contains(passing, in) {
			continue
		}
		for d, err := range store.All(t.Context(), svc.Store(), store.Query{In: in, WithKeys: true}) {
			if err != nil {
				t.Fatal(err)
			}
			line := in.Name + " " + d.ID + " " + ordered(t, d.Body) + fmt.Sprint(d.Keys)
			docs[in.Name+"/"+d.ID] = line
			if anID.FindString(d.ID) == d.ID {
				ids[d.ID] = anID.ReplaceAllString(line, "#")
			}
		}
	}
	// Twice, so that a reading knows the client of its installation.
	for range 2 {
		next := make(map[string]string, len(ids))
		for id := range ids {
			for _, in := range crm.Schema() {
				if line, ok := docs[in.Name+"/"+id]; ok {
					next[id] = named(line, ids)
				}
			}
		}
		ids = next
	}
	out := map[string]int{}
	for _, line := range docs {
		for _, id := range anID.FindAllString(line, -1) {
			if ids[id] == "" {
				t.Errorf("%s is nobody's id in %s", id, line)
				ids[id] = "nobody" // said once
			}
		}
		out[named(line, ids)]++
	}
	return out
}

// named puts in the place of each id a short name of what it stands for.
func named(line string, ids map[string]string) string {
	return anID.ReplaceAllStringFunc(line, func(id string) string { return "<" + digest(ids[id]) + ">" })
}

func digest(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s)))[:16] }

// ordered is a document with its members in order, whatever was patched last.
func ordered(t *testing.T, body []byte) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func count(docs map[string]int) (n int) {
	for _, c := range docs {
		n += c
	}
	return n
}

// differ tells what one store has and the other has not.
func differ(a, b map[string]int) string {
	var out strings.Builder
	for k, n := range a {
		if b[k] != n {
			fmt.Fprintf(&out, "- %d %s\n", n, k)
		}
	}
	for k, n := range b {
		if a[k] != n {
			fmt.Fprintf(&out, "+ %d %s\n", n, k)
		}
	}
	return out.String()
}
