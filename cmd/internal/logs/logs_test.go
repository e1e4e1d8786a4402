package logs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imapx"
)

func TestDescribe(t *testing.T) {
	_, number := strconv.Atoi("111.444.777-35")
	_, open := os.Open("/nowhere/Helena Moura.xlsx")
	var member struct{ N int }
	decode := json.Unmarshal([]byte(`{"n":"Helena"}`), &member)
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{&store.Error{Code: store.CodeDuplicate, Collection: "clients", ID: "Helena", Field: "cnpj", Msg: "value Helena"}, "store duplicate clients field cnpj"},
		{&store.Error{Code: store.CodeUnavailable, Msg: "the disk is full", Err: errors.New("step")}, "store unavailable (the disk is full): step"},
		{&crm.Error{Code: crm.CodeInvalid, Text: crm.Text{Key: "error.invalid", Args: []string{"x", "Helena"}}, Fields: map[string]crm.Text{"Helena": {Key: "k"}}}, "invalid error.invalid"},
		{&imapx.Error{Kind: imapx.KindAuth, Key: "mail.error.auth", Detail: "NO helena@x.example"}, "imap auth mail.error.auth"},
		{fmt.Errorf("mailbox helena@x.example: %w", context.DeadlineExceeded), "context deadline exceeded"},
		{fmt.Errorf("client Helena"), "*errors.errorString"},
		{errors.New(`no client "helena"`), "*errors.errorString"},
		{errors.New("no user helena@x.example"), "*errors.errorString"},
		{io.EOF, "EOF"},
		{number, "*strconv.NumError: invalid syntax"},
		{decode, "*json.UnmarshalTypeError"},
		{open, "open: no such file or directory"},
		{&net.OpError{Op: "dial", Net: "tcp", Err: &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}}, "dial tcp: connect: connection refused"},
		{errors.Join(errors.New("first"), fmt.Errorf("of Helena: %w", fs.ErrNotExist)), "*errors.joinError: first; file does not exist"},
		{crm.Panicked("Helena"), "panic: of type string"},
		{crm.Panicked(runtimeError()), "panic: runtime error: index out of range [3] with length 0"},
	} {
		if got := Describe(c.err); got != c.want {
			t.Errorf("%T: %q, want %q", c.err, got, c.want)
		}
	}
}

func runtimeError() (caught any) {
	defer func() { caught = recover() }()
	var none []int
	i := 3
	return none[i]
}

func TestFormats(t *testing.T) {
	var b bytes.Buffer
	log, err := New(&b, JSON, "debug")
	if err != nil {
		t.Fatal(err)
	}
	log.Debug("said", "err", errors.New("known"), "n", 3, "took", time.Second, "client", crm.Client{Name: "Helena"}, "who", []string{"Helena"}, "nobody", nil)
	var line map[string]any
	if err := json.Unmarshal(b.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line["err"] != "known" || line["n"] != 3.0 || line["client"] != "a crm.Client" || line["who"] != "a []string" || line["level"] != "DEBUG" || line["nobody"] != nil {
		t.Errorf("line is %s", b.String())
	}
	b.Reset()
	if log, err = New(&b, Text, "warn"); err != nil {
		t.Fatal(err)
	}
	log.Info("not this")
	log.Warn("this")
	if got := b.String(); !strings.Contains(got, "level=WARN msg=this") || strings.Contains(got, "not this") {
		t.Errorf("text is %q", got)
	}
	for _, wrong := range [][2]string{{"xml", "info"}, {JSON, "loud"}} {
		if _, err := New(&b, wrong[0], wrong[1]); err == nil {
			t.Errorf("%v is taken", wrong)
		}
	}
}
