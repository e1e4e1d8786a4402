package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/crm/text"
	"cemigmas/web/page"
)

// activityInput reads a quick log. Errors of the fields that web itself reads
// come beside the input, so that the form shows all that is wrong at once.
func (s *Server) activityInput(v view, f typed) (crm.ActivityInput, error) {
	in := crm.ActivityInput{Kind: f.get("kind"), Text: f.get("text"), People: f.all("people"), Inbound: f.on("inbound")}
	var wrongAt, wrongMinutes error
	in.At, wrongAt = f.at(v)
	in.Minutes, wrongMinutes = f.minutes()
	return in, joinErrors(wrongAt, wrongMinutes)
}

// logAgain fills a quick log with what was typed and what is wrong.
func (v view) logAgain(log page.LogForm, f typed, err error) page.LogForm {
	wrong, above, _ := v.formError(err)
	log.Kind = page.Kind(f.get("kind"))
	log.Said, log.Person = f.field("text", wrong), page.Field{Value: first(f.all("people")), Error: wrong["people"]}
	log.Day, log.Time, log.Minutes = f.field("day", wrong, "at"), f.field("time", nil), f.field("minutes", wrong)
	log.Inbound = page.Flag{On: f.on("inbound")}
	log.Back, log.Error = f.back(log.Back), above
	return log
}

func (v view) loggedNote(a crm.Activity) note {
	return note{Label: v.T("web.logged", "kind", v.T(page.Kind(a.Kind).Key())), Undo: "/activities/" + a.ID + "/delete"}
}

// logOnClient takes the quick log of a client's page.
func (s *Server) logOnClient(c *fiber.Ctx) error {
	ctx, a, v, f, id := c.UserContext(), actor(c), s.view(c), typed{c}, c.Params("id")
	in, err := s.activityInput(v, f)
	var act crm.Activity
	if err == nil {
		act, err = s.Service.LogActivity(ctx, a, id, in)
	}
	if err != nil {
		if _, _, ok := v.formError(err); !ok {
			return s.fail(c, err)
		}
		return s.logOnClientAgain(c, v, f, err)
	}
	if !isPart(c) {
		return s.goTo(c, f.back("/clients/"+id), v.loggedNote(act))
	}
	return s.loggedPart(c, v, id, v.loggedNote(act))
}

func (s *Server) logOnClientAgain(c *fiber.Ctx, v view, f typed, err error) error {
	log := v.logAgain(s.quickLog(c, v), f, err)
	if !isPart(c) {
		return s.showClient(c, again(err), &log)
	}
	comp, lerr := s.clientComposer(c, v, c.Params("id"))
	if lerr != nil {
		return s.fail(c, lerr)
	}
	comp.Log = v.logAgain(comp.Log, f, err)
	return s.render(c, fiber.StatusUnprocessableEntity, "client/composer", comp)
}

func (s *Server) clientComposer(c *fiber.Ctx, v view, id string) (page.Composer, error) {
	cl, err := s.Service.Client(c.UserContext(), actor(c), id)
	if err != nil {
		return page.Composer{}, err
	}
	people, err := s.Service.ClientPeople(c.UserContext(), actor(c), id)
	return s.composer(c, v, cl, people), err
}

func (s *Server) loggedPart(c *fiber.Ctx, v view, id string, n note) error {
	comp, err := s.clientComposer(c, v, id)
	if err != nil {
		return s.fail(c, err)
	}
	t, err := s.timeline(c, timelineAsk{client: id})
	if err != nil {
		return s.fail(c, err)
	}
	t.Swap = true
	return s.render(c, fiber.StatusOK, "client/logged", page.Logged{Composer: comp, Timeline: t, Toast: s.toast(c, v.Text, n, "/clients/"+id)})
}

// logAnywhere takes the quick log of the dialog, or of the page behind it.
func (s *Server) logAnywhere(c *fiber.Ctx) error {
	ctx, a, v, f := c.UserContext(), actor(c), s.view(c), typed{c}
	client, err := s.chosenClient(c, f)
	if err != nil {
		return s.fail(c, err)
	}
	in, err := s.activityInput(v, f)
	if client == "" {
		key := "error.client.choose"
		if f.get("client_name") == "" {
			key = "error.field.required"
		}
		err = joinErrors(err, wrongField("client", key), needText(in.Text))
	}
	var act crm.Activity
	if err == nil {
		act, err = s.Service.LogActivity(ctx, a, client, in)
	}
	if err != nil {
		return s.logAnywhereAgain(c, v, f, client, err)
	}
	n := v.loggedNote(act)
	n.Next, n.URL = v.T("web.openclient"), "/clients/"+client
	if !isPart(c) {
		return s.goTo(c, f.back("/clients/"+client), n)
	}
	c.Set("HX-Trigger", "logged")
	log := s.quickLog(c, v)
	log.Back = f.back(log.Back)
	return s.render(c, fiber.StatusOK, "quick/logged", page.QuickLogged{Form: log, Toast: s.toast(c, v.Text, n, log.Back)})
}

