package intake

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
	"cemigmas/crm/locale"
	"cemigmas/crm/text"
)

// aneelNames are the columns of the regulator's table of tariffs, in the
// spellings of its dictionary and of its service.
var aneelNames = map[string]string{
	"sigagente": "distributor", "datiniciovigencia": "from", "dscbasetarifa": "base", "dscbasetarifaria": "base", "dscsubgrupo": "subgroup",
	"dscmodalidadetarifaria": "modality", "dscclasse": "class", "dscsubclasse": "subclass", "dscdetalhe": "detail", "nompostotarifario": "posto",
	"dscunidade": "unit", "dscunidadeterciaria": "unit", "sigagenteacessante": "access", "vlrtusd": "tusd", "vlrte": "te",
	"dscreh": "act", "dscresolucaohomologatoria": "act",
}

// aneelNeeds are those without which a file is no such table.
var aneelNeeds = []string{"distributor", "from", "subgroup", "modality", "posto", "unit", "tusd", "te"}

// aneelMost is how many distributors a file may bring that are all taken. Of the
// regulator's whole table those are taken that installations name: the others are
// nobody's here, and all that is stored is read for each price.
const aneelMost = 10

func matchANEEL(cells []cell) []*bound {
	cols, at := make([]*bound, len(cells)), map[string]bool{}
	for n, c := range cells {
		id := aneelNames[strings.ReplaceAll(text.Fold(strings.TrimSpace(c.text)), "_", "")]
		if id == "" || at[id] {
			continue
		}
		at[id] = true
		cols[n] = &bound{column: &column{id: id}, header: strings.TrimSpace(c.text)}
	}
	for _, need := range aneelNeeds {
		if !at[need] {
			return nil
		}
	}
	return cols
}

// aneelTable gathers what the rows of one tariff say: its demand and its energy
// stand in rows of their own.
type aneelTable struct {
	order   []string
	tariffs map[string]*aneelTariff
	of      []string // distributors
	left    int64    // rows that are about something else
	// used are the distributors that are taken; nil while a file has so few that
	// all are. others are those that are not, unused their rows.
	used   map[string]bool
	others map[string]bool
	unused int64
}

type aneelTariff struct {
	row   crm.TariffRow
	lines []int64
	texts []string
}

// aneelRow takes a row of the file. What is no applied tariff of verde or azul
// for everybody (reference bases, distributed generation), or of group B anything
// but the energy of B1 residencial, which prices reactive excess, is left out.
func (r *runner) aneelRow(ctx context.Context, t *table, line int64, cells []cell) error {
	get := func(id string) string {
		for n, b := range t.cols {
			if b != nil && b.id == id && n < len(cells) {
				return strings.TrimSpace(cells[n].text)
			}
		}
		return ""
	}
	if !aneelWanted(get) {
		t.aneel.left++
		return nil
	}
	if t.aneel.used != nil && t.aneel.leaves(get("distributor"), 1) {
		return nil
	}
	row, issues := r.aneelTariff(t, line, get)
	if len(issues) > 0 {
		return r.add(ctx, item{t: t, line: line, bad: true, issues: issues})
	}
	t.aneel.take(row, line, textsOf(cells))
	if t.aneel.used == nil && len(t.aneel.of) > aneelMost {
		return r.aneelWhole(ctx, t.aneel)
	}
	return nil
}

// aneelWhole keeps the distributors in use of what was gathered, and from then on.
func (r *runner) aneelWhole(ctx context.Context, a *aneelTable) error {
	used, err := r.svc.DistributorsInUse(ctx)
	if err != nil {
		return err
	}
	if len(used) == 0 {
		return fileError("import.aneel.many", "most", strconv.Itoa(aneelMost))
	}
	a.used, a.others = used, map[string]bool{}
	a.order = slices.DeleteFunc(a.order, func(key string) bool {
		x := a.tariffs[key]
		gone := a.leaves(x.row.Distributor, int64(len(x.lines)))
		if gone {
			delete(a.tariffs, key)
		}
		return gone
	})
	return nil
}

// leaves reports whether nobody uses a distributor, and counts its rows.
func (a *aneelTable) leaves(distributor string, rows int64) bool {
	name := strings.ToUpper(strings.TrimSpace(distributor))
	if name == "" || a.used[name] {
		return false
	}
	a.others[name] = true
	a.unused += rows
	return true
}

func aneelWanted(get func(string) string) bool {
	everybody := func(id string) bool {
		v := text.Fold(get(id))
		return v == "" || v == "nao se aplica"
	}
	base := text.Fold(get("base"))
	if base != "" && !strings.HasPrefix(base, "tarifa de aplicacao") || !everybody("detail") || !everybody("access") {
		return false
	}
	if aneelB1(get) {
		return text.Fold(get("class")) == "residencial" && text.Fold(get("subclass")) == "residencial" && everybody("posto") && aneelAmountGiven(get("te"))
	}
	m := text.Fold(get("modality"))
	return (m == string(demand.Verde) || m == string(demand.Azul)) && strings.HasPrefix(text.Fold(get("subgroup")), "a") && everybody("class") && everybody("subclass")
}

func aneelB1(get func(string) string) bool {
	return text.Fold(get("subgroup")) == "b1" && text.Fold(get("modality")) == string(demand.Convencional)
}

// aneelAmountGiven tells an amount from an empty cell and from ",00".
func aneelAmountGiven(raw string) bool { return strings.Trim(raw, "0,. ") != "" }

var aneelPostos = map[string]demand.Posto{"ponta": demand.Peak, "fora ponta": demand.OffPeak, "fora de ponta": demand.OffPeak, "nao se aplica": demand.Single, "": demand.Single}

