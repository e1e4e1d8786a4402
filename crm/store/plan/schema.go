package plan

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"cemigmas/crm/store"
)

var (
	collectionName = regexp.MustCompile(`^[a-z][a-z_]*$`)
	fieldName      = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
)

// reserved names are columns or members that drivers keep beside the declared
// fields.
var reserved = map[string]bool{
	"id": true, "v": true, "version": true, "words": true, "body": true, "exact": true, "lock": true, "rowid": true,
}

// MaxDepth is how deep the objects and arrays of a body may nest: MongoDB
// refuses a hundred levels, some of which a driver needs itself.
const MaxDepth = 90

// MaxID is the longest id in bytes.
const MaxID = 512

// CheckSchema checks declarations: names, doubles, indexes over declared
// fields, Strings only first, at most two sort fields. Errors are CodeInvalid.
func CheckSchema(schema []*store.Collection) error {
	seen := map[string]bool{}
	for _, c := range schema {
		if !collectionName.MatchString(c.Name) || seen[c.Name] {
			return invalid(c, "", "a wrong or doubled collection name")
		}
		seen[c.Name] = true
		if err := checkFields(c); err != nil {
			return err
		}
		for _, ix := range c.Indexes {
			if err := checkIndex(c, ix); err != nil {
				return err
			}
		}
		if err := checkSearchBy(c); err != nil {
			return err
		}
		if err := checkCluster(c); err != nil {
			return err
		}
		if err := checkShard(c); err != nil {
			return err
		}
	}
	return nil
}

// checkShard: a shard watches over uniqueness among its own documents only.
func checkShard(c *store.Collection) error {
	if c.Shard == "" {
		return nil
	}
	if f, ok := c.Field(c.Shard); !ok || f.Kind != store.String {
		return invalid(c, c.Shard, "a collection is sharded by a declared String field")
	}
	for _, ix := range c.Indexes {
		if ix.Unique && ix.Fields[0] != c.Shard {
			return invalid(c, ix.Fields[0], "a unique index of a sharded collection begins with %s", c.Shard)
		}
	}
	return nil
}

func checkSearchBy(c *store.Collection) error {
	if len(c.SearchBy) > 0 && !c.Search {
		return invalid(c, "", "SearchBy without Search")
	}
	for n, name := range c.SearchBy {
		f, ok := c.Field(name)
		if !ok || f.Kind == store.Strings || slices.Contains(c.SearchBy[:n], name) || name == "word" || name == "doc" {
			return invalid(c, name, "SearchBy names no field of one value, or one twice")
		}
	}
	return nil
}

func checkCluster(c *store.Collection) error {
	if c.Cluster == 0 {
		return nil
	}
	if c.Cluster < 0 || c.Cluster > len(c.Indexes) {
		return invalid(c, "", "Cluster %d names no index", c.Cluster)
	}
	ix := c.Indexes[c.Cluster-1]
	if f, _ := c.Field(ix.Fields[0]); ix.Unique || ix.Sparse || f.Kind == store.Strings {
		return invalid(c, "", "rows cannot be clustered by an index that leaves some out or a multi-valued field")
	}
	return nil
}

// Clustered reports whether rows are kept in the order of a field, which then
// may not be missing.
func Clustered(c *store.Collection, field string) bool {
	return c.Cluster > 0 && holdsFields(c.Indexes[c.Cluster-1], []string{field})
}

func checkFields(c *store.Collection) error {
	seen := map[string]bool{}
	for _, f := range c.Fields {
		if !fieldName.MatchString(f.Name) || reserved[f.Name] || seen[strings.ToLower(f.Name)] {
			return invalid(c, f.Name, "a wrong, reserved or doubled field name")
		}
		if f.Kind > store.Strings {
			return invalid(c, f.Name, "unknown kind %d", f.Kind)
		}
		seen[strings.ToLower(f.Name)] = true // columns ignore case
	}
	return nil
}

func checkIndex(c *store.Collection, ix store.Index) error {
	if len(ix.Fields) == 0 {
		return invalid(c, "", "an index without fields")
	}
	if f, _ := c.Field(strings.TrimPrefix(ix.Fields[0], "-")); ix.Sparse && (ix.Unique || f.Kind == store.Strings) {
		return invalid(c, ix.Fields[0], "a unique or multi-valued index leaves out what lacks its fields anyway")
	}
	seen := map[string]bool{}
	for i, s := range ix.Fields {
		name, desc := strings.CutPrefix(s, "-")
		f, ok := c.Field(name)
		switch {
		case !ok:
			return undeclared(c, name)
		case seen[name]:
			return invalid(c, name, "twice in one index")
		case f.Kind == store.Strings && (i > 0 || desc):
			return invalid(c, name, "a multi-valued field stands first in an index, upwards")
		}
		if desc && i < len(ix.Fields)-MaxSort {
			return invalid(c, name, "only the last two fields of an index sort")
		}
		seen[name] = true
	}
	return nil
}

