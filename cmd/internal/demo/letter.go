package demo

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"cemigmas/crm"
)

// program is what somebody writes mail with; replies look accordingly.
type program int

const (
	outlook program = iota
	gmail
)

// letter is one mail before it is put into bytes.
type letter struct {
	id         string // Message-ID without brackets; "": none
	from       mail.Address
	to, cc     []mail.Address
	subject    string
	at         time.Time
	lang       string
	paragraphs []string
	sign       []string
	program    program
	html       bool
	files      []attachment
	answers    *letter
	headers    [][2]string // beyond the usual ones
}

// refs are the ids of the conversation so far.
func (l *letter) refs() (out []string) {
	for p := l.answers; p != nil; p = p.answers {
		if p.id != "" {
			out = append([]string{"<" + p.id + ">"}, out...)
		}
	}
	return out
}

// quoteDepth is how many earlier mails a reply carries along.
const quoteDepth = 2

// raw is the mail as an IMAP server keeps it.
func (l *letter) raw() []byte {
	var b bytes.Buffer
	header := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	if l.program == gmail {
		header("MIME-Version", "1.0")
	}
	header("From", l.from.String())
	header("To", addresses(l.to))
	if len(l.cc) > 0 {
		header("Cc", addresses(l.cc))
	}
	header("Subject", mime.QEncoding.Encode("utf-8", l.subject))
	header("Date", l.at.In(crm.Zone).Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	if l.id != "" {
		header("Message-ID", "<"+l.id+">")
	}
	if refs := l.refs(); len(refs) > 0 {
		header("In-Reply-To", refs[len(refs)-1])
		header("References", strings.Join(refs, "\r\n "))
	}
	for _, h := range l.headers {
		header(h[0], h[1])
	}
	if l.program == outlook {
		header("MIME-Version", "1.0")
		header("X-Mailer", "Correio 16.0")
	}
	l.body(&b)
	return b.Bytes()
}

func addresses(list []mail.Address) string {
	var out []string
	for _, a := range list {
		out = append(out, a.String())
	}
	return strings.Join(out, ",\r\n ")
}

// body writes the rest of the header and the parts.
func (l *letter) body(b *bytes.Buffer) {
	boundary := "=_" + strings.NewReplacer("@", "_", ".", "_").Replace(l.id+l.at.Format("150405"))
	if len(l.files) == 0 {
		l.text(b, boundary)
		return
	}
	w := multipart.NewWriter(b)
	check(w.SetBoundary(clip(boundary, 60) + "_m"))
	fmt.Fprintf(b, "Content-Type: multipart/mixed; boundary=%q\r\n\r\n", w.Boundary())
	var inner bytes.Buffer
	l.text(&inner, boundary)
	head, content, _ := bytes.Cut(inner.Bytes(), []byte("\r\n\r\n"))
	part, err := w.CreatePart(fields(head))
	check(err)
	_, err = part.Write(content)
	check(err)
	for _, f := range l.files {
		f.write(w)
	}
	check(w.Close())
}

func clip(s string, n int) string { return s[:min(n, len(s))] }

// check is for writers into memory, which do not fail.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

func fields(head []byte) textproto.MIMEHeader {
	h := textproto.MIMEHeader{}
	for _, line := range strings.Split(string(head), "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			h.Set(name, value)
		}
	}
	return h
}

// text writes plain text, or plain text and HTML as alternatives.
func (l *letter) text(b *bytes.Buffer, boundary string) {
	if !l.html {
		b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
		quoted(b, l.plain(quoteDepth))
		return
	}
	w := multipart.NewWriter(b)
	check(w.SetBoundary(clip(boundary, 60) + "_a"))
	fmt.Fprintf(b, "Content-Type: multipart/alternative; boundary=%q\r\n\r\n", w.Boundary())
	for _, p := range []struct{ kind, text string }{{"plain", l.plain(quoteDepth)}, {"html", l.markup(quoteDepth)}} {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Type": {"text/" + p.kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}})
		check(err)
		quoted(part, p.text)
	}
	check(w.Close())
}

func quoted(w io.Writer, text string) {
	q := quotedprintable.NewWriter(w)
	_, err := q.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	check(err)
	check(q.Close())
}

