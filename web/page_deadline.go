package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/web/page"
)

// dateTask is what one can do with a date where it stands.
func (v view) dateTask(d crm.Deadline, base page.Base) *page.DateTask {
	to := "/deadlines/" + pathID(d.ID)
	t := &page.DateTask{Text: v.Text, CSRF: base.CSRF, Back: base.Path, SettleURL: to + "/settle"}
	if d.Settled != nil {
		t.OpenURL = to + "/open"
		return t
	}
	t.PutOffURL, t.First = to+"/put-off", string(v.today.AddDays(1))
	for _, day := range []struct {
		label string
		on    calendar.Date
	}{{"calendar.putoff.tomorrow", v.today.AddDays(1)}, {"calendar.putoff.week", nextMonday(v.today)}, {"calendar.putoff.month", v.today.Month().Add(1).First()}} {
		if n := len(t.Days); n > 0 && t.Days[n-1].Value == string(day.on) {
			continue // tomorrow is Monday
		}
		t.Days = append(t.Days, page.Option{Value: string(day.on), Label: v.T(day.label, "date", v.dayIn(string(day.on)))})
	}
	if d.PutOff != nil {
		t.OpenURL = to + "/open"
	}
	return t
}

func nextMonday(day calendar.Date) calendar.Date {
	ahead := (int(time.Monday) - int(day.Weekday()) + 7) % 7
	if ahead == 0 {
		ahead = 7
	}
	return day.AddDays(ahead)
}

func (s *Server) deadlineSettle(c *fiber.Ctx) error {
	t := typed{c}
	d, err := s.Service.SettleDeadline(c.UserContext(), actor(c), wholeID(c.Params("id")), t.get("how"), t.get("reason"))
	return s.deadlineSaid(c, d, err, "calendar.settled.toast")
}

func (s *Server) deadlinePutOff(c *fiber.Ctx) error {
	d, err := s.Service.PutOffDeadline(c.UserContext(), actor(c), wholeID(c.Params("id")), typed{c}.get("on"))
	return s.deadlineSaid(c, d, err, "calendar.putoff.toast")
}

// deadlineSaid goes back to where the date stands, with a way to take it back.
// What cannot be taken is said there.
func (s *Server) deadlineSaid(c *fiber.Ctx, d crm.Deadline, err error, toast string) error {
	v, back := s.view(c), typed{c}.back("/calendar")
	wrong, above, ok := v.formError(err)
	switch {
	case err == nil:
		on := ""
		if d.PutOff != nil {
			on = v.dayIn(d.PutOff.On)
		}
		return s.goTo(c, back, note{Label: v.T(toast, "what", v.deadlineWords(d), "date", on), Undo: "/deadlines/" + c.Params("id") + "/open"})
	case !ok:
		return s.fail(c, err)
	}
	for _, w := range wrong {
		above = w
	}
	return s.goTo(c, back, note{Label: above})
}

func (s *Server) deadlineOpen(c *fiber.Ctx) error {
	if _, err := s.Service.OpenDeadline(c.UserContext(), actor(c), wholeID(c.Params("id"))); err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, typed{c}.back("/calendar"), note{Label: s.view(c).T("calendar.open.toast")})
}

type deadlineAsk struct {
	From   string `query:"from"`
	Until  string `query:"until"`
	Kind   string `query:"kind"`
	Sector string `query:"sector"`
	Agent  string `query:"agent"`
	Client string `query:"client"`
	Open   bool   `query:"open"` // only what nobody settled
	Limit  int    `query:"limit"`
	After  string `query:"after"`
}

func apiDeadlines(s *Server, c call, in deadlineAsk) (crm.RawPage, error) {
	return s.Service.DeadlineRows(c, c.Actor, crm.DeadlineQuery{From: in.From, Until: in.Until, Kind: in.Kind, Sector: in.Sector, Agent: in.Agent,
		Client: in.Client, Open: in.Open, Limit: in.Limit, After: in.After})
}

type deadlineList struct {
	Items []crm.Deadline `json:"items"`
}

func apiWaiting(s *Server, c call, _ struct{}) (deadlineList, error) {
	list, err := s.Service.Waiting(c, c.Actor)
	return deadlineList{append([]crm.Deadline{}, list...)}, err
}

func apiDeadline(s *Server, c call, in idPath) (crm.Deadline, error) {
	return s.Service.Deadline(c, c.Actor, wholeID(in.ID))
}

type settleIn struct {
	ID     string `path:"id" json:"-"`
	How    string `json:"how"` // done, dismissed
	Reason string `json:"reason,omitempty"`
}

func apiSettle(s *Server, c call, in settleIn) (crm.Deadline, error) {
	return s.Service.SettleDeadline(c, c.Actor, wholeID(in.ID), in.How, in.Reason)
}

type putOffIn struct {
	ID string `path:"id" json:"-"`
	On string `json:"on"` // civil date
}

func apiPutOff(s *Server, c call, in putOffIn) (crm.Deadline, error) {
	return s.Service.PutOffDeadline(c, c.Actor, wholeID(in.ID), in.On)
}

func apiOpenDeadline(s *Server, c call, in idPath) (crm.Deadline, error) {
	return s.Service.OpenDeadline(c, c.Actor, wholeID(in.ID))
}
