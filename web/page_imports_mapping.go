package web

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/intake"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// remembered is how somebody mapped a sheet with certain headers.
type remembered struct {
	Kind    string                 `json:"kind"`
	Columns []intake.ColumnMapping `json:"columns"`
}

// mappable reports whether the columns of an import may still be changed: it
// wrote nothing, and does not run.
func mappable(j crm.Job) bool {
	return j.State == crm.JobDraft || j.Ended() && (importArgs(j).DryRun || j.StartedAt == nil)
}

func (s *Server) mappingJob(c *fiber.Ctx) (crm.Job, error) {
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobImport)
	if err == nil && !mappable(j) {
		err = crm.Errf(crm.CodeConflict, "error.import.written")
	}
	return j, err
}

// mappingPage shows what the columns of a file seem to be. What was chosen about
// encoding, separator and sheets stands in the address.
func (s *Server) mappingPage(c *fiber.Ctx) error {
	j, err := s.mappingJob(c)
	if crm.CodeOf(err) == crm.CodeConflict {
		return c.Redirect("/imports/"+c.Params("id"), fiber.StatusSeeOther)
	}
	if err != nil {
		return s.fail(c, err)
	}
	asked := askedMapping(c.Query, c.Context().QueryArgs().Has)
	sight, err := s.look(c.UserContext(), j, asked)
	if err != nil {
		return s.fail(c, err)
	}
	m := sight.Mapping()
	if was := importArgs(j).Mapping; len(was.Sheets) > 0 && len(c.Context().QueryArgs().QueryString()) == 0 {
		m = was
	} else if err := s.recall(c, &sight, &m, asked); err != nil {
		return s.fail(c, err)
	}
	return s.showMapping(c, fiber.StatusOK, j, sight, m, nil)
}

// maxSheets bounds what a form may say of sheets.
const maxSheets = 100

// askedMapping reads encoding, separator and the kinds of sheets.
func askedMapping(get func(string, ...string) string, has func(string) bool) intake.Mapping {
	m := intake.Mapping{Encoding: get("encoding"), Comma: get("comma")}
	if m.Comma == "tab" {
		m.Comma = "\t"
	}
	for n := range maxSheets {
		if f := intake.SheetField(n); has(f) {
			m.Sheets = append(m.Sheets, intake.SheetMapping{Index: n, Kind: get(f)})
		}
	}
	return m
}

