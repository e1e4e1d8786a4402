package mailsync

import (
	"context"
	"fmt"
	"slices"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imapx"
)

const (
	overlap    = 200 // UIDs below the cursor that are looked at again
	window     = 500 // mails of one step of backfill
	rowsAtOnce = 2000
)

func rowID(f *crm.Folder, uid uint32) string {
	return fmt.Sprintf("%s:%d:%010d", f.ID, f.Epoch, uid)
}

func (s *session) wantedRow(f *crm.Folder, uid uint32) store.Change {
	return crm.Ledger.InsertIfAbsent(&crm.LedgerRow{ID: rowID(f, uid), Mailbox: s.box.ID, Folder: f.ID, Epoch: f.Epoch, UID: uid, State: crm.RowWanted})
}

// newEpoch begins the folder anew: at first, and when UIDVALIDITY changed, so
// that old UIDs mean nothing. Mail that is stored is found by its identity
// when it comes again, silently.
func (s *session) newEpoch(ctx context.Context, f *crm.Folder, st imapx.Status) error {
	if f.Epoch > 0 {
		// First, so that an interruption leaves no mail twice in triage.
		if err := s.dropHeld(ctx, f, f.Epoch); err != nil {
			return err
		}
	}
	f.Epoch++
	f.UIDValidity, f.High, f.Low, f.Filled, f.ModSeq = st.UIDValidity, st.UIDNext-1, st.UIDNext, false, 0
	f.Server, f.Beyond, f.FullAt = 0, 0, zeroTime
	return s.save(ctx, f)
}

// dropHeld takes waiting mail of an epoch that is over out of triage: it comes
// again under its new UID.
func (s *session) dropHeld(ctx context.Context, f *crm.Folder, epoch int64) error {
	q := store.Query{Where: []store.Cond{store.Is("folder", f.ID), store.Is("epoch", epoch), store.Is("state", crm.RowHeld)}, Sort: []string{"-uid"}}
	var batch []store.Change
	for r, err := range crm.Ledger.All(ctx, s.engine.Service.Store(), q) {
		if err != nil {
			return err
		}
		r.State = crm.RowGone
		batch = append(batch, crm.Ledger.Put(&r), store.Delete{In: crm.HeldMail.In, ID: r.ID, Version: -1})
	}
	for part := range slices.Chunk(batch, rowsAtOnce) {
		if err := s.apply(ctx, part...); err != nil {
			return err
		}
	}
	return nil
}

// forward gives a row to every new mail in the same Apply that moves the
// cursor. It looks a little below the cursor too: some servers show a mail
// only after a later one.
func (s *session) forward(ctx context.Context, f *crm.Folder, next uint32) error {
	first := max(f.Low, uint32(max(1, int64(f.High)-overlap)))
	uids, err := s.conn.SearchUIDs(ctx, first, next-1, s.horizon())
	if err != nil {
		return err
	}
	uids, err = s.withoutRow(ctx, f, uids)
	if err != nil {
		return err
	}
	if len(uids) == 0 && next-1 <= f.High {
		return nil
	}
	var rows []store.Change
	for _, uid := range uids {
		rows = append(rows, s.wantedRow(f, uid))
	}
	f.High = max(f.High, next-1)
	return s.save(ctx, f, rows...)
}

// withoutRow keeps the UIDs that have no ledger row.
func (s *session) withoutRow(ctx context.Context, f *crm.Folder, uids []uint32) ([]uint32, error) {
	var out []uint32
	for part := range slices.Chunk(uids, window) {
		ids := make([]string, len(part))
		for i, uid := range part {
			ids[i] = rowID(f, uid)
		}
		have, err := crm.Ledger.GetMany(ctx, s.engine.Service.Store(), ids)
		if err != nil {
			return nil, err
		}
		for i, uid := range part {
			if _, ok := have[ids[i]]; !ok {
				out = append(out, uid)
			}
		}
	}
	return out, nil
}

// backfill goes from new to old down to the horizon, a window at a time: rows
// and cursor in one Apply, then their bodies, then a look for new mail.
func (s *session) backfill(ctx context.Context, f *crm.Folder) error {
	if f.Filled {
		return nil
	}
	var old []uint32
	if f.Low > 1 {
		var err error
		if old, err = s.conn.SearchUIDs(ctx, 1, f.Low-1, s.horizon()); err != nil {
			return err
		}
	}
	for len(old) > 0 {
		n := min(s.engine.window, len(old))
		part := old[len(old)-n:]
		old = old[:len(old)-n]
		var rows []store.Change
		for _, uid := range part {
			rows = append(rows, s.wantedRow(f, uid))
		}
		f.Low = part[0]
		if err := s.save(ctx, f, rows...); err != nil {
			return err
		}
		if err := s.newMail(ctx, f); err != nil {
			return err
		}
		if err := s.fetchWanted(ctx, f); err != nil {
			return err
		}
	}
	f.Low, f.Filled = 1, true
	return s.save(ctx, f)
}

// newMail looks for mail that came since the folder was opened.
func (s *session) newMail(ctx context.Context, f *crm.Folder) error {
	st, err := s.examine(ctx, f.Name)
	if err != nil {
		return err
	}
	if st.UIDValidity != f.UIDValidity {
		return &imapx.Error{Kind: imapx.KindNetwork, Key: "mail.error.uidvalidity", Detail: "UIDVALIDITY changed during a pass"}
	}
	return s.forward(ctx, f, st.UIDNext)
}

