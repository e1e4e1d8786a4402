package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func readHandover(c *fiber.Ctx) crm.HandoverQuery {
	return crm.HandoverQuery{Agent: c.Query("agent"), Batch: c.Query("batch"), After: c.Query("after")}
}

// handoverPage shows what is open with an agent's clients, by default one's own,
// or with those that an edit of many gave to others.
func (s *Server) handoverPage(c *fiber.Ctx) error {
	ctx, a, v, q := c.UserContext(), actor(c), s.view(c), readHandover(c)
	if q.Agent == "" && q.Batch == "" {
		q.Agent = a.UserID
	}
	list, next, err := s.Service.Handover(ctx, a, q)
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Handover{Base: s.base(c, page.PlaceClients, v.T("web.handover.title"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}), Heading: v.T("web.handover.title")}
	// Whose clients these are is told to who sees one of them.
	if len(list) > 0 {
		p.Heading = v.T("web.handover.of", "name", orNothing(users[list[0].Client.Agent]))
	}
	v.handover(list, &p)
	if len(list) == 0 {
		p.Empty = &page.Empty{Label: v.T("web.handover.none"), Action: page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}}
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/handover", "agent", q.Agent, "batch", q.Batch, "after", next)}
	}
	p.Shape = page.ShapeForm
	return s.render(c, fiber.StatusOK, "handover", p)
}

func (v view) handover(list []crm.OpenMatters, p *page.Handover) {
	var promises, visits, dates, mail int64
	for _, m := range list {
		if m.Quiet() {
			p.Quiet = append(p.Quiet, clientLink(m.Client.ID, m.Client.Name))
			continue
		}
		promises, visits = promises+int64(len(m.Promises)), visits+int64(len(m.Visits))
		dates, mail = dates+int64(len(m.Dates)), mail+int64(len(m.Mail))
		p.Clients = append(p.Clients, page.HandoverClient{Client: clientLink(m.Client.ID, m.Client.Name), Sub: join(", ", v.sector(m.Client.Sector), m.Client.City), Rows: v.matters(m)})
	}
	if len(list) > 0 {
		p.Stats = []page.Stat{{Label: v.T("page.nav.clients"), Value: v.int(int64(len(list)))}, {Label: v.T("web.handover.promises"), Value: v.int(promises)},
			{Label: v.T("web.handover.visits"), Value: v.int(visits)}, {Label: v.T("web.handover.dates"), Value: v.int(dates)}, {Label: v.T("web.handover.mail"), Value: v.int(mail)}}
	}
}

// matters are the rows of one client: what was promised, what is planned, which
// dates come, who waits for an answer.
func (v view) matters(m crm.OpenMatters) []page.DateRow {
	var rows []page.DateRow
	for _, a := range m.Promises {
		label, sub := a.Visit.Promises, a.Visit.Purpose
		if label == "" {
			label = a.Visit.NextStep
		} else {
			sub = join(". ", strings.TrimRight(a.Visit.NextStep, "."), sub)
		}
		rows = append(rows, page.DateRow{Day: v.dayIn(crm.DayOf(a.At)), What: page.Link{Label: label, URL: "/visits/" + a.ID}, Sub: sub, Left: v.T("web.handover.promise"), State: page.Warn})
	}
	for _, a := range m.Visits {
		row := page.DateRow{Day: v.dayIn(crm.DayOf(a.At)), What: page.Link{URL: "/visits/" + a.ID}, Left: v.T("page.kind.visit")}
		if a.Visit != nil {
			row.What.Label, row.Sub = a.Visit.Purpose, a.Visit.Place
		}
		rows = append(rows, row)
	}
	for _, d := range m.Dates {
		row := v.deadlineDate(d, d.Place)
		row.Left = v.T("web.handover.date")
		rows = append(rows, row)
	}
	for _, e := range m.Mail {
		rows = append(rows, page.DateRow{Day: v.dayIn(crm.DayOf(e.At)), What: page.Link{Label: e.Title, URL: "/threads/" + e.Ref}, Sub: e.Text, Left: v.T("web.handover.unanswered")})
	}
	return rows
}

// handedNotices tells an agent which clients came and which went.
func (s *Server) handedNotices(c *fiber.Ctx, v view, list []crm.Handover) ([]page.Notice, error) {
	if len(list) == 0 {
		return nil, nil
	}
	users, err := s.Service.UserNames(c.UserContext())
	var out []page.Notice
	for _, h := range list {
		n := page.Notice{State: page.Idle, Label: v.handedWords("web.handover.went", h, users)}
		if h.To == actor(c).UserID {
			n = page.Notice{State: page.Idle, Label: v.handedWords("web.handover.came", h, users),
				Action: page.Link{Label: v.T("web.handover.open"), URL: at("/handover", "batch", h.Batch)}}
		}
		out = append(out, n)
	}
	return out, err
}

func (v view) handedWords(key string, h crm.Handover, users map[string]string) string {
	return v.T(key, "clients", v.n("web.clients.total", int64(h.Clients)), "from", orNothing(users[h.From]), "to", orNothing(users[h.To]),
		"by", orNothing(users[h.By]), "when", v.stamp(h.At))
}

type handoverQuery struct {
	Agent string `query:"agent"`
	Batch string `query:"batch"`
	Limit int    `query:"limit"`
	After string `query:"after"`
}

type handoverAnswer struct {
	Items []crm.OpenMatters `json:"items"`
	Next  string            `json:"next,omitempty"`
}

func apiHandover(s *Server, c call, in handoverQuery) (handoverAnswer, error) {
	list, next, err := s.Service.Handover(c, c.Actor, crm.HandoverQuery(in))
	if list == nil {
		list = []crm.OpenMatters{}
	}
	return handoverAnswer{list, next}, err
}
