package web

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/crm/calendar"
	"cemigmas/crm/locale"
)

// Of the feed: how far back and ahead it goes, and how many dates at most.
const (
	feedBack  = 60
	feedAhead = 550
	feedMost  = 2000
)

func (s *Server) feedMake(c *fiber.Ctx) error {
	token, err := s.Service.MakeFeed(c.UserContext(), actor(c))
	if err != nil {
		return s.fail(c, err)
	}
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	return s.showCalendar(c, s.publicURL(c)+"/calendar/feed/"+token+".ics")
}

func (s *Server) feedEnd(c *fiber.Ctx) error {
	if err := s.Service.EndFeed(c.UserContext(), actor(c)); err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/calendar", note{Label: s.view(c).T("calendar.feed.ended")})
}

// feedFile is the feed itself, for a program that has nothing but the address.
// Whose dates are in it is asked of the store at each fetch. What was settled
// is left out, so that it goes from the calendar too.
func (s *Server) feedFile(c *fiber.Ctx) error {
	hideLink(c)
	u, err := s.Service.FeedUser(c.UserContext(), strings.TrimSuffix(c.Params("token"), ".ics"))
	if err == nil && u.LoopbackOnly && !auth.Loopback(from(c)) {
		err = crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	if err != nil {
		return s.fail(c, err)
	}
	v := viewAt(locale.Lang(u.Lang), s.Service.Now())
	q := crm.DeadlineQuery{From: string(v.today.AddDays(-feedBack)), Until: string(v.today.AddDays(feedAhead)), Open: true, Limit: crm.MaxListLimit}
	var list []crm.Deadline
	for len(list) < feedMost {
		page, next, err := s.Service.ListDeadlines(c.UserContext(), s.Service.ActorOf(&u), q)
		if err != nil {
			return s.fail(c, err)
		}
		list = append(list, page...)
		if q.After = next; next == "" {
			break
		}
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	return c.SendString(v.feed(list, s.publicURL(c)))
}

// feed writes dates as all-day events that block no time (RFC 5545).
func (v view) feed(list []crm.Deadline, base string) string {
	cal := ics.NewCalendarFor("Cemig Mais")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(v.T("calendar.feed.name"))
	cal.SetRefreshInterval("PT6H")
	for _, d := range list {
		day := calendar.Date(d.On)
		e := cal.AddEvent(pathID(d.ID) + "@cemigmas")
		e.SetDtStampTime(v.now.UTC().Truncate(time.Second))
		e.SetAllDayStartAt(day.Time())
		e.SetAllDayEndAt(day.AddDays(1).Time())
		e.SetTimeTransparency(ics.TransparencyTransparent)
		e.SetSummary(join(": ", v.deadlineWords(d), d.ClientName))
		e.SetDescription(join(", ", d.Place, v.deadlineSub(d)))
		e.SetURL(base + "/contracts/" + d.Contract)
	}
	return cal.Serialize(ics.WithNewLineWindows)
}
