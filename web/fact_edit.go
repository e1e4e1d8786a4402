package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// A fact of a record is edited where it stands: its text leads to the record's
// form, and where scripts run the fact alone comes as a form in its place. Both
// are sent to the same address; a field that is not in the form stays as it is.

// factPrefix stands before the names of facts in ids of elements.
const factPrefix = "fact-"

// editable lets a fact be edited by the form of a record.
func (v view) editable(form, name string, f page.Fact) page.Fact {
	f.ID, f.EditURL, f.EditTip = factPrefix+name, at(form, "fact", name), v.T("page.edit")+": "+f.Label
	return f
}

// filled parts the facts that say something from those to be filled in.
func filled(facts []page.Fact) (full, blank []page.Fact) {
	for _, f := range facts {
		switch {
		case f.Value != "":
			full = append(full, f)
		case f.EditURL != "":
			blank = append(blank, f)
		}
	}
	return full, blank
}

// factNamed is the fact of a record that is asked for, when it can be edited.
func factNamed(facts []page.Fact, name string) (page.Fact, error) {
	n := slices.IndexFunc(facts, func(f page.Fact) bool { return f.ID == factPrefix+name })
	if n < 0 || name == "" {
		return page.Fact{}, crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	return facts[n], nil
}

// factFields are the fields that a fact is made of.
func factFields(many map[string][]string, name string) []string {
	if fields := many[name]; fields != nil {
		return fields
	}
	return []string{name}
}

// showFact answers a fact as it is now, when its form was left.
func (s *Server) showFact(c *fiber.Ctx, facts []page.Fact) error {
	f, err := factNamed(facts, c.Query("shown"))
	if err != nil {
		return s.fail(c, err)
	}
	f.Focus = true
	return s.render(c, fiber.StatusOK, "fact", f)
}

// factForm is the form of a fact; record is the address of what it is of, stored
// what its fields are now, and refused why the form comes again.
func (s *Server) factForm(c *fiber.Ctx, record, name string, version int64, fields []page.FieldView, stored func(field string) string, refused error) page.FactEdit {
	v, form := s.view(c), record+"/edit"
	e := page.FactEdit{Text: v.Text, CSRF: s.Auth.CSRF(session(c).ID), ID: factPrefix + name, Name: name, URL: form, BackURL: record,
		ShowURL: at(form, "shown", name), Version: strconv.FormatInt(version, 10)}
	for n, f := range fields {
		f = f.In("edit")
		f.Focus = n == 0
		e.Fields = append(e.Fields, f)
		e.Was = append(e.Was, page.Option{Label: f.Name, Value: stored(f.Name)})
	}
	if _, above, _ := v.formError(refused); !conflicted(refused) { // a conflict is told at the fields
		e.Wrong = above
	}
	return e
}

// untouched reports whether a form of a fact meets a record that others edited
// elsewhere only: then there is nothing to choose between.
func untouched(f typed, fields []string, stored func(field string) string) bool {
	return !slices.ContainsFunc(fields, func(name string) bool { return !f.has("was."+name) || f.get("was."+name) != stored(name) })
}

// factSaved answers the fact after its form, with what else changed with it.
func (s *Server) factSaved(c *fiber.Ctx, name string, was, is []page.Fact, top page.RecordTitle, n note, back string) error {
	own, err := factNamed(is, name)
	if err != nil {
		return s.fail(c, err)
	}
	own.Focus = true
	if n.Undo == "" { // nothing was changed
		return s.render(c, fiber.StatusOK, "fact", own)
	}
	p := page.FactSaved{Own: own, Top: top, Toast: s.toast(c, s.view(c).Text, n, back)}
	p.Top.Swap = true
	for _, f := range is {
		if f.ID == "" || f.ID == own.ID {
			continue
		}
		if old, err := factNamed(was, strings.TrimPrefix(f.ID, factPrefix)); err != nil || old.Value != f.Value {
			f.Swap = true
			p.Others = append(p.Others, f)
		}
	}
	return s.render(c, fiber.StatusOK, "fact/saved", p)
}

// editPrefix begins the batch of an edit by hand, by which it is undone.
const editPrefix = "edit-"

// editBatch is the batch of one edit by hand.
func (s *Server) editBatch() string { return editPrefix + s.Service.NewID() }

// savedNote offers to undo an edit that changed something.
func (v view) savedNote(batch string, changed bool) note {
	n := note{Label: v.T("web.saved")}
	if changed {
		n.Undo = "/edits/" + batch + "/undo"
	}
	return n
}

// undoEdit takes one edit by hand back.
func (s *Server) undoEdit(c *fiber.Ctx) error {
	v, batch := s.view(c), strings.Clone(c.Params("batch"))
	if !strings.HasPrefix(batch, editPrefix) {
		return s.fail(c, crm.Errf(crm.CodeNotFound, "error.not-found"))
	}
	sum, err := s.Service.UndoBatch(c.UserContext(), actor(c), batch, nil)
	if err != nil {
		return s.fail(c, err)
	}
	n := note{Label: v.T("web.edit.undone")}
	if len(sum.Refused) > 0 {
		n.Label = v.text(sum.Refused[0].Reason)
	}
	return s.goTo(c, typed{c}.back("/"), n)
}
