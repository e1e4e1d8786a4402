package crm

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cemigmas/crm/store"
)

const (
	maxViews     = 50 // of a user, a team or the house on one list
	maxViewName  = 60
	maxViewWords = 200
	maxFilters   = 20
	viewDays     = 30 // a deleted view can be brought back
)

// ViewInput is a view as its form has it.
type ViewInput struct {
	Name   string
	Shared *bool // with those of SharesWith; nil: as it is
	State  *ViewState
}

// readersOf are whose views an actor has.
func readersOf(a Actor) []string {
	out := []string{readerSelf(a.UserID)}
	if a.Team != "" {
		out = append(out, "team:"+a.Team)
	}
	return append(out, readersAll)
}

// SharesWith are the readers of what an actor shares: a manager's and an admin's
// team, of an admin without one the whole house; "" of who shares nothing.
func (a Actor) SharesWith() string {
	switch {
	case a.Role == RoleAgent:
		return ""
	case a.Team != "":
		return "team:" + a.Team
	case a.Role == RoleAdmin:
		return readersAll
	}
	return ""
}

// MayChange tells whether the actor may change a view that it has: its own, and
// what is shared with the team that it manages, an admin any shared one.
func (a Actor) MayChange(v View) bool {
	return v.Owner == a.UserID && (!v.Shared() || a.SharesWith() != "") || v.Shared() && (a.Role == RoleAdmin || a.SharesWith() == v.Readers)
}

// ListViews lists the views that the actor has of a list, its own first, each by
// name.
func (s *Service) ListViews(ctx context.Context, a Actor, list string) ([]View, error) {
	var out []View
	for _, readers := range readersOf(a) {
		views, _, err := Views.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("for", viewsFor(list, readers))}, Sort: []string{"name"}, Limit: maxViews})
		if err != nil {
			return nil, err
		}
		out = append(out, views...)
	}
	return out, nil
}

// View reads a view that the actor has.
func (s *Service) View(ctx context.Context, a Actor, id string) (View, error) {
	v, err := s.viewOf(ctx, a, id)
	if err == nil && v.GoneAt != nil {
		return View{}, notFound()
	}
	return v, err
}

func (s *Service) viewOf(ctx context.Context, a Actor, id string) (View, error) {
	v, err := Views.Get(ctx, s.store, id)
	if err != nil {
		return View{}, err
	}
	if !slices.Contains(readersOf(a), v.Readers) {
		return View{}, notFound()
	}
	return v, nil
}

// changeable is viewOf for who may change it.
func (s *Service) changeable(ctx context.Context, a Actor, id string) (View, error) {
	v, err := s.viewOf(ctx, a, id)
	if err == nil && !a.MayChange(v) {
		return View{}, Errf(CodeForbidden, "error.forbidden")
	}
	return v, err
}

// CheckViewName says what is wrong with the name of a view.
func CheckViewName(name string) error {
	bad := problems{}
	bad.need("name", name)
	if utf8.RuneCountInString(strings.TrimSpace(name)) > maxViewName {
		bad.add("name", "error.field.long", "max", "60")
	}
	return bad.err()
}

func (st ViewState) check() error {
	bad := problems{}
	if utf8.RuneCountInString(st.Q) > maxViewWords {
		bad.add("q", "error.field.long", "max", "200")
	}
	if !goodColumns(st.Columns) {
		bad.add("columns", "error.field.choice")
	}
	if len(st.Filters) > maxFilters || utf8.RuneCountInString(st.Sort) > maxListColumn {
		bad.add("sort", "error.field.choice")
	}
	for name, value := range st.Filters {
		if utf8.RuneCountInString(value) > maxViewName {
			bad.add(name, "error.field.choice")
		}
	}
	return bad.err()
}

// SaveView makes a view of a list; it is the actor's own, or shared.
func (s *Service) SaveView(ctx context.Context, a Actor, list string, in ViewInput) (View, error) {
	if !slices.Contains(ListNames, list) {
		return View{}, notFound()
	}
	v := View{ID: s.newID(), List: list, Owner: a.UserID, Readers: readerSelf(a.UserID), CreatedAt: s.Now()}
	return s.putView(ctx, a, v, in)
}

// EditView names, shares and fills a view anew; without a state it keeps its own.
// One that was deleted meanwhile is back.
func (s *Service) EditView(ctx context.Context, a Actor, id string, in ViewInput) (View, error) {
	v, err := s.changeable(ctx, a, id)
	if err != nil {
		return View{}, err
	}
	return s.putView(ctx, a, v, in)
}

func (s *Service) putView(ctx context.Context, a Actor, v View, in ViewInput) (View, error) {
	if err := CheckViewName(in.Name); err != nil {
		return View{}, err
	}
	had := v.Version > 0 && v.GoneAt == nil
	was := v.Readers
	switch {
	case in.Shared == nil, *in.Shared == v.Shared(): // it stays with those who have it
	case !*in.Shared:
		v.Readers = readerSelf(v.Owner)
	case a.SharesWith() == "":
		return View{}, Errf(CodeForbidden, "error.forbidden")
	default:
		v.Readers = a.SharesWith()
	}
	if in.State != nil {
		if err := in.State.check(); err != nil {
			return View{}, err
		}
		v.State = *in.State
	}
	if !had || v.Readers != was {
		n, err := s.store.Count(ctx, store.Query{In: Views.In, Where: []store.Cond{store.Is("for", viewsFor(v.List, v.Readers))}}, maxViews)
		if err != nil {
			return View{}, wrapStore(err)
		}
		if n >= maxViews {
			return View{}, Errf(CodeTooMany, "error.views.many")
		}
	}
	v.Name, v.GoneAt, v.UpdatedAt = strings.TrimSpace(in.Name), nil, s.Now()
	if err := s.Apply(ctx, Views.Put(&v)); err != nil {
		return View{}, err
	}
	v.Version++
	return v, nil
}

// DeleteView deletes a view; RestoreView brings it back.
func (s *Service) DeleteView(ctx context.Context, a Actor, id string) (View, error) {
	now := s.Now()
	return s.setGone(ctx, a, id, &now)
}

// RestoreView brings back a view that was deleted in the last 30 days.
func (s *Service) RestoreView(ctx context.Context, a Actor, id string) (View, error) {
	return s.setGone(ctx, a, id, nil)
}

func (s *Service) setGone(ctx context.Context, a Actor, id string, at *time.Time) (View, error) {
	v, err := s.changeable(ctx, a, id)
	if err != nil || (v.GoneAt == nil) == (at == nil) {
		return v, err
	}
	v.GoneAt = at
	return v, s.Apply(ctx, Views.Put(&v))
}

// ChooseView makes a view the one that a list opens with for the actor; "" is
// the list as a whole.
func (s *Service) ChooseView(ctx context.Context, a Actor, list, id string) error {
	if id != "" {
		v, err := s.View(ctx, a, id)
		if err != nil {
			return err
		}
		list = v.List
	}
	if !slices.Contains(ListNames, list) {
		return notFound()
	}
	return s.chooseOnList(ctx, a, list, func(c *ListChoice) { c.View = id })
}

// DropOldViews deletes for good what was deleted over 30 days ago.
func (s *Service) DropOldViews(ctx context.Context) error {
	old := store.Query{Where: []store.Cond{store.Below("gone", s.Now().AddDate(0, 0, -viewDays))}, Sort: []string{"gone"}}
	for v, err := range Views.All(ctx, s.store, old) {
		if err != nil {
			return err
		}
		if err := s.Apply(ctx, Views.Delete(&v)); err != nil && CodeOf(err) != CodeConflict {
			return err
		}
	}
	return nil
}
