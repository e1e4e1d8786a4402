package imapx_test

import (
	"context"
	"testing"
	"time"

	"cemigmas/mailsync/imaptest"
	"cemigmas/mailsync/imapx"
)

func TestDovecot(t *testing.T) {
	d := imaptest.Dovecot(t, "ana")
	o := imapx.Options{Host: d.Host, Port: d.Port, Mode: imapx.ModePlain, User: "ana", Password: d.Password, AllowPrivate: true}
	work, idle := dial(t, o), dial(t, o)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()

	at := time.Date(2026, 10, 5, 13, 0, 0, 0, time.UTC)
	for i := range 3 {
		if uid, err := work.Append(ctx, "INBOX", []byte(wire(i+1)), at); err != nil || uid != uint32(i+1) {
			t.Fatalf("append: uid %d, %v", uid, err)
		}
	}
	folders, unreadable, err := work.List(ctx)
	if err != nil || len(unreadable) != 0 || !hasUse(folders, imapx.UseSent) || !hasUse(folders, imapx.UseInbox) {
		t.Fatalf("%+v, %q, %v", folders, unreadable, err)
	}
	before, err := work.Status(ctx, "INBOX")
	if err != nil || before.Messages != 3 || before.UIDNext != 4 || before.HighestModSeq == 0 {
		t.Fatalf("%+v, %v", before, err)
	}
	st, err := work.Examine(ctx, "INBOX")
	if err != nil || st.UIDValidity != before.UIDValidity {
		t.Fatalf("%+v, %v", st, err)
	}
	uids, err := work.SearchUIDs(ctx, 1, st.UIDNext-1, at.AddDate(0, 0, -1))
	if err != nil || len(uids) != 3 {
		t.Fatalf("%v, %v", uids, err)
	}
	metas, _, err := work.FetchMeta(ctx, uids)
	if err != nil || len(metas) != 3 || !metas[0].Internal.Equal(at) || metas[0].Size != int64(len(wire(1))) {
		t.Fatalf("%+v, %v", metas, err)
	}
	got, missing, err := fetch(t, work, uids...)
	if err != nil || len(missing) != 0 {
		t.Fatalf("%v, %v", missing, err)
	}
	wantAll(t, got, 1, 2, 3)
	idleOnDovecot(ctx, t, work, idle)
}

func idleOnDovecot(ctx context.Context, t *testing.T, work, idle *imapx.Conn) {
	t.Helper()
	if _, err := idle.Examine(ctx, "INBOX"); err != nil {
		t.Fatal(err)
	}
	woken := make(chan struct{}, 10)
	idleCtx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- idle.Idle(idleCtx, func() { woken <- struct{}{} }) }()
	if _, err := work.Append(ctx, "INBOX", []byte(wire(4)), time.Now()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-woken:
	case <-ctx.Done():
		t.Fatal("IDLE did not wake")
	}
	stop()
	if err := <-ended; err != context.Canceled {
		t.Errorf("Idle ended with %v", err)
	}
}

func TestDovecotRefusesAWrongPassword(t *testing.T) {
	d := imaptest.Dovecot(t, "ana")
	_, err := imapx.Dial(t.Context(), imapx.Options{Host: d.Host, Port: d.Port, Mode: imapx.ModePlain, User: "ana", Password: "errado", AllowPrivate: true})
	if imapx.KindOf(err) != imapx.KindAuth {
		t.Errorf("err = %v", err)
	}
}

func hasUse(folders []imapx.Folder, use imapx.Use) bool {
	for _, f := range folders {
		if f.Use == use {
			return true
		}
	}
	return false
}
