package crm

import (
	"context"
	"time"

	"cemigmas/crm/calendar"
	"cemigmas/crm/store"
)

// Day is what an agent has before it: the worst first, each with its reason.
type Day struct {
	Date      string         // civil date
	Visits    []Activity     // of the day, in order, done ones too
	Neglected []Client       // without contact longest, never first
	Mail      []MailLink     // of the last days from clients, not answered yet; one a thread, newest first
	Overruns  []Installation // of the newest month with readings; what they are and how they do in it
	Month     string         // of the overruns
	Dates     []Deadline     // of contracts, that are something to do today; past ones first
	Closing   int            // notices whose last day is in this month, capped
	Handed    []Handover     // clients that came or went in the last days
	Names     map[string]string
	Triage    int // mail that waits for an answer to "whose is it", capped
}

// Limits of the lists on Today.
const (
	todayRows  = 8
	triageCap  = 100
	closingCap = 1000
	mailExtras = 40 // read to find enough different threads
	mailDays   = 7  // older mail is no news any more
)

// Day gathers an actor's day. Every list is a few rows of one index.
func (s *Service) Day(ctx context.Context, a Actor, date string) (Day, error) {
	d := Day{Date: date}
	from, err := time.ParseInLocation("2006-01-02", date, Zone)
	if err != nil {
		return d, Errf(CodeInvalid, "error.field.invalid")
	}
	for _, step := range []func() error{
		func() error { return s.dayVisits(ctx, a, &d, from) },
		func() error { return s.dayClients(ctx, a, &d) },
		func() error { return s.dayMail(ctx, a, &d, from) },
		func() error { return s.dayOverruns(ctx, a, &d, from) },
		func() error { return s.dayDates(ctx, a, &d) },
		func() (err error) { d.Handed, err = s.RecentHandovers(ctx, a); return err },
		func() error { return s.dayNames(ctx, &d) },
	} {
		if err := step(); err != nil {
			return d, err
		}
	}
	return d, nil
}

func (s *Service) dayVisits(ctx context.Context, a Actor, d *Day, from time.Time) error {
	list, _, err := Activities.Find(ctx, s.store, store.Query{
		Where: append(a.scope(), store.Is("kind", KindVisit), store.From("at", from.UTC()), store.Below("at", from.AddDate(0, 0, 1).UTC())),
		Sort:  []string{"at"}, Limit: 50})
	for _, v := range list {
		if !v.Deleted {
			d.Visits = append(d.Visits, v)
		}
	}
	return err
}

func (s *Service) dayClients(ctx context.Context, a Actor, d *Day) (err error) {
	d.Neglected, _, err = s.ClientList(ctx, a, ClientQuery{Sort: "lastContact", Status: "active", Limit: todayRows})
	return err
}

func (s *Service) dayMail(ctx context.Context, a Actor, d *Day, from time.Time) error {
	list, _, err := MailLinks.Find(ctx, s.store, store.Query{
		Where: append(a.scope(), store.Is("inbound", true), store.From("at", from.AddDate(0, 0, -mailDays).UTC())),
		Sort:  []string{"-at"}, Limit: mailExtras})
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, l := range list {
		if seen[l.Thread+l.Client] || l.Automatic || len(d.Mail) == todayRows {
			continue
		}
		seen[l.Thread+l.Client] = true
		waits, err := s.waits(ctx, l)
		if err != nil {
			return err
		}
		if waits {
			d.Mail = append(d.Mail, l)
		}
	}
	d.Triage, err = s.CountTriage(ctx, a, triageCap)
	return err
}

// waits tells that nobody of the house wrote to the client in this conversation
// since.
func (s *Service) waits(ctx context.Context, l MailLink) (bool, error) {
	newest, _, err := MailLinks.Find(ctx, s.store, store.Query{
		Where: []store.Cond{store.Is("thread", l.Thread), store.Is("client", l.Client)}, Sort: []string{"-at"}, Limit: 1})
	return len(newest) == 0 || !newest[0].Outbound, err
}

// dayOverruns takes the newest of the last three months that has one: readings
// of a month arrive in the course of the next.
func (s *Service) dayOverruns(ctx context.Context, a Actor, d *Day, from time.Time) error {
	first := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC)
	for back := 1; back <= 3 && len(d.Overruns) == 0; back++ {
		d.Month = first.AddDate(0, -back, 0).Format("2006-01")
		list, _, err := Installations.FindWithout(ctx, s.store, store.Query{
			Where: append(a.scope(), store.Is("worstMonth", d.Month), store.Above("overW", int64(0))),
			Sort:  []string{"-overW"}, Limit: todayRows}, "strip", "year", "flags", "saving")
		if err != nil {
			return err
		}
		d.Overruns = list
	}
	return nil
}

func (s *Service) dayDates(ctx context.Context, a Actor, d *Day) (err error) {
	if d.Dates, err = s.Waiting(ctx, a); err != nil {
		return err
	}
	month := calendar.Date(d.Date).Month()
	d.Closing, err = s.CountDeadlines(ctx, a, DeadlineQuery{Kind: DeadlineNotice, From: string(month.First()), Until: string(month.Last())}, closingCap)
	return err
}

func (s *Service) dayNames(ctx context.Context, d *Day) (err error) {
	var ids []string
	for _, v := range d.Visits {
		ids = append(ids, v.Client)
	}
	for _, m := range d.Mail {
		ids = append(ids, m.Client)
	}
	for _, i := range d.Overruns {
		ids = append(ids, i.Client)
	}
	d.Names, err = s.ClientNames(ctx, ids)
	return err
}

// CountTriage counts mail that waits in triage for this actor, at most limit.
func (s *Service) CountTriage(ctx context.Context, a Actor, limit int) (int, error) {
	n, err := s.store.Count(ctx, store.Query{In: HeldMail.In, Where: a.heldScope(), Sort: []string{"-at"}}, limit)
	return n, wrapStore(err)
}

// heldScope is whose unmatched mail an actor sees: its own mailboxes',
// managers their team's.
func (a Actor) heldScope() []store.Cond {
	switch a.Role {
	case RoleAdmin:
		return nil
	case RoleManager:
		return []store.Cond{store.Is("team", orNone(a.Team))}
	}
	return []store.Cond{store.Is("owner", orNone(a.UserID))}
}