func needText(t string) error {
	if t == "" {
		return wrongField("text", "error.field.required")
	}
	return nil
}

// chosenClient is the client that was picked, or the one whose name was typed
// in full. Anything less is asked, never guessed.
func (s *Server) chosenClient(c *fiber.Ctx, f typed) (string, error) {
	if id := f.get("client"); id != "" {
		return id, nil
	}
	name := f.get("client_name")
	if name == "" {
		return "", nil
	}
	list, _, err := s.Service.ClientList(c.UserContext(), actor(c), crm.ClientQuery{Q: name, Limit: 10})
	found := ""
	for _, cl := range list {
		if text.Fold(cl.Name) == text.Fold(name) {
			if found != "" {
				return "", err // two of that name
			}
			found = cl.ID
		}
	}
	return found, err
}

func (s *Server) logAnywhereAgain(c *fiber.Ctx, v view, f typed, client string, err error) error {
	wrong, _, ok := v.formError(err)
	if !ok && crm.CodeOf(err) != crm.CodeNotFound {
		return s.fail(c, err)
	}
	log := v.logAgain(s.quickLog(c, v), f, err)
	log.ClientID, log.ClientName = client, f.get("client_name")
	log.Client = page.Field{Value: log.ClientName, Error: wrong["client"]}
	if !ok { // the client is gone, or not in the portfolio any more
		log.ClientID, log.Client.Error = "", v.T("error.client.choose")
	}
	if isPart(c) {
		return s.render(c, fiber.StatusUnprocessableEntity, "quick/form", log)
	}
	return s.showActivityNew(c, fiber.StatusUnprocessableEntity, log, f.get("client_name"))
}

func (s *Server) activityNewPage(c *fiber.Ctx) error {
	log := s.quickLog(c, s.view(c))
	log.ClientID = c.Query("client")
	log.Back = "/"
	if k := page.Kind(c.Query("kind")); k != "" {
		log.Kind = k
	}
	if log.ClientID != "" {
		log.Back = "/clients/" + log.ClientID
	}
	return s.showActivityNew(c, fiber.StatusOK, log, c.Query("q"))
}

// showActivityNew is the quick log as a page; without a client it asks for one.
func (s *Server) showActivityNew(c *fiber.Ctx, status int, log page.LogForm, q string) error {
	v := s.view(c)
	p := page.ActivityNew{Base: s.base(c, page.PlaceClients, v.T("page.log")), Query: q}
	p.Shape = page.ShapeForm
	if log.ClientID != "" {
		cl, err := s.Service.Client(c.UserContext(), actor(c), log.ClientID)
		if err != nil {
			return s.fail(c, err)
		}
		people, err := s.Service.ClientPeople(c.UserContext(), actor(c), cl.ID)
		if err != nil {
			return s.fail(c, err)
		}
		log.ClientName, log.Fixed, log.People = cl.Name, true, personOptions(people)
	} else {
		picks, err := s.pickClient(c, v, q, "/activities/new")
		if err != nil {
			return s.fail(c, err)
		}
		p.Picks = picks
		if log.Client.Error != "" {
			p.Notice = &page.Notice{State: page.Bad, Label: log.Client.Error}
		}
	}
	p.Log = log
	return s.render(c, status, "activity/new", p)
}