// settle ends the work on a folder: where the server's count is what the ledger
// says, its numbers are kept; else, and once a day in any case, all UIDs are
// compared.
func (s *session) settle(ctx context.Context, f *crm.Folder) error {
	st, err := s.examine(ctx, f.Name)
	if err != nil {
		return err
	}
	if st.UIDValidity != f.UIDValidity {
		return nil // the next pass begins anew
	}
	now := s.engine.Service.Now()
	if st.UIDNext == f.High+1 && now.Sub(f.FullAt) < fullEvery {
		rows, err := s.rowsThere(ctx, f)
		if err != nil {
			return err
		}
		if rows+f.Beyond == int64(st.Messages) {
			f.Server, f.ModSeq, f.CheckedAt, f.Problem = int64(st.Messages), st.HighestModSeq, now, nil
			return s.save(ctx, f)
		}
	}
	return s.reconcile(ctx, f, st)
}

// rowsThere counts the rows whose mail the server should have.
func (s *session) rowsThere(ctx context.Context, f *crm.Folder) (int64, error) {
	groups, err := s.engine.Service.Store().Tally(ctx, store.Tally{In: crm.Ledger.In,
		Where: []store.Cond{store.Is("folder", f.ID), store.Is("epoch", f.Epoch)}, By: []string{"state"}})
	n := int64(0)
	for _, g := range groups {
		if g.Group[0] != crm.RowGone {
			n += g.Count
		}
	}
	return n, err
}

// reconcile compares the server's UIDs with the ledger: what is missing here
// becomes wanted, what is missing there is gone. The timeline keeps what was
// stored.
func (s *session) reconcile(ctx context.Context, f *crm.Folder, st imapx.Status) error {
	all, err := s.conn.SearchUIDs(ctx, 1, st.UIDNext-1, zeroTime)
	if err != nil {
		return err
	}
	inside, err := s.conn.SearchUIDs(ctx, 1, st.UIDNext-1, s.horizon())
	if err != nil {
		return err
	}
	var changes []store.Change
	missing, err := s.withoutRow(ctx, f, inside)
	if err != nil {
		return err
	}
	for _, uid := range missing {
		changes = append(changes, s.wantedRow(f, uid))
	}
	rows, gone, err := s.compare(ctx, f, all)
	if err != nil {
		return err
	}
	changes = append(changes, gone...)
	f.High = max(f.High, st.UIDNext-1)
	f.Server, f.Beyond = int64(len(all)), int64(len(all)-rows-len(missing))
	f.ModSeq, f.CheckedAt, f.Problem = st.HighestModSeq, s.engine.Service.Now(), nil
	f.FullAt = f.CheckedAt
	for part := range slices.Chunk(changes, rowsAtOnce) {
		if err := s.apply(ctx, part...); err != nil {
			return err
		}
	}
	if err := s.save(ctx, f); err != nil {
		return err
	}
	return s.fetchWanted(ctx, f)
}

// compare counts the rows whose mail is on the server and makes the changes
// for those whose mail is not, or is there again.
func (s *session) compare(ctx context.Context, f *crm.Folder, all []uint32) (present int, changes []store.Change, err error) {
	there := make(map[uint32]bool, len(all))
	for _, uid := range all {
		there[uid] = true
	}
	total, vanished := 0, 0
	now := s.engine.Service.Now()
	q := store.Query{Where: []store.Cond{store.Is("folder", f.ID), store.Is("epoch", f.Epoch)}, Sort: []string{"uid"}}
	for r, err := range crm.Ledger.All(ctx, s.engine.Service.Store(), q) {
		if err != nil {
			return 0, nil, err
		}
		switch {
		case there[r.UID] && r.State == crm.RowGone:
			present++
			r.State, r.GoneAt = crm.RowWanted, nil
			changes = append(changes, crm.Ledger.Put(&r))
		case there[r.UID]:
			present++
			total++
		case r.State != crm.RowGone:
			total++
			vanished++
			r.State, r.GoneAt = crm.RowGone, &now
			changes = append(changes, crm.Ledger.Put(&r), store.Delete{In: crm.HeldMail.In, ID: r.ID, Version: -1})
		}
	}
	if vanished > 20 && vanished*5 > total {
		if sure, err := s.verify(ctx, f, all); err != nil || !sure {
			return present, nil, err
		}
	}
	return present, changes, nil
}

// verify asks on a second connection before a fifth of a folder is believed to
// be gone: some servers answer with half a list while they rebuild an index.
func (s *session) verify(ctx context.Context, f *crm.Folder, all []uint32) (bool, error) {
	password, err := s.engine.password(s.box)
	if err != nil {
		return false, err
	}
	c, err := imapx.Dial(ctx, s.engine.options(s.box, password))
	if err != nil {
		return false, err
	}
	defer c.Close()
	st, err := c.Examine(ctx, f.Name)
	if err != nil || st.UIDValidity != f.UIDValidity {
		return false, err
	}
	again, err := c.SearchUIDs(ctx, 1, st.UIDNext-1, zeroTime)
	return err == nil && len(again) <= len(all), err
}
