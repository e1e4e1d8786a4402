package demo

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/ident"
)

// Hours in which an agent works, in minutes after midnight.
const (
	dayBegins = 8 * 60
	dayEnds   = 17*60 + 50
)

// fillActivities writes a client's history: planned visits on top, then what
// happened, newest first, up to yesterday.
func (w *World) fillActivities(b *Bundle, n int, d dice) {
	count := w.entries[n]
	planned := w.plan(n, d)
	b.Activities = make([]crm.Activity, 0, count)
	b.Entries = make([]crm.Entry, 0, count)
	for _, at := range planned {
		w.add(b, n, at, crm.KindVisit, crm.VisitPlanned, d)
	}
	quiet := 1
	if d.chance(12) {
		quiet = d.between(40, 150) // nobody has looked after this one
	}
	for _, at := range w.moments(count-len(planned), quiet, d) {
		kind, state := throwKind(d)
		w.add(b, n, at, kind, state, d)
	}
	w.remember(b)
}

// plan is when visits are planned, latest first: some today, whatever day of
// the week it is, others on the next working days.
func (w *World) plan(n int, d dice) (out []time.Time) {
	throw := d.IntN(100)
	if throw < 14 {
		day := w.midnight.AddDate(0, 0, d.between(1, 16))
		for weekend(day) {
			day = day.AddDate(0, 0, 1)
		}
		out = append(out, day.Add(clock(d)))
	}
	if w.placeInPortfolio(n)%7 == 3 && throw%2 == 0 || w.placeInPortfolio(n) == 1 {
		out = append(out, w.midnight.Add(clock(d)))
	}
	return out
}

func weekend(t time.Time) bool {
	day := t.Weekday() // midnight of the zone is the same day in UTC west of Greenwich
	return day == time.Saturday || day == time.Sunday
}

func clock(d dice) time.Duration {
	return time.Duration(d.between(dayBegins, dayEnds)/5*5) * time.Minute
}

// moments are working hours of the past, latest first, the last quiet days ago.
func (w *World) moments(count, quiet int, d dice) []time.Time {
	days := w.History*30 + w.History/2
	out := make([]time.Time, 0, count)
	for range max(0, count) {
		day := w.midnight.AddDate(0, 0, -d.between(quiet, max(quiet+1, days)))
		for weekend(day) {
			day = day.AddDate(0, 0, -1)
		}
		out = append(out, day.Add(clock(d)))
	}
	slices.SortFunc(out, func(a, b time.Time) int { return b.Compare(a) })
	return out
}

func throwKind(d dice) (kind, state string) {
	switch throw := d.IntN(100); {
	case throw < 38:
		return crm.KindCall, ""
	case throw < 58:
		return crm.KindMessage, ""
	case throw < 74:
		return crm.KindNote, ""
	case throw < 83:
		return crm.KindMeeting, ""
	case throw < 85:
		return crm.KindVisit, crm.VisitMissed
	}
	return crm.KindVisit, crm.VisitDone
}

func (w *World) add(b *Bundle, n int, at time.Time, kind, state string, d dice) {
	c := &b.Client
	a := crm.Activity{
		ID: id(w.Seed, w.born, 'a', n, len(b.Activities)), Client: c.ID, Agent: c.Agent, Team: c.Team,
		Kind: kind, At: at, By: c.Agent, CreatedAt: at.Add(12 * time.Minute), UpdatedAt: at.Add(12 * time.Minute),
	}
	person := &b.People[d.IntN(len(b.People))]
	unit := &b.Units[d.IntN(len(b.Units))].Installation
	say := func(s string) string { return speak(s, b.lang, at, person, unit) }
	var names []string
	if kind != crm.KindNote {
		a.People, names = []string{person.ID}, []string{person.Name}
	}
	switch kind {
	case crm.KindVisit:
		w.visit(&a, b, state, say, person, d)
	case crm.KindCall:
		a.Minutes, a.Inbound = int64(d.between(3, 25)), d.chance(55)
	case crm.KindMeeting:
		a.Minutes = int64(d.between(4, 18)) * 5
	case crm.KindMessage:
		a.Inbound = d.chance(45)
	}
	if kind != crm.KindVisit {
		a.Text = say(heard.pick(d, b.lang, b.sector, kind))
	}
	e := crm.ActivityEntry(&a, names)
	b.Activities = append(b.Activities, a)
	b.Entries = append(b.Entries, e)
}

// visit fills purpose, findings, promises and next step from one sentence.
func (w *World) visit(a *crm.Activity, b *Bundle, state string, say func(string) string, person *crm.Person, d dice) {
	kind := crm.KindVisit
	if state == crm.VisitMissed {
		kind = crm.VisitMissed
	}
	parts := strings.Split(heard.pick(d, b.lang, b.sector, kind), " | ")
	v := &crm.Visit{State: state, Purpose: say(parts[0])}
	switch state {
	case crm.VisitMissed:
		v.Why = say(parts[1])
	case crm.VisitDone:
		v.Findings, v.Promises, v.NextStep = say(parts[1]), say(parts[2]), say(parts[3])
		v.Who, a.Minutes = person.Name, int64(d.between(6, 24))*5
	default:
		born := w.midnight.AddDate(0, 0, -d.between(2, 12)).Add(clock(d))
		a.CreatedAt, a.UpdatedAt = born, born
	}
	v.Place = b.Client.City
	a.Visit = v
}

// remember sets what the client shows of its history.
func (w *World) remember(b *Bundle) {
	for i := range b.Activities {
		a := &b.Activities[i]
		switch {
		case a.Planned():
			at := a.At // the last planned one is the next: they stand latest first
			b.Client.NextAt, b.Client.Next = &at, a.Kind
		case a.Counts() && b.Client.LastContactAt == nil:
			at := a.At
			b.Client.LastContactAt, b.Client.LastContact = &at, a.Kind
		}
	}
}

var (
	monthsPT = []string{"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"}
	monthsES = []string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}
)

// speak fills the names into a sentence of an activity.
func speak(s, lang string, at time.Time, p *crm.Person, u *crm.Installation) string {
	return expand(s, func(slot string) string {
		if slot == "pessoa" {
			return p.Name
		}
		return unitSlot(slot, lang, at, u)
	})
}

// unitSlot is what stands for a slot that tells of an installation.
func unitSlot(slot, lang string, at time.Time, u *crm.Installation) string {
	switch slot {
	case "unidade":
		return u.Name
	case "uc":
		return ident.UC(u.UC).Format()
	case "cidade":
		return u.City
	case "mes":
		before := (int(at.Month()) + 10) % 12
		if lang == "es" {
			return monthsES[before]
		}
		return monthsPT[before]
	case "kw":
		return strconv.FormatInt(max(30_000, u.LoadW*3/4)/1000/5*5, 10) + " kW"
	}
	panic("demo: no slot " + slot)
}

// expand replaces every {slot} of a text.
func expand(s string, slot func(string) string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	var out strings.Builder
	out.Grow(len(s) + 40)
	for {
		before, rest, found := strings.Cut(s, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		var name string
		name, s, _ = strings.Cut(rest, "}")
		out.WriteString(slot(name))
	}
}
