package imapx

import (
	"context"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// SearchUIDs returns the UIDs from first to last (both included, last is at
// most UIDNEXT-1) of mails that the server received on or after the day of
// since; a zero since means all. The result is ascending, each UID once, and
// nothing outside of the range: "n:*" would name the last mail even when it is
// below n, so it is never sent, and some servers answer with more than was
// asked. An empty folder is not searched: some servers call that an error.
func (c *Conn) SearchUIDs(ctx context.Context, first, last uint32, since time.Time) ([]uint32, error) {
	first = max(first, 1)
	if last < first || c.isEmpty() {
		return nil, ctx.Err()
	}
	var out []uint32
	err := c.do(ctx, "search", listAnswer, func() error {
		var set imap.UIDSet
		set.AddRange(imap.UID(first), imap.UID(last))
		d, err := c.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{set}, Since: since}, nil).Wait()
		if err != nil {
			return err
		}
		found, _ := d.All.(imap.UIDSet)
		out = expand(found, first, last)
		return nil
	})
	return out, err
}

// expand lists the UIDs of a set within a range. A hostile "1:4294967295" is
// cut to the range before it is written out.
func expand(set imap.UIDSet, first, last uint32) []uint32 {
	var out []uint32
	for _, r := range set {
		from, to := uint32(r.Start), uint32(r.Stop)
		if from == 0 || to == 0 {
			continue
		}
		if from > to {
			from, to = to, from
		}
		from, to = max(from, first), min(to, last)
		for uid := uint64(from); uid <= uint64(to) && from <= to; uid++ {
			out = append(out, uint32(uid))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sequence returns the message number of a UID, 0 when the server has no such
// mail any more.
func (c *Conn) sequence(uid uint32) (uint32, error) {
	d, err := c.client.Search(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(imap.UID(uid))}}, nil).Wait()
	if err != nil {
		return 0, err
	}
	if set, ok := d.All.(imap.SeqSet); ok && len(set) > 0 {
		return set[0].Start, nil
	}
	return 0, nil
}
