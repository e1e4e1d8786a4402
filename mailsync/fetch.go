package mailsync

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/aside"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imapx"
)

const (
	batchMails = 100
	batchBytes = 8 << 20
	largeMail  = 25 << 20  // of a larger one only the beginning is fetched
	largePart  = 256 << 10 // bytes
	maxTries   = 5
	parsers    = 2
)

var zeroTime time.Time

// fetchWanted fetches and files every wanted mail of the folder, newest first.
// While a batch is filed the next one is fetched.
func (s *session) fetchWanted(ctx context.Context, f *crm.Folder) error {
	for {
		rows, _, err := crm.Ledger.Find(ctx, s.engine.Service.Store(), store.Query{Where: wantedRows(f), Sort: []string{"-uid"}, Limit: s.engine.window})
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := s.fetchRows(ctx, f, next(rows)); err != nil {
			return err
		}
	}
}

func (s *session) fetchRows(ctx context.Context, f *crm.Folder, rows []crm.LedgerRow) error {
	for part := range slices.Chunk(rows, batchMails) {
		err := s.current(ctx)
		if err == nil {
			err = s.fetchBatch(ctx, f, part)
		}
		if err != nil {
			if late := s.filed(); late != nil {
				return late // it came first
			}
			return err
		}
		s.progress()
	}
	return s.filed()
}

// fileSoon files a batch beside the fetching, after the one before it.
func (s *session) fileSoon(ctx context.Context, batch []*Incoming) error {
	if err := s.filed(); err != nil {
		return err
	}
	done := make(chan error, 1)
	s.filing = done
	go aside.Run(func() { done <- s.file(ctx, batch) })
	s.fetched += len(batch)
	return nil
}

// file files a batch. A mail that the store will not take, whatever is in it,
// is given up with the reason; it takes no others with it.
func (s *session) file(ctx context.Context, batch []*Incoming) error {
	err := s.engine.filer.file(ctx, s.box, batch, s.guard...)
	if crm.CodeOf(err) != crm.CodeInvalid {
		return err
	}
	if len(batch) == 1 {
		row := batch[0].Row
		row.State, row.Reason = crm.RowFailed, "the mail cannot be stored: "+fault(err)
		return s.apply(ctx, crm.Ledger.Put(&row))
	}
	for _, in := range batch {
		if err := s.file(ctx, []*Incoming{in}); err != nil {
			return err
		}
	}
	return nil
}

// filed waits for the batch that is being filed.
func (s *session) filed() error {
	if s.filing == nil {
		return nil
	}
	err := <-s.filing
	s.filing = nil
	return err
}

// next chooses what is asked for together: what was never tried; else, singly,
// what was tried least. One mail that kills the connection must not take
// others with it, nor keep them waiting.
func next(rows []crm.LedgerRow) []crm.LedgerRow {
	slices.SortStableFunc(rows, func(a, b crm.LedgerRow) int { return a.Tries - b.Tries })
	fresh := slices.IndexFunc(rows, func(r crm.LedgerRow) bool { return r.Tries > 0 })
	switch fresh {
	case -1:
		return rows
	case 0:
		return rows[:1]
	}
	return rows[:fresh]
}

// fetchBatch fetches some mails, files what came, and counts a try for what
// did not.
func (s *session) fetchBatch(ctx context.Context, f *crm.Folder, rows []crm.LedgerRow) error {
	uids := make([]uint32, len(rows))
	byUID := make(map[uint32]crm.LedgerRow, len(rows))
	for i, r := range rows {
		uids[i], byUID[r.UID] = r.UID, r
	}
	slices.Sort(uids)
	metas, missing, err := s.conn.FetchMeta(ctx, uids)
	if err != nil {
		return s.fetchFailed(ctx, byUID, err)
	}
	if err := s.notCome(ctx, byUID, missing); err != nil {
		return err
	}
	if metas, err = s.rebind(ctx, f, metas, byUID); err != nil {
		return err
	}
	slices.SortFunc(metas, func(a, b imapx.Meta) int { return int(int64(b.UID) - int64(a.UID)) })
	for len(metas) > 0 {
		n := portion(metas)
		if err := s.fetchPortion(ctx, metas[:n], byUID); err != nil {
			return err
		}
		metas = metas[n:]
	}
	return nil
}

