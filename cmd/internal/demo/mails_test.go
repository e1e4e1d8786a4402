package demo

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"

	"cemigmas/mailsync/message"
)

func TestMailsAreTheSameInEveryRun(t *testing.T) {
	a, b := NewWorld(Demonstration(5, 20, today)).write(), NewWorld(Demonstration(5, 20, today)).write()
	for i := range a.posts {
		if !bytes.Equal(a.posts[i].raw, b.posts[i].raw) {
			t.Fatalf("mail %d differs:\n%s\n%s", i, a.posts[i].raw, b.posts[i].raw)
		}
	}
}

func TestMailsAreAsMailIs(t *testing.T) {
	w := NewWorld(Demonstration(1, DefaultClients, today))
	o := w.write()
	if len(o.posts) != Mails {
		t.Fatalf("%d mails", len(o.posts))
	}
	count := map[string]int{}
	months := map[string]bool{}
	for i, p := range o.posts {
		if i > 0 && o.posts[i-1].agent == p.agent && o.posts[i-1].folder == p.folder && p.at.Before(o.posts[i-1].at) {
			t.Fatalf("mail %d is older than the one before it", i)
		}
		if !p.at.Before(w.midnight) || p.at.Before(w.midnight.AddDate(-1, 0, -10)) {
			t.Errorf("mail %d is of %s", i, p.at)
		}
		months[p.at.Format("2006-01")] = true
		count[p.folder]++
		m, err := mail.ReadMessage(bytes.NewReader(p.raw))
		if err != nil {
			t.Fatalf("mail %d: %v\n%s", i, err, p.raw)
		}
		for name, has := range map[string]bool{
			"reply":          m.Header.Get("In-Reply-To") != "",
			"list":           m.Header.Get("List-Unsubscribe") != "",
			"auto":           m.Header.Get("Auto-Submitted") != "",
			"no id":          m.Header.Get("Message-Id") == "",
			"cc":             m.Header.Get("Cc") != "",
			"RES":            strings.HasPrefix(m.Header.Get("Subject"), "RES: ") || strings.Contains(m.Header.Get("Subject"), "q?RES:"),
			"ENC":            strings.Contains(m.Header.Get("Subject"), "ENC:"),
			"html":           bytes.Contains(p.raw, []byte("text/html")),
			"plain only":     bytes.Contains(p.raw, []byte("text/plain")) && !bytes.Contains(p.raw, []byte("text/html")),
			"pdf":            bytes.Contains(p.raw, []byte("application/pdf")),
			"xlsx":           bytes.Contains(p.raw, []byte("spreadsheetml")),
			"csv":            bytes.Contains(p.raw, []byte("text/csv")),
			"broken charset": !utf8.Valid(p.raw),
		} {
			if has {
				count[name]++
			}
		}
		for _, line := range bytes.Split(p.raw, []byte("\n")) {
			if len(line) > 998 {
				t.Errorf("mail %d has a line of %d bytes", i, len(line))
			}
		}
		if bytes.ContainsAny(p.raw, "{}") && !bytes.Contains(p.raw, []byte("base64")) {
			t.Errorf("mail %d has a slot left:\n%s", i, p.raw)
		}
	}
	for name, want := range map[string]int{"INBOX": 200, "Sent": 150, "reply": 300, "list": 20, "auto": 4, "no id": 1, "cc": 60,
		"RES": 100, "ENC": 2, "html": 150, "plain only": 80, "pdf": 40, "xlsx": 20, "csv": 2, "broken charset": 1} {
		if count[name] < want {
			t.Errorf("%d mails with %s, want at least %d", count[name], name, want)
		}
	}
	if len(months) < 12 {
		t.Errorf("mail of %d months", len(months))
	}
	t.Log(count)
}

// TestProductReadsThem feeds the mail to what the product parses mail with.
func TestProductReadsThem(t *testing.T) {
	o := NewWorld(Demonstration(1, DefaultClients, today)).write()
	quotes, automatic, keys := 0, 0, 0
	for i, p := range o.posts {
		m, err := message.Parse(p.raw)
		if err != nil || m.Problem != "" && utf8.Valid(p.raw) {
			t.Errorf("mail %d: %v %s", i, err, m.Problem)
			continue
		}
		for _, b := range m.Blocks() {
			if b.Kind == message.KindQuote {
				quotes++
				break
			}
		}
		if m.Automatic {
			automatic++
		}
		if len(m.Keys().UC) > 0 {
			keys++
		}
	}
	if quotes < 250 || automatic < 28 || keys < 100 {
		t.Errorf("%d quotes found, %d automatic mails, %d with a UC number", quotes, automatic, keys)
	}
}
