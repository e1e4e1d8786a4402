package imapx_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"cemigmas/mailsync/imaptest"
	"cemigmas/mailsync/imapx"
)

func options(s *imaptest.Server) imapx.Options {
	return imapx.Options{
		Host: s.Host, Port: s.Port, Mode: imapx.ModePlain, User: "ana", Password: "segredo", AllowPrivate: true,
		DialTimeout: 5 * time.Second, IdleTimeout: 2 * time.Second, OpTimeout: 10 * time.Second,
	}
}

func dial(t *testing.T, o imapx.Options) *imapx.Conn {
	t.Helper()
	c, err := imapx.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// inbox starts a server with n mails and examines them.
func inbox(t *testing.T, n int) (*imaptest.Server, *imapx.Conn) {
	t.Helper()
	s := imaptest.New(t)
	for i := range n {
		s.Add("INBOX", mail(i+1))
	}
	c := dial(t, options(s))
	if _, err := c.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	return s, c
}

func mail(n int) string {
	return fmt.Sprintf("From: ana@x.example\nSubject: mail %d\nMessage-ID: <%d@x.example>\n\ncorpo do mail %d\n", n, n, n)
}

func wire(n int) string { return strings.ReplaceAll(mail(n), "\n", "\r\n") }

// fetch returns the bodies by UID, and what is missing.
func fetch(t *testing.T, c *imapx.Conn, uids ...uint32) (map[uint32]string, []imapx.Missing, error) {
	t.Helper()
	got := map[uint32]string{}
	missing, err := c.FetchBodies(t.Context(), uids, 0, func(b imapx.Body) error {
		if _, twice := got[b.UID]; twice {
			t.Errorf("mail %d came twice", b.UID)
		}
		got[b.UID] = string(b.Raw)
		return nil
	})
	return got, missing, err
}

func wantAll(t *testing.T, got map[uint32]string, uids ...uint32) {
	t.Helper()
	for _, uid := range uids {
		if got[uid] != wire(int(uid)) {
			t.Errorf("mail %d is %q", uid, got[uid])
		}
	}
	if len(got) != len(uids) {
		t.Errorf("%d mails, want %d", len(got), len(uids))
	}
}

func TestFetchGuards(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults imaptest.Faults
	}{
		{"well-behaved", imaptest.Faults{}},
		{"flags before the body", imaptest.Faults{FlagsFirst: true}},
		{"uid behind the literal", imaptest.Faults{UIDLast: true}},
		{"both", imaptest.Faults{FlagsFirst: true, UIDLast: true}},
		{"one left out, once", imaptest.Faults{Omit: map[uint32]bool{2: true}, OmitTimes: 1}},
		{"one left out, twice: by number", imaptest.Faults{Omit: map[uint32]bool{2: true}, OmitTimes: 2}},
		{"malformed flags", imaptest.Faults{BadFlags: true}},
		{"vanished lines", imaptest.Faults{Vanished: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, conn := inbox(t, 3)
			s.Misbehave(c.faults)
			got, missing, err := fetch(t, conn, 1, 2, 3)
			if err != nil || len(missing) != 0 {
				t.Fatalf("missing %v, err %v", missing, err)
			}
			wantAll(t, got, 1, 2, 3)
		})
	}
}

func TestFetchReportsWhatDoesNotCome(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults imaptest.Faults
		reason string
	}{
		{"always left out", imaptest.Faults{Omit: map[uint32]bool{2: true}}, "left this mail out"},
		{"NIL", imaptest.Faults{NilBody: map[uint32]bool{2: true}}, "NIL"},
		{"empty", imaptest.Faults{EmptyBody: map[uint32]bool{2: true}}, "empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, conn := inbox(t, 3)
			s.Misbehave(c.faults)
			got, missing, err := fetch(t, conn, 1, 2, 3)
			if err != nil || len(missing) != 1 || missing[0].UID != 2 || missing[0].Gone || !strings.Contains(missing[0].Reason, c.reason) {
				t.Fatalf("missing %+v, err %v", missing, err)
			}
			wantAll(t, got, 1, 3)
			if !conn.Alive() {
				t.Error("the connection was given up")
			}
		})
	}
}

func TestFetchOfAnExpungedMailSaysGone(t *testing.T) {
	s, conn := inbox(t, 3)
	s.Expunge("INBOX", 2)
	got, missing, err := fetch(t, conn, 1, 2, 3)
	if err != nil || len(missing) != 1 || !missing[0].Gone || missing[0].UID != 2 {
		t.Fatalf("missing %+v, err %v", missing, err)
	}
	wantAll(t, got, 1, 3)
}

