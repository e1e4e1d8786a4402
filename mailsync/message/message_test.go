package message

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	mails, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(mails) < 25 {
		t.Fatalf("found %d mails: %v", len(mails), err)
	}
	for _, file := range mails {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := Parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, strings.TrimSuffix(file, ".eml")+".golden", dump(m))
		})
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s\n--- got\n%s\n--- want\n%s", file, got, want)
	}
}

// dump prints all that a caller sees of a mail.
func dump(m *Message) string {
	var b strings.Builder
	line := func(key string, v any) {
		if s := fmt.Sprint(v); s != "" && s != "[]" {
			fmt.Fprintf(&b, "%s: %s\n", key, s)
		}
	}
	line("id", m.MessageID)
	line("in-reply-to", m.InReplyTo)
	line("references", m.References)
	line("from", quoteAll(m.From))
	line("to", quoteAll(m.To))
	line("cc", quoteAll(m.Cc))
	if !m.Date.IsZero() {
		line("date", m.Date.Format(time.RFC3339))
	}
	line("subject", m.Subject)
	line("canonical", m.Canonical)
	line("automatic", m.AutomaticReason)
	line("problem", m.Problem)
	line("preview", m.Preview(60))
	k := m.Keys()
	line("keys", strings.Join(append(append(append(k.Emails, k.UC...), k.Former...), k.TaxIDs...), " "))
	for _, a := range m.Attachments {
		fmt.Fprintf(&b, "attachment: %s %q %s %d cid=%q inline=%v\n", a.Path, a.Name, a.Type, a.Size, a.ContentID, a.Inline)
	}
	for _, block := range m.Blocks() {
		fmt.Fprintf(&b, "[%s]\n%s\n", block.Kind, strings.TrimRight(block.Text, "\n"))
	}
	if m.HasHTML() {
		fmt.Fprintf(&b, "[html]\n%s\n", m.HTML(HTMLOptions{CID: func(id string) string { return "/part/" + id }}))
	}
	return b.String()
}

func quoteAll(list []Address) string {
	var out []string
	for _, a := range list {
		out = append(out, fmt.Sprintf("%q <%s>", a.Name, a.Email))
	}
	return strings.Join(out, ", ")
}

func TestPartGivesTheBytesOfAnAttachment(t *testing.T) {
	raw, err := os.ReadFile("testdata/13-related-alternative.eml")
	if err != nil {
		t.Fatal(err)
	}
	m, _ := Parse(raw)
	for _, a := range m.Attachments {
		got, body, err := Part(raw, a.Path)
		if err != nil || got != a || int64(len(body)) != a.Size {
			t.Errorf("Part(%s) = %+v, %d bytes, %v; want %+v", a.Path, got, len(body), err, a)
		}
	}
	if _, body, _ := Part(raw, "2"); !bytes.HasPrefix(body, []byte("%PDF-")) {
		t.Errorf("part 2 is %q", body)
	}
	if _, _, err := Part(raw, "9.9"); err == nil {
		t.Error("a part that is not there was found")
	}
}

func TestParseOfNothing(t *testing.T) {
	if _, err := Parse(nil); err != ErrEmpty {
		t.Errorf("err = %v", err)
	}
	if m, err := Parse([]byte("\r\n")); err != nil || m == nil {
		t.Errorf("an empty line: %v, %v", m, err)
	}
}

// The same mail reaches two agents over different relays: other headers, other
// transfer encoding. A forged one with the same id says something else.
func TestDigestSurvivesTheWay(t *testing.T) {
	const body = "A medição chegou.\nObrigado."
	mail := func(extra, enc, text string) *Message {
		m, err := Parse([]byte(extra + "From: Ana <ana@x.example>\r\nDate: Mon, 5 Oct 2026 10:00:00 -0300\r\nSubject: Oi\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: " + enc + "\r\n\r\n" + text))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	plain := mail("", "8bit", body)
	relayed := mail("Received: by mx\r\nX-Spam: no\r\n", "quoted-printable", "A medi=C3=A7=C3=A3o chegou.\r\nObrigado.\r\n\r\n")
	if plain.Digest != relayed.Digest {
		t.Error("one mail, two digests")
	}
	if plain.RawDigest == relayed.RawDigest {
		t.Error("two raws, one raw digest")
	}
	if plain.Digest == mail("", "8bit", "Outro texto").Digest {
		t.Error("two mails, one digest")
	}
}

func TestWhenDistrustsWrongClocks(t *testing.T) {
	internal := time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		date time.Time
		want time.Time
	}{
		{"usual", internal.Add(-time.Hour), internal.Add(-time.Hour)},
		{"absent", time.Time{}, internal},
		{"far ahead", internal.AddDate(10, 0, 0), internal},
		{"a few hours ahead", internal.Add(5 * time.Hour), internal},
		{"before mail", time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), internal},
	} {
		m := Message{Date: c.date}
		if got := m.When(internal); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestParseHeaderAgreesWithParse(t *testing.T) {
	raw := []byte("From: a@x.example\r\nSubject: Re: Oi\r\nMessage-ID: <1@x>\r\nReferences: <0@x>\r\nAuto-Submitted: auto-replied\r\n\r\ncorpo")
	m, _ := Parse(raw)
	head, _, _ := bytes.Cut(raw, []byte("corpo"))
	h := ParseHeader(head)
	if h.MessageID != m.MessageID || h.Canonical != m.Canonical || h.AutomaticReason != m.AutomaticReason || len(h.References) != 1 {
		t.Errorf("header %+v, mail %+v", h, m)
	}
}

func TestLimits(t *testing.T) {
	var many strings.Builder
	many.WriteString("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")
	for range 3 * MaxParts {
		many.WriteString("--b\r\nContent-Type: application/x; name=a\r\n\r\nx\r\n")
	}
	m, _ := Parse([]byte(many.String()))
	if len(m.Attachments) > MaxParts || !strings.Contains(m.Problem, "too many parts") {
		t.Errorf("%d attachments, problem %q", len(m.Attachments), m.Problem)
	}
	m, _ = Parse([]byte("Subject: x\r\n\r\n" + strings.Repeat("palavra ", MaxText/8+100)))
	if len(m.Text) > MaxText || !strings.Contains(m.Problem, "cut") {
		t.Errorf("%d bytes of text, problem %q", len(m.Text), m.Problem)
	}
	m, _ = Parse([]byte("X: " + strings.Repeat("a", 2*MaxHeader) + "\r\nSubject: depois\r\n\r\ncorpo"))
	if m == nil || m.Problem == "" {
		t.Errorf("a header of %d bytes raised no problem", 2*MaxHeader)
	}
}
