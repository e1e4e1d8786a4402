package carry

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"

	"cemigmas/crm/store"
)

// Part is what a collection came to.
type Part struct {
	Name      string `json:"name"`
	Documents int64  `json:"documents"`
	// Digest, in a manifest, is the SHA-256 of the lines as one reads them; between
	// stores it is a sum's.
	Digest string `json:"sha256"`
}

// sum counts documents and adds up the SHA-256 of each one's canonical line, so
// that two stores compare in whatever order each is quickest.
type sum struct {
	in    *store.Collection
	n     int64
	total [sha256.Size / 8]uint64 // least significant first
	buf   []byte
}

func newSum(in *store.Collection) *sum { return &sum{in: in} }

func (s *sum) add(d store.Doc) {
	s.buf = append(appendHead(s.buf[:0], s.in, d), `,"body":`...)
	s.buf = append(append(s.buf, canonical(d.Body)...), "}\n"...)
	digest := sha256.Sum256(s.buf)
	var carry uint64
	for i := range s.total {
		s.total[i], carry = bits.Add64(s.total[i], binary.LittleEndian.Uint64(digest[8*i:]), carry)
	}
	s.n++
}

func (s *sum) part() Part {
	return Part{Name: s.in.Name, Documents: s.n, Digest: fmt.Sprintf("%016x", s.total)}
}

// sumOf reads a collection whole.
func sumOf(ctx context.Context, n store.Snapshot, in *store.Collection, o Options) (Part, error) {
	s := newSum(in)
	for d, err := range n.All(ctx, in) {
		if err != nil {
			return Part{}, err
		}
		s.add(d)
		if s.n%tellEvery == 0 {
			o.tell("compare "+in.Name, s.n)
		}
	}
	return s.part(), nil
}

// tellEvery is how many documents pass between two words of progress.
const tellEvery = 1000

// compare reads a store back and names the collections that are not as they
// should be.
func compare(ctx context.Context, s store.Movable, want []Part, cs []*store.Collection, o Options) error {
	snapshot, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snapshot.Close()
	var wrong []string
	for i, c := range cs {
		got, err := sumOf(ctx, snapshot, c, o)
		if err != nil {
			return err
		}
		if got != want[i] {
			wrong = append(wrong, fmt.Sprintf("%s (%d documents, want %d)", c.Name, got.Documents, want[i].Documents))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("what was stored is not what was read: %s; somebody else writes into this store, or its disk is faulty", strings.Join(wrong, ", "))
	}
	return nil
}

// load stores documents in batches.
type load struct {
	to    store.Movable
	in    *store.Collection
	batch []store.Doc
	bytes int
	// stored hears the id of the last document of each batch.
	stored func(last string) error
}

// A batch ends at whichever comes first; tests take small ones.
var (
	loadDocs  = 2000
	loadBytes = 8 << 20
)

func (l *load) add(ctx context.Context, d store.Doc) error {
	l.batch = append(l.batch, d)
	l.bytes += len(d.Body)
	if len(l.batch) < loadDocs && l.bytes < loadBytes {
		return nil
	}
	return l.flush(ctx)
}

func (l *load) flush(ctx context.Context) error {
	if len(l.batch) == 0 {
		return nil
	}
	if err := l.to.Load(ctx, l.in, l.batch...); err != nil {
		return err
	}
	last := l.batch[len(l.batch)-1].ID
	l.batch, l.bytes = l.batch[:0], 0
	if l.stored != nil {
		return l.stored(last)
	}
	return nil
}
