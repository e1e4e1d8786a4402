package intake

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"cemigmas/crm"
)

// voltages are the codes of TEN_FORN in V (the regulator's table TTEN).
var voltages = map[string]int64{
	"23": 2_300, "37": 6_600, "41": 11_400, "46": 13_200, "49": 13_800, "61": 22_000, "62": 23_000, "63": 23_100,
	"67": 25_000, "70": 30_000, "72": 34_500, "76": 44_000, "82": 69_000, "84": 88_000, "94": 138_000, "96": 230_000,
}

// ucmtNeeds are the columns without which a file is no UCMT table; DEM_CONT and
// COD_ID came with later layouts.
var ucmtNeeds = []string{"DIST", "PAC", "PN_CON", "GRU_TAR", "DEM_01", "ENE_12"}

var ucmtNumber = regexp.MustCompile(`^((DEM|ENE)_(0[1-9]|1[0-2])|DEM_CONT|CAR_INST)$`)

// matchUCMT reads a row as the headers of a UCMT table, or returns nil.
func matchUCMT(cells []cell) []*bound {
	at := map[string]bool{}
	cols := make([]*bound, len(cells))
	for n, c := range cells {
		name := strings.ToUpper(strings.TrimSpace(c.text))
		if name == "" || at[name] {
			continue
		}
		at[name] = true
		col := &column{id: name}
		if ucmtNumber.MatchString(name) {
			col.form, col.scale = formNumber, 3 // kW and kWh
		}
		if name == "DAT_CON" {
			col.form = formDate
		}
		cols[n] = &bound{column: col, header: name, scale: col.scale}
	}
	for _, need := range ucmtNeeds {
		if !at[need] {
			return nil
		}
	}
	return cols
}

// ucmtColumn is the column that a field of a row was made from.
func ucmtColumn(kind, field string) string {
	switch field {
	case "uc":
		return "PAC"
	case "subgroup":
		return "GRU_TAR"
	case "voltage":
		return "TEN_FORN"
	case "cnae":
		return "CNAE"
	case "municipality":
		return "MUN"
	case "market":
		return "LIV"
	case "loadW":
		return "CAR_INST"
	case "connectedOn":
		return "DAT_CON"
	case "peakW", "offPeakW", "singleW", "start":
		if kind == crm.RowContract {
			return "DEM_CONT"
		}
	}
	return ""
}

var (
	dateInName = regexp.MustCompile(`(?:^|[^0-9])((?:19|20)\d{2})-\d{2}-\d{2}(?:[^0-9]|$)`)
	yearInName = regexp.MustCompile(`(?:^|[^0-9])((?:19|20)\d{2})(?:[^0-9]|$)`)
)

// yearOf is the year of a UCMT file, which its columns do not tell: as asked
// for, else of the reference date or the year in its name.
func yearOf(asked int, name, today string) (year int, from string, err error) {
	now, _ := strconv.Atoi(today[:4])
	year, from = asked, "option"
	if asked == 0 {
		from = "name"
		base := filepath.Base(name)
		m := dateInName.FindStringSubmatch(base)
		if m == nil {
			m = yearInName.FindStringSubmatch(base)
		}
		if m == nil {
			e := fileError("import.ucmt.year").(*crm.Error)
			e.Fields["year"] = e.Text
			return 0, "", e
		}
		year, _ = strconv.Atoi(m[1])
	}
	if year < 1990 || year > now {
		e := fileError("import.ucmt.year.range", "year", strconv.Itoa(year)).(*crm.Error)
		e.Fields["year"] = e.Text
		return 0, "", e
	}
	return year, from, nil
}

// AsksYear tells of a reason for which an import ended that giving the year
// mends.
func AsksYear(t crm.Text) bool {
	return t.Key == "import.ucmt.year" || t.Key == "import.ucmt.year.range"
}

// ucmtTable gathers the rows of one unit, which may stand far apart.
type ucmtTable struct {
	counts map[string]int       // rows of each unit key
	open   map[string][]unitRow // of the units of which some rows are still to come
}

// count is the first pass: how many rows each unit has.
func (u *ucmtTable) count(t *table, cells []cell) {
	if u.counts == nil {
		u.counts, u.open = map[string]int{}, map[string][]unitRow{}
	}
	if key := unitKey(t, cells); key != "" {
		u.counts[key]++
	}
}

func ucmtText(t *table, cells []cell, id string) string {
	for n, b := range t.cols {
		if b != nil && b.id == id && n < len(cells) {
			return strings.TrimSpace(plainNumber(cells[n].text, cells[n].kind))
		}
	}
	return ""
}

