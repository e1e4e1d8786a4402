package mailsync

import (
	"context"
	"slices"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/crm/text"
	"cemigmas/mailsync/imapx"
	"cemigmas/mailsync/message"
)

// rebind spares the bodies of mail that lay in this folder before the server
// renumbered it: header and size find the stored message. It answers what is
// still to be fetched.
func (s *session) rebind(ctx context.Context, f *crm.Folder, metas []imapx.Meta, byUID map[uint32]crm.LedgerRow) ([]imapx.Meta, error) {
	if f.Epoch < 2 {
		return metas, nil
	}
	var rest []imapx.Meta
	var changes []store.Change
	for _, m := range metas {
		old, err := s.before(ctx, f, m)
		if err != nil {
			return nil, err
		}
		if old == nil {
			rest = append(rest, m)
			continue
		}
		row := byUID[m.UID]
		row.State, row.Message, row.Identity, row.Reason = old.State, old.Message, old.Identity, ""
		changes = append(changes, crm.Ledger.Put(&row))
	}
	if len(changes) == 0 {
		return rest, nil
	}
	return rest, s.apply(ctx, changes...)
}

// before finds the row that a mail had in an epoch of this folder that is over.
func (s *session) before(ctx context.Context, f *crm.Folder, m imapx.Meta) (*crm.LedgerRow, error) {
	h := message.ParseHeader(m.Header)
	if h.MessageID == "" {
		return nil, nil
	}
	st := s.engine.Service.Store()
	same, _, err := crm.Messages.Find(ctx, st, store.Query{Where: []store.Cond{store.Is("messageId", h.MessageID)}, Limit: 10})
	if err != nil {
		return nil, err
	}
	for _, have := range same {
		if have.Size != m.Size || have.From.Email != firstEmail(h.From) || have.Subject != text.Clip(h.Subject, 500) || !slices.Contains(have.Mailboxes, s.box.ID) {
			continue
		}
		rows, _, err := crm.Ledger.Find(ctx, st, store.Query{Where: []store.Cond{store.Is("message", have.ID)}, Limit: 100})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Folder == f.ID && r.Epoch < f.Epoch && (r.State == crm.RowStored || r.State == crm.RowDuplicate) {
				return &r, nil
			}
		}
	}
	return nil, nil
}
