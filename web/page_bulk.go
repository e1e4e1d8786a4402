package web

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// bulkStart keeps which clients were chosen in a list, one by one or all that
// it holds, and asks what to do with them.
func (s *Server) bulkStart(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	args, back := crm.BulkArgs{IDs: f.all("id")}, clientList.ask(c).url("", "")
	if f.on("all") {
		q := clientList.ask(c).clients()
		q.After, q.Limit, args.IDs = "", 0, nil
		args.Query = &q
	}
	switch {
	case args.Query == nil && len(args.IDs) == 0:
		return s.goTo(c, back, note{Label: v.T("error.bulk.nobody")})
	case len(args.IDs) > crm.MaxBulkIDs:
		return s.goTo(c, back, note{Label: v.T("error.bulk.many")})
	}
	j, err := s.Jobs.Draft(c.UserContext(), actor(c), crm.JobBulk, args)
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/bulk/"+j.ID, note{})
}

func bulkArgs(j crm.Job) (args crm.BulkArgs) {
	_ = json.Unmarshal(j.Args, &args) // as reportArgs
	return args
}

// bulkResult is what an edit did; nil before it ended.
func bulkResult(j crm.Job) *crm.BulkResult {
	var r crm.BulkResult
	if len(j.Result) == 0 || json.Unmarshal(j.Result, &r) != nil {
		return nil
	}
	return &r
}