// unitKey names a unit: distributor and COD_ID, or in layouts without it
// distributor, coupling point and pole; "" when the row has neither.
func unitKey(t *table, cells []cell) string {
	dist := ucmtText(t, cells, "DIST")
	if dist == "" {
		return ""
	}
	if cod := ucmtText(t, cells, "COD_ID"); cod != "" {
		return dist + ":" + cod
	}
	pac, pn := ucmtText(t, cells, "PAC"), ucmtText(t, cells, "PN_CON")
	if pac == "" || pn == "" {
		return ""
	}
	return dist + ":" + pac + ":" + pn
}

// ucmtRow takes a row of the file; a unit goes on when its last row came.
func (r *runner) ucmtRow(ctx context.Context, t *table, line int64, cells []cell) error {
	key := unitKey(t, cells)
	if key == "" {
		col := "COD_ID"
		return r.add(ctx, item{t: t, line: line, bad: true, issues: []crm.ImportError{{Sheet: t.name, Row: line, Column: col,
			Reason: crm.Text{Key: "import.ucmt.key"}}}})
	}
	row := r.readUnit(t, line, cells)
	rows := append(t.ucmt.open[key], row)
	if len(rows) < t.ucmt.counts[key] {
		t.ucmt.open[key] = rows
		return nil
	}
	delete(t.ucmt.open, key)
	return r.add(ctx, r.unit(t, key, rows))
}

// unitRow is one row of a UCMT table. Demands in W, energies in Wh; nil where
// the cell is empty or cannot be read.
type unitRow struct {
	line              int64
	text              func(id string) string
	off               bool
	connected         string // civil date
	market            string
	loadW, contracted int64
	dem, ene          [12]*int64
	issues            []crm.ImportError
	texts             []string
}

func (r *runner) readUnit(t *table, line int64, cells []cell) unitRow {
	kept := append([]cell(nil), cells...)
	for n := range kept {
		kept[n].text = strings.Clone(kept[n].text)
	}
	u := unitRow{line: line, texts: textsOf(kept), text: func(id string) string { return ucmtText(t, kept, id) }}
	for n, b := range t.cols {
		if b == nil || n >= len(kept) || b.form == formText {
			continue
		}
		v, bad := b.read(kept[n], r.src.date1904(), r.lang)
		if bad != nil {
			u.warn(t, b.header, kept[n].text, *bad)
			continue
		}
		if v.op != opSet {
			continue
		}
		u.put(b.id, v)
	}
	u.off = strings.EqualFold(u.text("SIT_ATIV"), "DS")
	switch u.text("LIV") {
	case "1", "1.0":
		u.market = crm.MarketFree
	case "0", "0.0":
		u.market = crm.MarketCaptive
	}
	return u
}

func (u *unitRow) put(id string, v value) {
	switch {
	case id == "DAT_CON":
		u.connected = v.text
	case v.n < 0:
	case id == "CAR_INST":
		u.loadW = v.n
	case id == "DEM_CONT":
		u.contracted = v.n
	default:
		n, _ := strconv.Atoi(id[len(id)-2:])
		if strings.HasPrefix(id, "DEM") {
			u.dem[n-1] = &v.n
		} else {
			u.ene[n-1] = &v.n
		}
	}
}

func (u *unitRow) warn(t *table, column, value string, reason crm.Text) {
	u.issues = append(u.issues, crm.ImportError{Sheet: t.name, Row: u.line, Column: column, Value: value, Reason: reason, Warning: true})
}

// runs reports whether something was measured in a month (0 to 11).
func (u *unitRow) runs(m int) bool { return nonZero(u.dem[m]) || nonZero(u.ene[m]) }

func nonZero(v *int64) bool { return v != nil && *v != 0 }

// first and last month (0 to 11) in which something was measured; -1 for none.
func (u *unitRow) span() (first, last int) {
	first, last = -1, -1
	for m := range 12 {
		if u.runs(m) {
			if first < 0 {
				first = m
			}
			last = m
		}
	}
	return first, last
}

// gap reports whether a 0 of a month means that nothing was connected: before
// the connection, and after a unit that is switched off measured for the last
// time.
func (u *unitRow) gap(year, m int) bool {
	if u.runs(m) {
		return false
	}
	if u.connected != "" && fmt.Sprintf("%04d-%02d", year, m+1) < u.connected[:7] {
		return true
	}
	_, last := u.span()
	return u.off && m > last
}
