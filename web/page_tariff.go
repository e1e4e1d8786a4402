package web

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/demand"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

func (s *Server) tariffsPage(c *fiber.Ctx) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	list, err := s.Service.ListTariffs(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	admin := a.Role == crm.RoleAdmin
	p := page.Tariffs{Base: s.base(c, page.PlaceMoney, v.T("tariff.title"), page.Link{Label: v.T("page.nav.money"), URL: "/money"}),
		ImportURL: "/imports", Empty: page.Empty{Label: v.T("tariff.none")}}
	if admin {
		p.AddURL = "/tariffs/new"
		if crm.MayStartTariffs(list) {
			p.Start = v.tariffStart()
		}
		jobs, _, err := s.Service.ListJobs(ctx, a, crm.JobFigure, 1, "")
		if err != nil {
			return s.fail(c, err)
		}
		if len(jobs) > 0 && !jobs[0].Ended() {
			j := s.job(c, v, jobs[0])
			p.Job = &j
		}
	}
	for n := range list {
		t := &list[n]
		heading := t.Distributor + ", " + t.Subgroup
		if len(p.Groups) == 0 || p.Groups[len(p.Groups)-1].Heading != heading {
			p.Groups = append(p.Groups, page.TariffGroup{Heading: heading, Head: v.tariffHead()})
		}
		row := v.tariffRow(*t)
		if admin {
			row.URL = "/tariffs/" + pathID(t.ID)
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Rows = append(g.Rows, row)
	}
	return s.render(c, fiber.StatusOK, "tariffs", p)
}

func (v view) tariffRow(t crm.Tariff) page.TariffRow {
	known := func(n int64, text string) string {
		if n == 0 {
			return nothing
		}
		return text
	}
	return page.TariffRow{From: v.date(t.From), Modality: v.T("modality." + t.Modality), Posto: v.T("posto." + t.Posto), Act: t.Act,
		KW: known(t.MicrosPerKW, v.kilo(t.MicrosPerKW/1000)), TUSD: known(t.TUSDMicrosPerKWh, v.kilo(t.TUSDMicrosPerKWh)), TE: known(t.TEMicrosPerKWh, v.kilo(t.TEMicrosPerKWh))}
}

func (v view) tariffHead() page.TariffRow {
	return page.TariffRow{From: v.T("tariff.from"), Modality: v.T("contract.modality"), Posto: v.T("tariff.posto"), KW: v.T("tariff.kw"), TUSD: v.T("tariff.tusd"), TE: v.T("tariff.te"), Act: v.T("tariff.act")}
}

func (v view) tariffStart() *page.TariffStart {
	out := &page.TariffStart{URL: "/tariffs/start", TariffGroup: page.TariffGroup{Heading: v.T("tariff.start.source"), Head: v.tariffHead()}}
	for _, in := range crm.StartTariffs() {
		out.Rows = append(out.Rows, v.tariffRow(crm.Tariff{From: in.From, Modality: in.Modality, Posto: in.Posto, Act: in.Act,
			MicrosPerKW: in.MicrosPerKW, TUSDMicrosPerKWh: in.TUSDMicrosPerKWh, TEMicrosPerKWh: in.TEMicrosPerKWh}))
	}
	return out
}

type tariffField = formField[crm.Tariff, crm.TariffInput]

func tariffAmount(name, api, label string, scale int, stored func(crm.Tariff) int64, to func(*crm.TariffInput) *int64) tariffField {
	return tariffField{name, api, label, func(v view, t crm.Tariff) string {
		n := stored(t)
		for range scale - 3 {
			n /= 10
		}
		return v.thousands(n)
	}, func(v view, raw string, in *crm.TariffInput) error {
		if raw == "" {
			return nil
		}
		n, err := locale.ParseNumber(raw, locale.StyleOf(v.Lang), scale)
		if err != nil {
			return wrongField(name, "number.invalid")
		}
		*to(in) = n
		return nil
	}, nil}
}

func tariffText(name, label string, stored func(crm.Tariff) string, to func(*crm.TariffInput) *string, draw func(view, page.FieldView) page.FieldView) tariffField {
	return tariffField{name, "", label, func(_ view, t crm.Tariff) string { return stored(t) },
		func(_ view, raw string, in *crm.TariffInput) error { *to(in) = raw; return nil }, draw}
}

// tariffKeys name a tariff; they cannot be changed, for it would be another one.
var tariffKeys = [][]tariffField{{
	tariffText("distributor", "web.distributor", func(t crm.Tariff) string { return t.Distributor }, func(in *crm.TariffInput) *string { return &in.Distributor }, hint("inst.distributor.hint")),
	tariffText("subgroup", "inst.subgroup", func(t crm.Tariff) string { return t.Subgroup }, func(in *crm.TariffInput) *string { return &in.Subgroup }, subgroups),
	tariffText("from", "tariff.from", func(t crm.Tariff) string { return t.From }, func(in *crm.TariffInput) *string { return &in.From }, asDate),
}, {
	tariffText("modality", "contract.modality", func(t crm.Tariff) string { return t.Modality }, func(in *crm.TariffInput) *string { return &in.Modality }, choose("modality.", false, string(demand.Verde), string(demand.Azul), string(demand.Convencional))),
	tariffText("posto", "tariff.posto", func(t crm.Tariff) string { return t.Posto }, func(in *crm.TariffInput) *string { return &in.Posto }, choose("posto.", false, "single", "offpeak", "peak")),
}}

var tariffCosts = [][]tariffField{{
	tariffAmount("kw", "microsPerKW", "tariff.kw", 6, func(t crm.Tariff) int64 { return t.MicrosPerKW }, func(in *crm.TariffInput) *int64 { return &in.MicrosPerKW }),
	tariffAmount("tusd", "tusdMicrosPerKWh", "tariff.tusd", 3, func(t crm.Tariff) int64 { return t.TUSDMicrosPerKWh }, func(in *crm.TariffInput) *int64 { return &in.TUSDMicrosPerKWh }),
	tariffAmount("te", "teMicrosPerKWh", "tariff.te", 3, func(t crm.Tariff) int64 { return t.TEMicrosPerKWh }, func(in *crm.TariffInput) *int64 { return &in.TEMicrosPerKWh }),
}, {
	tariffText("act", "tariff.act", func(t crm.Tariff) string { return t.Act }, func(in *crm.TariffInput) *string { return &in.Act }, nil),
}}

func (s *Server) tariffNewPage(c *fiber.Ctx) error { return s.tariffForm(c, crm.Tariff{}, nil, nil) }

func (s *Server) tariffPage(c *fiber.Ctx) error {
	t, err := s.tariffOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	return s.tariffForm(c, t, nil, nil)
}

// tariffOf is for admins: the others read the table.
func (s *Server) tariffOf(c *fiber.Ctx) (crm.Tariff, error) {
	if actor(c).Role != crm.RoleAdmin {
		return crm.Tariff{}, crm.Errf(crm.CodeForbidden, "error.forbidden")
	}
	return s.Service.Tariff(c.UserContext(), wholeID(c.Params("id")))
}

func (s *Server) tariffForm(c *fiber.Ctx, t crm.Tariff, typed *typed, fault error) error {
	if actor(c).Role != crm.RoleAdmin {
		return s.fail(c, crm.Errf(crm.CodeForbidden, "error.forbidden"))
	}
	v, status := s.view(c), fiber.StatusOK
	var wrong map[string]string
	p := page.TariffEdit{RecordForm: page.RecordForm{Heading: v.T("tariff.new"), URL: "/tariffs", BackURL: "/tariffs"}}
	if fault != nil {
		var above string
		var ok bool
		if wrong, above, ok = v.formError(fault); !ok {
			return s.fail(c, fault)
		}
		p.Notice, status = bad(above), again(fault)
		if conflicted(fault) {
			p.Notice = v.conflict(t.UpdatedAt, "/tariffs/"+pathID(t.ID))
		}
	}
	group := func(rows [][]tariffField) (g page.FieldGroup) {
		for _, r := range rows {
			var row []page.FieldView
			for _, f := range r {
				is := page.Field{Value: f.value(v, t)}
				if typed != nil {
					is = typed.field(f.name, wrong, f.key())
				}
				if conflicted(fault) {
					v.differs(&is, f.value(v, t))
				}
				row = append(row, drawn(v, f, is))
			}
			g.Rows = append(g.Rows, row)
		}
		return g
	}
	costs := group(tariffCosts)
	costs.Heading, costs.Hint = v.T("tariff.costs"), v.T("tariff.costs.hint")
	if t.ID != "" {
		p.Heading = join(", ", t.Distributor, t.Subgroup, v.T("modality."+t.Modality), v.T("posto."+t.Posto), v.date(t.From))
		p.URL, p.Version = "/tariffs/"+pathID(t.ID), strconv.FormatInt(t.Version, 10)
		p.DeleteURL, p.Groups = p.URL+"/delete", []page.FieldGroup{costs}
	} else {
		p.Groups = []page.FieldGroup{group(tariffKeys), costs}
	}
	notice := p.Notice
	p.Base = s.base(c, page.PlaceMoney, p.Heading, page.Link{Label: v.T("tariff.title"), URL: "/tariffs"})
	p.Shape, p.Notice = page.ShapeForm, notice
	return s.render(c, status, "tariff/edit", p)
}

func (s *Server) tariffAdd(c *fiber.Ctx) error { return s.saveTariff(c, crm.Tariff{}, tariffKeys) }

func (s *Server) tariffSave(c *fiber.Ctx) error {
	t, err := s.tariffOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	return s.saveTariff(c, t, nil)
}

func (s *Server) saveTariff(c *fiber.Ctx, stored crm.Tariff, keys [][]tariffField) error {
	v, t := s.view(c), typed{c}
	in := crm.TariffInput{Distributor: stored.Distributor, Subgroup: stored.Subgroup, Modality: stored.Modality, Posto: stored.Posto, From: stored.From}
	var faults []error
	for _, rows := range [][][]tariffField{keys, tariffCosts} {
		for _, r := range rows {
			for _, f := range r {
				faults = append(faults, f.set(v, t.get(f.name), &in))
			}
		}
	}
	err := joinErrors(faults...)
	if err == nil {
		var now crm.Tariff
		if now, err = s.Service.SetTariff(c.UserContext(), actor(c), in, t.version()); now.ID != "" && conflicted(err) {
			stored = now
		}
	}
	if err != nil {
		return s.tariffForm(c, stored, &t, err)
	}
	return s.tariffsChanged(c, note{Label: v.T("tariff.saved")})
}

func (s *Server) tariffDelete(c *fiber.Ctx) error {
	t, err := s.tariffOf(c)
	if err == nil {
		err = s.Service.RemoveTariff(c.UserContext(), actor(c), t.ID)
	}
	if err != nil {
		return s.fail(c, err)
	}
	return s.tariffsChanged(c, note{Label: s.view(c).T("tariff.deleted")})
}

func (s *Server) tariffsTake(c *fiber.Ctx) error {
	if err := s.Service.TakeStartTariffs(c.UserContext(), actor(c)); err != nil {
		return s.fail(c, err)
	}
	return s.tariffsChanged(c, note{Label: s.view(c).T("tariff.start.taken"), Undo: "/tariffs/start/undo"})
}

func (s *Server) tariffsGiveBack(c *fiber.Ctx) error {
	if err := s.Service.DropStartTariffs(c.UserContext(), actor(c)); err != nil {
		return s.fail(c, err)
	}
	return s.tariffsChanged(c, note{Label: s.view(c).T("tariff.start.back")})
}

// tariffsChanged has all figures follow in the background.
func (s *Server) tariffsChanged(c *fiber.Ctx, n note) error {
	if err := s.refigure(c.UserContext(), actor(c)); err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/tariffs", n)
}

// refigure asks for all derived figures anew, unless that waits to be done.
func (s *Server) refigure(ctx context.Context, a crm.Actor) error {
	waiting, _, err := s.Service.ListJobs(ctx, a, crm.JobFigure, 1, "")
	if err != nil || len(waiting) > 0 && waiting[0].State == crm.JobQueued {
		return err
	}
	_, err = s.Jobs.Enqueue(ctx, a, crm.JobFigure, none{})
	return err
}

// tariffList are all tariffs, for scripts.
type tariffList struct {
	Items []crm.Tariff `json:"items"`
}

func apiTariffs(s *Server, c call, _ struct{}) (tariffList, error) {
	list, err := s.Service.ListTariffs(c)
	return tariffList{append([]crm.Tariff{}, list...)}, err
}

// tariffOut is a tariff with its version, which stands in the ETag.
type tariffOut struct{ crm.Tariff }

func (a tariffOut) version() int64 { return a.Version }

func apiTariff(s *Server, c call, in idPath) (tariffOut, error) {
	t, err := s.Service.Tariff(c, wholeID(in.ID))
	return tariffOut{t}, err
}

func apiSetTariff(s *Server, c call, in crm.TariffInput) (tariffOut, error) {
	v, err := c.ifMatch()
	if err != nil {
		return tariffOut{}, err
	}
	t, err := s.Service.SetTariff(c, c.Actor, in, v)
	if err != nil {
		return tariffOut{t}, err
	}
	return tariffOut{t}, s.refigure(c, c.Actor)
}