// bulksPage lists what was done, so that it is found again to be undone.
func (s *Server) bulksPage(c *fiber.Ctx) error {
	ctx, v := c.UserContext(), s.view(c)
	list, next, err := s.Service.ListJobs(ctx, actor(c), crm.JobBulk, 0, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Bulks{Base: s.base(c, page.PlaceClients, v.T("web.bulk.list"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"})}
	for _, j := range list {
		row := page.BulkRow{What: v.bulkWords(bulkArgs(j).Edit, users), URL: "/bulk/" + j.ID, When: v.stamp(j.CreatedAt), Who: users[j.By], State: v.jobBadge(j), Clients: nothing}
		if r := bulkResult(j); r != nil {
			row.Clients = v.n("web.clients.total", int64(r.Changed))
		}
		u, err := s.undoOf(c, j)
		if err != nil {
			return s.fail(c, err)
		}
		if u != nil && u.State == crm.JobDone {
			row.State = page.Badge{Label: v.T("web.import.undone"), State: page.Idle}
		}
		p.Rows = append(p.Rows, row)
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/bulk", "after", next)}
	}
	p.Shape = page.ShapeList
	return s.render(c, fiber.StatusOK, "bulks", p)
}

// bulkWords says in a line what is done.
func (v view) bulkWords(e crm.BulkEdit, users map[string]string) string {
	var words []string
	for _, f := range v.bulkFacts(e, users) {
		words = append(words, f.Label+": "+f.Value)
	}
	if len(words) == 0 {
		return v.T("web.bulk.undecided")
	}
	return join("; ", words...)
}

// bulkFacts says what is done to each client.
func (v view) bulkFacts(e crm.BulkEdit, users map[string]string) []page.Fact {
	var out []page.Fact
	say := func(key string, value *string, word func(string) string) {
		if value == nil {
			return
		}
		f := page.Fact{Label: v.T(key), Value: nothing}
		if *value != "" {
			f.Value = word(*value)
		}
		out = append(out, f)
	}
	name := func(id string) string { return orNothing(users[id]) }
	say("page.agent", e.Agent, name)
	say("page.client.standin", e.StandIn, name)
	say("page.client.standin.from", e.StandInFrom, v.date)
	say("page.client.standin.until", e.StandInUntil, v.date)
	if e.Sector != nil && *e.Sector == "" {
		out = append(out, page.Fact{Label: v.T("page.sector"), Value: v.T("web.sector.auto")})
	} else {
		say("page.sector", e.Sector, v.sector)
	}
	say("page.client.segment", e.Segment, func(x string) string { return v.T("web.segment." + x) })
	say("page.client.tier", e.Tier, func(x string) string { return x })
	say("page.client.status", e.Status, func(x string) string { return v.T("web.status." + x) })
	for _, t := range []struct {
		key  string
		tags []string
	}{{"web.bulk.tags.add", e.AddTags}, {"web.bulk.tags.drop", e.DropTags}} {
		if len(t.tags) > 0 {
			out = append(out, page.Fact{Label: v.T(t.key), Value: join(", ", t.tags...)})
		}
	}
	return out
}

func (s *Server) bulkPage(c *fiber.Ctx) error {
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobBulk)
	if err != nil {
		return s.fail(c, err)
	}
	if j.State == crm.JobDraft {
		return s.showBulkForm(c, fiber.StatusOK, j, typed{}, nil, nil)
	}
	return s.showBulk(c, j)
}

func (s *Server) bulkFrame(c *fiber.Ctx, v view, j crm.Job) page.Bulk {
	p := page.Bulk{Base: s.base(c, page.PlaceClients, v.T("web.bulk.title"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"},
		page.Link{Label: v.T("web.bulk.list"), URL: "/bulk"}), URL: "/bulk/" + j.ID}
	p.Shape = page.ShapeForm
	return p
}

// bulkSample is how many clients an edit names before it begins.
const bulkSample = 5

// bulkClients says how many clients an edit is about, and names some. Only who
// sees a client is told its name, whatever ids were sent.
func (s *Server) bulkClients(c *fiber.Ctx, v view, args crm.BulkArgs) (count, names string, err error) {
	ctx, a := c.UserContext(), actor(c)
	var some []string
	n := len(args.IDs)
	if args.Query != nil {
		q := *args.Query
		if n, err = s.Service.CountClients(ctx, a, q, totalCap); err != nil {
			return "", "", err
		}
		q.Limit = bulkSample
		list, _, err := s.Service.ClientList(ctx, a, q)
		if err != nil {
			return "", "", err
		}
		for _, cl := range list {
			some = append(some, cl.Name)
		}
	}
	for _, id := range args.IDs[:min(len(args.IDs), bulkSample)] {
		if cl, err := s.Service.Client(ctx, a, id); err == nil {
			some = append(some, cl.Name)
		}
	}
	count, names = v.n("web.clients.total", int64(n)), join(", ", some...)
	if args.Query != nil && n >= totalCap {
		count = v.n("web.clients.more", totalCap)
	}
	if n > len(some) && len(some) > 0 {
		names += ", …"
	}
	return count, names, nil
}

// showBulkForm asks what to do; typed and wrong are what came back.
func (s *Server) showBulkForm(c *fiber.Ctx, status int, j crm.Job, f typed, wrong map[string]string, notice *page.Notice) error {
	v, a := s.view(c), actor(c)
	p := s.bulkFrame(c, v, j)
	var err error
	if p.Count, p.Names, err = s.bulkClients(c, v, bulkArgs(j)); err != nil {
		return s.fail(c, err)
	}
	field := func(name, label string, api ...string) page.FieldView {
		got := page.Field{}
		if f.c != nil {
			got = f.field(name, wrong, api...)
		}
		return v.Field(name, label, got)
	}
	leave := page.Option{Label: v.T("web.bulk.leave")}
	choose := func(fv page.FieldView, none string, options ...page.Option) page.FieldView {
		all := []page.Option{leave}
		if none != "" {
			all = append(all, page.Option{Value: clearField, Label: none})
		}
		return fv.Choose(append(all, options...))
	}
	tiers := []page.Option{}
	for _, t := range crm.ClientTiers {
		tiers = append(tiers, page.Option{Value: t, Label: t})
	}
	form := page.BulkForm{BackURL: "/clients",
		Sector:      choose(field("sector", "page.sector"), v.T("web.sector.auto"), v.sectors()...),
		Segment:     choose(field("segment", "page.client.segment"), nothing, v.options("web.segment.", crm.ClientSegments...)...),
		Tier:        choose(field("tier", "page.client.tier"), nothing, tiers...),
		Status:      choose(field("status", "page.client.status"), "", v.options("web.status.", crm.ClientStatuses...)...),
		StandInFrom: field("stand_in_from", "page.client.standin.from", "standInFrom").As("date"), StandInUntil: field("stand_in_until", "page.client.standin.until", "standInUntil").As("date"),
		AddTags: field("add_tags", "web.bulk.tags.add", "tags").Help("web.bulk.tags.hint"), DropTags: field("drop_tags", "web.bulk.tags.drop")}
	if a.Role != crm.RoleAgent {
		agents, err := s.agentOptions(c)
		if err != nil {
			return s.fail(c, err)
		}
		agent := choose(field("agent", "page.agent"), "", agents...).Help("web.bulk.agent.hint")
		standIn := choose(field("stand_in", "page.client.standin", "standIn"), nothing, agents...)
		form.Agent, form.StandIn = &agent, &standIn
	}
	p.Form, p.Notice = &form, notice
	return s.render(c, status, "bulk", p)
}

// clearField is the choice that empties what may be without a value.
const clearField = "-"

// bulkEdit reads the form: what is left alone is not said.
func bulkEdit(f typed) crm.BulkEdit {
	said := func(name string) *string {
		v := f.get(name)
		switch v {
		case "":
			return nil
		case clearField:
			v = ""
		}
		return &v
	}
	e := crm.BulkEdit{Agent: said("agent"), Sector: said("sector"), Segment: said("segment"), Tier: said("tier"), Status: said("status"),
		StandIn: said("stand_in"), StandInFrom: said("stand_in_from"), StandInUntil: said("stand_in_until"), AddTags: f.lines("add_tags"), DropTags: f.lines("drop_tags")}
	if e.StandIn != nil && *e.StandIn == "" {
		e.StandInFrom, e.StandInUntil = nil, nil
	}
	return e
}

// bulkRun begins an edit, or goes on with one that was stopped: what has the
// values already is left as it is.
func (s *Server) bulkRun(c *fiber.Ctx) error {
	ctx, a, v, f := c.UserContext(), actor(c), s.view(c), typed{c}
	j, err := s.jobOf(ctx, a, c.Params("id"), crm.JobBulk)
	if err != nil {
		return s.fail(c, err)
	}
	args := bulkArgs(j)
	switch {
	case j.State == crm.JobDraft:
		args.Edit = bulkEdit(f)
		if err := s.Service.CheckBulkEdit(ctx, a, args); err != nil {
			wrong, above, ok := v.formError(err)
			if !ok {
				return s.fail(c, err)
			}
			var notice *page.Notice
			if above != "" {
				notice = &page.Notice{State: page.Bad, Label: above}
			}
			return s.showBulkForm(c, again(err), j, f, wrong, notice)
		}
	case !resumable(j) || s.undone(c, j):
		return s.goTo(c, "/bulk/"+j.ID, note{}) // clicked twice, or on an old page
	}
	if _, err := s.Jobs.Again(ctx, a, j.ID, args); err != nil && crm.CodeOf(err) != crm.CodeConflict {
		return s.fail(c, err)
	}
	return s.goTo(c, "/bulk/"+j.ID, note{})
}

func resumable(j crm.Job) bool { return j.State == crm.JobCancelled || j.State == crm.JobFailed }

type bulkIn struct {
	clientsQuery
	IDs  []string     `json:"ids,omitempty"`
	All  bool         `json:"all,omitempty"` // all of the list that the address asks for
	Edit crm.BulkEdit `json:"edit"`
}

func apiBulk(s *Server, c call, in bulkIn) (started, error) {
	args := crm.BulkArgs{IDs: in.IDs, Edit: in.Edit}
	if in.All {
		q := in.ask()
		q.After, q.Limit = "", 0
		args.IDs, args.Query = nil, &q
	}
	if err := s.Service.CheckBulkEdit(c, c.Actor, args); err != nil {
		return started{}, err
	}
	j, err := s.Jobs.Enqueue(c, c.Actor, crm.JobBulk, args)
	return started{"/api/v1/bulk/" + j.ID, jobOut(lang(c.ctx), j)}, err
}

// bulkAnswer is an edit with the clients that did not take it.
type bulkAnswer struct {
	jobAnswer
	Refused []bulkRefusal `json:"refused,omitempty"`
}

type bulkRefusal struct {
	Client string `json:"client"`
	Name   string `json:"name,omitempty"`
	Reason string `json:"reason"`
}

func apiBulkGet(s *Server, c call, in idPath) (bulkAnswer, error) {
	j, err := s.jobOf(c, c.Actor, in.ID, crm.JobBulk)
	out := bulkAnswer{jobAnswer: jobOut(lang(c.ctx), j)}
	if r := bulkResult(j); r != nil {
		for _, x := range r.Refused {
			out.Refused = append(out.Refused, bulkRefusal{x.Doc, x.Name, say(lang(c.ctx), x.Reason)})
		}
		r.Refused = nil
		if out.Result, err = json.Marshal(r); err != nil {
			return out, err
		}
	}
	return out, err
}

func apiBulkUndo(s *Server, c call, in idPath) (started, error) {
	j, err := s.jobOf(c, c.Actor, in.ID, crm.JobBulk)
	if err != nil {
		return started{}, err
	}
	u, err := s.startUndo(c, c.Actor, j)
	return started{"/api/v1/bulk/" + j.ID, jobOut(lang(c.ctx), u)}, err
}

// canUndo reports whether an edit may have written something.
func canUndo(j crm.Job) bool {
	r := bulkResult(j)
	return j.Ended() && j.StartedAt != nil && (r == nil || r.Changed > 0 || resumable(j))
}
