package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// Change is a checked Patch.
type Change struct {
	In    *store.Collection
	ID    string
	Set   store.Keys // clean
	Unset []string   // sorted
	Body  []Member   // sorted by name
	Words []string   // nil: as they are
	// OnlyAbove names one of Set, or is empty.
	OnlyAbove string
}

// Member is a top-level member of a body to set; nil JSON removes it.
type Member struct {
	Name string
	JSON []byte
}

// Patch checks a patch. Errors are CodeInvalid.
func Patch(p store.Patch) (*Change, error) {
	c := &Change{In: p.In, ID: p.ID, OnlyAbove: p.OnlyAbove, Words: p.Words}
	if p.Words != nil && !p.In.Search {
		return nil, c.fail("", "words in a collection that does not declare Search")
	}
	if !soundWords(p.Words) {
		return nil, c.fail("", "a word is empty or has a space")
	}
	set := store.Keys{}
	for name, v := range p.Keys {
		if _, ok := p.In.Field(name); !ok {
			return nil, c.fail(name, "the collection declares no such field")
		}
		if v != nil {
			set[name] = v
		}
	}
	var err error
	if c.Set, err = Keys(p.In, p.ID, set); err != nil {
		return nil, err
	}
	for name := range p.Keys {
		if _, ok := c.Set[name]; ok {
			continue
		}
		if Clustered(p.In, name) {
			return nil, c.fail(name, "cannot be removed, rows are clustered by it")
		}
		c.Unset = append(c.Unset, name)
	}
	slices.Sort(c.Unset)
	if p.OnlyAbove != "" {
		if f, _ := p.In.Field(p.OnlyAbove); f.Kind == store.Strings || c.Set[p.OnlyAbove] == nil {
			return nil, c.fail(p.OnlyAbove, "OnlyAbove names a single-valued field that the patch sets")
		}
	}
	return c, c.members(p.Body)
}

func (c *Change) fail(field, msg string) error {
	e := invalid(c.In, field, "%s", msg)
	e.ID = c.ID
	return e
}

func (c *Change) members(body map[string][]byte) error {
	for name, raw := range body {
		if strings.IndexByte(name, 0) >= 0 || namesNUL(raw) {
			return c.fail("", nulName)
		}
		if raw == nil {
			c.Body = append(c.Body, Member{Name: name})
			continue
		}
		var b bytes.Buffer
		if err := json.Compact(&b, raw); err != nil {
			return c.fail("", "a body member is not JSON")
		}
		if depth(b.Bytes()) >= MaxDepth {
			return c.fail("", "a body member nests too deep")
		}
		c.Body = append(c.Body, Member{name, b.Bytes()})
	}
	slices.SortFunc(c.Body, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// Applies reports whether OnlyAbove lets the patch change a document that has
// these keys.
func (c *Change) Applies(keys store.Keys) bool {
	if c.OnlyAbove == "" {
		return true
	}
	return Compare(keys[c.OnlyAbove], c.Set[c.OnlyAbove]) < 0
}

// Keys returns a document's keys as the patch leaves them.
func (c *Change) Keys(old store.Keys) store.Keys {
	keys := make(store.Keys, len(old)+len(c.Set))
	for name, v := range old {
		keys[name] = v
	}
	for name, v := range c.Set {
		keys[name] = v
	}
	for _, name := range c.Unset {
		delete(keys, name)
	}
	return keys
}

// Patched returns a compact body with the members set and removed: a member
// that is there keeps its place, a new one comes last.
func (c *Change) Patched(body []byte) ([]byte, error) {
	if len(c.Body) == 0 {
		return body, nil
	}
	members, err := split(body)
	if err != nil {
		return nil, err
	}
	for _, m := range c.Body {
		i := slices.IndexFunc(members, func(x Member) bool { return x.Name == m.Name })
		switch {
		case i >= 0:
			members[i].JSON = m.JSON
		case m.JSON != nil:
			members = append(members, m)
		}
	}
	return join(members)
}

func split(body []byte) ([]Member, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var members []Member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, err
		}
		members = append(members, Member{name.(string), raw})
	}
	return members, nil
}

func join(members []Member) ([]byte, error) {
	out := []byte{'{'}
	for _, m := range members {
		if m.JSON == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		var name bytes.Buffer
		enc := json.NewEncoder(&name)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(m.Name); err != nil {
			return nil, err
		}
		out = append(append(out, strings.TrimSpace(name.String())...), ':')
		out = append(out, m.JSON...)
	}
	return append(out, '}'), nil
}