// Keys checks the declared fields of a document and returns them clean:
// instants in UTC milliseconds, empty lists left out (missing).
// Errors are CodeInvalid.
func Keys(c *store.Collection, id string, keys store.Keys) (store.Keys, error) {
	out := make(store.Keys, len(keys))
	for name, v := range keys {
		f, ok := c.Field(name)
		if !ok {
			e := undeclared(c, name)
			e.ID = id
			return nil, e
		}
		x, err := clean(f.Kind, v)
		if err != nil {
			e := invalid(c, name, "%v", err)
			e.ID = id
			return nil, e
		}
		if list, ok := x.([]string); ok && len(list) == 0 {
			continue
		}
		out[name] = x
	}
	return out, nil
}

// Doc checks a whole document and returns it with clean Keys and a compact
// body. Errors are CodeInvalid.
func Doc(c *store.Collection, d store.Doc) (store.Doc, error) {
	fail := func(msg string) (store.Doc, error) {
		return store.Doc{}, &store.Error{Code: store.CodeInvalid, Collection: c.Name, ID: d.ID, Msg: msg}
	}
	if d.ID == "" || len(d.ID) > MaxID || !utf8.ValidString(d.ID) || strings.IndexByte(d.ID, 0) >= 0 {
		d.ID = ""
		return fail("an id that is empty, too long or not UTF-8")
	}
	if d.Version < 0 {
		return fail("a version is never negative")
	}
	if len(d.Words) > 0 && !c.Search {
		return fail("words in a collection that does not declare Search")
	}
	if !soundWords(d.Words) {
		return fail("a word is empty or has a space")
	}
	body, problem := Body(d.Body)
	if problem != "" {
		return fail(problem)
	}
	keys, err := Keys(c, d.ID, d.Keys)
	if err != nil {
		return store.Doc{}, err
	}
	for _, f := range c.Fields {
		if _, ok := keys[f.Name]; !ok && Clustered(c, f.Name) {
			e := invalid(c, f.Name, "is missing, and rows are clustered by it")
			e.ID = d.ID
			return store.Doc{}, e
		}
	}
	d.Body, d.Keys = body, keys
	return d, nil
}

func soundWords(words []string) bool {
	for _, w := range words {
		if w == "" || strings.ContainsAny(w, " \x00") || !utf8.ValidString(w) {
			return false
		}
	}
	return true
}

// Body checks a document's body and returns it compact, or says what is wrong.
func Body(b []byte) (compact []byte, problem string) {
	if len(b) > store.MaxDocument {
		return nil, "the body is over 1 MB; long text goes to blobs"
	}
	if len(b) == 0 || b[0] != '{' || !json.Valid(b) {
		return nil, "the body is not a JSON object"
	}
	if !utf8.Valid(b) {
		return nil, "the body is not UTF-8"
	}
	if depth(b) > MaxDepth {
		return nil, "the body nests too deep"
	}
	if namesNUL(b) {
		return nil, nulName
	}
	if !spaced(b) {
		return b, ""
	}
	var buf bytes.Buffer
	if err := json.Compact(&buf, b); err != nil {
		return nil, "the body is not a JSON object"
	}
	return buf.Bytes(), ""
}

// outside walks the bytes of valid JSON that stand outside strings.
func outside(b []byte, f func(c byte)) {
	for i := 0; i < len(b); i++ {
		if b[i] != '"' {
			f(b[i])
			continue
		}
		for i++; b[i] != '"'; i++ {
			if b[i] == '\\' {
				i++
			}
		}
	}
}

// nulName says why a body is refused: BSON ends names with a NUL.
const nulName = "a member name holds a NUL"

// namesNUL reports whether a member name of valid JSON holds a NUL. Nearly no
// text has one, so nearly none is decoded.
func namesNUL(b []byte) bool {
	if !bytes.Contains(b, []byte(`\u0000`)) {
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	var named []bool // of each open object or array: whether it has names
	name := false    // the next token, if a string, is a name
	for {
		tok, err := dec.Token()
		if err != nil {
			return false // the end
		}
		switch tok := tok.(type) {
		case json.Delim:
			if tok == '{' || tok == '[' {
				named = append(named, tok == '{')
			} else {
				named = named[:len(named)-1]
			}
			name = len(named) > 0 && named[len(named)-1]
			continue
		case string:
			if name && strings.IndexByte(tok, 0) >= 0 {
				return true
			}
		}
		name = len(named) > 0 && named[len(named)-1] && !name
	}
}

func depth(b []byte) int {
	deepest, now := 0, 0
	outside(b, func(c byte) {
		switch c {
		case '{', '[':
			now++
			deepest = max(deepest, now)
		case '}', ']':
			now--
		}
	})
	return deepest
}

func spaced(b []byte) bool {
	found := false
	outside(b, func(c byte) { found = found || c == ' ' || c == '\n' || c == '\t' || c == '\r' })
	return found
}
