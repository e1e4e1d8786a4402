package mailsync

import (
	"context"
	"slices"
	"strings"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imapx"
)

// sentNames are how servers without SPECIAL-USE call the folder of sent mail.
var sentNames = []string{"sent", "sent items", "sent messages", "enviados", "itens enviados", "enviadas", "elementos enviados", "mensagens enviadas"}

// pass brings every followed folder up to date: new mail first, then one
// window of old mail after another until the horizon.
func (s *session) pass(ctx context.Context) error {
	folders, err := s.folders(ctx)
	if err != nil {
		return err
	}
	for i := range folders {
		if err := s.folder(ctx, &folders[i]); err != nil {
			if imapx.KindOf(err) == imapx.KindNotFound {
				// One folder that is gone must not stop the account.
				s.folderProblem(ctx, &folders[i], crm.Text{Key: "mail.error.notfound"})
				continue
			}
			return err
		}
	}
	return nil
}

// folders lists what is followed: Gmail's All Mail, else INBOX, Sent, Archive
// and what the user named; never drafts, junk and trash.
func (s *session) folders(ctx context.Context) ([]crm.Folder, error) {
	list, _, err := s.conn.List(ctx)
	if imapx.KindOf(err) == imapx.KindProtocol {
		// A name that the server spells wrongly kills LIST for ever: go on with
		// the names that are known.
		s.close()
		if err := s.dial(ctx); err != nil {
			return nil, err
		}
		list, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []crm.Folder
	for _, f := range choose(list, s.box.Folders) {
		doc, err := crm.Folders.Get(ctx, s.engine.Service.Store(), folderID(s.box.ID, f.Name))
		if crm.CodeOf(err) == crm.CodeNotFound {
			doc, err = crm.Folder{ID: folderID(s.box.ID, f.Name), Mailbox: s.box.ID, Name: f.Name}, nil
		}
		if err != nil {
			return nil, err
		}
		doc.Use = string(f.Use)
		out = append(out, doc)
	}
	return out, nil
}

func choose(list []imapx.Folder, named []string) []imapx.Folder {
	var out []imapx.Folder
	for _, f := range list {
		if f.Use == imapx.UseAll && f.Selectable {
			return []imapx.Folder{f}
		}
		wanted := f.Use == imapx.UseInbox || f.Use == imapx.UseSent || f.Use == imapx.UseArchive || slices.Contains(named, f.Name)
		if f.Use == "" && slices.Contains(sentNames, strings.ToLower(lastName(f))) {
			f.Use, wanted = imapx.UseSent, true
		}
		if wanted && f.Selectable {
			out = append(out, f)
		}
	}
	has := func(name string) bool {
		return slices.ContainsFunc(out, func(f imapx.Folder) bool { return f.Name == name })
	}
	for _, name := range append([]string{"INBOX"}, named...) {
		if !has(name) && !slices.ContainsFunc(out, func(f imapx.Folder) bool { return name == "INBOX" && f.Use == imapx.UseInbox }) {
			out = append(out, imapx.Folder{Name: name, Selectable: true})
		}
	}
	// INBOX first: what just came is what is waited for.
	slices.SortStableFunc(out, func(a, b imapx.Folder) int { return rank(a.Use) - rank(b.Use) })
	return out
}

func lastName(f imapx.Folder) string {
	if f.Delimiter == "" {
		return f.Name
	}
	return f.Name[strings.LastIndex(f.Name, f.Delimiter)+1:]
}

func rank(u imapx.Use) int {
	switch u {
	case imapx.UseInbox:
		return 0
	case imapx.UseSent:
		return 1
	}
	return 2
}

// folder brings one folder up to date.
func (s *session) folder(ctx context.Context, f *crm.Folder) error {
	if same, err := s.unchanged(ctx, f); same || err != nil {
		return err
	}
	st, err := s.conn.Examine(ctx, f.Name)
	if err != nil {
		return err
	}
	if f.UIDValidity != st.UIDValidity {
		if err := s.newEpoch(ctx, f, st); err != nil {
			return err
		}
	}
	if err := s.forward(ctx, f, st.UIDNext); err != nil {
		return err
	}
	if err := s.fetchWanted(ctx, f); err != nil {
		return err
	}
	if err := s.backfill(ctx, f); err != nil {
		return err
	}
	return s.reconcile(ctx, f)
}

// unchanged asks the server for four numbers; all as they were means that
// there is nothing to do.
func (s *session) unchanged(ctx context.Context, f *crm.Folder) (bool, error) {
	if f.UIDValidity == 0 || !f.Filled {
		return false, nil
	}
	st, err := s.conn.Status(ctx, f.Name)
	if err != nil {
		return false, err
	}
	if st.UIDValidity != f.UIDValidity || st.UIDNext != f.High+1 || int64(st.Messages) != f.Server || st.HighestModSeq != f.ModSeq {
		return false, nil
	}
	n, err := s.engine.Service.Store().Count(ctx, store.Query{In: crm.Ledger.In, Where: wantedRows(f), Sort: []string{"-uid"}}, 1)
	return n == 0, err
}

func wantedRows(f *crm.Folder) []store.Cond {
	return []store.Cond{store.Is("folder", f.ID), store.Is("epoch", f.Epoch), store.Is("state", crm.RowWanted)}
}

// horizon is the day before which mail is counted but not fetched.
func (s *session) horizon() time.Time {
	t, err := time.ParseInLocation("2006-01-02", s.box.Horizon, crm.Zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// apply writes under the lease.
func (s *session) apply(ctx context.Context, changes ...store.Change) error {
	return s.engine.Service.Apply(ctx, append(slices.Clone(s.guard), changes...)...)
}

// save stores the folder's cursors with other changes.
func (s *session) save(ctx context.Context, f *crm.Folder, with ...store.Change) error {
	if err := s.apply(ctx, append(with, crm.Folders.Put(f))...); err != nil {
		return err
	}
	f.Version++
	return nil
}

func (s *session) folderProblem(ctx context.Context, f *crm.Folder, t crm.Text) {
	f.Problem = &t
	if err := s.save(ctx, f); err != nil {
		s.engine.Log.Warn("mailsync: cannot write a folder's problem", "mailbox", s.box.ID, "err", err)
	}
}
