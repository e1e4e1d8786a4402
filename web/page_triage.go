package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/text"
	"cemigmas/web/page"
)

// triageSize is a page of held mail.
const triageSize = 25

func (s *Server) triagePage(c *fiber.Ctx) error {
	return s.showTriage(c, fiber.StatusOK, nil)
}

func (s *Server) showTriage(c *fiber.Ctx, status int, notice *page.Notice) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	list, next, err := s.Service.ListHeld(ctx, a, triageSize, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Triage{Base: s.base(c, page.PlaceTriage, v.T("page.nav.triage")), Count: s.triageCount(ctx, v, a),
		Empty: page.Empty{Heading: v.T("page.triage.empty"), Label: v.T("page.triage.empty.lead")}}
	names, err := s.guessNames(c, list)
	if err != nil {
		return s.fail(c, err)
	}
	boxes, err := s.boxAddresses(c, list)
	if err != nil {
		return s.fail(c, err)
	}
	for _, h := range list {
		p.Rows = append(p.Rows, s.heldRow(c, v, h, names, boxes))
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/triage", "after", next)}
	}
	p.Shape, p.Notice = page.ShapeList, notice
	return s.render(c, status, "triage", p)
}

// guessNames names the suggested clients that the viewer may see; another
// suggestion is not shown.
func (s *Server) guessNames(c *fiber.Ctx, list []crm.Held) (map[string]string, error) {
	names := map[string]string{}
	for _, h := range list {
		if h.Suggest == "" || names[h.Suggest] != "" {
			continue
		}
		cl, err := s.Service.Client(c.UserContext(), actor(c), h.Suggest)
		if crm.CodeOf(err) == crm.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		names[h.Suggest] = cl.Name
	}
	return names, nil
}

// boxAddresses names the mailboxes of the held mail.
func (s *Server) boxAddresses(c *fiber.Ctx, list []crm.Held) (map[string]string, error) {
	var ids []string
	for _, h := range list {
		ids = append(ids, h.Mailbox)
	}
	slices.Sort(ids)
	boxes, err := crm.Mailboxes.GetMany(c.UserContext(), s.Service.Store(), slices.Compact(ids))
	out := map[string]string{}
	for id, b := range boxes {
		out[id] = b.Address
	}
	return out, err
}

// freeMail are domains of which one never ignores all.
var freeMail = map[string]bool{"gmail.com": true, "hotmail.com": true, "outlook.com": true, "yahoo.com": true, "yahoo.com.br": true,
	"uol.com.br": true, "bol.com.br": true, "terra.com.br": true, "icloud.com": true, "live.com": true}

func (s *Server) heldRow(c *fiber.Ctx, v view, h crm.Held, names, boxes map[string]string) page.HeldRow {
	id := pathID(h.ID)
	r := page.HeldRow{Text: v.Text, ID: id, CSRF: s.Auth.CSRF(session(c).ID), From: nameOf(h.From), Address: h.From.Email, Domain: crm.DomainOf(h.From.Email),
		Subject: h.Subject, Preview: text.Clip(h.Text, 300), When: v.stamp(h.At), Mailbox: boxes[h.Mailbox],
		AssignURL: "/triage/" + id + "/assign", IgnoreURL: "/triage/" + id + "/ignore", PickURL: "/search?pick=client"}
	if freeMail[r.Domain] {
		r.Domain = ""
	}
	if r.Subject == "" {
		r.Subject = v.T("web.nosubject")
	}
	if name := names[h.Suggest]; name != "" {
		r.Guess = &page.Guess{ClientID: h.Suggest, Client: name}
		if h.Because != nil {
			r.Guess.Reason = v.reason(*h.Because)
		}
	}
	return r
}

func (s *Server) triageAssign(c *fiber.Ctx) error {
	f, v, id := typed{c}, s.view(c), wholeID(c.Params("id"))
	client, err := s.chosenClient(c, f)
	if err == nil && client == "" {
		err = crm.Errf(crm.CodeInvalid, "error.client.choose")
	}
	undo := ""
	if err == nil {
		undo, err = s.Service.AssignHeld(c.UserContext(), actor(c), id, client, f.on("person"))
	}
	if err != nil {
		return s.triageAgain(c, v, id, err)
	}
	n := note{Label: v.T("web.triage.assigned"), Next: v.T("web.openclient"), URL: "/clients/" + client}
	if undo != "" {
		n.Undo = "/triage/assigned/" + pathID(undo) + "/undo"
	}
	return s.decided(c, v, n)
}

func (s *Server) triageIgnore(c *fiber.Ctx) error {
	f, v, id := typed{c}, s.view(c), wholeID(c.Params("id"))
	done, err := s.Service.IgnoreHeld(c.UserContext(), actor(c), id, f.get("what"))
	if err != nil {
		return s.triageAgain(c, v, id, err)
	}
	return s.decided(c, v, v.ignoredNote(done))
}

// decided removes the row and says what was done. A decision on a sender or
// domain takes other rows with it, so then the page comes anew.
func (s *Server) decided(c *fiber.Ctx, v view, n note) error {
	f := typed{c}
	what := f.get("what")
	left := s.triageCount(c.UserContext(), v, actor(c))
	if !isPart(c) || what == crm.RuleSender || what == crm.RuleDomain || f.on("person") || left == "" {
		return s.goTo(c, "/triage", n)
	}
	return s.render(c, fiber.StatusOK, "triage/decided", page.Decided{Count: left, Toast: s.toast(c, v.Text, n, "/triage")})
}

func (s *Server) triageAgain(c *fiber.Ctx, v view, id string, err error) error {
	_, above, ok := v.formError(err)
	if !ok && crm.CodeOf(err) == crm.CodeNotFound {
		// Another tab decided, or the client is not the viewer's: both look alike.
		above, ok = v.text(domainError(err).Text), true
	}
	if !ok {
		return s.fail(c, err)
	}
	if above == "" {
		above = v.T("error.invalid")
	}
	if !isPart(c) {
		return s.showTriage(c, again(err), &page.Notice{State: page.Bad, Label: above})
	}
	h, herr := s.Service.Held(c.UserContext(), actor(c), id)
	if herr != nil {
		return s.fail(c, herr)
	}
	names, herr := s.guessNames(c, []crm.Held{h})
	if herr != nil {
		return s.fail(c, herr)
	}
	boxes, herr := s.boxAddresses(c, []crm.Held{h})
	if herr != nil {
		return s.fail(c, herr)
	}
	row := s.heldRow(c, v, h, names, boxes)
	row.Error = above
	return s.render(c, fiber.StatusUnprocessableEntity, "triage/row", row)
}
