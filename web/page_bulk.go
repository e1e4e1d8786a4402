package web

import (
	"context"
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// bulkStart keeps which records of a list were chosen, one by one or all that it
// holds, and asks what to do with them.
func (l list[T]) bulkStart(s *Server, c *fiber.Ctx) error {
	v, f, ask := s.view(c), typed{c}, l.ask(c)
	args, back := crm.BulkArgs{Of: l.name, IDs: f.all("id")}, ask.url("", "")
	if f.on("all") {
		args.IDs = nil
		ask.after, ask.limit = "", 0
		ask.chosen(&args)
	}
	switch {
	case !args.All() && len(args.IDs) == 0:
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

// chosen makes a whole list what an edit is about.
func (a listAsk) chosen(args *crm.BulkArgs) {
	if args.Of == clientList.name {
		q := a.clients()
		args.Query = &q
		return
	}
	q := a.records()
	args.Records = &q
}

func bulkArgs(j crm.Job) (args crm.BulkArgs) {
	_ = json.Unmarshal(j.Args, &args) // as reportArgs
	if args.Of == "" {
		args.Of = clientList.name
	}
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
		args := bulkArgs(j)
		row := page.BulkRow{What: v.bulkWords(args, users), URL: "/bulk/" + j.ID, When: v.stamp(j.CreatedAt), Who: users[j.By], State: v.jobBadge(j), Records: v.T("list." + args.Of)}
		if r := bulkResult(j); r != nil {
			row.Records = v.n("list.total."+args.Of, int64(r.Changed))
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
func (v view) bulkWords(args crm.BulkArgs, users map[string]string) string {
	var words []string
	for _, f := range bulkKindOf(args).facts(v, args, users) {
		words = append(words, f.Label+": "+f.Value)
	}
	if len(words) == 0 {
		return v.T("web.bulk.undecided")
	}
	return join("; ", words...)
}

func (s *Server) bulkPage(c *fiber.Ctx) error {
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobBulk)
	if err != nil {
		return s.fail(c, err)
	}
	if j.State == crm.JobDraft {
		return s.showBulkForm(c, fiber.StatusOK, j, nil, nil, nil)
	}
	return s.showBulk(c, j)
}

func (s *Server) bulkFrame(c *fiber.Ctx, v view, j crm.Job) page.Bulk {
	of := bulkArgs(j).Of
	p := page.Bulk{Base: s.base(c, page.PlaceClients, v.T("web.bulk.title"), page.Link{Label: v.T("list." + of), URL: "/" + of},
		page.Link{Label: v.T("web.bulk.list"), URL: "/bulk"}), URL: "/bulk/" + j.ID}
	p.Shape = page.ShapeForm
	return p
}

// bulkSample is how many records an edit names before it begins.
const bulkSample = 5

// sample says how many records an edit is about, and names some. Only who sees a
// record is told its name, whatever ids were sent.
func (l list[T]) sample(ctx context.Context, s *crm.Service, a crm.Actor, v view, args crm.BulkArgs) (count, names string, err error) {
	var rows []T
	n := len(args.IDs)
	if args.All() {
		ask := chosenAsk(args)
		if n, err = l.count(ctx, s, a, ask, totalCap); err != nil {
			return "", "", err
		}
		ask.limit = bulkSample
		if rows, _, err = l.find(ctx, s, a, ask); err != nil {
			return "", "", err
		}
	}
	for _, id := range args.IDs[:min(len(args.IDs), bulkSample)] {
		r, err := l.one(ctx, s, a, id)
		switch {
		case err == nil:
			rows = append(rows, r)
		case crm.CodeOf(err) != crm.CodeNotFound:
			return "", "", err
		}
	}
	of, err := l.names(ctx, s, rows)
	if err != nil {
		return "", "", err
	}
	var some []string
	for i := range rows {
		some = append(some, l.called(v, of, &rows[i]))
	}
	count, names = v.n("list.total."+l.name, int64(n)), join(", ", some...)
	if args.All() && n >= totalCap {
		count = v.n("list.many."+l.name, totalCap)
	}
	if n > len(some) && len(some) > 0 {
		names += ", …"
	}
	return count, names, nil
}

// called is the name of a record: of a contract, which has a number at most, that
// of its installation too.
func (l list[T]) called(v view, of listNames, r *T) string {
	name := l.columns[0].cell(v, of, r).Label
	if l.above != nil {
		if _, place := l.above(r); place != "" {
			return join(", ", of.places[place], name)
		}
	}
	return name
}

// chosenAsk is the list that an edit takes all records of.
func chosenAsk(args crm.BulkArgs) (a listAsk) {
	if q := args.Query; q != nil {
		return listAsk{q: q.Q, sort: q.Sort, by: map[string]string{"sector": q.Sector, "agent": q.Agent, "status": q.Status}}
	}
	q := args.Records
	return listAsk{q: q.Q, sort: q.Sort, by: map[string]string{"agent": q.Agent, "market": q.Market, "modality": q.Modality, "role": q.Role}}
}

// showBulkForm asks what to do; typed and wrong are what came back.
func (s *Server) showBulkForm(c *fiber.Ctx, status int, j crm.Job, f *typed, wrong map[string]string, notice *page.Notice) error {
	v, args := s.view(c), bulkArgs(j)
	kind, p := bulkKindOf(args), s.bulkFrame(c, v, j)
	var err error
	if p.Count, p.Names, err = kind.sample(c.UserContext(), s.Service, actor(c), v, args); err != nil {
		return s.fail(c, err)
	}
	form := page.BulkForm{BackURL: "/" + args.Of, Go: v.T("web.bulk.go." + args.Of)}
	if form.Rows, err = kind.form(s, c, f, wrong); err != nil {
		return s.fail(c, err)
	}
	p.Form, p.Notice = &form, notice
	return s.render(c, status, "bulk", p)
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
		err := bulkKindOf(args).read(f, &args)
		if err == nil {
			err = s.Service.CheckBulkEdit(ctx, a, args)
		}
		if err != nil {
			wrong, above, ok := v.formError(err)
			if !ok {
				return s.fail(c, err)
			}
			var notice *page.Notice
			if above != "" {
				notice = &page.Notice{State: page.Bad, Label: above}
			}
			return s.showBulkForm(c, again(err), j, &f, wrong, notice)
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
	return s.startBulk(c, args)
}

type bulkInstallationsIn struct {
	recordsQuery
	IDs  []string             `json:"ids,omitempty"`
	All  bool                 `json:"all,omitempty"` // as bulkIn
	Edit crm.BulkInstallation `json:"edit"`
}

func apiBulkInstallations(s *Server, c call, in bulkInstallationsIn) (started, error) {
	return s.startBulk(c, in.chosen(crm.BulkArgs{Of: placeList.name, IDs: in.IDs, Installation: &in.Edit}, in.All))
}

type bulkContractsIn struct {
	recordsQuery
	IDs  []string         `json:"ids,omitempty"`
	All  bool             `json:"all,omitempty"` // as bulkIn
	Edit crm.BulkContract `json:"edit"`
}

func apiBulkContracts(s *Server, c call, in bulkContractsIn) (started, error) {
	return s.startBulk(c, in.chosen(crm.BulkArgs{Of: contractList.name, IDs: in.IDs, Contract: &in.Edit}, in.All))
}

type bulkPeopleIn struct {
	recordsQuery
	IDs  []string       `json:"ids,omitempty"`
	All  bool           `json:"all,omitempty"` // as bulkIn
	Edit crm.BulkPerson `json:"edit"`
}

func apiBulkPeople(s *Server, c call, in bulkPeopleIn) (started, error) {
	return s.startBulk(c, in.chosen(crm.BulkArgs{Of: personList.name, IDs: in.IDs, Person: &in.Edit}, in.All))
}

// chosen makes the list that the address asks for what an edit is about.
func (q recordsQuery) chosen(args crm.BulkArgs, all bool) crm.BulkArgs {
	if all {
		list := q.ask()
		list.After, list.Limit = "", 0
		args.IDs, args.Records = nil, &list
	}
	return args
}

func (s *Server) startBulk(c call, args crm.BulkArgs) (started, error) {
	if err := s.Service.CheckBulkEdit(c, c.Actor, args); err != nil {
		return started{}, err
	}
	j, err := s.Jobs.Enqueue(c, c.Actor, crm.JobBulk, args)
	return started{"/api/v1/bulk/" + j.ID, jobOut(lang(c.ctx), j)}, err
}

// bulkAnswer is an edit with the records that did not take it.
type bulkAnswer struct {
	jobAnswer
	Refused []bulkRefusal `json:"refused,omitempty"`
}

type bulkRefusal struct {
	ID     string `json:"id"`
	Client string `json:"client,omitempty"` // that it belongs to, or is
	Name   string `json:"name,omitempty"`
	Reason string `json:"reason"`
}

func apiBulkGet(s *Server, c call, in idPath) (bulkAnswer, error) {
	j, err := s.jobOf(c, c.Actor, in.ID, crm.JobBulk)
	out := bulkAnswer{jobAnswer: jobOut(lang(c.ctx), j)}
	if r := bulkResult(j); r != nil {
		for _, x := range r.Refused {
			out.Refused = append(out.Refused, bulkRefusal{x.Doc, x.Client, x.Name, say(lang(c.ctx), x.Reason)})
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
