package web

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// viewAll names the list as a whole in an address: it opens even when the reader
// opens the list with a view.
const viewAll = "all"

// listFilters are the filters of a list by its name; nil of none.
func listFilters(name string) []string {
	return map[string][]string{clientList.name: clientList.filters, placeList.name: placeList.filters,
		contractList.name: contractList.filters, personList.name: personList.filters}[name]
}

// viewURL is a view as an address: all of it stands there, so that it can be
// narrowed, sent and gone back to.
func viewURL(v crm.View) string {
	ask := listAsk{path: "/" + v.List, q: v.State.Q, sort: v.State.Sort, by: v.State.Filters, cols: v.State.Columns, view: v.ID}
	return ask.url("", "")
}

// state is what an address asks for, as a view keeps it.
func (a listAsk) state() crm.ViewState {
	st := crm.ViewState{Q: a.q, Sort: a.sort, Columns: a.cols, Filters: map[string]string{}}
	for name, value := range a.by {
		if value != "" {
			st.Filters[name] = value
		}
	}
	return st
}

// opened is where the bare address of a list leads: to the view that its reader
// opens it with; "" when there is none, or it is gone.
func (l list[T]) opened(s *Server, c *fiber.Ctx) (string, error) {
	id := user(c).Lists[l.name].View
	if id == "" || len(c.Request().URI().QueryString()) > 0 || isPart(c) {
		return "", nil
	}
	v, err := s.Service.View(c.UserContext(), actor(c), id)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return "", nil
	}
	return viewURL(v), err
}

// views is the menu of views of a list, as it is asked for now.
func (l list[T]) views(s *Server, c *fiber.Ctx, v view, ask listAsk) (page.ListViews, error) {
	a := actor(c)
	all, err := s.Service.ListViews(c.UserContext(), a, l.name)
	if err != nil {
		return page.ListViews{}, err
	}
	ask.cols = strings.Split(keysOf(l.shown(a, ask)), ",")
	chosen := user(c).Lists[l.name].View
	m := page.ListViews{Text: v.Text, CSRF: s.Auth.CSRF(session(c).ID), Label: v.T("list.views.all"), CanShare: a.SharesWith() != "",
		SaveURL: ask.at("/views", "list", l.name, "view", ""), OpenURL: at("/views/choose", "list", l.name)}
	m.Rows = []page.ViewRow{{Label: m.Label, URL: at(l.path(), "view", viewAll), Current: true, Opens: chosen == ""}}
	for _, x := range all {
		row := page.ViewRow{Label: x.Name, URL: viewURL(x), Shared: x.Shared(), Opens: x.ID == chosen}
		if x.ID == ask.view {
			m.Label, m.Rows[0].Current, row.Current = x.Name, false, true
			m.Changed, m.ID = l.changed(a, ask, x.State), x.ID
			if a.MayChange(x) {
				m.Edit = &page.ViewEdit{URL: ask.at("/views/"+x.ID, "list", l.name), Delete: "/views/" + x.ID + "/delete", Name: page.Field{Value: x.Name}, Shared: x.Shared()}
			}
		}
		m.Rows = append(m.Rows, row)
	}
	m.Opens = slices.ContainsFunc(m.Rows, func(r page.ViewRow) bool { return r.Current && r.Opens })
	m.Name, m.Open = v.nameTyped(c, "named", m.Name)
	if m.Edit != nil {
		was, again := m.Edit.Name, false
		if m.Edit.Name, again = v.nameTyped(c, "renamed", was); again {
			m.Open = true
		}
	}
	return m, nil
}

// nameTyped is the name of a view as it was typed when the form came back with it.
func (v view) nameTyped(c *fiber.Ctx, as string, stored page.Field) (page.Field, bool) {
	if !c.Context().QueryArgs().Has(as) {
		return stored, false
	}
	is := page.Field{Value: strings.Clone(c.Query(as))}
	wrong, _, _ := v.formError(crm.CheckViewName(is.Value))
	is.Error = wrong["name"]
	return is, true
}

// changed tells that a list is asked for otherwise than a view has it.
func (l list[T]) changed(a crm.Actor, ask listAsk, was crm.ViewState) bool {
	is := ask.state()
	order := func(by string) string { return orElse(by, l.sorts[0]) }
	had := keysOf(l.shown(a, listAsk{cols: l.keys(a, was.Columns)}))
	return is.Q != was.Q || order(is.Sort) != order(was.Sort) || !maps.Equal(is.Filters, was.Filters) && len(is.Filters)+len(was.Filters) > 0 || strings.Join(is.Columns, ",") != had
}

// withoutOld is what a view asks for without what the list does not know any
// more, and the words that say so. Any other refusal stays one.
func (l list[T]) withoutOld(v view, ask listAsk, refused error) (listAsk, *page.Notice) {
	var e *crm.Error
	if ask.view == "" || ask.view == viewAll || !errors.As(refused, &e) || e.Code != crm.CodeInvalid {
		return ask, nil
	}
	var names []string
	by := maps.Clone(ask.by)
	for _, f := range append(slices.Clone(ask.names), "sort") {
		if _, wrong := e.Fields[f]; !wrong {
			continue
		}
		names = append(names, v.T(filterLabel[f]))
		if f == "sort" {
			ask.sort = ""
		}
		delete(by, f)
	}
	if len(names) == 0 {
		return ask, nil
	}
	ask.by = by
	return ask, &page.Notice{State: page.Warn, Label: v.T("list.views.old", "what", strings.Join(names, ", "))}
}

// oldColumns says that a view names columns that the list does not have.
func (l list[T]) oldColumns(c *fiber.Ctx, v view, ask listAsk) *page.Notice {
	if ask.view == "" || ask.view == viewAll {
		return nil
	}
	for key := range strings.SplitSeq(c.Query("cols"), ",") {
		if key != "" && !slices.ContainsFunc(l.columns, func(col column[T]) bool { return col.key == key }) {
			return &page.Notice{State: page.Warn, Label: v.T("list.views.old", "what", v.T("list.columns"))}
		}
	}
	return nil
}
