package web

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) mailboxesPage(c *fiber.Ctx) error {
	return s.showMailboxes(c, fiber.StatusOK, page.MailboxForm{Port: page.Field{Value: "993"}, TLS: page.Field{Value: "tls"}}, nil, false)
}

func (s *Server) showMailboxes(c *fiber.Ctx, status int, form page.MailboxForm, checked *page.Notice, adding bool) error {
	v := s.view(c)
	boxes, err := s.Service.ListMailboxes(c.UserContext(), actor(c))
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(c.UserContext())
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Mailboxes{Base: s.base(c, page.PlaceMailboxes, v.T("page.nav.mailboxes")), Form: form, Checked: checked, Adding: adding || len(boxes) == 0,
		Security: v.security()}
	for _, b := range boxes {
		p.Boxes = append(p.Boxes, s.mailbox(c, v, b, users))
	}
	p.Shape = page.ShapeForm
	return s.render(c, status, "mailboxes", p)
}

func (s *Server) mailbox(c *fiber.Ctx, v view, b crm.MailboxState, users map[string]string) page.Mailbox {
	out := page.Mailbox{Text: v.Text, ID: b.ID, CSRF: s.Auth.CSRF(session(c).ID), Address: b.Address, Server: b.Host + ":" + strconv.Itoa(b.Port),
		State: v.boxBadge(b.Mailbox), Line: v.boxLine(b.Mailbox), URL: "/mailboxes/" + b.ID, SyncURL: "/mailboxes/" + b.ID + "/sync", Busy: b.State == "syncing"}
	if b.Owner != actor(c).UserID {
		out.Owner = users[b.Owner]
	}
	if mayEdit(actor(c), b.Mailbox) {
		out.Owned = boxLinks(b.Mailbox)
	}
	if b.Problem != nil {
		out.Notice = &page.Notice{State: page.Bad, Label: v.text(*b.Problem)}
		if b.State == "waiting" || b.State == "syncing" {
			out.Notice.State = page.Warn
		}
		if b.State == "auth" && out.Owned != nil {
			out.Notice.Action = page.Link{Label: v.T("web.mailbox.newpassword"), URL: out.Owned.EditURL + "#f-password"}
		}
	}
	var failed int64
	for _, f := range b.FolderStates {
		out.Folders = append(out.Folders, v.folder(f))
		failed += f.Failed
	}
	if failed > 0 {
		out.Retry = page.Link{Label: v.n("web.mailbox.retry", failed), URL: out.URL + "/retry"}
	}
	return out
}

// mayEdit says whose page has the links; the service decides again.
func mayEdit(a crm.Actor, m crm.Mailbox) bool { return m.Owner == a.UserID || a.Role == crm.RoleAdmin }

func boxLinks(m crm.Mailbox) *page.BoxLinks {
	l := &page.BoxLinks{EditURL: "/mailboxes/" + m.ID + "/edit"}
	if m.Paused {
		l.ResumeURL = "/mailboxes/" + m.ID + "/resume"
	} else {
		l.PauseURL = "/mailboxes/" + m.ID + "/pause"
	}
	return l
}

func (v view) security() []page.Option {
	return []page.Option{{Value: "tls", Label: "TLS"}, {Value: "starttls", Label: "STARTTLS"}, {Value: "plain", Label: v.T("web.mailbox.plain")}}
}

func (v view) boxBadge(m crm.Mailbox) page.Badge {
	switch {
	case m.Paused:
		return page.Badge{Label: v.T("web.mailbox.paused"), State: page.Idle}
	case m.State == "ok":
		return page.Badge{Label: v.T("web.mailbox.ok"), State: page.OK}
	case m.State == "auth" || m.State == "failed":
		return page.Badge{Label: v.T("web.mailbox." + m.State), State: page.Bad}
	case m.State == "waiting":
		return page.Badge{Label: v.T("web.mailbox.waiting"), State: page.Warn}
	case m.LastPass == nil:
		return page.Badge{Label: v.T("web.mailbox.first"), State: page.Idle}
	}
	return page.Badge{Label: v.T("web.mailbox.syncing"), State: page.Idle}
}

func (v view) boxLine(m crm.Mailbox) string {
	if m.NextTry != nil && m.NextTry.After(v.now) && m.State != "ok" {
		return v.T("web.mailbox.next", "when", v.stamp(*m.NextTry))
	}
	if m.LastPass != nil {
		return v.since(*m.LastPass)
	}
	return ""
}

