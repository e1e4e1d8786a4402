package crm

import (
	"context"

	"cemigmas/crm/store"
)

// folders finds those of mailboxes that are gone.
func (k *checker) folders(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	boxes, err := Mailboxes.GetMany(ctx, k.s.store, valuesOf(docs, "mailbox"))
	if err != nil {
		return nil, err
	}
	for _, f := range decoded(Folders, docs) {
		if _, ok := boxes[f.Mailbox]; !ok {
			out = append(out, problem{judged: f.ID, in: Folders.In, id: f.ID, what: "its mailbox is gone", how: "it was removed",
				changes: []store.Change{Folders.Delete(&f)}})
		}
	}
	return out, nil
}

// ledger finds rows of folders that are gone, and rows that say of a mail that
// it is stored, or waits, when it is not there: it is fetched again.
func (k *checker) ledger(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	folders, err := Folders.GetMany(ctx, k.s.store, valuesOf(docs, "folder"))
	if err != nil {
		return nil, err
	}
	mails, err := Messages.GetMany(ctx, k.s.store, valuesOf(docs, "message"))
	if err != nil {
		return nil, err
	}
	held, err := HeldMail.GetMany(ctx, k.s.store, idsOf(docs))
	if err != nil {
		return nil, err
	}
	for _, r := range decoded(Ledger, docs) {
		p := problem{judged: r.ID, in: Ledger.In, id: r.ID}
		f, known := folders[r.Folder]
		_, waits := held[r.ID]
		_, there := mails[r.Message]
		stored := r.State == RowStored || r.State == RowDuplicate
		switch {
		case !known:
			p.what, p.how, p.changes = "its folder is gone", "it was removed", []store.Change{Ledger.Delete(&r)}
		case stored && !there:
			p.what = "the mail that it says is stored is not there"
		case r.State == RowHeld && !waits && r.Epoch == f.Epoch:
			p.what = "the mail that it says waits for triage does not"
		default:
			continue
		}
		if p.changes == nil {
			r.State, r.Message, r.Reason, r.Tries = RowWanted, "", "", 0
			if r.Epoch != f.Epoch { // the server gave the mail another number
				r.State = RowGone
			}
			p.how, p.changes = "the mail is fetched again", []store.Change{Ledger.Put(&r)}
		}
		out = append(out, p)
	}
	return out, nil
}

// held finds waiting mail that its ledger row says something else of.
func (k *checker) held(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	rows, err := Ledger.GetMany(ctx, k.s.store, idsOf(docs))
	if err != nil {
		return nil, err
	}
	for _, h := range decoded(HeldMail, docs) {
		r, ok := rows[h.ID]
		if ok && r.State == RowHeld {
			continue
		}
		out = append(out, problem{judged: h.ID, in: HeldMail.In, id: h.ID, what: "its ledger row does not say that it waits", how: "it was removed",
			changes: []store.Change{store.Check{In: Ledger.In, ID: h.ID, Version: r.Version}, HeldMail.Delete(&h)}})
	}
	return out, nil
}
