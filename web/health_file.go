package web

import (
	"bytes"
	"slices"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/demand"
	"cemigmas/reports"
	"cemigmas/reports/csv"
	"cemigmas/reports/xlsx"
)

// healthFile answers the months of an installation's page as a file, with all
// that is known of each posto.
func (s *Server) healthFile(c *fiber.Ctx) error {
	ctx, v := c.UserContext(), s.view(c)
	i, _, err := s.placeOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	n, _ := v.ranges(c.Query("months"))
	health, err := s.Service.Health(ctx, actor(c), i.ID, n)
	if err != nil {
		return s.fail(c, err)
	}
	t, name, kind := v.healthTable(i, health.Months), "medicoes-"+fileWord(i), c.Query("format")
	var file bytes.Buffer
	mime := xlsx.ContentType
	if kind == "csv" {
		mime, err = csv.ContentType, csv.Write(ctx, &file, t, v.Lang)
	} else {
		kind = "xlsx"
		err = xlsx.Write(ctx, &file, &reports.Workbook{Title: t.Title, Author: "cemigmas", Lang: string(v.Lang), At: v.now, Tables: []*reports.Table{t}})
	}
	if err != nil {
		return s.fail(c, err)
	}
	c.Set(fiber.HeaderContentType, mime)
	c.Set(fiber.HeaderContentDisposition, disposition("attachment", name+"."+kind))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(file.Bytes())
}

// fileWord is what an installation is called in the name of a file.
func fileWord(i crm.Installation) string {
	if i.UC != "" {
		return i.UC
	}
	return i.ID
}

// healthTable is the newest month first, as on the page.
func (v view) healthTable(i crm.Installation, months []crm.MonthHealth) *reports.Table {
	t := &reports.Table{Name: v.T("page.inst.readings"), Title: join(", ", i.Name, ucText(i)), Filter: true, Freeze: 1, Len: len(months), Body: len(months),
		Columns: []reports.Column{{Key: "month", Label: v.T("page.month"), Kind: reports.Month, Width: 10}, {Key: "modality", Label: v.T("contract.modality"), Width: 12}}}
	var postos []string
	for _, posto := range postoOrder {
		if !slices.ContainsFunc(months, func(m crm.MonthHealth) bool { return postoIn(m.Postos, posto) != nil }) {
			continue
		}
		postos = append(postos, posto)
		for _, f := range figures {
			t.Columns = append(t.Columns, reports.Column{Key: posto + "_" + f.key, Over: v.T("posto." + posto), Label: join(", ", v.T(f.label), f.unit), Kind: f.kind, Width: 14})
		}
	}
	for _, r := range []struct {
		key, label string
		kind       reports.Kind
	}{{"reactive_energy", "reactive.energy", reports.KW}, {"reactive_demand", "reactive.demand", reports.KW}, {"reactive_energy_cost", "reactive.energy.cost", reports.Money},
		{"reactive_demand_cost", "reactive.demand.cost", reports.Money}} {
		t.Columns = append(t.Columns, reports.Column{Key: r.key, Over: v.T("reading.reactive"), Label: v.T(r.label), Kind: r.kind, Width: 14})
	}
	t.Rows = func(yield func(reports.Row) bool) {
		for _, m := range slices.Backward(months) {
			modality := ""
			if m.Modality != "" && m.Modality != string(demand.Unknown) {
				modality = v.T("modality." + m.Modality)
			}
			cells := []reports.Cell{reports.Words(m.Month), reports.Words(modality)}
			for _, posto := range postos {
				p := postoIn(m.Postos, posto)
				for _, f := range figures {
					if p == nil {
						cells = append(cells, reports.Cell{})
						continue
					}
					cells = append(cells, known(f.of(p)))
				}
			}
			r := m.Reactive
			if r == nil {
				r = &crm.ReactiveHealth{}
			}
			if !yield(reports.Row{Cells: append(cells, known(r.EnergyWh), known(r.DemandW), known(r.EnergyCents), known(r.DemandCents))}) {
				return
			}
		}
	}
	return t
}

// known is a number, or an empty cell.
func known(n *int64) reports.Cell {
	if n == nil {
		return reports.Cell{}
	}
	return reports.Number(*n)
}
