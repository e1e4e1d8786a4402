package mailsync

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imapx"
)

// TestEachErrorHasWords: what a mailbox's page shows is a sentence in each
// language, never a key.
func TestEachErrorHasWords(t *testing.T) {
	key := regexp.MustCompile(`"(mail\.error\.[a-z]+)"`)
	found := map[string]bool{}
	for _, k := range []imapx.Kind{imapx.KindAuth, imapx.KindTLS, imapx.KindNetwork, imapx.KindLimit, imapx.KindProtocol, imapx.KindNotFound, imapx.KindRefused} {
		found["mail.error."+strings.ReplaceAll(string(k), "-", "")] = true
	}
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		for _, m := range key.FindAllStringSubmatch(string(src), -1) {
			found[m[1]] = true
		}
		return err
	})
	if err != nil || len(found) < 15 {
		t.Fatalf("%d keys, %v", len(found), err)
	}
	for k := range found {
		for _, lang := range locale.Langs {
			if !locale.Has(lang, k) {
				t.Errorf("%s has no words in %s", k, lang)
			}
		}
	}
}

func TestWordsOfErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		code crm.Code
		key  string
	}{
		{&imapx.Error{Kind: imapx.KindAuth, Key: "mail.error.auth"}, crm.CodeInvalid, "mail.error.auth"},
		{&imapx.Error{Kind: imapx.KindTLS, Key: "mail.error.starttls"}, crm.CodeInvalid, "mail.error.starttls"},
		{&imapx.Error{Kind: imapx.KindLimit, Key: "mail.error.limit"}, crm.CodeUnavailable, "mail.error.limit"},
		{errors.New("anything"), crm.CodeUnavailable, "mail.error.network"},
		{crm.Errf(crm.CodeConflict, "error.conflict"), crm.CodeConflict, "error.conflict"},
	} {
		var got *crm.Error
		if !errors.As(words(c.err), &got) || got.Code != c.code || got.Text.Key != c.key {
			t.Errorf("%v: %+v", c.err, got)
		}
	}
	if words(nil) != nil {
		t.Error("words for no error")
	}
}

// TestFaultsAreDescribedWithoutQuotes: what goes to the log names kinds only.
func TestFaultsAreDescribedWithoutQuotes(t *testing.T) {
	for _, err := range []error{
		&imapx.Error{Kind: imapx.KindProtocol, Key: "mail.error.protocol", Detail: "open Cliente Vale: ana@luz.example"},
		&store.Error{Code: store.CodeConflict, Collection: "mail_rules", ID: "ignore:sender:bia@vale.example:u"},
		&crm.Error{Code: crm.CodeInvalid, Text: crm.Text{Key: "error.invalid"}, Err: errors.New("bia@vale.example")},
		errors.New("bia@vale.example"),
	} {
		if s := fault(err); s == "" || strings.Contains(s, "@") || strings.Contains(s, "Vale") {
			t.Errorf("%q", s)
		}
	}
}

func TestPauses(t *testing.T) {
	p := newPauses()
	kind := func(k imapx.Kind) error { return &imapx.Error{Kind: k} }
	last := p.after(kind(imapx.KindNetwork), 0)
	for range 30 {
		last = p.after(kind(imapx.KindNetwork), 0)
	}
	// A quarter of an hour, spread by a half to both sides.
	if last < 450e9 || last > 1350e9 {
		t.Errorf("a network that is down for long waits %s", last)
	}
	p.reset()
	if d := p.after(kind(imapx.KindNetwork), 0); d > 4e9 {
		t.Errorf("after a good pass it waits %s", d)
	}
	if d := p.after(kind(imapx.KindLimit), 0); d < 5*60e9 {
		t.Errorf("a server that asks for a pause gets %s", d)
	}
	if p.after(kind(imapx.KindAuth), 2) >= askUser || p.after(kind(imapx.KindAuth), 3) != askUser || p.after(kind(imapx.KindTLS), 0) != askUser {
		t.Error("a user is asked at the wrong time")
	}
}
