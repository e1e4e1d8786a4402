package blob

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"time"
)

// Grace is the least age of garbage: whoever puts a blob has that long to store
// the document that names it.
const Grace = 24 * time.Hour

// Fresh is how long a blob counts as just put: putting it again within that
// time need not make it young, because Grace is far longer.
const Fresh = Grace / 2

// ErrTooYoung refuses to remove what may be about to be named.
var ErrTooYoung = errors.New("blob: garbage is collected after a day of grace at the earliest")

// Info is a stored blob in a listing.
type Info struct {
	Ref   Ref
	PutAt time.Time // when it was last put, give or take Fresh
}

// Named tells blobs that documents name from others. It keeps eight bytes a
// name: two blobs that begin alike are taken for one, so that one of millions of
// garbage blobs may stay, but none that is named can go.
type Named struct {
	heads  []uint64
	sorted bool
}

// Add notes a name. A reference that is not well formed is an error: it may be
// one that somebody still reads by.
func (n *Named) Add(ref Ref) error {
	if err := ref.Check(); err != nil {
		return err
	}
	n.heads, n.sorted = append(n.heads, head(ref)), false
	return nil
}

// Has reports whether a blob is named.
func (n *Named) Has(ref Ref) bool {
	if !n.sorted {
		slices.Sort(n.heads)
		n.heads, n.sorted = slices.Compact(n.heads), true
	}
	_, found := slices.BinarySearch(n.heads, head(ref))
	return found
}

// head is the first eight bytes of a checked reference.
func head(ref Ref) uint64 {
	v, _ := strconv.ParseUint(string(ref[:16]), 16, 64)
	return v
}

// removeAtOnce bounds how many blobs one call removes.
const removeAtOnce = 500

// Collect removes the blobs that were put before a moment, at least Grace ago,
// and are not named. The names must have been read after now less Grace: a
// document that names an older blob without putting it again would lose it.
func Collect(ctx context.Context, s Store, named *Named, now time.Time, grace time.Duration) (removed int, err error) {
	if grace < Grace {
		return 0, ErrTooYoung
	}
	before := now.Add(-grace)
	if _, err := s.Remove(ctx, before); err != nil { // what broke off
		return 0, err
	}
	for refs, err := range garbage(ctx, s, named, before) {
		if err != nil {
			return removed, err
		}
		n, err := s.Remove(ctx, before, refs...)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// garbage lists what is old and not named, in batches.
func garbage(ctx context.Context, s Store, named *Named, before time.Time) iter.Seq2[[]Ref, error] {
	return func(yield func([]Ref, error) bool) {
		var batch []Ref
		for b, err := range s.All(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if b.PutAt.Before(before) && !named.Has(b.Ref) {
				batch = append(batch, b.Ref)
			}
			if len(batch) == removeAtOnce {
				if !yield(batch, nil) {
					return
				}
				batch = nil
			}
		}
		if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}
