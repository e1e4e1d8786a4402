package mailsync

import (
	"context"
	"maps"
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
// window of old mail after another until the horizon. A folder that cannot be
// read never stops the others.
func (s *session) pass(ctx context.Context) error {
	folders, err := s.folders(ctx)
	if err != nil {
		return err
	}
	var first error
	for i := range folders {
		err := s.folder(ctx, &folders[i])
		if err == nil {
			continue
		}
		kind := imapx.KindOf(err)
		if ctx.Err() != nil || kind != imapx.KindNotFound && kind != imapx.KindProtocol {
			return err
		}
		s.folderProblem(ctx, &folders[i], crm.Text{Key: "mail.error." + strings.ReplaceAll(string(kind), "-", "")})
		if s.conn.Alive() {
			continue
		}
		if first == nil {
			first = err
		}
		s.close()
		if err := s.dial(ctx); err != nil {
			return err
		}
	}
	return first
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
	have, err := s.known(ctx)
	if err != nil {
		return nil, err
	}
	wanted := choose(list, s.box.Folders)
	for _, f := range wanted {
		if doc, ok := have[f.Name]; !ok || doc.UIDValidity == 0 {
			if err := s.renamed(ctx, f.Name, list, have); err != nil {
				return nil, err
			}
		}
	}
	var out []crm.Folder
	for _, f := range wanted {
		doc, ok := have[f.Name]
		if !ok {
			doc = s.fresh(f.Name, out, have)
		}
		delete(have, f.Name)
		doc.Use = string(f.Use)
		out = append(out, doc)
	}
	if len(list) > 0 {
		s.lost(ctx, have)
	}
	return out, nil
}

// fresh makes the folder of a name that is new. A renamed folder may have the
// id that the name would give.
func (s *session) fresh(name string, taken []crm.Folder, have map[string]crm.Folder) crm.Folder {
	f := crm.Folder{ID: folderID(s.box.ID, name), Mailbox: s.box.ID, Name: name}
	same := func(o crm.Folder) bool { return o.ID == f.ID }
	for slices.ContainsFunc(taken, same) || slices.ContainsFunc(slices.Collect(maps.Values(have)), same) {
		f.ID += "~"
	}
	return f
}

// known reads the folders that were followed so far, by name.
func (s *session) known(ctx context.Context) (map[string]crm.Folder, error) {
	out := map[string]crm.Folder{}
	for f, err := range crm.Folders.All(ctx, s.engine.Service.Store(), store.Query{Where: []store.Cond{store.Is("mailbox", s.box.ID)}}) {
		if err != nil {
			return nil, err
		}
		out[f.Name] = f
	}
	return out, nil
}

// renamed looks, for a name that is new, for a known folder that the server
// lists no more and that has the same UIDVALIDITY and UIDs: it is the same
// folder, and its ledger goes on under the new name.
func (s *session) renamed(ctx context.Context, name string, list []imapx.Folder, have map[string]crm.Folder) error {
	if !listed(list, name) {
		return nil
	}
	for _, old := range have {
		if old.UIDValidity == 0 || listed(list, old.Name) {
			continue
		}
		st, err := s.conn.Status(ctx, name)
		if kind := imapx.KindOf(err); kind == imapx.KindNotFound || kind == imapx.KindProtocol {
			return nil
		}
		if err != nil {
			return err
		}
		if st.UIDValidity == old.UIDValidity && st.UIDNext > old.High && int64(st.Messages) >= old.Server {
			empty, ok := have[name] // the name was looked for before it was there
			delete(have, old.Name)
			old.Name, old.FullAt = name, zeroTime
			have[name] = old
			if !ok {
				return nil
			}
			return s.apply(ctx, crm.Folders.Delete(&empty))
		}
	}
	return nil
}

func listed(list []imapx.Folder, name string) bool {
	return slices.ContainsFunc(list, func(f imapx.Folder) bool { return f.Name == name })
}

// lost marks folders that are followed no more because the server has them no
// more.
func (s *session) lost(ctx context.Context, have map[string]crm.Folder) {
	for _, f := range have {
		if f.Problem == nil {
			s.folderProblem(ctx, &f, crm.Text{Key: "mail.error.notfound"})
		}
	}
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
		if wanted && f.Selectable && !never(f.Use) {
			out = append(out, f)
		}
	}
	barred := func(name string) bool {
		return slices.ContainsFunc(list, func(f imapx.Folder) bool { return f.Name == name && (never(f.Use) || !f.Selectable) })
	}
	has := func(name string) bool {
		return slices.ContainsFunc(out, func(f imapx.Folder) bool { return f.Name == name })
	}
	for _, name := range append([]string{"INBOX"}, named...) {
		if !has(name) && !barred(name) && !slices.ContainsFunc(out, func(f imapx.Folder) bool { return name == "INBOX" && f.Use == imapx.UseInbox }) {
			out = append(out, imapx.Folder{Name: name, Selectable: true})
		}
	}
	// INBOX first: what just came is what is waited for.
	slices.SortStableFunc(out, func(a, b imapx.Folder) int { return rank(a.Use) - rank(b.Use) })
	return out
}

// never says that a folder is not followed even when it is named.
func never(u imapx.Use) bool {
	return u == imapx.UseDrafts || u == imapx.UseJunk || u == imapx.UseTrash
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
	st, err := s.examine(ctx, f.Name)
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
	return s.settle(ctx, f)
}

// examine opens a folder for reading.
func (s *session) examine(ctx context.Context, name string) (imapx.Status, error) {
	s.open = ""
	st, err := s.conn.Examine(ctx, name)
	if err == nil && st.UIDNext == 0 {
		// Without UIDNEXT nothing can be asked for safely; some servers only
		// tell it here.
		var ask imapx.Status
		if ask, err = s.conn.Status(ctx, name); err == nil && ask.UIDNext == 0 {
			err = &imapx.Error{Kind: imapx.KindProtocol, Key: "mail.error.protocol", Detail: "the server gives no UIDNEXT"}
		}
		st.UIDNext = ask.UIDNext
	}
	if err == nil {
		s.open = name
	}
	return st, err
}

// fullEvery is how often all UIDs are compared although the counts agree.
const fullEvery = 20 * time.Hour

// unchanged asks the server for four numbers; all as they were means that
// there is nothing to do.
func (s *session) unchanged(ctx context.Context, f *crm.Folder) (bool, error) {
	if f.UIDValidity == 0 || !f.Filled || f.Problem != nil || s.engine.Service.Now().Sub(f.FullAt) > fullEvery {
		return false, nil
	}
	ask := s.conn.Status
	if s.open == f.Name {
		ask = s.examine // servers may answer STATUS with old numbers for the open folder
	}
	st, err := ask(ctx, f.Name)
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
