package web

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// diffRows is a page of changed records.
const diffRows = 25

// importDiffs lists what a dry run would change, field by field.
func (s *Server) importDiffs(c *fiber.Ctx, v view, j crm.Job, p *page.Import) error {
	list, next, err := s.Service.JobDiffs(c.UserContext(), actor(c), j.ID, diffRows, c.Query("diffs"))
	if err != nil || len(list) == 0 {
		return err
	}
	users, err := s.Service.UserNames(c.UserContext())
	if err != nil {
		return err
	}
	clients, err := s.groupNames(c, list)
	if err != nil {
		return err
	}
	for _, d := range list {
		p.Diffs = append(p.Diffs, v.diff(d, users, clients))
	}
	if next != "" {
		p.MoreDiffs = &page.More{Label: v.T("page.clients.more"), URL: at("/imports/"+j.ID, "diffs", next) + "#diffs"}
	}
	return nil
}

// groupNames are the names of the clients that stand, or will stand, above
// others, of those that the viewer sees.
func (s *Server) groupNames(c *fiber.Ctx, list []crm.ImportDiff) (map[string]string, error) {
	names := map[string]string{}
	for _, d := range list {
		for _, f := range d.Fields {
			for _, raw := range []json.RawMessage{f.From, f.To} {
				var id string
				if f.Name != "parent" || json.Unmarshal(raw, &id) != nil || id == "" {
					continue
				}
				above, err := s.Service.Client(c.UserContext(), actor(c), id)
				if err != nil && crm.CodeOf(err) != crm.CodeNotFound {
					return nil, err
				}
				names[id] = above.Name
			}
		}
	}
	return names, nil
}

func (v view) diff(d crm.ImportDiff, users, clients map[string]string) page.Diff {
	out := page.Diff{Kind: v.T("import.sheet." + d.Kind), Row: v.T("page.diff.row", "row", v.int(d.Row)), Name: d.Name}
	switch d.Kind {
	case crm.RowClient:
		out.URL = "/clients/" + d.Of
	case crm.RowInstallation, crm.RowContract, crm.RowPerson:
		out.URL = "/" + d.Kind + "/" + d.Of
	case crm.RowReading:
		if inst, _, ok := strings.Cut(d.Of, ":"); ok {
			out.URL = "/installations/" + inst
		}
	}
	for _, f := range d.Fields {
		if f.Name == "team" || f.Name == "acting" || f.Name == "agent" && d.Kind != crm.RowClient || f.Name == "sectorBy" {
			continue // they follow what is shown
		}
		if f.Name == "parent" {
			out.Fields = append(out.Fields, page.DiffField{Label: v.fieldName(d.Kind, f.Name), From: v.aboveIn(f.From, clients), To: v.aboveIn(f.To, clients)})
			continue
		}
		out.Fields = append(out.Fields, page.DiffField{Label: v.fieldName(d.Kind, f.Name), From: v.fieldValue(d.Kind, f.Name, f.From, users), To: v.fieldValue(d.Kind, f.Name, f.To, users)})
	}
	return out
}

// aboveIn names the client above in a group: one that is not there yet is made
// by another row of the file.
func (v view) aboveIn(raw json.RawMessage, clients map[string]string) string {
	var id string
	if len(raw) == 0 || json.Unmarshal(raw, &id) != nil || id == "" {
		return nothing
	}
	if clients[id] == "" {
		return v.T("page.diff.above")
	}
	return clients[id]
}

// columnOf are the columns of a sheet that bring a member of another name.
var columnOf = map[string]string{"munIbge": "municipality", "voltageV": "voltage", "test": "testFrom", "taxKind": "taxId", "client": "client"}

func (v view) fieldName(kind, name string) string {
	if to, ok := columnOf[name]; ok {
		name = to
	}
	for _, key := range []string{"import.col." + kind + "." + name, "page.diff.field." + name, "history.f." + name} {
		if locale.Has(v.Lang, key) {
			return v.T(key)
		}
	}
	return v.T("history.f.other")
}

// fieldValue writes a member of a document for people.
func (v view) fieldValue(kind, name string, raw json.RawMessage, users map[string]string) string {
	var x any
	if len(raw) == 0 || json.Unmarshal(raw, &x) != nil || x == nil || x == "" {
		return nothing
	}
	switch y := x.(type) {
	case string:
		return v.wordOf(kind, name, y, users)
	case bool:
		return v.T(map[bool]string{true: "page.diff.yes", false: "page.diff.no"}[y])
	case float64:
		return v.amountOf(name, int64(y))
	case []any:
		if name == "sectors" {
			return orNothing(inWords(raw, v.stays))
		}
		return v.itemsOf(name, raw, y)
	}
	return v.partOf(raw)
}

// partOf writes a member of several: a test period, a migration.
func (v view) partOf(raw json.RawMessage) string {
	var test crm.TestPeriod
	if json.Unmarshal(raw, &test) == nil && test.From != "" {
		return v.month(test.From)
	}
	var m crm.Migration
	if json.Unmarshal(raw, &m) == nil && m.Requested != "" {
		return v.date(m.Requested)
	}
	return v.T("history.some")
}

func (v view) wordOf(kind, name, s string, users map[string]string) string {
	switch {
	case (name == "agent" || name == "standIn") && users[s] != "":
		return users[s]
	case name == "sector":
		return v.sector(s)
	case name == "tierBy":
		return v.T("page.diff.yes")
	case len(s) == 10 && s[4] == '-' && s[7] == '-':
		return v.date(s)
	}
	sheet := name
	switch {
	case name == "status" && kind == crm.RowInstallation:
		sheet = "unit"
	case name == "kind":
		sheet = "contract"
	}
	prefixes := []string{name + ".", "import.choice." + sheet + "."}
	if c, ok := choices[name]; ok {
		prefixes = append(prefixes, c.prefix)
	}
	for _, prefix := range prefixes {
		if locale.Has(v.Lang, prefix+s) {
			return v.T(prefix + s)
		}
	}
	return s
}

// amountOf writes W and Wh in thousands, as the sheets have them.
func (v view) amountOf(name string, n int64) string {
	switch {
	case strings.HasSuffix(name, "Wh"), strings.HasSuffix(name, "VA"), name == "microsPerKW", name == "voltage":
		if name == "microsPerKW" {
			return locale.Decimal(v.Lang, n, 6, 2)
		}
		return v.kilo(n)
	case strings.HasSuffix(name, "W"):
		return v.kw(n)
	}
	return v.int(n)
}

// itemsOf writes a list, or the steps of a contract's demand.
func (v view) itemsOf(name string, raw json.RawMessage, list []any) string {
	var steps []crm.DemandStep
	if json.Unmarshal(raw, &steps) == nil && len(steps) > 0 && steps[0].From != "" {
		return v.steps(steps)
	}
	var out []string
	for _, x := range list {
		if s, ok := x.(string); ok {
			if name == "conditions" {
				s = v.T("inst.condition." + s)
			}
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nothing
	}
	return strings.Join(out, ", ")
}

func (v view) steps(steps []crm.DemandStep) string {
	var out []string
	for _, st := range steps {
		amounts := slices.DeleteFunc([]string{v.kwOr(st.SingleW), v.kwOr(st.PeakW), v.kwOr(st.OffPeakW)}, func(s string) bool { return s == "" })
		out = append(out, v.T("page.diff.step", "month", v.month(st.From), "demand", strings.Join(amounts, " / ")))
	}
	return strings.Join(out, "; ")
}

func (v view) kwOr(w *int64) string {
	if w == nil {
		return ""
	}
	return v.kw(*w)
}