// aneelTariff reads a row that is wanted; every faulty cell is named.
func (r *runner) aneelTariff(t *table, line int64, get func(string) string) (row crm.TariffRow, issues []crm.ImportError) {
	fault := func(id, key string) {
		e := crm.ImportError{Sheet: t.name, Row: line, Value: get(id), Reason: crm.Text{Key: key}}
		if n := slices.IndexFunc(t.cols, func(b *bound) bool { return b != nil && b.id == id }); n >= 0 {
			e.Column, e.At = t.cols[n].header, n+1
		}
		issues = append(issues, e)
	}
	row = crm.TariffRow{Distributor: get("distributor"), Subgroup: strings.ToUpper(get("subgroup")), Modality: text.Fold(get("modality"))}
	if act := get("act"); act != "" {
		row.Act = crm.SetTo(act)
	}
	if row.Distributor == "" {
		fault("distributor", "error.field.required")
	}
	if n := slices.IndexFunc(crm.Subgroups, func(s string) bool { return strings.EqualFold(s, row.Subgroup) }); n < 0 {
		fault("subgroup", "error.field.choice")
	}
	posto, ok := aneelPostos[text.Fold(get("posto"))]
	if !ok {
		fault("posto", "import.tariff.posto")
	}
	row.Posto = string(posto)
	if row.From = aneelDate(get("from")); row.From == "" {
		fault("from", "date.invalid")
	}
	amount := func(id string, scale int) crm.Opt[int64] {
		v, key := aneelAmount(get(id), scale)
		if key != "" {
			fault(id, key)
		}
		if v == 0 {
			return crm.Opt[int64]{}
		}
		return crm.SetTo(v)
	}
	switch strings.ToUpper(strings.ReplaceAll(get("unit"), " ", "")) {
	case "R$/KW", "KW":
		if row.MicrosPerKW = amount("tusd", 6); !row.MicrosPerKW.Given() && len(issues) == 0 {
			fault("tusd", "import.tariff.value")
		}
	case "R$/MWH", "MWH": // a thousandth of it, a kWh
		row.TEMicrosPerKWh = amount("te", 3)
		if !aneelB1(get) {
			row.TUSDMicrosPerKWh = amount("tusd", 3)
		}
	default:
		fault("unit", "import.aneel.unit")
	}
	return row, issues
}

// aneelDate reads the day of "2026-01-01", "2026-01-01 00:00:00" or "01/01/2026".
func aneelDate(raw string) string {
	if len(raw) > 10 {
		raw = raw[:10]
	}
	if d, m, y := "", "", ""; len(raw) == 10 && raw[2] == '/' && raw[5] == '/' {
		d, m, y = raw[:2], raw[3:5], raw[6:]
		raw = y + "-" + m + "-" + d
	}
	if !calendar.Date(raw).Valid() {
		return ""
	}
	return raw
}

// aneelAmount reads "22,81", ",00" and, of the service, "22.81".
func aneelAmount(raw string, scale int) (v int64, key string) {
	style := locale.Comma
	if strings.Contains(raw, ".") && !strings.Contains(raw, ",") {
		style = locale.Point
	}
	if strings.HasPrefix(raw, ",") || strings.HasPrefix(raw, ".") {
		raw = "0" + raw
	}
	if raw == "" {
		return 0, ""
	}
	v, err := locale.ParseNumber(raw, style, scale)
	switch {
	case err != nil:
		return 0, "number.invalid"
	case v < 0:
		return 0, "import.negative"
	}
	return v, ""
}

// take joins what a row says with what others said of the same tariff.
func (a *aneelTable) take(row crm.TariffRow, line int64, texts []string) {
	key := strings.Join([]string{strings.ToUpper(row.Distributor), row.Subgroup, row.Modality, row.Posto, row.From}, "|")
	if a.tariffs == nil {
		a.tariffs = map[string]*aneelTariff{}
	}
	if !slices.Contains(a.of, strings.ToUpper(row.Distributor)) {
		a.of = append(a.of, strings.ToUpper(row.Distributor))
	}
	was, ok := a.tariffs[key]
	if !ok {
		a.order = append(a.order, key)
		a.tariffs[key] = &aneelTariff{row, []int64{line}, slices.Clone(texts)}
		return
	}
	was.lines = append(was.lines, line)
	for to, from := range map[*crm.Opt[int64]]crm.Opt[int64]{&was.row.MicrosPerKW: row.MicrosPerKW, &was.row.TUSDMicrosPerKWh: row.TUSDMicrosPerKWh, &was.row.TEMicrosPerKWh: row.TEMicrosPerKWh} {
		if from.Given() {
			*to = from
		}
	}
}

// aneelEnd stores what was gathered, in the order of the file.
func (r *runner) aneelEnd(ctx context.Context, t *table) error {
	if t.aneel.left > 0 {
		r.tell(crm.ImportError{Sheet: t.name, Row: t.header, Warning: true,
			Reason: crm.Text{Key: "import.aneel.left", Args: []string{"rows", locale.Int(r.lang, t.aneel.left)}}})
	}
	if t.aneel.unused > 0 {
		r.tell(crm.ImportError{Sheet: t.name, Row: t.header, Warning: true,
			Reason: crm.Text{Key: "import.aneel.unused", Args: []string{"rows", locale.Int(r.lang, t.aneel.unused), "count", locale.Int(r.lang, int64(len(t.aneel.others)))}}})
	}
	for _, key := range t.aneel.order {
		x := t.aneel.tariffs[key]
		row := x.row
		it := item{t: t, line: x.lines[0], rows: []crm.Row{{Line: x.lines[0], Tariff: &row}}, lines: x.lines, texts: x.texts}
		if err := r.add(ctx, it); err != nil {
			return err
		}
	}
	return nil
}