// portion answers how many of the mails fit one fetch. A large mail goes alone.
func portion(metas []imapx.Meta) int {
	size := int64(0)
	for i, m := range metas {
		if m.Size > largeMail {
			return max(i, 1)
		}
		if size += m.Size; size > batchBytes && i > 0 {
			return i
		}
	}
	return len(metas)
}

func (s *session) fetchPortion(ctx context.Context, metas []imapx.Meta, byUID map[uint32]crm.LedgerRow) error {
	internal := make(map[uint32]time.Time, len(metas))
	asked := make(map[uint32]crm.LedgerRow, len(metas))
	uids := make([]uint32, len(metas))
	for i, m := range metas {
		internal[m.UID], asked[m.UID], uids[i] = m.Internal, byUID[m.UID], m.UID
	}
	slices.Sort(uids)
	limit := int64(0)
	if metas[0].Size > largeMail {
		limit = largePart
	}
	var batch []*Incoming
	parse := newParsers()
	missing, err := s.conn.FetchBodies(ctx, uids, limit, func(b imapx.Body) error {
		in := &Incoming{Row: asked[b.UID], Raw: b.Raw, Internal: internal[b.UID], Large: limit > 0 && b.Truncated}
		delete(asked, b.UID)
		batch = append(batch, in)
		parse.add(in)
		return nil
	})
	parse.wait()
	if len(batch) > 0 {
		if ferr := s.fileSoon(ctx, batch); ferr != nil {
			return ferr
		}
	}
	if err != nil && len(batch) > 0 {
		return err // it got on: the rest is asked for again
	}
	if err != nil {
		return s.fetchFailed(ctx, asked, err)
	}
	return s.notCome(ctx, asked, missing)
}

// newParsers parse mails beside the read loop: a hundred slow mails must not
// make the server think that nobody reads.
type parserPool struct {
	work chan *Incoming
	wg   sync.WaitGroup
}

func newParsers() *parserPool {
	p := &parserPool{work: make(chan *Incoming, batchMails)}
	for range parsers {
		p.wg.Go(func() {
			aside.Run(func() {
				for in := range p.work {
					in.parse()
				}
			})
		})
	}
	return p
}

func (p *parserPool) add(in *Incoming) { p.work <- in }

func (p *parserPool) wait() {
	close(p.work)
	p.wg.Wait()
}

// notCome records what the server left out.
func (s *session) notCome(ctx context.Context, byUID map[uint32]crm.LedgerRow, missing []imapx.Missing) error {
	var changes []store.Change
	now := s.engine.Service.Now()
	for _, m := range missing {
		r, ok := byUID[m.UID]
		if !ok {
			continue
		}
		if m.Gone {
			r.State, r.GoneAt, r.Reason = crm.RowGone, &now, ""
		} else {
			tried(&r, m.Reason)
		}
		changes = append(changes, crm.Ledger.Put(&r))
	}
	if len(changes) == 0 {
		return nil
	}
	return s.apply(ctx, changes...)
}

func tried(r *crm.LedgerRow, reason string) {
	r.Tries++
	r.Reason = reason
	if r.Tries >= maxTries {
		r.State = crm.RowFailed
	}
}

// fetchFailed counts a try for mails of which not one came before the
// connection died. It may have been the network, which is why a mail is given
// up only after five times, the last four asked for alone; it may be a mail that
// makes the server fall over, and then the others must go on.
func (s *session) fetchFailed(ctx context.Context, rows map[uint32]crm.LedgerRow, cause error) error {
	var e *imapx.Error
	if ctx.Err() != nil || !errors.As(cause, &e) {
		return cause
	}
	var changes []store.Change
	for _, uid := range sortedUIDs(rows) {
		r := rows[uid]
		tried(&r, e.Detail)
		changes = append(changes, crm.Ledger.Put(&r))
	}
	if len(changes) > 0 {
		if err := s.apply(ctx, changes...); err != nil {
			return err
		}
	}
	return cause
}

func sortedUIDs(rows map[uint32]crm.LedgerRow) []uint32 {
	out := make([]uint32, 0, len(rows))
	for uid := range rows {
		out = append(out, uid)
	}
	slices.Sort(out)
	return out
}
