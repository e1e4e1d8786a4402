package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// offered are the columns that the viewer can have: who has one portfolio, and
// stands in for nobody, sees no agent. The first one names the record: it is
// always seen, and first.
func (l list[T]) offered(a crm.Actor) []column[T] {
	return slices.DeleteFunc(slices.Clone(l.columns), func(col column[T]) bool {
		return col.key == "agent" && a.Role == crm.RoleAgent && !a.StandsIn
	})
}

// usual are the columns of who chose none.
func (l list[T]) usual(a crm.Actor) []column[T] {
	return slices.DeleteFunc(l.offered(a), func(col column[T]) bool { return col.extra })
}

// choice are the keys of the columns that the address asks for, or that the
// viewer chose last; nil when neither says any.
func (l list[T]) choice(c *fiber.Ctx) []string {
	keys := user(c).Lists[l.name].Columns
	if said := c.Query("cols"); said != "" {
		keys = strings.Split(strings.Clone(said), ",")
	}
	return l.keys(actor(c), keys)
}

// keys are the keys that are columns of this list, the first column in front,
// each once; nil of none.
func (l list[T]) keys(a crm.Actor, keys []string) []string {
	var out []string
	for _, key := range keys {
		if l.column(a, key) != nil && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	if len(out) == 0 {
		return nil
	}
	first := l.columns[0].key
	return append([]string{first}, slices.DeleteFunc(out, func(key string) bool { return key == first })...)
}

func (l list[T]) column(a crm.Actor, key string) *column[T] {
	all := l.offered(a)
	if i := slices.IndexFunc(all, func(col column[T]) bool { return col.key == key }); i >= 0 {
		return &all[i]
	}
	return nil
}

// shown are the columns that are seen, in order.
func (l list[T]) shown(a crm.Actor, ask listAsk) []column[T] {
	if len(ask.cols) == 0 {
		return l.usual(a)
	}
	out := make([]column[T], 0, len(ask.cols))
	for _, key := range ask.cols {
		if col := l.column(a, key); col != nil {
			out = append(out, *col)
		}
	}
	return out
}

// differs tells that columns are not those of who chose none.
func (l list[T]) differs(a crm.Actor, columns []column[T]) bool {
	return keysOf(columns) != keysOf(l.usual(a))
}

// keysOf is how an address names columns.
func keysOf[T any](columns []column[T]) string { return strings.Join(keysIn(columns), ",") }

func keysIn[T any](columns []column[T]) []string {
	keys := make([]string, len(columns))
	for i, col := range columns {
		keys[i] = col.key
	}
	return keys
}

// chooser is the menu of columns: those that are seen, in their order, then the
// others.
func (l list[T]) chooser(s *Server, c *fiber.Ctx, v view, ask listAsk) page.ListColumns {
	m := page.ListColumns{Text: v.Text, URL: ask.at(l.path() + "/columns"), CSRF: s.Auth.CSRF(session(c).ID), Open: c.Query("choose") != ""}
	way, moved, _ := strings.Cut(strings.Clone(c.Query("choose")), ":")
	shown := l.shown(actor(c), ask)
	for i, col := range append(shown, slices.DeleteFunc(l.offered(actor(c)), func(col column[T]) bool {
		return slices.ContainsFunc(shown, func(seen column[T]) bool { return seen.key == col.key })
	})...) {
		row := page.ColumnRow{Key: col.key, Label: v.T(col.label), On: i < len(shown), Fixed: col.key == l.columns[0].key}
		if col.key == moved {
			row.Moved = way
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// choose answers POST of the list's columns: what was chosen is remembered, and
// stands in the address to which it leads. A column that was moved without a
// script leaves the menu open where it was.
func (l list[T]) choose(s *Server, c *fiber.Ctx) error {
	f, ask := typed{c}, l.ask(c)
	order, on := f.all("order"), f.all("col")
	open := ""
	if way, key, ok := strings.Cut(f.get("move"), ":"); ok {
		moved(order, on, key, way)
		open = way + ":" + key
	}
	chosen := slices.DeleteFunc(order, func(key string) bool { return !slices.Contains(on, key) && key != l.columns[0].key })
	if chosen = l.keys(actor(c), chosen); f.on("reset") {
		chosen = nil
	}
	if err := s.Service.ChooseColumns(c.UserContext(), actor(c), l.name, chosen); err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, ask.at(l.path(), "cols", strings.Join(chosen, ","), "choose", open), note{})
}

// moved exchanges a column that is seen with the next one that is, up or down.
func moved(order, on []string, key, way string) {
	at := slices.Index(order, key)
	step := 1
	if way == "up" {
		step = -1
	}
	for to := at + step; at >= 0 && to >= 0 && to < len(order); to += step {
		if slices.Contains(on, order[to]) {
			order[at], order[to] = order[to], order[at]
			return
		}
	}
}
