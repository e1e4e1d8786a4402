package web

import (
	"context"
	"encoding/base64"
	"fmt"
	"mime"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/mailsync/message"
	"cemigmas/web/page"
)

func (s *Server) threadPage(c *fiber.Ctx) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	t, err := s.Service.ThreadView(ctx, a, c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	subject := t.Subject
	if subject == "" {
		subject = v.T("web.nosubject")
	}
	place := page.PlaceTriage
	var crumbs []page.Link
	p := page.Thread{Subject: subject, Count: v.n("web.thread.count", int64(len(t.Messages)))}
	for _, l := range t.Clients {
		p.Clients = append(p.Clients, page.ThreadClient{Link: clientLink(l.Client, l.Name), Icon: "client"})
		for _, r := range l.Why {
			p.Why = append(p.Why, page.Why{Client: l.Name, ClientID: l.Client, Reason: upper(v.reason(r)), Icon: reasonIcon(r.Kind)})
		}
	}
	p.Privacy = v.T("web.thread.mine")
	if len(t.Clients) > 0 {
		place, crumbs = page.PlaceClients, []page.Link{clientLink(t.Clients[0].Client, t.Clients[0].Name)}
		p.Privacy = v.T("web.thread.team")
	}
	for i, m := range t.Messages {
		p.Messages = append(p.Messages, s.message(ctx, v, m.Message, i == len(t.Messages)-1))
		for _, f := range m.Files {
			if !f.Inline {
				p.Files = append(p.Files, v.file(m.Message, f))
			}
		}
	}
	p.People = participants(t.Messages)
	p.Base = s.base(c, place, subject, crumbs...)
	p.Shape = page.ShapeRecord
	return s.render(c, fiber.StatusOK, "thread", p)
}

func reasonIcon(kind string) string {
	switch kind {
	case "person":
		return "user"
	case "uc":
		return "bolt"
	case "hand":
		return "check"
	}
	return "mail"
}

// message binds one mail; its text is read from the raw mail when it stands
// open.
func (s *Server) message(ctx context.Context, v view, m crm.Message, open bool) page.Message {
	out := page.Message{Text: v.Text, ID: m.ID, From: nameOf(m.From), Address: m.From.Email, Initials: initials(nameOf(m.From)), Mine: m.Outbound,
		To: v.recipients(m), When: v.stamp(m.At), ISO: m.At.In(crm.Zone).Format(time.RFC3339), Preview: m.Preview, Open: open}
	for _, f := range m.Files {
		if !f.Inline {
			out.Files = append(out.Files, v.file(m, f))
		}
	}
	switch {
	case m.Large:
		out.Notice = &page.Notice{State: page.Warn, Label: v.T("web.mail.large", "size", locale.Bytes(v.Lang, m.Size))}
	case m.Problem != "":
		out.Notice = &page.Notice{State: page.Warn, Label: v.T("web.mail.problem")}
	}
	raw, err := s.blob(ctx, m.Raw)
	if err != nil {
		s.Log.Warn("web: mail cannot be read", "message", m.ID, "err", err)
		out.Notice, out.Lines = &page.Notice{State: page.Bad, Label: v.T("error.file.gone")}, []string{m.Preview}
		return out
	}
	parsed, err := message.Parse(raw)
	if err != nil {
		out.Lines = []string{m.Preview}
		return out
	}
	if parsed.HasHTML() {
		out.HTMLURL = "/messages/" + m.ID + "/html"
		blocks := parsed.Blocks()
		out.Height, out.HeightPhone = wideFrame.height(blocks, m.Files), narrowFrame.height(blocks, m.Files)
		return out
	}
	for _, b := range parsed.Blocks() {
		switch b.Kind {
		case message.KindQuote:
			out.Quoted = append(out.Quoted, paragraphs(b.Text)...)
		case message.KindSignature:
			out.Signed = append(out.Signed, paragraphs(b.Text)...)
		default:
			out.Lines = append(out.Lines, paragraphs(b.Text)...)
		}
	}
	return out
}

func paragraphs(t string) []string {
	var out []string
	for p := range strings.SplitSeq(strings.ReplaceAll(t, "\r\n", "\n"), "\n\n") {
		if p = strings.Trim(p, "\n"); strings.TrimSpace(p) != "" {
			out = append(out, p)
		}
	}
	return out
}

func nameOf(a crm.Address) string {
	if a.Name != "" {
		return a.Name
	}
	return a.Email
}

func (v view) recipients(m crm.Message) string {
	names := func(list []crm.Address) string {
		var out []string
		for _, a := range list {
			out = append(out, nameOf(a))
		}
		return join(", ", out...)
	}
	to := ""
	if len(m.To) > 0 {
		to = v.T("web.mail.to", "people", names(m.To))
	}
	if len(m.Cc) > 0 {
		to = join(", ", to, v.T("web.mail.cc", "people", names(m.Cc)))
	}
	return to
}

