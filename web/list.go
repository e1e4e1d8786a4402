package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/text"
	"cemigmas/reports"
	"cemigmas/web/page"
)

// list declares a list of records: its page, its fragments and its files follow
// from it.
type list[T any] struct {
	name    string // "clients": its path, and the middle of its keys
	words   bool   // its records are found by words
	sorts   []string
	filters []string
	columns []column[T]
	id      func(*T) string
	find    func(context.Context, *crm.Service, crm.Actor, listAsk) ([]T, string, error)
	count   func(context.Context, *crm.Service, crm.Actor, listAsk, int) (int, error)
	above   func(*T) (client, place string) // what the record belongs to, whose names a row shows; nil: nothing
	one     func(context.Context, *crm.Service, crm.Actor, string) (T, error)
	links   func(view) []page.ListLink
}

// column is a column of a list. Its cell is what the page shows, its value what
// a file says.
type column[T any] struct {
	key, label string // of its class and of its choice, in the catalogue
	extra      bool   // seen by who chooses it only
	sort       string // this sort orders by it
	down       bool   // from above
	right      bool
	kind       reports.Kind
	width      float64 // characters, in a workbook
	cell       func(v view, n listNames, r *T) page.ListCell
	value      func(v view, n listNames, r *T) reports.Cell
}

// listNames are the names that rows show instead of ids.
type listNames struct{ users, clients, places map[string]string }

func (l list[T]) path() string { return "/" + l.name }

func (l list[T]) ask(c *fiber.Ctx) listAsk {
	ask := readListAsk(said(c), l.path(), l.filters)
	ask.cols, ask.opens = l.choice(c), user(c).Lists[l.name].View != ""
	return ask
}

// lists in the order in which they are offered.
var listTabs = []string{"clients", "installations", "contracts", "people"}

// page answers GET of the list: the whole page, the table for another query, the
// next rows, or the count.
func (l list[T]) page(s *Server, c *fiber.Ctx) error {
	v, ask := s.view(c), l.ask(c)
	if isPart(c) && c.Get("HX-Target") == "list-count" {
		return l.total(s, c, v, ask)
	}
	if to, err := l.opened(s, c); err != nil {
		return s.fail(c, err)
	} else if to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	table, err := l.table(s, c, v, ask)
	old := l.oldColumns(c, v, ask)
	if known, note := l.withoutOld(v, ask, err); note != nil {
		ask, old = known, note
		table, err = l.table(s, c, v, ask)
	}
	refused := err
	chips, err := s.listChips(c, v, ask)
	if err != nil {
		return s.fail(c, err)
	}
	if err = refused; err != nil {
		if isPart(c) || crm.CodeOf(err) != crm.CodeInvalid || listStart(c, domainError(err)) != "" {
			return s.fail(c, err)
		}
		table = page.ListTable{Text: v.Text, Name: l.name, Fail: &page.Notice{State: page.Bad, Label: v.refused(ask, err),
			Action: page.Link{Label: v.T("page.clients.none.action"), URL: ask.all()}}}
	}
	views, err := l.views(s, c, v, ask)
	if err != nil {
		return s.fail(c, err)
	}
	if isPart(c) {
		if ask.after != "" && c.Get("HX-Target") == "list-rows" {
			return s.render(c, fiber.StatusOK, "list/rows", table)
		}
		chips.Swap = true
		table.Chips, table.Columns = chips, l.chooser(s, c, v, ask)
		table.Views = views
		table.Columns.Swap, table.Views.Swap = true, true
		return s.render(c, fiber.StatusOK, "list/table", table)
	}
	p := page.List{Base: s.base(c, page.PlaceClients, v.T("list."+l.name)), Table: table, Columns: l.chooser(s, c, v, ask), Views: views}
	p.Notice = old
	if p.Tool, err = l.tools(s, c, v, ask); err != nil {
		return s.fail(c, err)
	}
	p.Tool.Chips, p.Shape = chips, page.ShapeList
	for _, name := range listTabs {
		p.Tabs = append(p.Tabs, page.Tab{Label: v.T("list." + name), URL: "/" + name, Current: name == l.name})
	}
	return s.render(c, fiber.StatusOK, "list", p)
}

// table reads one page of the list, or those that were shown when it was left.
func (l list[T]) table(s *Server, c *fiber.Ctx, v view, ask listAsk) (page.ListTable, error) {
	ctx, a, columns := c.UserContext(), actor(c), l.shown(actor(c), ask)
	t := page.ListTable{Text: v.Text, Name: l.name, Label: v.T("list." + l.name), Chosen: l.differs(a, columns), Heads: l.heads(v, ask, columns)}
	then := ask
	for {
		at := then
		rows, next, err := l.some(ctx, s.Service, a, at)
		if err != nil {
			return t, err
		}
		names, err := l.names(ctx, s.Service, rows)
		if err != nil {
			return t, err
		}
		for i := range rows {
			row := l.row(v, names, columns, &rows[i])
			for n := range row.Cells {
				if cell := &row.Cells[n]; cell.Key == l.columns[0].key {
					cell.URL = at.rowURL(cell.URL, i)
				}
			}
			t.Rows = append(t.Rows, row)
		}
		if then = at.behind(next, len(rows)); next == "" || len(t.Rows) >= ask.rows {
			break
		}
	}
	next := then.after
	last := ask.from + int64(len(t.Rows))
	if len(t.Rows) > 0 {
		t.Shown = v.int(1) + "–" + v.int(last)
	}
	if next != "" {
		more := ask.at(l.path(), "after", next, "back", then.back, "n", strconv.FormatInt(last, 10), "cols", keysOf(columns))
		t.More = &page.More{Label: v.T("page.clients.more"), URL: more, Part: more}
	}
	if len(t.Rows) == 0 && ask.after == "" {
		t.Empty = l.empty(v, ask)
	}
	t.Count = l.known(v, ask, next, last)
	for _, kind := range listFiles {
		t.Files = append(t.Files, page.ListFile{Label: v.T("list.file." + kind), Post: next != "" || ask.after != "", CSRF: s.Auth.CSRF(session(c).ID),
			URL: ask.at(l.path()+"/export", "format", kind, "cols", keysOf(columns))})
	}
	t.Bulk = page.ListBulk{URL: ask.at(l.path() + "/bulk"), CSRF: s.Auth.CSRF(session(c).ID), Label: v.T("web.bulk.go." + l.name)}
	return t, nil
}