// own is what the writer has to say, without what is quoted.
func (l *letter) own() string {
	text := strings.Join(l.paragraphs, "\n\n")
	if len(l.sign) == 0 {
		return text + "\n"
	}
	if l.program == gmail {
		return text + "\n\n-- \n" + strings.Join(l.sign, "\n") + "\n"
	}
	greeting := "Atenciosamente,"
	if l.lang == "es" {
		greeting = "Saludos cordiales,"
	}
	return text + "\n\n" + greeting + "\n\n" + strings.Join(l.sign, "\n") + "\n"
}

func (l *letter) plain(depth int) string {
	p := l.answers
	if p == nil || depth == 0 {
		return l.own()
	}
	before := p.plain(depth - 1)
	if l.program == outlook {
		return l.own() + "\n" + p.caption(outlook) + "\n\n" + before
	}
	return l.own() + "\n" + p.caption(gmail) + "\n\n> " + strings.ReplaceAll(strings.TrimRight(before, "\n"), "\n", "\n> ") + "\n"
}

var (
	daysPT  = []string{"domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado"}
	shortPT = []string{"dom.", "seg.", "ter.", "qua.", "qui.", "sex.", "sáb."}
	shortES = []string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"}
)

// caption is what a program writes above what it quotes.
func (l *letter) caption(p program) string {
	at := l.at.In(crm.Zone)
	clock := at.Format("15:04")
	switch {
	case p == gmail && l.lang == "es":
		return fmt.Sprintf("El %s, %d %s %d a las %s, %s (<%s>) escribió:", shortES[at.Weekday()], at.Day(), monthsES[at.Month()-1][:3], at.Year(), clock, l.from.Name, l.from.Address)
	case p == gmail:
		return fmt.Sprintf("Em %s, %d de %s. de %d às %s, %s <%s> escreveu:", shortPT[at.Weekday()], at.Day(), monthsPT[at.Month()-1][:3], at.Year(), clock, l.from.Name, l.from.Address)
	case l.lang == "es":
		return fmt.Sprintf("De: %s <%s>\nEnviado el: %d de %s de %d %s\nPara: %s\nAsunto: %s", l.from.Name, l.from.Address, at.Day(), monthsES[at.Month()-1], at.Year(), clock, names(l.to), l.subject)
	}
	return fmt.Sprintf("De: %s <%s>\nEnviada em: %s, %d de %s de %d %s\nPara: %s\nAssunto: %s", l.from.Name, l.from.Address, daysPT[at.Weekday()], at.Day(), monthsPT[at.Month()-1], at.Year(), clock, names(l.to), l.subject)
}

func names(list []mail.Address) string {
	var out []string
	for _, a := range list {
		out = append(out, fmt.Sprintf("%s <%s>", a.Name, a.Address))
	}
	return strings.Join(out, "; ")
}

func (l *letter) markup(depth int) string {
	lines := func(s string) string {
		return strings.ReplaceAll(html.EscapeString(strings.TrimSpace(s)), "\n", "<br>\n")
	}
	var b strings.Builder
	b.WriteString("<div dir=\"ltr\" style=\"font-family:Calibri,sans-serif;font-size:11pt\">")
	for _, p := range strings.Split(strings.TrimSpace(l.own()), "\n\n") {
		fmt.Fprintf(&b, "<p>%s</p>\n", lines(p))
	}
	b.WriteString("</div>\n")
	if p := l.answers; p != nil && depth > 0 {
		if l.program == gmail {
			fmt.Fprintf(&b, "<div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">%s<br></div><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\">%s</blockquote></div>\n",
				lines(p.caption(gmail)), p.markup(depth-1))
		} else {
			fmt.Fprintf(&b, "<hr style=\"width:98%%\">\n<div id=\"divRplyFwdMsg\" dir=\"ltr\">%s</div>\n<div>%s</div>\n", lines(p.caption(outlook)), p.markup(depth-1))
		}
	}
	return b.String()
}

// attachment is a file of a mail.
type attachment struct {
	name, kind string
	content    []byte
}

func (f attachment) write(w *multipart.Writer) {
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {mime.FormatMediaType(f.kind, map[string]string{"name": f.name})},
		"Content-Disposition":       {mime.FormatMediaType("attachment", map[string]string{"filename": f.name})},
		"Content-Transfer-Encoding": {"base64"},
	})
	check(err)
	text := base64.StdEncoding.EncodeToString(f.content)
	for len(text) > 76 {
		_, err = io.WriteString(part, text[:76]+"\r\n")
		check(err)
		text = text[76:]
	}
	_, err = io.WriteString(part, text+"\r\n")
	check(err)
}
