package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

func (s *Server) visitNewPage(c *fiber.Ctx) error {
	form := page.VisitPlanForm{ClientID: c.Query("client"), Day: page.Field{Value: string(s.view(c).today)}}
	return s.showVisitPlan(c, fiber.StatusOK, form, nil, nil)
}

func (s *Server) showVisitPlan(c *fiber.Ctx, status int, form page.VisitPlanForm, people []string, notice *page.Notice) error {
	v := s.view(c)
	p := page.VisitPlan{Base: s.base(c, page.PlaceToday, v.T("page.visit.plan")), URL: "/visits/new", BackURL: "/", Query: c.Query("q"), Form: form}
	p.Shape, p.Notice = page.ShapeForm, notice
	if form.ClientID == "" {
		picks, err := s.pickClient(c, v, p.Query, "/visits/new")
		if err != nil {
			return s.fail(c, err)
		}
		p.Picks = picks
		return s.render(c, status, "visit/new", p)
	}
	cl, err := s.Service.Client(c.UserContext(), actor(c), form.ClientID)
	if err != nil {
		return s.fail(c, err)
	}
	list, err := s.Service.ClientPeople(c.UserContext(), actor(c), cl.ID)
	if err != nil {
		return s.fail(c, err)
	}
	p.Client, p.BackURL = clientLink(cl.ID, cl.Name), "/clients/"+cl.ID
	for _, person := range list {
		if !person.Former {
			p.People = append(p.People, page.PersonChoice{ID: person.ID, Name: person.Name, Role: v.person(person).Role, On: slices.Contains(people, person.ID)})
		}
	}
	if p.Form.Place.Value == "" && status == fiber.StatusOK {
		p.Form.Place.Value = join(", ", cl.Address, cl.City)
	}
	return s.render(c, status, "visit/new", p)
}

