package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// ownBox reads a mailbox that the viewer may change; a colleague's answers
// CodeForbidden.
func (s *Server) ownBox(c *fiber.Ctx) (crm.Mailbox, error) {
	b, err := s.Service.Mailbox(c.UserContext(), actor(c), c.Params("id"))
	if err == nil && !mayEdit(actor(c), b.Mailbox) {
		err = crm.Errf(crm.CodeForbidden, "error.forbidden")
	}
	return b.Mailbox, err
}

func (s *Server) mailboxEditPage(c *fiber.Ctx) error {
	m, err := s.ownBox(c)
	if err != nil {
		return s.fail(c, err)
	}
	return s.showMailboxEdit(c, fiber.StatusOK, m, storedBox(m), nil)
}

// storedBox is the form of what is stored; the password never comes back.
func storedBox(m crm.Mailbox) page.MailboxForm {
	f := func(v string) page.Field { return page.Field{Value: v} }
	return page.MailboxForm{Host: f(m.Host), Port: f(strconv.Itoa(m.Port)), TLS: f(m.TLS), Login: f(m.Login),
		Folders: f(strings.Join(m.Folders, "\n")), Horizon: f(m.Horizon)}
}

func (s *Server) showMailboxEdit(c *fiber.Ctx, status int, m crm.Mailbox, form page.MailboxForm, checked *page.Notice) error {
	v := s.view(c)
	p := page.MailboxEdit{Base: s.base(c, page.PlaceMailboxes, m.Address, page.Link{Label: v.T("page.nav.mailboxes"), URL: "/mailboxes"}),
		URL: "/mailboxes/" + m.ID + "/edit", BackURL: "/mailboxes", Address: m.Address, Version: strconv.FormatInt(m.Version, 10), Form: form, Security: v.security(), Checked: checked, Removal: s.removal(c, v, m)}
	p.Shape, p.Removal.BackURL = page.ShapeForm, ""
	return s.render(c, status, "mailbox/edit", p)
}

func (s *Server) mailboxEdit(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	m, err := s.ownBox(c)
	if err != nil {
		return s.fail(c, err)
	}
	if v := f.version(); v != 0 && v != m.Version {
		return s.boxConflict(c, m)
	}
	edit, err := boxEdit(f, m)
	if err == nil {
		err = s.tryBox(c, m.ID, edit, f.get("action") == "check")
	}
	if err == nil && f.get("action") == "check" {
		return s.showMailboxEdit(c, fiber.StatusOK, m, mailboxForm(f, nil), &page.Notice{State: page.OK, Label: v.T("web.mailbox.works")})
	}
	if err == nil {
		_, err = s.Service.EditMailbox(c.UserContext(), actor(c), s.Ring, m.ID, edit)
	}
	if err == nil {
		return s.goTo(c, "/mailboxes", note{Label: v.T("web.saved")})
	}
	if crm.CodeOf(err) == crm.CodeConflict { // between our look and our write
		if m, err = s.ownBox(c); err != nil {
			return s.fail(c, err)
		}
		return s.boxConflict(c, m)
	}
	wrong, above, ok := v.boxError(err)
	if !ok {
		return s.fail(c, err)
	}
	form := mailboxForm(f, wrong)
	form.Error = above
	return s.showMailboxEdit(c, fiber.StatusUnprocessableEntity, m, form, nil)
}

// boxConflict shows what was typed and, under each field that differs, what is
// stored now. Saving again keeps what was typed.
func (s *Server) boxConflict(c *fiber.Ctx, m crm.Mailbox) error {
	v, f := s.view(c), typed{c}
	form, is := mailboxForm(f, nil), storedBox(m)
	for typed, stored := range map[*page.Field]page.Field{&form.Host: is.Host, &form.Port: is.Port, &form.TLS: is.TLS, &form.Login: is.Login, &form.Folders: is.Folders, &form.Horizon: is.Horizon} {
		v.differs(typed, stored.Value)
	}
	return s.showMailboxEdit(c, fiber.StatusPreconditionFailed, m, form, v.conflict(m.UpdatedAt, "/mailboxes/"+m.ID+"/edit"))
}

// boxError is formError for a form that also asks another server, which may
// refuse the password.
func (v view) boxError(err error) (wrong map[string]string, above string, ok bool) {
	wrong, above, ok = v.formError(err)
	if !ok && crm.CodeOf(err) == crm.CodeUnauthorized {
		return nil, v.text(domainError(err).Text), true
	}
	return wrong, above, ok
}

