package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// staged is a document as it stands in the middle of an Apply.
type staged struct {
	in      *store.Collection
	raw     bson.Raw // as stored; nil: not there
	stored  int64    // version, 0: not there
	absent  bool     // not read: an insert stands first
	now     store.Doc
	there   bool
	decoded bool // now holds keys, words and body

	whole    bool // written whole: a Put was among the steps
	ifAbsent bool
	checked  bool
	removed  bool // by Delete with version -1 only: no version is demanded
	patches  []*plan.Change
	entries  []string // of unique indexes, see uniqueness
}

type docName struct {
	in *store.Collection
	id string
}

// batch makes the steps of an Apply in memory, on what is stored: every check
// but that of an insert's id comes before the first write, and a document that
// several steps touch is written once.
type batch struct {
	docs   map[docName]*staged
	order  []docName
	unique *uniqueness // nil: the server holds unique indexes, in the transaction
}

// stage reads what the steps name and makes them. Errors are the port's, or the
// driver's as they came.
func (s *Store) stage(ctx context.Context, steps []any) (*batch, error) {
	b := &batch{docs: map[docName]*staged{}}
	for _, step := range steps {
		if l, ok := step.(leaseStep); ok {
			if err := s.holdLease(ctx, l.CheckLease); err != nil {
				return nil, err
			}
			continue
		}
		p, ok := step.(putStep)
		b.add(nameOf(step), ok && !p.ifAbsent && p.doc.Version == 0 && !s.parted(p.in))
	}
	if err := s.load(ctx, b); err != nil {
		return nil, err
	}
	if !s.transactions || s.double {
		b.unique = newUniqueness(b)
	}
	for _, step := range steps {
		if err := b.do(step); err != nil {
			return nil, err
		}
	}
	if b.unique != nil {
		return b, b.unique.look(ctx, s, b)
	}
	return b, nil
}

func nameOf(step any) docName {
	switch step := step.(type) {
	case putStep:
		return docName{step.in, step.doc.ID}
	case deleteStep:
		return docName{step.in, step.id}
	case patchStep:
		return docName{step.In, step.ID}
	case checkStep:
		return docName{step.in, step.id}
	}
	return docName{}
}

// add notes a document. One that is first named by an insert is taken to be
// absent and not read: the insert itself finds out, and batches of thousands
// save the question.
func (b *batch) add(name docName, absent bool) {
	if b.docs[name] == nil {
		b.docs[name] = &staged{in: name.in, now: store.Doc{ID: name.id}, absent: absent}
		b.order = append(b.order, name)
	}
}

// loadChunk bounds how many ids one find names.
const loadChunk = 1000

func (s *Store) load(ctx context.Context, b *batch) error {
	var in []*store.Collection
	ids := map[*store.Collection][]string{}
	for _, name := range b.order {
		if b.docs[name].absent {
			continue
		}
		if ids[name.in] == nil {
			in = append(in, name.in)
		}
		ids[name.in] = append(ids[name.in], name.id)
	}
	for _, c := range in {
		for list := ids[c]; len(list) > 0; {
			n := min(len(list), loadChunk)
			err := s.each(ctx, c, byIDs(list[:n]), options.Find(), func(raw bson.Raw) error {
				d := b.docs[docName{c, idOf(raw)}]
				d.raw = append(bson.Raw(nil), raw...)
				d.stored, _ = raw.Lookup(fieldVersion).AsInt64OK()
				d.there, d.now.Version = true, d.stored
				return nil
			})
			if err != nil {
				return err
			}
			list = list[n:]
		}
	}
	return nil
}

func (b *batch) do(step any) error {
	switch step := step.(type) {
	case putStep:
		return b.put(step)
	case deleteStep:
		return b.remove(step)
	case patchStep:
		return b.patch(step.Change)
	case checkStep:
		d := b.docs[docName{step.in, step.id}]
		if d.version() != step.version {
			return failure(store.CodeConflict, step.in, step.id, "")
		}
		d.checked = true
	}
	return nil
}

// version is 0 when the document is not there.
func (d *staged) version() int64 {
	if d.there {
		return d.now.Version
	}
	return 0
}

func (d *staged) demand(version int64) error {
	switch {
	case d.version() == version:
		return nil
	case !d.there:
		return failure(store.CodeNotFound, d.in, d.now.ID, "")
	}
	return failure(store.CodeConflict, d.in, d.now.ID, "")
}

func (b *batch) put(p putStep) error {
	d := b.docs[docName{p.in, p.doc.ID}]
	if p.ifAbsent && d.there {
		return nil
	}
	if err := d.demand(p.doc.Version); err != nil {
		return err
	}
	if err := b.unique.change(d, p.doc.Keys); err != nil {
		return err
	}
	d.now, d.there, d.decoded, d.whole, d.patches = p.doc, true, true, true, nil
	d.now.Version++
	d.ifAbsent = p.ifAbsent
	return nil
}

func (b *batch) remove(r deleteStep) error {
	d := b.docs[docName{r.in, r.id}]
	if r.version != -1 {
		if err := d.demand(r.version); err != nil {
			return err
		}
	}
	if err := b.unique.change(d, nil); err != nil {
		return err
	}
	d.removed = r.version == -1 && !d.whole
	d.there, d.whole, d.patches = false, false, nil
	return nil
}

func (b *batch) patch(p *plan.Change) error {
	d := b.docs[docName{p.In, p.ID}]
	if !d.there {
		return nil
	}
	if err := d.decode(); err != nil {
		return err
	}
	if !p.Applies(d.now.Keys) {
		return nil
	}
	keys := p.Keys(d.now.Keys)
	if err := b.unique.change(d, keys); err != nil {
		return err
	}
	body, err := p.Patched(d.now.Body)
	if err != nil {
		return err
	}
	if len(body) > store.MaxDocument {
		return failure(store.CodeInvalid, p.In, p.ID, "the patched document is too large")
	}
	d.now.Keys, d.now.Body = keys, body
	if p.Words != nil {
		d.now.Words = p.Words
	}
	if !d.whole {
		d.patches = append(d.patches, p)
	}
	return nil
}

func (d *staged) decode() error {
	if d.decoded {
		return nil
	}
	doc, err := decodeDoc(d.in, d.raw, true)
	if err != nil {
		return err
	}
	d.now, d.decoded = doc, true
	return nil
}
