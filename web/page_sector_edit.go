package web

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) sectorNewPage(c *fiber.Ctx) error {
	return s.sectorForm(c, crm.Sector{}, nil, nil, "")
}

func (s *Server) sectorPage(c *fiber.Ctx) error {
	sec, err := s.sectorOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	return s.sectorForm(c, sec, nil, nil, "")
}

// sectorOf is for admins: the others read the table.
func (s *Server) sectorOf(c *fiber.Ctx) (crm.Sector, error) {
	if actor(c).Role != crm.RoleAdmin {
		return crm.Sector{}, crm.Errf(crm.CodeForbidden, "error.forbidden")
	}
	table, err := s.Service.SectorTable(c.UserContext())
	sec, ok := table.Find(c.Params("id"))
	if err == nil && (!ok || sec.Gone) {
		err = crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	return sec, err
}

// sectorFields are the fields of the form.
var sectorFields = []string{"name", "nameEs", "nameEn", "divisions", "offered"}

// storedSector answers what a field of the form would say unedited.
func storedSector(sec crm.Sector) func(name string) string {
	is := map[string]string{"name": sec.Name, "nameEs": sec.NameES, "nameEn": sec.NameEN, "divisions": divisionRuns(sec.Divisions), "offered": yes(!sec.Disabled)}
	return func(name string) string { return is[name] }
}

// sectorForm renders the form of a sector; typed is what came back, fault why, and
// by who saved in between.
func (s *Server) sectorForm(c *fiber.Ctx, sec crm.Sector, typed *typed, fault error, by string) error {
	a, v, status := actor(c), s.view(c), fiber.StatusOK
	if a.Role != crm.RoleAdmin {
		return s.fail(c, crm.Errf(crm.CodeForbidden, "error.forbidden"))
	}
	var wrong map[string]string
	p := page.SectorEdit{RecordForm: page.RecordForm{Heading: v.T("sectors.new"), URL: "/sectors", BackURL: "/sectors"}}
	var notice *page.Notice
	if fault != nil {
		var above string
		var ok bool
		if wrong, above, ok = v.formError(fault); !ok {
			return s.fail(c, fault)
		}
		notice, status = bad(above), again(fault)
	}
	is := storedSector(sec)
	field := func(name, label string) page.FieldView {
		stored := is(name)
		f := page.Field{Value: stored}
		if typed != nil {
			f = typed.fieldOr(name, f, wrong)
		}
		if conflicted(fault) && (name != "divisions" || !slices.Equal(slices.Sorted(slices.Values(readDivisions(f.Value))), sec.Divisions)) {
			v.differs(&f, stored)
		}
		return v.Field(name, label, f)
	}
	names := page.FieldGroup{Heading: v.T("sectors.names"), Hint: v.T("sectors.names.hint"), Rows: [][]page.FieldView{{
		field("name", "sectors.name.pt").Req(), field("nameEs", "sectors.name.es"), field("nameEn", "sectors.name.en")}}}
	what := page.FieldGroup{Heading: v.T("sectors.divisions"), Hint: v.T("sectors.divisions.hint"), Rows: [][]page.FieldView{{
		field("divisions", "sectors.divisions"), field("offered", "sectors.offered").Choose(v.yesNo())}}}
	p.Groups = []page.FieldGroup{names, what}
	if sec.ID == crm.SectorOther {
		p.Groups = p.Groups[:1]
	}
	if sec.ID != "" {
		p.Heading, p.URL, p.Version = sec.In(v.Lang), "/sectors/"+sec.ID, strconv.FormatInt(sec.Version, 10)
		if sec.ID != crm.SectorOther {
			p.DeleteURL = p.URL + "/delete"
		}
		var at time.Time
		var err error
		if p.History, at, err = s.sectorHistory(c.UserContext(), v, a, sec); err != nil {
			return s.fail(c, err)
		}
		if conflicted(fault) {
			notice = s.savedFirst(c, by, at, p.URL)
		}
	}
	p.Base = s.base(c, page.PlaceUsers, p.Heading, page.Link{Label: v.T("page.nav.users"), URL: "/users"}, page.Link{Label: v.T("sectors.title"), URL: "/sectors"})
	p.Shape, p.Notice = page.ShapeForm, notice
	return s.render(c, status, "sector/edit", p)
}

// sectorHistory lists the edits of a sector, and when the newest one was.
func (s *Server) sectorHistory(ctx context.Context, v view, a crm.Actor, sec crm.Sector) (out []page.HistoryRow, last time.Time, err error) {
	list, err := s.Service.SectorRevisions(ctx, a, sec.ID)
	if err != nil || len(list) == 0 {
		return nil, last, err
	}
	told, err := s.telling(ctx, a, v, list)
	if err != nil {
		return nil, last, err
	}
	told.docs[sec.ID] = sec.In(v.Lang)
	for _, r := range list {
		row := told.row(r)
		row.Batch = "" // each edit of the table is a batch of its own
		out = append(out, row)
	}
	return out, list[0].At, nil
}

func sectorInput(f typed) crm.SectorInput {
	return crm.SectorInput{Name: f.get("name"), NameES: f.get("nameEs"), NameEN: f.get("nameEn"),
		Divisions: readDivisions(f.get("divisions")), Disabled: f.get("offered") == "no"}
}

func (s *Server) sectorAdd(c *fiber.Ctx) error {
	f := typed{c}
	done, err := s.Service.AddSector(c.UserContext(), actor(c), sectorInput(f))
	if err != nil {
		return s.sectorForm(c, crm.Sector{}, &f, err, "")
	}
	return s.sectorsSaved(c, done, "sectors.added")
}

func (s *Server) sectorSave(c *fiber.Ctx) error {
	f, id := typed{c}, c.Params("id")
	sec, err := s.sectorOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	by := ""
	if list := readDivisions(f.get("divisions")); f.has("divisions") && !slices.ContainsFunc(list, func(d string) bool { return number(d) == 0 }) {
		slices.Sort(list)
		f.set("divisions", divisionRuns(slices.Compact(list))) // as they are stored, to be compared
	}
	if f.has("version") { // 0 is one that nobody edited
		if by, err = rebaseFrom(c, s, crm.Sectors, &sec, f.version(), oneByOne(sectorFields...), storedSector); err != nil {
			return s.fail(c, err)
		}
	}
	done, err := s.Service.EditSector(c.UserContext(), actor(c), id, f.version(), sectorInput(f))
	if err != nil {
		sec, gone := s.sectorOf(c)
		if gone != nil {
			return s.fail(c, gone)
		}
		return s.sectorForm(c, sec, &f, err, by)
	}
	return s.sectorsSaved(c, done, "sectors.saved")
}

func (s *Server) sectorUp(c *fiber.Ctx) error   { return s.sectorMove(c, false) }
func (s *Server) sectorDown(c *fiber.Ctx) error { return s.sectorMove(c, true) }

func (s *Server) sectorMove(c *fiber.Ctx, down bool) error {
	done, err := s.Service.MoveSector(c.UserContext(), actor(c), c.Params("id"), down)
	if err != nil {
		return s.fail(c, err)
	}
	return s.sectorsSaved(c, done, "sectors.moved")
}

func (s *Server) sectorDelete(c *fiber.Ctx) error {
	done, err := s.Service.RemoveSector(c.UserContext(), actor(c), c.Params("id"))
	if crm.CodeOf(err) == crm.CodeInvalid {
		sec, gone := s.sectorOf(c)
		if gone != nil {
			return s.fail(c, gone)
		}
		return s.sectorForm(c, sec, nil, err, "")
	}
	if err != nil {
		return s.fail(c, err)
	}
	return s.sectorsSaved(c, done, "sectors.deleted")
}

// sectorsSaved goes back to the table; clients follow in the background.
func (s *Server) sectorsSaved(c *fiber.Ctx, done crm.SectorEdit, label string) error {
	if err := s.resector(c.UserContext(), actor(c), done.Moved); err != nil {
		return s.fail(c, err)
	}
	v := s.view(c)
	n := note{Label: v.T(label)}
	if len(done.Moved) > 0 {
		n.Label = v.T("sectors.moving")
	}
	if done.Batch != "" {
		n.Undo = "/sectors/undo/" + pathID(done.Batch)
	}
	return s.goTo(c, "/sectors", n)
}

func (s *Server) sectorUndo(c *fiber.Ctx) error {
	v := s.view(c)
	moved, err := s.Service.UndoSectorEdit(c.UserContext(), actor(c), wholeID(c.Params("batch")))
	if err != nil {
		return s.fail(c, err)
	}
	if err := s.resector(c.UserContext(), actor(c), moved); err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/sectors", note{Label: v.T("sectors.undone")})
}

// resector has clients follow the table. Should the process end right before,
// the night finds them.
func (s *Server) resector(ctx context.Context, a crm.Actor, sectors []string) error {
	if len(sectors) == 0 {
		return nil
	}
	_, err := s.Jobs.Enqueue(ctx, a, crm.JobResector, crm.ResectorArgs{Sectors: sectors})
	return err
}

type sectorIn struct {
	ID      string `path:"id" json:"-"`
	Version int64  `json:"version"` // that was read
	crm.SectorInput
}

// sectorDone is what an edit of the table answers: the sector as it is now, also
// after a conflict.
type sectorDone struct {
	crm.Sector
	Version int64  `json:"version"`
	Undo    string `json:"undo,omitempty"` // names the edit for undoSectors
}

func (s *Server) sectorDone(c call, id string, done crm.SectorEdit, err error) (sectorDone, error) {
	if err == nil {
		err = s.resector(c, c.Actor, done.Moved)
	}
	if err != nil && !conflicted(err) {
		return sectorDone{}, err
	}
	table, gone := s.Service.SectorTable(c)
	if gone != nil {
		return sectorDone{}, gone
	}
	out := sectorDone{}
	out.Sector, _ = table.Find(id)
	out.Version = out.Sector.Version
	if done.Batch != "" {
		out.Undo = pathID(done.Batch)
	}
	return out, err
}

func apiAddSector(s *Server, c call, in crm.SectorInput) (sectorDone, error) {
	done, err := s.Service.AddSector(c, c.Actor, in)
	return s.sectorDone(c, done.ID, done, err)
}

func apiSetSector(s *Server, c call, in sectorIn) (sectorDone, error) {
	done, err := s.Service.EditSector(c, c.Actor, in.ID, in.Version, in.SectorInput)
	return s.sectorDone(c, in.ID, done, err)
}

func apiSectorUp(s *Server, c call, in idPath) (sectorDone, error) {
	done, err := s.Service.MoveSector(c, c.Actor, in.ID, false)
	return s.sectorDone(c, in.ID, done, err)
}

func apiSectorDown(s *Server, c call, in idPath) (sectorDone, error) {
	done, err := s.Service.MoveSector(c, c.Actor, in.ID, true)
	return s.sectorDone(c, in.ID, done, err)
}

func apiDeleteSector(s *Server, c call, in idPath) (sectorDone, error) {
	done, err := s.Service.RemoveSector(c, c.Actor, in.ID)
	return s.sectorDone(c, in.ID, done, err)
}

type batchPath struct {
	Batch string `path:"batch"`
}

func apiUndoSectors(s *Server, c call, in batchPath) (none, error) {
	moved, err := s.Service.UndoSectorEdit(c, c.Actor, wholeID(in.Batch))
	if err != nil {
		return none{}, err
	}
	return none{}, s.resector(c, c.Actor, moved)
}