func (s *Server) activityEditPage(c *fiber.Ctx) error {
	act, cl, err := s.Service.Activity(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	if act.Kind == crm.KindVisit {
		return c.Redirect("/visits/"+act.ID, fiber.StatusSeeOther)
	}
	at := act.At.In(crm.Zone)
	form := page.ActivityForm{Said: page.Field{Value: act.Text}, Person: page.Field{Value: first(act.People)}, Inbound: page.Flag{On: act.Inbound},
		Day: page.Field{Value: at.Format("2006-01-02")}, Time: page.Field{Value: at.Format("15:04")}, Minutes: page.Field{Value: minutesField(act.Minutes)}}
	return s.showActivityEdit(c, fiber.StatusOK, act, cl, form, act.Kind, nil)
}

func minutesField(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (s *Server) showActivityEdit(c *fiber.Ctx, status int, act crm.Activity, cl crm.Client, form page.ActivityForm, kind string, notice *page.Notice) error {
	v := s.view(c)
	people, err := s.Service.ClientPeople(c.UserContext(), actor(c), cl.ID)
	if err != nil {
		return s.fail(c, err)
	}
	history, err := s.revisions(c, v, act)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.ActivityEdit{Base: s.base(c, page.PlaceClients, v.T("page.activity.edit"), clientLink(cl.ID, cl.Name)),
		URL: "/activities/" + act.ID, BackURL: "/clients/" + cl.ID, DropURL: "/activities/" + act.ID + "/delete", Client: clientLink(cl.ID, cl.Name),
		Version: strconv.FormatInt(act.Version, 10), Kind: page.Kind(kind), Kinds: page.LogKinds, Form: form, People: personOptions(people), History: history}
	p.Shape, p.Notice = page.ShapeForm, notice
	return s.render(c, status, "activity/edit", p)
}

func (s *Server) revisions(c *fiber.Ctx, v view, act crm.Activity) ([]page.Revision, error) {
	users, err := s.Service.UserNames(c.UserContext())
	var out []page.Revision
	for i := len(act.Edits) - 1; i >= 0; i-- {
		e := act.Edits[i]
		out = append(out, page.Revision{When: locale.DateTime(v.Lang, e.At.In(crm.Zone)), Who: orNothing(users[e.By]), Said: e.Text})
	}
	return out, err
}

func (s *Server) activityEdit(c *fiber.Ctx) error {
	ctx, a, v, f, id := c.UserContext(), actor(c), s.view(c), typed{c}, c.Params("id")
	in, err := s.activityInput(v, f)
	if err == nil {
		_, err = s.Service.EditActivity(ctx, a, id, f.version(), in)
	}
	now, cl, rerr := s.Service.Activity(ctx, a, id)
	if rerr != nil {
		return s.fail(c, rerr)
	}
	if err == nil {
		return s.goTo(c, f.back("/clients/"+cl.ID), note{Label: v.T("web.saved")})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	form := page.ActivityForm{Said: f.field("text", wrong), Person: f.field("people", wrong), Inbound: page.Flag{On: f.on("inbound")},
		Day: f.field("day", wrong, "at"), Time: f.field("time", nil), Minutes: f.field("minutes", wrong)}
	var notice *page.Notice
	if above != "" {
		notice = &page.Notice{State: page.Bad, Label: above}
	}
	if crm.CodeOf(err) == crm.CodeConflict {
		notice = v.conflict(now.UpdatedAt, "/clients/"+cl.ID)
		was := now.At.In(crm.Zone)
		v.differs(&form.Said, now.Text)
		v.differs(&form.Person, first(now.People))
		v.differs(&form.Day, was.Format("2006-01-02"))
		v.differs(&form.Time, was.Format("15:04"))
		v.differs(&form.Minutes, minutesField(now.Minutes))
		if form.Inbound.On != now.Inbound {
			form.Inbound.Theirs = v.theirTick("inbound", now.Inbound)
		}
		if kind := f.get("kind"); kind != now.Kind {
			form.TheirKind = v.Theirs("kind", now.Kind, v.T(page.Kind(now.Kind).Key()))
		}
	} else {
		now.Version = f.version() // still the one that was read
	}
	return s.showActivityEdit(c, again(err), now, cl, form, f.get("kind"), notice)
}

func (s *Server) activityDelete(c *fiber.Ctx) error { return s.hideActivity(c, true) }

func (s *Server) activityRestore(c *fiber.Ctx) error { return s.hideActivity(c, false) }

// hideActivity deletes with a way back, or goes that way.
func (s *Server) hideActivity(c *fiber.Ctx, hide bool) error {
	ctx, a, v, id := c.UserContext(), actor(c), s.view(c), c.Params("id")
	do, n := s.Service.DeleteActivity, note{Label: v.T("web.deleted"), Undo: "/activities/" + id + "/restore"}
	if !hide {
		do, n = s.Service.RestoreActivity, note{Label: v.T("web.restored")}
	}
	act, err := do(ctx, a, id)
	if err != nil {
		return s.fail(c, err)
	}
	back := typed{c}.back("/clients/" + act.Client)
	if !isPart(c) {
		return s.goTo(c, back, n)
	}
	ask, open := openTimeline(c, act.Client)
	if !open {
		return s.render(c, fiber.StatusOK, "toast", s.toast(c, v.Text, n, back))
	}
	t, err := s.timeline(c, ask)
	if err != nil {
		return s.fail(c, err)
	}
	t.Swap = true
	return s.render(c, fiber.StatusOK, "client/changed", page.Changed{Timeline: t, Toast: s.toast(c, v.Text, n, back)})
}
