package web

import (
	"context"
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// showBulk shows how far an edit of many records is, what became of it, and its
// undo.
func (s *Server) showBulk(c *fiber.Ctx, j crm.Job) error {
	ctx, v := c.UserContext(), s.view(c)
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	undo, err := s.undoOf(c, j)
	if err != nil {
		return s.fail(c, err)
	}
	p := s.bulkFrame(c, v, j)
	p.Facts = append(bulkKindOf(bulkArgs(j)).facts(v, bulkArgs(j), users), v.jobFacts(j)...)
	shown := j
	if undo != nil {
		shown = *undo
	}
	job := s.job(c, v, shown)
	p.Job = &job
	switch {
	case undo != nil:
		v.bulkUndone(*undo, &p)
	case j.Ended():
		v.bulkOutcome(j, &p)
		p.Resume = resumable(j)
		if err := s.bulkGiven(c, v, j, users, &p); err != nil {
			return s.fail(c, err)
		}
		if canUndo(j) {
			p.Undo = &page.BulkUndo{Lead: v.T("web.bulk.undo.lead"), URL: p.URL + "/undo"}
		}
	}
	return s.render(c, fiber.StatusOK, "bulk", p)
}

// bulkOutcome tells what was changed, and what was not and why.
func (v view) bulkOutcome(j crm.Job, p *page.Bulk) {
	r := bulkResult(j)
	if r == nil {
		return
	}
	p.Stats = []page.Stat{{Label: v.T("web.bulk.changed"), Value: v.int(int64(r.Changed))}, {Label: v.T("web.bulk.same"), Value: v.int(int64(r.Same))}}
	v.bulkKept("web.bulk.kept", r.Kept, r.Refused, p)
}

func (v view) bulkKept(label string, kept int, refused []crm.Refusal, p *page.Bulk) {
	if kept > 0 {
		p.Stats = append(p.Stats, page.Stat{Label: v.T(label), Value: v.int(int64(kept)), State: page.Warn})
	}
	for _, r := range refused {
		p.Refused = append(p.Refused, v.kept(r))
	}
	if rest := kept - len(refused); rest > 0 {
		p.More = v.n("web.import.undo.more", int64(rest))
	}
}

// bulkUndone tells what an undo took back; one that was stopped can go on.
func (v view) bulkUndone(u crm.Job, p *page.Bulk) {
	var sum crm.Undone
	if len(u.Result) > 0 && json.Unmarshal(u.Result, &sum) == nil {
		p.Stats = []page.Stat{{Label: v.T("web.import.undo.done"), Value: v.int(int64(sum.Undone))}}
		v.bulkKept("web.import.undo.kept", sum.Kept, sum.Refused, p)
	}
	switch {
	case u.State == crm.JobDone:
		p.Undo = &page.BulkUndo{Lead: v.T("web.bulk.undo.done", "when", v.stamp(u.CreatedAt))}
	case u.Ended():
		p.Undo = &page.BulkUndo{Lead: v.T("web.import.undo.broken"), URL: p.URL + "/undo"}
	}
}

// bulkGiven says who has the clients now, with the way to the hand-over.
func (s *Server) bulkGiven(c *fiber.Ctx, v view, j crm.Job, users map[string]string, p *page.Bulk) error {
	list, err := s.Service.HandoversOf(c.UserContext(), actor(c), j.ID)
	for _, h := range list {
		p.Given = append(p.Given, page.Given{Label: v.handoverWords(h, users), URL: at("/handover", "batch", j.ID)})
	}
	return err
}

// handoverWords is "12 clientes: de Ana Lima para Bia Prado".
func (v view) handoverWords(h crm.Handover, users map[string]string) string {
	return v.T("web.handover.from.to", "clients", v.n("web.clients.total", int64(h.Clients)), "from", orNothing(users[h.From]), "to", orNothing(users[h.To]))
}

func (s *Server) bulkUndo(c *fiber.Ctx) error {
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobBulk)
	if err != nil {
		return s.fail(c, err)
	}
	if _, err := s.startUndo(c.UserContext(), actor(c), j); err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/bulk/"+j.ID, note{})
}

// startUndo begins to take an edit back; CodeConflict while there is nothing to
// take back.
func (s *Server) startUndo(ctx context.Context, a crm.Actor, j crm.Job) (crm.Job, error) {
	if !canUndo(j) {
		return crm.Job{}, crm.Errf(crm.CodeConflict, "error.import.unwritten")
	}
	return s.enqueueUndo(ctx, a, j)
}