// A literal that lies breaks the stream. What counts: no mail is handed over
// cut or with another's bytes in it, and the error comes.
func TestLyingLiteralsYieldNoWrongMail(t *testing.T) {
	for name, faults := range map[string]imaptest.Faults{
		"too short": {LieShort: map[uint32]bool{2: true}},
		"too long":  {LieLong: map[uint32]bool{2: true}},
	} {
		t.Run(name, func(t *testing.T) {
			s, conn := inbox(t, 3)
			s.Misbehave(faults)
			got, _, err := fetch(t, conn, 1, 2, 3)
			if err == nil {
				t.Fatalf("no error, got %v", got)
			}
			for uid, raw := range got {
				if raw != wire(int(uid)) {
					t.Errorf("mail %d is %q", uid, raw)
				}
			}
			if conn.Alive() {
				t.Error("the connection is still in use")
			}
		})
	}
}

// The connection is cut after each byte of a session in turn: either an error,
// or all mails; never half a mail.
func TestCutAtEachByte(t *testing.T) {
	s := imaptest.New(t)
	for i := range 3 {
		s.Add("INBOX", mail(i+1))
	}
	complete := false
	for n := int64(1); n < 5000 && !complete; n++ {
		if testing.Short() && n%7 != 0 {
			continue
		}
		s.Misbehave(imaptest.Faults{CutAfter: n})
		complete = cutSession(t, s)
	}
	if !complete {
		t.Error("no session reached its end")
	}
}

func cutSession(t *testing.T, s *imaptest.Server) bool {
	c, err := imapx.Dial(t.Context(), options(s))
	if err != nil {
		if imapx.KindOf(err) == imapx.KindAuth {
			t.Errorf("a cut connection counts as a wrong password: %v", err)
		}
		return false
	}
	defer c.Close()
	if _, err := c.Examine(t.Context(), "INBOX"); err != nil {
		return false
	}
	got, missing, err := fetch(t, c, 1, 2, 3)
	for uid, raw := range got {
		if raw != wire(int(uid)) {
			t.Errorf("mail %d is %q", uid, raw)
		}
	}
	if err == nil && len(got)+len(missing) != 3 {
		t.Errorf("no error, %d mails, %d missing", len(got), len(missing))
	}
	return err == nil
}

func TestFetchMeta(t *testing.T) {
	s, conn := inbox(t, 2)
	s.Misbehave(imaptest.Faults{FlagsFirst: true, UIDLast: true, WrongSize: true})
	metas, missing, err := conn.FetchMeta(t.Context(), []uint32{2, 1, 9})
	if err != nil || len(metas) != 2 || len(missing) != 1 || !missing[0].Gone {
		t.Fatalf("%+v, %+v, %v", metas, missing, err)
	}
	if m := metas[0]; m.UID != 2 || m.Size != 1 || m.Internal.IsZero() || !strings.HasSuffix(string(m.Header), "Message-ID: <2@x.example>\r\n\r\n") {
		t.Errorf("%+v %q", m, m.Header)
	}
	s.Misbehave(imaptest.Faults{BadDate: true, BadFlags: true})
	metas, _, err = conn.FetchMeta(t.Context(), []uint32{1})
	if err != nil || len(metas) != 1 || !metas[0].Internal.IsZero() {
		t.Errorf("a date that is none: %+v, %v", metas, err)
	}
}

