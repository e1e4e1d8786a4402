package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
)

// listOf is the list whose query the address of a form carries.
func listOf(c *fiber.Ctx, name string) listAsk {
	ask := readListAsk(said(c), "/"+name, listFilters(name))
	if cols := c.Query("cols"); cols != "" {
		ask.cols = strings.Split(strings.Clone(cols), ",")
	}
	return ask
}

// viewSave makes a view of the list as it is seen.
func (s *Server) viewSave(c *fiber.Ctx) error {
	name, f := strings.Clone(c.Query("list")), typed{c}
	if !slices.Contains(crm.ListNames, name) {
		return s.fail(c, crm.Errf(crm.CodeNotFound, "error.not-found"))
	}
	ask := listOf(c, name)
	if crm.CheckViewName(f.get("name")) != nil {
		return s.nameAgain(c, ask, f, "named")
	}
	state, shared := ask.state(), f.on("shared")
	saved, err := s.Service.SaveView(c.UserContext(), actor(c), name, crm.ViewInput{Name: f.get("name"), Shared: &shared, State: &state})
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, viewURL(saved), note{Label: s.view(c).T("list.views.saved", "name", saved.Name), Undo: "/views/" + saved.ID + "/delete"})
}

// nameAgain leads back to the list with the menu open and what was typed: named
// for a view that was to be made, renamed for the one that the list is seen by.
func (s *Server) nameAgain(c *fiber.Ctx, ask listAsk, f typed, as string) error {
	q := url.Values{as: {f.get("name")}} // also when it is empty
	to := ask.url("", "")
	if strings.Contains(to, "?") {
		return s.goTo(c, to+"&"+q.Encode(), note{})
	}
	return s.goTo(c, to+"?"+q.Encode(), note{})
}

// viewEdit names and shares a view anew; with fill it takes the list as it is
// seen.
func (s *Server) viewEdit(c *fiber.Ctx) error {
	f, id, ask := typed{c}, c.Params("id"), listOf(c, strings.Clone(c.Query("list")))
	if crm.CheckViewName(f.get("name")) != nil {
		ask.view = id
		return s.nameAgain(c, ask, f, "renamed")
	}
	in := crm.ViewInput{Name: f.get("name")}
	if f.has("sharing") {
		shared := f.on("shared")
		in.Shared = &shared
	}
	if f.on("fill") {
		state := ask.state()
		in.State = &state
	}
	is, err := s.Service.EditView(c.UserContext(), actor(c), id, in)
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, ask.at("/"+is.List, "view", id), note{Label: s.view(c).T("list.views.saved", "name", is.Name)})
}

// viewDelete deletes with a way back; viewRestore goes that way.
func (s *Server) viewDelete(c *fiber.Ctx) error {
	v, err := s.Service.DeleteView(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, at("/"+v.List, "view", viewAll), note{Label: s.view(c).T("list.views.deleted", "name", v.Name), Undo: "/views/" + v.ID + "/restore"})
}

func (s *Server) viewRestore(c *fiber.Ctx) error {
	v, err := s.Service.RestoreView(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, viewURL(v), note{Label: s.view(c).T("list.views.saved", "name", v.Name)})
}

// viewChoose makes a view, or without one the whole list, what a list opens with.
func (s *Server) viewChoose(c *fiber.Ctx) error {
	id, name, v := typed{c}.get("view"), strings.Clone(c.Query("list")), s.view(c)
	if err := s.Service.ChooseView(c.UserContext(), actor(c), name, id); err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/"+name, note{Label: v.T("list.views.opens")})
}