func (v view) folder(f crm.FolderState) page.Folder {
	out := page.Folder{Name: f.Name, Server: v.int(f.Server), Horizon: v.int(f.Beyond), Wanted: v.int(f.Wanted), Held: v.int(f.Held), Stored: v.int(f.Stored),
		Duplicate: v.int(f.Duplicate), Ignored: v.int(f.Ignored), Failed: v.int(f.Failed), Gone: v.int(f.Gone), Balanced: f.Server == f.Sum(), Bad: f.Failed > 0}
	if f.Problem != nil {
		out.Problem = v.text(*f.Problem)
	}
	if !f.CheckedAt.IsZero() {
		out.When = v.stamp(f.CheckedAt)
	}
	return out
}

func (s *Server) mailboxPart(c *fiber.Ctx) error {
	v := s.view(c)
	if !isPart(c) {
		if err := s.Service.MayMailbox(c.UserContext(), actor(c), c.Params("id")); err != nil {
			return s.fail(c, err)
		}
		return c.Redirect("/mailboxes", fiber.StatusSeeOther)
	}
	return s.showMailbox(c, v)
}

func (s *Server) showMailbox(c *fiber.Ctx, v view) error {
	b, err := s.Service.Mailbox(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(c.UserContext())
	if err != nil {
		return s.fail(c, err)
	}
	return s.render(c, fiber.StatusOK, "mailbox", s.mailbox(c, v, b, users))
}

func (s *Server) mailboxSync(c *fiber.Ctx) error {
	v, id := s.view(c), c.Params("id")
	if err := s.Service.AskSync(c.UserContext(), actor(c), id); err != nil {
		return s.fail(c, err)
	}
	if !isPart(c) {
		return s.goTo(c, "/mailboxes", note{Label: v.T("web.mailbox.woken")})
	}
	return s.showMailbox(c, v)
}

func (s *Server) mailboxAdd(c *fiber.Ctx) error {
	ctx, a, v, f := c.UserContext(), actor(c), s.view(c), typed{c}
	in := crm.MailboxInput{Address: f.get("address"), Host: f.get("host"), TLS: f.get("tls"), Login: f.get("login"),
		Password: string(c.Request().PostArgs().Peek("password")), Folders: f.lines("folders"), Horizon: f.get("horizon")}
	var err error
	if p := f.get("port"); p != "" {
		if in.Port, err = strconv.Atoi(p); err != nil || in.Port < 1 {
			err = wrongField("port", "error.field.range")
		}
	}
	draft, derr := in.Draft(s.Service.Now())
	err = joinErrors(err, derr)
	if err == nil {
		// What cannot be opened is not stored: it would only fail later, alone.
		err = s.checkBox(ctx, draft, in.Password)
	}
	if err == nil && f.get("action") == "check" {
		form := mailboxForm(f, nil)
		return s.showMailboxes(c, fiber.StatusOK, form, &page.Notice{State: page.OK, Label: v.T("web.mailbox.checked")}, true)
	}
	if err == nil {
		_, err = s.Service.AddMailbox(ctx, a, s.Ring, in)
	}
	if err == nil {
		return s.goTo(c, "/mailboxes", note{Label: v.T("web.mailbox.added", "address", draft.Address)})
	}
	wrong, above, ok := v.boxError(err)
	if !ok {
		return s.fail(c, err)
	}
	form := mailboxForm(f, wrong)
	form.Error = above
	return s.showMailboxes(c, fiber.StatusUnprocessableEntity, form, nil, true)
}

// checkBox signs in to a mailbox's server, unless the form must not be taken.
func (s *Server) checkBox(ctx context.Context, m crm.Mailbox, password string) error {
	if err := crm.RefusedBy(ctx); err != nil {
		return err
	}
	return s.Mail.Check(ctx, m, password)
}

func mailboxForm(f typed, wrong map[string]string) page.MailboxForm {
	return page.MailboxForm{Address: f.field("address", wrong), Host: f.field("host", wrong), Port: f.field("port", wrong), TLS: f.field("tls", wrong),
		Login: f.field("login", wrong), Password: page.Field{Error: wrong["password"]}, Folders: f.field("folders", wrong), Horizon: f.field("horizon", wrong)}
}