func (v view) file(m crm.Message, f crm.File) page.File {
	name := f.Name
	if name == "" {
		name = v.T("web.mail.unnamed")
	}
	ext := strings.ToUpper(strings.TrimPrefix(filepath.Ext(name), "."))
	if len(ext) > 4 {
		ext = ext[:4]
	}
	return page.File{Name: name, Ext: ext, Size: locale.Bytes(v.Lang, f.Size), Day: v.dayIn(crm.DayOf(m.At)), URL: "/messages/" + m.ID + "/parts/" + f.Part}
}

// participants are who wrote or was written to, in the order in which they
// appear.
func participants(messages []crm.MessageView) []page.Person {
	var out []page.Person
	seen, ours := map[string]bool{}, map[string]bool{}
	for _, m := range messages {
		ours[m.From.Email] = ours[m.From.Email] || m.Outbound
	}
	for _, m := range messages {
		for _, a := range slices.Concat([]crm.Address{m.From}, m.To, m.Cc) {
			if a.Email == "" || seen[a.Email] {
				continue
			}
			seen[a.Email] = true
			p := page.Person{Name: nameOf(a), Initials: initials(nameOf(a)), Role: a.Email, Email: a.Email, Mine: ours[a.Email]}
			if !p.Mine {
				p.MailURL = mailURL(a.Email)
			}
			out = append(out, p)
		}
	}
	return out
}

// mailPolicy is the policy of a mail's HTML: nothing runs, nothing is loaded
// from anywhere, and the page has an origin of its own.
const mailPolicy = "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

// messageHTML shows a mail's HTML, sanitised, for the sandboxed frame.
func (s *Server) messageHTML(c *fiber.Ctx) error {
	m, raw, err := s.rawMail(c)
	if err != nil {
		return s.fail(c, err)
	}
	parsed, err := message.Parse(raw)
	if err != nil {
		return s.fail(c, crm.Errf(crm.CodeNotFound, "error.not-found"))
	}
	var cids []string
	body := parsed.HTML(message.HTMLOptions{CID: func(id string) string {
		cids = append(cids, id)
		return fmt.Sprintf("/cid/%s/%d/", m.ID, len(cids)-1)
	}})
	body = inlineImages(body, m.ID, raw, parsed, cids)
	c.Set("Content-Security-Policy", mailPolicy)
	c.Set("Referrer-Policy", "no-referrer")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.SendString(mailDocument(body))
}

// maxInline bounds the pictures that one mail carries within its HTML.
const maxInline = 8 << 20

// inlineImages puts a mail's own pictures into its HTML. The frame has no
// origin and therefore no cookie: a picture that it asked us for would be
// refused.
func inlineImages(body, id string, raw []byte, m *message.Message, cids []string) string {
	left := maxInline
	for i, cid := range cids {
		place := fmt.Sprintf("/cid/%s/%d/", id, i)
		data := "data:,"
		for _, at := range m.Attachments {
			if at.ContentID != cid || !isPicture(at.Type) {
				continue
			}
			if _, content, err := message.Part(raw, at.Path); err == nil && len(content) <= left {
				left -= len(content)
				data = "data:" + at.Type + ";base64," + base64.StdEncoding.EncodeToString(content)
			}
			break
		}
		body = strings.ReplaceAll(body, place, data)
	}
	return body
}

// isPicture names the types that a browser may show: none of them can hold a
// script.
func isPicture(kind string) bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, kind)
}

func (s *Server) rawMail(c *fiber.Ctx) (crm.Message, []byte, error) {
	m, err := s.Service.MessageFor(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return m, nil, err
	}
	raw, err := s.blob(c.UserContext(), m.Raw)
	return m, raw, err
}

// messagePart hands out an attachment: a picture may be shown, everything else
// is saved, never opened as a page of this site.
func (s *Server) messagePart(c *fiber.Ctx) error {
	_, raw, err := s.rawMail(c)
	if err != nil {
		return s.fail(c, err)
	}
	at, content, err := message.Part(raw, c.Params("part"))
	if err != nil {
		return s.fail(c, &crm.Error{Code: crm.CodeNotFound, Text: crm.Text{Key: "error.not-found"}, Err: err})
	}
	name, how, kind := at.Name, "attachment", partType(at.Type)
	if name == "" {
		name = s.view(c).T("web.mail.unnamed")
	}
	if isPicture(at.Type) {
		how = "inline"
	}
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, disposition(how, name))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(content)
}

// partType keeps what a mail says of a part unless a browser might run it.
func partType(kind string) string {
	t, _, err := mime.ParseMediaType(kind)
	if err != nil || strings.HasPrefix(t, "text/") || strings.Contains(t, "xml") || strings.Contains(t, "html") || strings.Contains(t, "script") {
		return fiber.MIMEOctetStream
	}
	return t
}