// known is the count when the page shows the last row, else where it is asked.
func (l list[T]) known(v view, ask listAsk, next string, last int64) page.ListCount {
	n := page.ListCount{Text: v.Text, All: v.T("list.check.all")}
	if next == "" {
		n.Label = v.n("list.total."+l.name, last)
		return n
	}
	n.Part = ask.url("", "")
	return n
}

// total answers the count, up to its cap.
func (l list[T]) total(s *Server, c *fiber.Ctx, v view, ask listAsk) error {
	n, err := l.count(c.UserContext(), s.Service, actor(c), ask, totalCap+1)
	if err != nil {
		return s.fail(c, err)
	}
	count := page.ListCount{Text: v.Text, Label: v.n("list.total."+l.name, int64(n)), Swap: true}
	if n > totalCap {
		count.Label = v.n("list.many."+l.name, totalCap)
	}
	count.All = v.T("list.check.all") + ": " + count.Label
	return s.render(c, fiber.StatusOK, "list/count", count)
}

func (l list[T]) names(ctx context.Context, s *crm.Service, rows []T) (n listNames, err error) {
	if n.users, err = s.UserNames(ctx); err != nil || l.above == nil {
		return n, err
	}
	var clients, places []string
	for i := range rows {
		client, place := l.above(&rows[i])
		clients = append(clients, client)
		if place != "" {
			places = append(places, place)
		}
	}
	if n.clients, err = s.ClientNames(ctx, clients); err != nil || len(places) == 0 {
		return n, err
	}
	n.places, err = s.InstallationNames(ctx, places)
	return n, err
}

func (l list[T]) row(v view, n listNames, columns []column[T], r *T) page.ListRow {
	row := page.ListRow{ID: l.id(r)}
	for i, col := range columns {
		cell := col.cell(v, n, r)
		cell.Key, cell.Right = col.key, col.right
		if i == 0 {
			row.Name = cell.Label
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

func (l list[T]) heads(v view, ask listAsk, columns []column[T]) (out []page.Head) {
	by := ask.sort
	if by == "" {
		by = l.sorts[0]
	}
	for _, col := range columns {
		h := page.Head{Key: col.key, Label: v.T(col.label), Right: col.right}
		if col.sort != "" {
			h.URL = ask.url("sort", col.sort)
			h.Part = h.URL
		}
		if col.sort != "" && col.sort == by {
			h.Sort = "ascending"
			if col.down {
				h.Sort = "descending"
			}
		}
		out = append(out, h)
	}
	return out
}

func (l list[T]) empty(v view, ask listAsk) *page.Empty {
	if ask.narrowed() {
		return &page.Empty{Label: v.T("list.none." + l.name), Action: page.Link{Label: v.T("page.clients.none.action"), URL: ask.all()}}
	}
	return &page.Empty{Label: v.T("page.clients.first"), Action: page.Link{Label: v.T("web.client.new"), URL: "/clients/new"}}
}

func (l list[T]) tools(s *Server, c *fiber.Ctx, v view, ask listAsk) (page.ListTools, error) {
	t := page.ListTools{Text: v.Text, URL: l.path(), Query: ask.q, Sort: ask.sort, Columns: strings.Join(ask.cols, ","), View: ask.view, Sorts: v.options("web.sort.", l.sorts...)}
	if l.words {
		t.Find = v.T("list.find." + l.name)
	}
	if t.Sort == "" {
		t.Sort = l.sorts[0]
	}
	if l.links != nil {
		t.Links = l.links(v)
	}
	for _, name := range l.filters {
		options, err := s.filterOptions(c, v, l.path(), name)
		if err != nil {
			return t, err
		}
		if len(options) > 0 || slices.Contains(typedFilters, name) {
			t.Filters = append(t.Filters, page.ListFilter{Name: name, Label: v.T(filterLabel[name]), Value: ask.by[name], Options: options})
		}
	}
	return t, nil
}

// refused says which filter of the address is none.
func (v view) refused(ask listAsk, err error) string {
	wrong, above, _ := v.formError(err)
	var names []string
	for _, f := range append(slices.Clone(ask.names), "sort") {
		value := ask.by[f]
		if f == "sort" {
			value = ask.sort
		}
		if wrong[f] != "" {
			names = append(names, v.T("web.list.unknown", "filter", v.T(filterLabel[f]), "value", text.Clip(value, 60)))
		}
	}
	return join(" ", append([]string{above}, append(names, v.T("web.list.broken"))...)...)
}