// boxEdit names only what differs: another horizon or list of folders has the
// engine compare everything again.
func boxEdit(f typed, m crm.Mailbox) (crm.MailboxEdit, error) {
	edit := crm.MailboxEdit{Version: f.version(), Password: string(f.c.Request().PostArgs().Peek("password"))}
	differs := func(name, stored string, to **string) {
		if value := f.get(name); f.has(name) && value != stored {
			*to = &value
		}
	}
	differs("host", m.Host, &edit.Host)
	differs("tls", m.TLS, &edit.TLS)
	differs("login", m.Login, &edit.Login)
	differs("horizon", m.Horizon, &edit.Horizon)
	if list := f.lines("folders"); f.has("folders") && !slices.Equal(list, m.Folders) {
		edit.Folders = &list
	}
	if p := f.get("port"); p != "" && p != strconv.Itoa(m.Port) {
		port, err := strconv.Atoi(p)
		if err != nil || port < 1 {
			return edit, wrongField("port", "error.field.range")
		}
		edit.Port = &port
	}
	return edit, nil
}

// tryBox opens a mailbox as the edit would leave it. What cannot be opened is
// not stored; an edit that touches nothing of the connection needs no try.
func (s *Server) tryBox(c *fiber.Ctx, id string, edit crm.MailboxEdit, always bool) error {
	if !always && edit.Host == nil && edit.Port == nil && edit.TLS == nil && edit.Login == nil && edit.Password == "" {
		return nil
	}
	m, password, err := s.Service.TryMailbox(c.UserContext(), actor(c), s.Ring, id, edit)
	if err != nil {
		return err
	}
	return s.checkBox(c.UserContext(), m, password)
}

func (s *Server) mailboxPause(c *fiber.Ctx) error { return s.pauseBox(c, true) }

func (s *Server) mailboxResume(c *fiber.Ctx) error { return s.pauseBox(c, false) }

func (s *Server) pauseBox(c *fiber.Ctx, paused bool) error {
	v, id := s.view(c), c.Params("id")
	m, err := s.Service.EditMailbox(c.UserContext(), actor(c), s.Ring, id, crm.MailboxEdit{Paused: &paused})
	if err != nil {
		return s.fail(c, err)
	}
	if isPart(c) {
		return s.showMailbox(c, v)
	}
	if paused {
		return s.goTo(c, "/mailboxes", note{Label: v.T("web.mailbox.stopped", "address", m.Address), Undo: "/mailboxes/" + id + "/resume"})
	}
	return s.goTo(c, "/mailboxes", note{Label: v.T("web.mailbox.resumed", "address", m.Address)})
}

// mailboxRetry has mail fetched again that could not be fetched.
func (s *Server) mailboxRetry(c *fiber.Ctx) error {
	v := s.view(c)
	n, err := s.Service.RetryFailed(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	if isPart(c) {
		return s.showMailbox(c, v)
	}
	return s.goTo(c, "/mailboxes", note{Label: v.n("mail.ledger.retried", int64(n))})
}

func (s *Server) removal(c *fiber.Ctx, v view, m crm.Mailbox) page.Removal {
	return page.Removal{Text: v.Text, CSRF: s.Auth.CSRF(session(c).ID), Address: m.Address, URL: "/mailboxes/" + m.ID + "/remove", BackURL: "/mailboxes/" + m.ID + "/edit"}
}

// mailboxRemovePage asks, for a reader without script; others see the same
// question in a dialog.
func (s *Server) mailboxRemovePage(c *fiber.Ctx) error {
	v := s.view(c)
	m, err := s.ownBox(c)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.MailboxRemove{Base: s.base(c, page.PlaceMailboxes, m.Address, page.Link{Label: v.T("page.nav.mailboxes"), URL: "/mailboxes"}), Removal: s.removal(c, v, m)}
	p.Shape = page.ShapeForm
	return s.render(c, fiber.StatusOK, "mailbox/remove", p)
}

func (s *Server) mailboxRemove(c *fiber.Ctx) error {
	v := s.view(c)
	m, err := s.ownBox(c)
	if err == nil {
		err = s.Service.RemoveMailbox(c.UserContext(), actor(c), m.ID)
	}
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/mailboxes", note{Label: v.T("web.mailbox.removed", "address", m.Address)})
}