func (s *Server) visitPlan(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	at, err := f.at(v)
	if at == nil && err == nil {
		key := "day"
		if f.get("day") != "" {
			key = "time"
		}
		err = wrongField(key, "error.field.required")
	}
	minutes, wrongMinutes := f.minutes()
	err = joinErrors(err, wrongMinutes)
	client := f.get("client")
	var act crm.Activity
	if err == nil {
		act, err = s.Service.LogActivity(c.UserContext(), actor(c), client, crm.ActivityInput{Kind: crm.KindVisit, At: at, People: f.all("people"), Minutes: minutes,
			Visit: &crm.Visit{State: crm.VisitPlanned, Purpose: f.get("purpose"), Place: f.get("place")}})
	}
	if err == nil {
		return s.goTo(c, "/clients/"+client, note{Label: v.T("web.visit.saved"), Next: v.T("page.open"), URL: "/visits/" + act.ID, Undo: "/activities/" + act.ID + "/delete"})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	form := page.VisitPlanForm{ClientID: client, Day: f.field("day", wrong, "at"), Time: f.field("time", wrong), Minutes: f.field("minutes", wrong),
		Purpose: f.field("purpose", wrong), Place: f.field("place", wrong)}
	var notice *page.Notice
	if above != "" {
		notice = &page.Notice{State: page.Bad, Label: above}
	}
	return s.showVisitPlan(c, again(err), form, f.all("people"), notice)
}

func (s *Server) visitPage(c *fiber.Ctx) error {
	act, cl, err := s.visit(c)
	if err != nil {
		return s.fail(c, err)
	}
	at, vis := act.At.In(crm.Zone), act.Visit
	f := func(value string) page.Field { return page.Field{Value: value} }
	form := page.VisitForm{Purpose: f(vis.Purpose), Place: f(vis.Place), Day: f(at.Format("2006-01-02")), Time: f(at.Format("15:04")), Who: f(vis.Who),
		Findings: f(vis.Findings), Promises: f(vis.Promises), NextStep: f(vis.NextStep), Why: f(vis.Why)}
	if vis.Who == "" && vis.State == crm.VisitPlanned {
		form.Who.Value = s.peopleOf(c, act)
	}
	return s.showVisit(c, fiber.StatusOK, act, cl, form, nil)
}

// visit reads the visit of the address; another activity is none.
func (s *Server) visit(c *fiber.Ctx) (crm.Activity, crm.Client, error) {
	act, cl, err := s.Service.Activity(c.UserContext(), actor(c), c.Params("id"))
	if err == nil && act.Visit == nil {
		err = crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	return act, cl, err
}

// peopleOf names the people that a visit was planned with.
func (s *Server) peopleOf(c *fiber.Ctx, act crm.Activity) string {
	if len(act.People) == 0 {
		return ""
	}
	people, err := s.Service.ClientPeople(c.UserContext(), actor(c), act.Client)
	if err != nil {
		return ""
	}
	var names []string
	for _, p := range people {
		if slices.Contains(act.People, p.ID) {
			names = append(names, p.Name)
		}
	}
	return join(", ", names...)
}

func (s *Server) showVisit(c *fiber.Ctx, status int, act crm.Activity, cl crm.Client, form page.VisitForm, notice *page.Notice) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	places, _, err := s.Service.ClientInstallations(ctx, a, cl.ID, 0, "")
	if err != nil {
		return s.fail(c, err)
	}
	last, _, err := s.Service.TimelineList(ctx, a, cl.ID, crm.TimelineQuery{Limit: 12})
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	history, err := s.revisions(c, v, act)
	if err != nil {
		return s.fail(c, err)
	}
	title := v.T("web.visit.title", "date", locale.Date(v.Lang, crm.DayOf(act.At)))
	p := page.VisitReport{Base: s.base(c, page.PlaceToday, title, clientLink(cl.ID, cl.Name)), URL: "/visits/" + act.ID, BackURL: "/clients/" + cl.ID,
		Client: clientLink(cl.ID, cl.Name), State: v.visitBadge(act), Version: strconv.FormatInt(act.Version, 10), Reported: act.Visit.State == crm.VisitDone,
		Form: form, Briefing: v.clientStats(cl, places), Facts: v.visitFacts(cl, act, users), History: history}
	if act.By == a.UserID || a.Role != crm.RoleAgent || act.Planned() {
		p.DropURL = "/activities/" + act.ID + "/delete"
	}
	for _, i := range places {
		if i.OverW > 0 {
			p.Overs = append(p.Overs, v.overrun(i, cl.Name))
		}
	}
	for _, e := range last {
		if !e.Planned && e.Ref != act.ID && len(p.Last) < 5 {
			p.Last = append(p.Last, v.entry(e, users, a))
		}
	}
	p.Shape, p.Notice = page.ShapeRecord, notice
	return s.render(c, status, "visit", p)
}

func (v view) visitFacts(cl crm.Client, act crm.Activity, users map[string]string) []page.Fact {
	facts := []page.Fact{
		{Label: v.T("page.client"), Value: cl.Name, URL: "/clients/" + cl.ID},
		{Label: v.T("page.client.address"), Value: join(", ", cl.Address, cl.City)},
		{Label: v.T("page.client.phone"), Value: ident.FormatPhone(cl.Phone)},
		{Label: v.T("page.agent"), Value: users[act.By]},
	}
	return slices.DeleteFunc(facts, func(f page.Fact) bool { return f.Value == "" })
}

// visitReport saves a visit: still planned, done with its report, or missed.
func (s *Server) visitReport(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	now, cl, err := s.visit(c)
	if err != nil {
		return s.fail(c, err)
	}
	at, err := f.at(v)
	if at == nil {
		at = &now.At
	}
	vis := crm.Visit{Purpose: f.get("purpose"), Place: f.get("place"), Who: f.get("who"), Findings: f.get("findings"), Promises: f.get("promises"),
		NextStep: f.get("next_step"), Why: f.get("why")}
	words := "web.visit.kept"
	switch f.get("action") {
	case "done":
		vis.State, vis.Why, words = crm.VisitDone, "", "web.visit.reported"
	case "missed":
		vis.State, words = crm.VisitMissed, "web.visit.notdone"
	default:
		vis.State = crm.VisitPlanned
	}
	if err == nil {
		_, err = s.Service.EditActivity(c.UserContext(), actor(c), now.ID, f.version(), crm.ActivityInput{Kind: crm.KindVisit, Text: now.Text, At: at,
			People: now.People, Inbound: now.Inbound, Minutes: now.Minutes, Visit: &vis})
	}
	if err == nil {
		return s.goTo(c, "/clients/"+cl.ID, note{Label: v.T(words), Next: v.T("page.open"), URL: "/visits/" + now.ID})
	}
	return s.visitAgain(c, v, f, now, cl, err)
}

func (s *Server) visitAgain(c *fiber.Ctx, v view, f typed, now crm.Activity, cl crm.Client, err error) error {
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	form := page.VisitForm{Purpose: f.field("purpose", wrong), Place: f.field("place", wrong), Day: f.field("day", wrong, "at"), Time: f.field("time", nil),
		Who: f.field("who", wrong), Findings: f.field("findings", wrong), Promises: f.field("promises", wrong), NextStep: f.field("next_step", wrong, "nextStep"),
		Why: f.field("why", wrong), Error: above}
	if crm.CodeOf(err) != crm.CodeConflict {
		now.Version = f.version()
		return s.showVisit(c, again(err), now, cl, form, nil)
	}
	form.Error = ""
	vis, was := now.Visit, now.At.In(crm.Zone)
	for _, d := range []struct {
		field *page.Field
		now   string
	}{{&form.Purpose, vis.Purpose}, {&form.Place, vis.Place}, {&form.Who, vis.Who}, {&form.Findings, vis.Findings}, {&form.Promises, vis.Promises}, {&form.NextStep, vis.NextStep},
		{&form.Day, was.Format("2006-01-02")}, {&form.Time, was.Format("15:04")}} {
		v.differs(d.field, d.now)
	}
	return s.showVisit(c, again(err), now, cl, form, v.conflict(now.UpdatedAt, "/visits/"+now.ID))
}