func TestFetchBodiesPartlyAndOwnError(t *testing.T) {
	_, conn := inbox(t, 2)
	_, err := conn.FetchBodies(t.Context(), []uint32{1}, 10, func(b imapx.Body) error {
		if string(b.Raw) != wire(1)[:10] || !b.Truncated {
			t.Errorf("%q, truncated %v", b.Raw, b.Truncated)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	mine := errors.New("disk full")
	calls := 0
	_, err = conn.FetchBodies(t.Context(), []uint32{1, 2}, 0, func(imapx.Body) error { calls++; return mine })
	if !errors.Is(err, mine) || calls != 1 || !conn.Alive() {
		t.Errorf("err %v after %d calls, alive %v", err, calls, conn.Alive())
	}
}

func TestTooLargeABodyIsMissing(t *testing.T) {
	s := imaptest.New(t)
	s.Add("INBOX", mail(1), "Subject: gross\n\n"+strings.Repeat("x", 5000), mail(3))
	o := options(s)
	o.MaxMessage = 1000
	c := dial(t, o)
	if _, err := c.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	got, missing, err := fetch(t, c, 1, 2, 3)
	if err != nil || len(got) != 2 || len(missing) != 1 || missing[0].UID != 2 {
		t.Errorf("%d mails, missing %+v, err %v", len(got), missing, err)
	}
}

func TestSearchUIDs(t *testing.T) {
	s, conn := inbox(t, 5)
	s.With("INBOX", func(f *imaptest.Folder) {
		for i := range 2 {
			f.Mails[i].Internal = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		}
	})
	search := func(first, last uint32, since time.Time) []uint32 {
		t.Helper()
		uids, err := conn.SearchUIDs(t.Context(), first, last, since)
		if err != nil {
			t.Fatal(err)
		}
		return uids
	}
	if got := search(2, 4, time.Time{}); !reflect.DeepEqual(got, []uint32{2, 3, 4}) {
		t.Errorf("2:4 = %v", got)
	}
	if got := search(1, 5, time.Now().AddDate(-1, 0, 0)); !reflect.DeepEqual(got, []uint32{3, 4, 5}) {
		t.Errorf("of the last year = %v", got)
	}
	if got := search(6, 5, time.Time{}); got != nil {
		t.Errorf("an empty range = %v", got)
	}
	// A server that names mails outside of the range, and some twice.
	s.Misbehave(imaptest.Faults{SearchExtra: " 2 9 4294967295 4"})
	if got := search(2, 4, time.Time{}); !reflect.DeepEqual(got, []uint32{2, 3, 4}) {
		t.Errorf("with bogus values = %v", got)
	}
}

func TestEmptyFolderIsNotSearched(t *testing.T) {
	s, conn := inbox(t, 0)
	s.Misbehave(imaptest.Faults{RejectEmpty: true})
	if got, err := conn.SearchUIDs(t.Context(), 1, 100, time.Time{}); err != nil || got != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestListSkipsWhatCannotBeRead(t *testing.T) {
	s := imaptest.New(t)
	s.With("Enviados", func(f *imaptest.Folder) { f.Attrs = `\HasNoChildren \Sent` })
	s.With("Relat&APM-rios", func(*imaptest.Folder) {})
	s.Misbehave(imaptest.Faults{ListExtra: "* LIST () \"/\" \"R&D\"\r\n* LIST () \"/\" Manuten&AOcA4w\r\n* LIST () \"/\" sem aspas\r\n* LIST (\\Noselect) NIL \"A&-B\"\r\n"})
	folders, unreadable, err := dial(t, options(s)).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range folders {
		names = append(names, f.Name+"|"+string(f.Use)+"|"+fmt.Sprint(f.Selectable))
	}
	want := []string{"INBOX|inbox|true", "Enviados|sent|true", "Relatórios||true", "A&B||false"}
	if !reflect.DeepEqual(names, want) && !reflect.DeepEqual(names, append(want[:3:3], "sem aspas||true", want[3])) {
		t.Errorf("folders %q", names)
	}
	if len(unreadable) < 2 || unreadable[0] != "R&D" {
		t.Errorf("unreadable %q", unreadable)
	}
}

func TestStatusAndExamine(t *testing.T) {
	s, conn := inbox(t, 2)
	st, err := conn.Status(t.Context(), "INBOX")
	if err != nil || st.Messages != 2 || st.UIDNext != 3 || st.UIDValidity != 1000 || st.HighestModSeq != 3 {
		t.Errorf("%+v, %v", st, err)
	}
	s.Misbehave(imaptest.Faults{BadFlags: true})
	if ex, err := conn.Examine(t.Context(), "INBOX"); err != nil || ex != st {
		t.Errorf("%+v, %v", ex, err)
	}
	s.Renumber("INBOX")
	if ex, err := conn.Examine(t.Context(), "INBOX"); err != nil || ex.UIDValidity != 1001 {
		t.Errorf("after a restore: %+v, %v", ex, err)
	}
	if _, err := conn.Examine(t.Context(), "Nada"); imapx.KindOf(err) != imapx.KindNotFound || !conn.Alive() {
		t.Errorf("a folder that is not there: %v", err)
	}
	for _, cmd := range s.Commands() {
		if strings.HasPrefix(cmd, "SELECT") || strings.Contains(cmd, "ENVELOPE") || strings.Contains(cmd, "BODYSTRUCTURE") || strings.Contains(cmd, "QRESYNC") {
			t.Errorf("sent %q", cmd)
		}
	}
}
