package crm

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzWithout: what is left of an object is what encoding/json finds in it less the
// members, and a name is the one it finds.
func FuzzWithout(f *testing.F) {
	for _, body := range []string{`{}`, `{"name":"São João \"x\\","a":[{"b":"}"},2],"n":-1.5e3,"t":true,"z":null}`, `{"a":{},"name":""}`,
		`{"a":"\\\"","name":"\u00e3"}`, `{ "name":"x"}`, `{"name": "x"}`, `{"name":"x"`, `{"name"}`, `{"a":}`, `{"a":1,}`, `[1]`, ``, `{`, `{"a`, `{"a":"`, `{"a":1}}`,
		`{"x":{"name":"inner"},"name":"outer"}`, `{"b":1,"a":2}`, `{"a":[[[]],"]"],"b":2}`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		cut := without([]byte(body), "a", "z")
		name, failed := memberName([]byte(body))
		var was, is map[string]any
		if !utf8.ValidString(body) || json.Unmarshal([]byte(body), &was) != nil || was == nil {
			return // no document: it must not panic
		}
		if err := json.Unmarshal(cut, &is); err != nil {
			t.Fatalf("%s: %s: %v", body, cut, err)
		}
		if string(cut) != body { // else it was not compact and is left whole
			delete(was, "a")
			delete(was, "z")
		}
		if !reflect.DeepEqual(was, is) {
			t.Errorf("%s: %s", body, cut)
		}
		if want, ok := was["name"].(string); ok && (failed != nil || name != want) {
			t.Errorf("%s: name %q, %v", body, name, failed)
		}
	})
}

func TestWithoutCutsAndKeeps(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":"1","strip":[{"m":"}\\"},{"u":1}],"name":"x","year":{"a":{}}}`: `{"id":"1","name":"x"}`,
		`{"strip":null}`: `{}`, `{"stripe":1,"strip":2}`: `{"stripe":1}`, `{"a":1, "strip":2}`: `{"a":1, "strip":2}`,
	} {
		if got := string(without([]byte(body), "strip", "year")); got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
}
