package web

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// A row of a list leads to its record with its place in the list: in=6?sort=worst
// is the seventh of the list in that order. The record reads that page of the
// list again, and leads to those before and after.

// fromStart stands for the page before of a second page.
const fromStart = "-"

// rowURL is a record's address with its place in a page of the list.
func (a listAsk) rowURL(path string, row int) string {
	n := ""
	if a.from > 0 {
		n = strconv.FormatInt(a.from, 10)
	}
	return at(path, "in", strconv.Itoa(row)+a.at("", "cols", "", "after", a.after, "n", n, "back", a.back))
}

// readPlace reads what rowURL wrote; false when there is none.
func (l list[T]) readPlace(c *fiber.Ctx) (ask listAsk, row int, ok bool) {
	number, rest, _ := strings.Cut(c.Query("in"), "?")
	row, err := strconv.Atoi(number)
	if err != nil || row < 0 || row >= listSize {
		return ask, 0, false
	}
	said, err := url.ParseQuery(rest)
	if err != nil {
		return ask, 0, false
	}
	return readListAsk(said.Get, l.path(), l.filters), row, true
}

// near leads from a record to its neighbours in the list from which it was
// opened; nil when that is not known, or is no list any more. list is that list
// from its beginning.
func (l list[T]) near(s *Server, c *fiber.Ctx, id string) (near *page.Near, list string, err error) {
	ask, row, ok := l.readPlace(c)
	if !ok {
		return nil, "", nil
	}
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	rows, next, err := l.some(ctx, s.Service, a, ask)
	if crm.CodeOf(err) == crm.CodeInvalid { // an address that somebody wrote, or a filter that is gone
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	near = &page.Near{}
	after := row // one that left its place, as a call does in the order of the last contact: the next one has it now
	if at := slices.IndexFunc(rows, func(r T) bool { return l.id(&r) == id }); at >= 0 {
		row, after = at, at+1
		if near.Position, err = l.position(ctx, s.Service, a, v, ask, row, len(rows), next); err != nil {
			return nil, "", err
		}
	}
	if after < len(rows) {
		near.NextURL = ask.rowURL(l.path()+"/"+l.id(&rows[after]), after)
	} else if next != "" {
		if near.NextURL, err = l.following(ctx, s.Service, a, ask, next, len(rows)); err != nil {
			return nil, "", err
		}
	}
	switch {
	case row > 0 && row <= len(rows):
		near.PrevURL = ask.rowURL(l.path()+"/"+l.id(&rows[row-1]), row-1)
	case row == 0 && ask.back != "":
		near.PrevURL, err = l.preceding(ctx, s.Service, a, ask)
	}
	return near, ask.at(l.path(), "cols", ""), err
}

// nearIn sets the neighbours of a record's page, and lets its first crumb lead
// back to the list as it was, where it is of that list.
func nearIn[T any](l list[T], s *Server, c *fiber.Ctx, id string, b *page.Base) error {
	near, list, err := l.near(s, c, id)
	if err != nil || near == nil {
		return err
	}
	b.Near = near
	if len(b.Crumbs) > 0 && b.Crumbs[0].URL == l.path() {
		b.Crumbs[0].URL = list
	}
	return nil
}

// position is "7 of 312"; without the total where a search would have to be
// counted.
func (l list[T]) position(ctx context.Context, s *crm.Service, a crm.Actor, v view, ask listAsk, row, rows int, next string) (string, error) {
	n, total := v.int(ask.from+int64(row)+1), ""
	switch {
	case next == "":
		total = v.int(ask.from + int64(rows))
	case ask.q != "":
		return n, nil
	default:
		count, err := l.count(ctx, s, a, ask, totalCap+1)
		if err != nil {
			return "", err
		}
		if total = v.int(int64(count)); count > totalCap {
			total = v.int(totalCap) + "+"
		}
	}
	return v.T("page.near.of", "n", n, "total", total), nil
}

// following leads to the first row of the page after this one.
func (l list[T]) following(ctx context.Context, s *crm.Service, a crm.Actor, ask listAsk, next string, rows int) (string, error) {
	then := ask
	then.back, then.after, then.from, then.limit = cmp.Or(ask.after, fromStart), next, ask.from+int64(rows), 1
	first, _, err := l.some(ctx, s, a, then)
	if err != nil || len(first) == 0 {
		return "", err
	}
	return then.rowURL(l.path()+"/"+l.id(&first[0]), 0), nil
}

// preceding leads to the last row of the page before this one. What lies before
// that page is known where it is the first.
func (l list[T]) preceding(ctx context.Context, s *crm.Service, a crm.Actor, ask listAsk) (string, error) {
	before := ask
	before.after, before.back = ask.back, ""
	if ask.back == fromStart {
		before.after = ""
	}
	rows, _, err := l.some(ctx, s, a, before)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	before.from = max(0, ask.from-int64(len(rows)))
	return before.rowURL(l.path()+"/"+l.id(&rows[len(rows)-1]), len(rows)-1), nil
}

// some reads one page of the list. A page that a filter emptied goes on to the
// next, so that there is always something where there is more.
func (l list[T]) some(ctx context.Context, s *crm.Service, a crm.Actor, ask listAsk) (rows []T, next string, err error) {
	for range 20 {
		got, after, err := l.find(ctx, s, a, ask)
		if err != nil {
			return rows, "", err
		}
		rows, ask.after = append(rows, got...), after
		if len(rows) > 0 || after == "" {
			break
		}
	}
	return rows, ask.after, nil
}
