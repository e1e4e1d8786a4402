package mongodb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
)

// uniqueKey is one entry of a unique index: the index's fields and values. A
// document with several values in the first field has several.
type uniqueKey struct {
	ix     store.Index
	values []any
}

func (k uniqueKey) String() string { return indexName(k.ix) + " " + keyText(k.values) }

// keyText tells lists of declared values apart.
func keyText(values []any) string {
	var b strings.Builder
	for _, v := range values {
		switch v := v.(type) {
		case string:
			fmt.Fprintf(&b, "%q ", v)
		case time.Time:
			fmt.Fprintf(&b, "%dms ", v.UnixMilli())
		default:
			fmt.Fprintf(&b, "%v ", v)
		}
	}
	return b.String()
}

func (k uniqueKey) filter() bson.D {
	d := bson.D{}
	for i, f := range k.ix.Fields {
		d = append(d, bson.E{Key: strings.TrimPrefix(f, "-"), Value: bson.D{{Key: "$eq", Value: encodeKey(k.values[i])}}})
	}
	return d
}

// uniqueKeys are a document's entries in an index, none when it lacks a field.
func uniqueKeys(ix store.Index, keys store.Keys) []uniqueKey {
	if !ix.Unique {
		return nil
	}
	lists := [][]any{nil}
	for i, f := range ix.Fields {
		v, ok := keys[strings.TrimPrefix(f, "-")]
		if !ok {
			return nil
		}
		if several, ok := v.([]string); ok && i == 0 {
			lists = nil
			for _, s := range several {
				lists = append(lists, []any{s})
			}
			continue
		}
		for j := range lists {
			lists[j] = append(lists[j], v)
		}
	}
	out := make([]uniqueKey, len(lists))
	for i, values := range lists {
		out[i] = uniqueKey{ix, values}
	}
	return out
}

// uniqueness watches unique indexes while an Apply is staged, for deployments
// without transactions: there a violation must show before the first write.
type uniqueness struct {
	holders map[*store.Collection]map[string]string // key to id, of staged documents
}

func newUniqueness(b *batch) *uniqueness {
	u := &uniqueness{holders: map[*store.Collection]map[string]string{}}
	for _, name := range b.order {
		d := b.docs[name]
		if u.holders[d.in] == nil {
			u.holders[d.in] = map[string]string{}
		}
		if d.there {
			for _, k := range allKeys(d.in, decodeKeys(d.in, d.raw)) {
				u.holders[d.in][k.String()] = name.id
				d.entries = append(d.entries, k.String())
			}
		}
	}
	return u
}

func allKeys(c *store.Collection, keys store.Keys) []uniqueKey {
	var list []uniqueKey
	for _, ix := range c.Indexes {
		list = append(list, uniqueKeys(ix, keys)...)
	}
	return list
}

// change gives a staged document new keys (nil: it goes).
func (u *uniqueness) change(d *staged, keys store.Keys) error {
	if u == nil {
		return nil
	}
	holders := u.holders[d.in]
	for _, key := range d.entries {
		delete(holders, key)
	}
	d.entries = nil
	for _, k := range allKeys(d.in, keys) {
		key := k.String()
		if id, taken := holders[key]; taken && id != d.now.ID {
			return duplicateError(d.in, d.now.ID, &k.ix)
		}
		holders[key] = d.now.ID
		d.entries = append(d.entries, key)
	}
	return nil
}

// lookChunk bounds how many entries one find looks for.
const lookChunk = 200

// look asks the database who else holds the entries that the Apply adds.
func (u *uniqueness) look(ctx context.Context, s *Store, b *batch) error {
	added := map[*store.Collection][]uniqueKey{}
	for _, name := range b.order {
		d := b.docs[name]
		if !d.there || !d.whole && len(d.patches) == 0 {
			continue
		}
		had := map[string]bool{}
		if d.raw != nil {
			for _, k := range allKeys(d.in, decodeKeys(d.in, d.raw)) {
				had[k.String()] = true
			}
		}
		for _, k := range allKeys(d.in, d.now.Keys) {
			if !had[k.String()] {
				added[d.in] = append(added[d.in], k)
			}
		}
	}
	for c, keys := range added {
		for len(keys) > 0 {
			n := min(len(keys), lookChunk)
			if err := u.lookFor(ctx, s, c, keys[:n], b); err != nil {
				return err
			}
			keys = keys[n:]
		}
	}
	return nil
}

func (u *uniqueness) lookFor(ctx context.Context, s *Store, c *store.Collection, keys []uniqueKey, b *batch) error {
	wanted := make(map[string]uniqueKey, len(keys))
	for _, k := range keys {
		wanted[k.String()] = k
	}
	return s.each(ctx, c, anyOf(keys), options.Find().SetProjection(bson.D{{Key: fieldBody, Value: int32(0)}}), func(raw bson.Raw) error {
		if b.docs[docName{c, idOf(raw)}] != nil {
			return nil // staged: its entries were compared in memory
		}
		for _, k := range allKeys(c, decodeKeys(c, raw)) {
			if k, ok := wanted[k.String()]; ok {
				return duplicateError(c, u.holders[c][k.String()], &k.ix)
			}
		}
		return nil
	})
}

// anyOf finds documents with one of the entries. Entries of a single field are
// one $in, which is much quicker than as many branches.
func anyOf(keys []uniqueKey) bson.D {
	single := map[string]bson.A{}
	var names []string
	branches := bson.A{}
	for _, k := range keys {
		if len(k.ix.Fields) > 1 {
			branches = append(branches, k.filter())
			continue
		}
		name := k.ix.Fields[0]
		if single[name] == nil {
			names = append(names, name)
		}
		single[name] = append(single[name], encodeKey(k.values[0]))
	}
	for _, name := range names {
		branches = append(branches, bson.D{{Key: strings.TrimPrefix(name, "-"), Value: bson.D{{Key: "$in", Value: single[name]}}}})
	}
	if len(branches) == 1 {
		return branches[0].(bson.D)
	}
	return bson.D{{Key: "$or", Value: branches}}
}
