package web

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// nothing stands where there is no value; it is never 0.
const nothing = "–"

// view writes values in one viewer's language, as of one moment.
type view struct {
	page.Text
	now   time.Time // in crm.Zone
	today calendar.Date
	me    string // user id of the reader
	ramos crm.SectorTable
}

func (s *Server) view(c *fiber.Ctx) view {
	return viewOf(c.UserContext(), s.Service, lang(c), user(c).ID)
}

// viewOf is what one user reads now, also where no request is served.
func viewOf(ctx context.Context, s *crm.Service, lang, me string) view {
	v := viewAt(locale.Lang(lang), s.Now())
	v.me = me
	// What cannot be read now is named as the program brings it: an error page
	// has names too.
	v.ramos, _ = s.SectorTable(ctx)
	return v
}

func viewAt(l locale.Lang, now time.Time) view {
	now = now.In(crm.Zone)
	return view{Text: page.Text{Lang: l}, now: now, today: calendar.Date(crm.DayOf(now))}
}

// n is T with a count, which chooses the plural form.
func (v view) n(key string, count int64, args ...any) string {
	return locale.T(v.Lang, key, append([]any{"count", count}, args...)...)
}

// text puts a message of the domain into words.
func (v view) text(t crm.Text) string { return say(string(v.Lang), t) }

func (v view) int(n int64) string { return locale.Int(v.Lang, n) }

// kilo writes W without a unit, as kW.
func (v view) kilo(w int64) string { return locale.Kilo(v.Lang, w) }

func (v view) kiloOr(w *int64) string {
	if w == nil {
		return nothing
	}
	return v.kilo(*w)
}

func (v view) kw(w int64) string { return locale.KW(v.Lang, w) }

func (v view) percent(tenths int64) string { return locale.Percent(v.Lang, tenths) }

func (v view) money(cents int64) string { return locale.Money(v.Lang, cents) }

// date writes a civil date in full, for tables and records.
func (v view) date(d string) string {
	switch {
	case d == "":
		return nothing
	case d == string(v.today):
		return v.T("day.today")
	}
	return locale.Date(v.Lang, d)
}

// dayIn writes a civil date for a short list: without the year within a year.
func (v view) dayIn(d string) string {
	if len(d) == 10 && d != string(v.today) && calendar.DaysBetween(calendar.Date(d), v.today) < 330 && calendar.DaysBetween(v.today, calendar.Date(d)) < 330 {
		return locale.ShortDate(v.Lang, d)
	}
	return v.date(d)
}

func (v view) clock(t time.Time) string { return locale.Clock(v.Lang, t.In(crm.Zone)) }

// stamp writes an instant for a list: "hoje, 09:40", "19/11, 09:40".
func (v view) stamp(t time.Time) string {
	return v.dayIn(crm.DayOf(t)) + ", " + v.clock(t)
}

// when writes an instant for a timeline: the time of today, the weekday and
// date of another day.
func (v view) when(t time.Time) string {
	day := crm.DayOf(t)
	if day == string(v.today) {
		return v.clock(t)
	}
	return locale.WeekdayShort(v.Lang, t.In(crm.Zone).Weekday()) + ", " + v.dayIn(day)
}

// ahead writes when something planned is: "hoje 11:00", "14/12".
func (v view) ahead(t time.Time) string {
	day := crm.DayOf(t)
	if day == string(v.today) {
		return v.T("day.today") + " " + v.clock(t)
	}
	return v.dayIn(day)
}

// daysSince counts civil days back to an instant.
func (v view) daysSince(t time.Time) int {
	return calendar.DaysBetween(calendar.Date(crm.DayOf(t)), v.today)
}

// ago is daysSince in words: "hoje", "33 d".
func (v view) ago(t time.Time) string {
	switch d := v.daysSince(t); {
	case d == 0:
		return v.T("day.today")
	case d < 0:
		return v.dayIn(crm.DayOf(t))
	default:
		return v.n("web.days", int64(d))
	}
}

// since says how long ago an instant of today or before is: "há 3 min".
func (v view) since(t time.Time) string {
	switch d := v.now.Sub(t); {
	case d < time.Minute:
		return v.T("web.now")
	case d < time.Hour:
		return v.n("web.minutes.ago", int64(d/time.Minute))
	case d < 24*time.Hour:
		return v.n("web.hours.ago", int64(d/time.Hour))
	}
	return locale.Days(v.Lang, -v.daysSince(t))
}

func (v view) sector(id string) string {
	if id == "" {
		return nothing
	}
	return v.ramos.Name(v.Lang, id)
}

// state turns a state of the demand into a colour. What is fine has none.
func state(s string) page.State {
	switch demand.State(s) {
	case demand.StateBad:
		return page.Bad
	case demand.StateWarn:
		return page.Warn
	case demand.StateIdle:
		return page.Idle
	}
	return ""
}

// util is a utilisation; nil when there is none.
func (v view) util(tenths int64, st string) *page.Util {
	if tenths <= 0 || st == "" || st == string(demand.StateNone) {
		return nil
	}
	return &page.Util{Percent: int((tenths + 5) / 10), Label: v.percent(tenths), State: state(st)}
}

func (v view) month(m string) string { return locale.Month(v.Lang, m) }

// slashMonth writes 2026-10 as 10/2026.
func slashMonth(m string) string {
	if len(m) != 7 {
		return m
	}
	return m[5:] + "/" + m[:4]
}

// upper begins a text with a capital.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// list joins names: "A, B e C".
func (v view) list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + v.T("web.and") + " " + names[last]
}

// options makes the choices of a select from ids and a prefix of keys.
func (v view) options(prefix string, ids ...string) []page.Option {
	var out []page.Option
	for _, id := range ids {
		out = append(out, page.Option{Value: id, Label: v.T(prefix + id)})
	}
	return out
}

// langNames are the languages in their own words.
func langNames() []page.Option {
	return []page.Option{{Value: "pt-BR", Label: "Português"}, {Value: "es", Label: "Español"}, {Value: "en", Label: "English"}}
}