// look reads the first rows of a job's file.
func (s *Server) look(ctx context.Context, j crm.Job, asked intake.Mapping) (intake.Sight, error) {
	args := importArgs(j)
	if asked.Encoding == "" {
		asked.Encoding, asked.Comma = args.Mapping.Encoding, cmp.Or(asked.Comma, args.Mapping.Comma)
	}
	if len(asked.Sheets) == 0 {
		asked.Sheets = args.Mapping.Sheets
	}
	r, err := s.Blobs.Open(ctx, blob.Ref(args.Blob))
	if err != nil {
		return intake.Sight{}, blobError(err)
	}
	defer r.Close()
	f, err := os.CreateTemp(s.UploadDir, "look-*")
	if err != nil {
		return intake.Sight{}, notKept(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := io.Copy(f, r); err != nil {
		return intake.Sight{}, err
	}
	return intake.Look(ctx, f.Name(), intake.Kind(args.Kind), asked)
}

// recall puts what the same user decided for the same headers over the guesses.
func (s *Server) recall(c *fiber.Ctx, sight *intake.Sight, m *intake.Mapping, asked intake.Mapping) error {
	for n := range sight.Sheets {
		raw, err := s.Service.RecallMapping(c.UserContext(), actor(c), sight.Sheets[n].Key)
		if err != nil {
			return err
		}
		var was remembered
		if raw == nil || json.Unmarshal(raw, &was) != nil {
			continue
		}
		index := sight.Sheets[n].Index
		said := slices.ContainsFunc(asked.Sheets, func(x intake.SheetMapping) bool { return x.Index == index && x.Kind != was.Kind })
		if !said {
			m.Sheets[n].Kind, m.Sheets[n].Columns = was.Kind, was.Columns
		}
	}
	return nil
}

func (s *Server) showMapping(c *fiber.Ctx, status int, j crm.Job, sight intake.Sight, m intake.Mapping, wrong map[string]string) error {
	v, to := s.view(c), "/imports/"+j.ID
	name := importArgs(j).Name
	p := page.Mapping{Base: s.base(c, page.PlaceImports, v.T("page.map.title"), page.Link{Label: v.T("page.nav.imports"), URL: "/imports"}, page.Link{Label: name, URL: to}),
		Name: name, URL: to + "/mapping", CSV: sight.CSV, Encoding: sight.Encoding, Comma: commaName(sight.Comma), Wrong: wrong["sheets"]}
	if sight.Kind == intake.KindUCMT || sight.Kind == intake.KindTariffs {
		return c.Redirect(to, fiber.StatusSeeOther) // its columns are the regulator's
	}
	if sight.CSV {
		p.Encodings = v.options("import.encoding.", intake.Encodings...)
		for _, sep := range intake.Commas {
			p.Commas = append(p.Commas, page.Option{Value: commaName(sep), Label: v.T("import.comma." + commaName(sep))})
		}
	}
	unknown := !slices.ContainsFunc(m.Sheets, func(x intake.SheetMapping) bool { return x.Kind != "" })
	if unknown {
		p.Unknown, p.Template = v.T("web.import.unknown"), "/imports/template.xlsx"
	}
	for n := range sight.Sheets {
		sh := v.mapSheet(&sight.Sheets[n], &m, wrong)
		for k := 0; unknown && k < len(sight.Sheets[n].Columns); k++ {
			col := &sight.Sheets[n].Columns[k]
			sh.Columns = append(sh.Columns, page.MapColumn{Header: v.columnTitle(col), Samples: col.Samples})
		}
		p.Sheets = append(p.Sheets, sh)
	}
	p.Shape = page.ShapeForm
	return s.render(c, status, "mapping", p)
}

// commaName names a separator in a form: a tab would be trimmed away.
func commaName(comma string) string {
	if comma == "\t" {
		return "tab"
	}
	return comma
}

func (v view) mapSheet(sight *intake.SheetSight, m *intake.Mapping, wrong map[string]string) page.MapSheet {
	sm := intake.SheetMapping{Index: sight.Index}
	for _, x := range m.Sheets {
		if x.Index == sight.Index {
			sm = x
		}
	}
	field := intake.SheetField(sight.Index)
	out := page.MapSheet{Name: sight.Name, Field: field, Kind: sm.Kind, Wrong: wrong[field], Header: cmp.Or(sm.Header, sight.Header),
		HeaderField: "header." + strconv.Itoa(sight.Index),
		Kinds:       append([]page.Option{{Label: v.T("page.map.skip.sheet")}}, v.options("import.sheet.", intake.Kinds()...)...)}
	if sm.Kind == "" {
		return out
	}
	targets := []page.Option{{Label: v.T("page.map.skip")}}
	for _, id := range intake.Targets(sm.Kind) {
		targets = append(targets, page.Option{Value: id, Label: v.T("import.col." + sm.Kind + "." + id)})
	}
	for n := range sight.Columns {
		out.Columns = append(out.Columns, v.mapColumn(sight, &sight.Columns[n], &sm, targets, wrong))
	}
	return out
}

func (v view) mapColumn(sight *intake.SheetSight, c *intake.ColumnSight, sm *intake.SheetMapping, targets []page.Option, wrong map[string]string) page.MapColumn {
	field := intake.ColumnField(sight.Index, c.At)
	out := page.MapColumn{Header: v.columnTitle(c), Samples: c.Samples, Field: field, Targets: targets, Wrong: wrong[field]}
	var style locale.Style
	for _, x := range sm.Columns {
		if x.At == c.At {
			out.Target, style = x.Target, x.Style
		}
	}
	if intake.IsNumber(sm.Kind, out.Target) {
		out.StyleField, out.Style = "style."+field, string(style)
		out.Styles = v.styles(c.Numbers)
	}
	return out
}

func (v view) columnTitle(c *intake.ColumnSight) string {
	return cmp.Or(c.Header, v.T("page.map.unnamed", "column", v.int(int64(c.At+1))))
}

// styles are the ways to read a column of numbers; the first one says what the
// column's own values tell.
func (v view) styles(c locale.Column) []page.Option {
	found := v.T("page.map.style.auto")
	switch c.Evidence {
	case locale.EvidenceDecided:
		found = v.T("page.map.style.found", "example", c.Example)
	case locale.EvidenceAmbiguous:
		found = v.T("page.map.style.doubt", "example", c.Example)
	}
	return []page.Option{{Label: found}, {Value: string(locale.Comma), Label: v.T("page.map.style.comma")}, {Value: string(locale.Point), Label: v.T("page.map.style.point")}}
}

// mappingSave takes the mapping, remembers it and begins the dry run.
func (s *Server) mappingSave(c *fiber.Ctx) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	j, err := s.mappingJob(c)
	if err != nil {
		return s.fail(c, err)
	}
	f := typed{c}
	m := typedMapping(f)
	sight, err := s.look(ctx, j, m)
	if err != nil {
		return s.fail(c, err)
	}
	if err := m.Check(v.Lang); err != nil {
		wrong, _, _ := v.formError(err)
		return s.showMapping(c, fiber.StatusUnprocessableEntity, j, sight, m, wrong)
	}
	for _, sh := range m.Sheets {
		if err := s.remember(ctx, a, &sight, &sh); err != nil {
			return s.fail(c, err)
		}
	}
	args := importArgs(j)
	args.Mapping, args.DryRun, args.Found = m, true, string(sight.Kind)
	if _, err := s.Jobs.Again(ctx, a, j.ID, args); err != nil && crm.CodeOf(err) != crm.CodeConflict {
		return s.fail(c, err)
	}
	return s.goTo(c, "/imports/"+j.ID, note{})
}

func (s *Server) remember(ctx context.Context, a crm.Actor, sight *intake.Sight, m *intake.SheetMapping) error {
	n := slices.IndexFunc(sight.Sheets, func(x intake.SheetSight) bool { return x.Index == m.Index })
	if n < 0 {
		return nil
	}
	raw, err := json.Marshal(remembered{m.Kind, m.Columns})
	if err != nil {
		return err
	}
	return s.Service.RememberMapping(ctx, a, sight.Sheets[n].Key, raw)
}

func typedMapping(f typed) intake.Mapping {
	m := askedMapping(func(name string, _ ...string) string { return f.get(name) }, f.has)
	for n := range m.Sheets {
		sh := &m.Sheets[n]
		sh.Header, _ = strconv.ParseInt(f.get("header."+strconv.Itoa(sh.Index)), 10, 64)
		for at := range intake.MaxColumns {
			field := intake.ColumnField(sh.Index, at)
			if target := f.get(field); target != "" && sh.Kind != "" {
				c := intake.ColumnMapping{At: at, Target: target}
				if st := locale.Style(f.get("style." + field)); st == locale.Comma || st == locale.Point {
					c.Style = st
				}
				sh.Columns = append(sh.Columns, c)
			}
		}
	}
	return m
}
