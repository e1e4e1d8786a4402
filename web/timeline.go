package web

import (
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// timelineAsk is what a timeline is asked for. month is the label under which
// the page before ended.
type timelineAsk struct{ client, kind, after, month string }

func readTimelineAsk(c *fiber.Ctx) timelineAsk {
	kind := c.Query("kind")
	if !slices.Contains(crm.TimelineKinds, kind) {
		kind = "" // a page shows everything rather than nothing
	}
	return timelineAsk{c.Params("id"), kind, c.Query("after"), c.Query("m")}
}

func (a timelineAsk) page(after, month string) string {
	return at("/clients/"+a.client, "kind", a.kind, "after", after, "m", month)
}

func (a timelineAsk) part(after, month string) string {
	return at("/clients/"+a.client+"/timeline", "kind", a.kind, "after", after, "m", month)
}

// openTimeline tells whether the page that sends a fragment's request shows
// the timeline of a client, and with which filter.
func openTimeline(c *fiber.Ctx, client string) (timelineAsk, bool) {
	at, err := url.Parse(c.Get("HX-Current-URL"))
	if err != nil || at.Path != "/clients/"+client {
		return timelineAsk{}, false
	}
	return timelineAsk{client: client, kind: at.Query().Get("kind")}, true
}

// timelinePart answers the timeline, or its next page, as a fragment.
func (s *Server) timelinePart(c *fiber.Ctx) error {
	ask := readTimelineAsk(c)
	if !isPart(c) {
		return c.Redirect(ask.page(ask.after, ask.month), fiber.StatusSeeOther)
	}
	t, err := s.timeline(c, ask)
	if err != nil {
		return s.fail(c, err)
	}
	if ask.after != "" {
		return s.render(c, fiber.StatusOK, "client/older", t)
	}
	return s.render(c, fiber.StatusOK, "client/timeline", t)
}

// timeline binds one page of a client's timeline.
func (s *Server) timeline(c *fiber.Ctx, ask timelineAsk) (page.Timeline, error) {
	v := s.view(c)
	t := page.Timeline{Text: v.Text, ClientID: ask.client, URL: ask.part("", ""), CSRF: s.Auth.CSRF(session(c).ID), Kinds: v.kindChips(ask)}
	entries, next, err := s.Service.TimelineList(c.UserContext(), actor(c), ask.client, crm.TimelineQuery{Kind: ask.kind, After: ask.after})
	if err != nil {
		return t, err
	}
	users, err := s.Service.UserNames(c.UserContext())
	if err != nil {
		return t, err
	}
	month := ask.month
	for _, e := range entries {
		row := v.entry(e, users, actor(c))
		if e.Planned {
			t.Planned = append(t.Planned, row)
			continue
		}
		if m := crm.MonthOf(e.At); m != month || len(t.Months) == 0 {
			label := ""
			if m != month {
				label = upper(v.month(m))
			}
			t.Months, month = append(t.Months, page.Month{Label: label}), m
		}
		last := &t.Months[len(t.Months)-1]
		last.Entries = append(last.Entries, row)
	}
	slices.Reverse(t.Planned) // the soonest first
	if next != "" {
		t.Older = &page.More{Label: v.T("page.timeline.older"), URL: ask.page(next, month), Part: ask.part(next, month)}
	}
	if len(entries) == 0 && ask.after == "" {
		t.Empty = &page.Empty{Label: v.T("page.timeline.empty")}
		if ask.kind != "" {
			t.Empty.Label = v.T("web.timeline.none")
		}
	}
	return t, nil
}

func (v view) kindChips(ask timelineAsk) []page.Chip {
	chip := func(kind, label string) page.Chip {
		a := timelineAsk{client: ask.client, kind: kind}
		return page.Chip{Label: label, URL: a.page("", ""), Part: a.part("", ""), Pressed: kind == ask.kind}
	}
	chips := []page.Chip{chip("", v.T("page.timeline.all"))}
	for _, k := range crm.TimelineKinds {
		chips = append(chips, chip(k, v.T(page.Kind(k).Key())))
	}
	return chips
}

// entry binds one row of a timeline.
func (v view) entry(e crm.Entry, users map[string]string, a crm.Actor) page.Entry {
	row := page.Entry{ID: pathID(e.ID), Kind: page.Kind(e.Kind), Said: e.Text, When: v.when(e.At), ISO: e.At.In(crm.Zone).Format(time.RFC3339)}
	switch e.Kind {
	case crm.KindMail:
		v.mailEntry(&row, e)
		return row
	case crm.KindVisit:
		v.visitEntry(&row, e)
	default:
		row.Rest = v.withWhom(e)
	}
	if by := users[e.By]; by != "" && e.By != a.UserID {
		row.Rest = join(", ", row.Rest, by)
	}
	if e.By == a.UserID || a.Role != crm.RoleAgent || e.Planned {
		row.DropURL = "/activities/" + e.Ref + "/delete"
		if e.Kind != crm.KindVisit {
			row.EditURL = "/activities/" + e.Ref + "/edit"
		}
	}
	if e.Edited {
		row.Edited = v.T("web.edited")
	}
	return row
}

// withWhom is "de Helena Duarte, 12 min" or "com João e Ana".
func (v view) withWhom(e crm.Entry) string {
	who := ""
	switch people := v.list(e.People); {
	case people != "" && e.Inbound:
		who = v.T("web.entry.from", "people", people)
	case people != "":
		who = v.T("web.entry.with", "people", people)
	case e.Inbound:
		who = v.T("web.entry.inbound")
	}
	if e.Minutes > 0 {
		who = join(", ", who, v.duration(e.Minutes))
	}
	return who
}

func (v view) duration(minutes int64) string {
	if minutes < 60 {
		return v.int(minutes) + "\u00a0min"
	}
	d := v.int(minutes/60) + "\u00a0h"
	if rest := minutes % 60; rest > 0 {
		d += "\u00a0" + v.int(rest)
	}
	return d
}

func (v view) visitEntry(row *page.Entry, e crm.Entry) {
	row.Title, row.Rest = e.Title, v.withWhom(e)
	row.Open = page.Link{Label: v.T("page.open"), URL: "/visits/" + e.Ref}
	switch e.State {
	case crm.VisitPlanned:
		row.When = v.ahead(e.At)
		switch day := crm.DayOf(e.At); {
		case e.At.Before(v.now):
			row.State, row.Open.Label = page.Bad, v.T("web.visit.tell")
		case day == string(v.today):
			row.State = page.Warn
		}
	case crm.VisitDone:
		row.Open.Label = v.T("web.visit.report")
		row.Marks = []page.Badge{{Label: v.T("web.visit.done"), State: page.OK}}
	case crm.VisitMissed:
		row.Marks = []page.Badge{{Label: v.T("web.visit.missed"), State: page.Warn}}
	}
	if e.Next != "" {
		row.Nested = []page.Promise{{Label: e.Next}}
	}
}

func (v view) mailEntry(row *page.Entry, e crm.Entry) {
	row.Title, row.Open = e.Title, page.Link{Label: v.T("page.open"), URL: "/threads/" + e.Ref}
	if row.Title == "" {
		row.Title = v.T("web.nosubject")
	}
	if e.Count > 1 {
		row.Count = v.int(e.Count)
	}
	for _, f := range e.Files {
		row.Files = append(row.Files, page.Link{Label: f})
	}
	if len(e.Why) > 0 {
		row.Why = v.T("web.why.by", "reason", v.reason(e.Why[0]))
	}
}

// reason says in a few words why a mail stands under a client.
func (v view) reason(r crm.Reason) string {
	value := r.Value
	switch r.Kind {
	case "uc":
		value = ident.UC(value).Format()
	case "cnpj":
		value = ident.CNPJ(value).Format()
	}
	if r.Name != "" && (r.Kind == "person" || r.Kind == "hand") {
		value = r.Name
	}
	key := "web.why." + r.Kind
	if !locale.Has(v.Lang, key) {
		return value
	}
	return v.T(key, "value", value)
}
