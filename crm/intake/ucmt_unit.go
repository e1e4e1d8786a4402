package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/ident"
	"cemigmas/crm/locale"
)

// unit turns the rows of one unit into an installation, its contracts and its
// readings. A free-market migration stands in the file as a row that is off and
// one that is active: one installation, two contracts.
func (r *runner) unit(t *table, key string, rows []unitRow) item {
	slices.SortStableFunc(rows, func(a, b unitRow) int {
		if a.off != b.off {
			if a.off {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.connected, b.connected)
	})
	now := &rows[len(rows)-1]
	it := item{t: t, line: now.line, texts: now.texts}
	ref := crm.InstallationRef{Source: key}
	inst := r.unitInstallation(t, key, now)
	inst.Flags = r.unitFlags(t, rows)
	it.rows = append(it.rows, crm.Row{Line: now.line, Installation: inst})
	if !strings.HasPrefix(strings.ToUpper(now.text("GRU_TAR")), "B") { // REN 1.000 art. 148 §1: no demand contract
		it.rows = append(it.rows, r.unitContracts(ref, rows)...)
	}
	it.rows = append(it.rows, r.unitReadings(t, ref, rows)...)
	for n := range rows[:len(rows)-1] {
		if !rows[n].off {
			rows[n].warn(t, "COD_ID", key, crm.Text{Key: "import.ucmt.active", Args: []string{"row", strconv.FormatInt(now.line, 10)}})
		}
	}
	for n := range rows {
		it.lines = append(it.lines, rows[n].line)
		it.issues = append(it.issues, rows[n].issues...)
	}
	return it
}

func (r *runner) unitInstallation(t *table, key string, u *unitRow) *crm.InstallationRow {
	i := &crm.InstallationRow{InstallationRef: crm.InstallationRef{Source: key}}
	dist, pole := u.text("DIST"), u.text("PN_CON")
	name := "UC " + dist
	if pole != "" {
		name += " · " + pole
	}
	i.Name = crm.SetTo(name)
	i.Placeholder = name
	set := func(to *crm.Opt[string], v string) {
		if v != "" {
			*to = crm.SetTo(v)
		}
	}
	if code, err := ident.ParseCNAE(u.text("CNAE")); err == nil {
		i.CNAE = crm.SetTo(string(code))
		i.Placeholder += " · " + code.Format()
	} else if v := u.text("CNAE"); v != "" {
		u.warn(t, "CNAE", v, crm.Text{Key: "import.ucmt.cnae"})
	}
	i.Distributor = crm.SetTo(dist)
	set(&i.TariffClass, u.text("CLAS_SUB"))
	set(&i.Feeder, u.text("CTMT"))
	set(&i.Substation, u.text("SUB"))
	set(&i.Market, u.market)
	set(&i.ConnectedOn, u.connected)
	set(&i.Address, strings.TrimSpace(strings.Join(strings.Fields(u.text("BRR")+" "+u.text("CEP")), " ")))
	i.Status = crm.SetTo("active")
	if u.off {
		i.Status = crm.SetTo("off")
	}
	if u.loadW > 0 {
		i.LoadW = crm.SetTo(u.loadW)
	}
	r.unitCodes(t, i, u)
	return i
}

// unitCodes translates the regulator's codes.
func (r *runner) unitCodes(t *table, i *crm.InstallationRow, u *unitRow) {
	if mun := u.text("MUN"); len(mun) == 7 {
		i.Municipality = crm.SetTo(mun)
	} else if mun != "" {
		u.warn(t, "MUN", mun, crm.Text{Key: "import.municipality"})
	}
	if code := u.text("TEN_FORN"); voltages[code] > 0 {
		i.VoltageV = crm.SetTo(voltages[code])
	} else if code != "" && code != "0" {
		u.warn(t, "TEN_FORN", code, crm.Text{Key: "import.ucmt.voltage"})
	}
	group := strings.ToUpper(u.text("GRU_TAR"))
	if len(group) > 2 && group[0] == 'B' {
		group = group[:2] // B2RU, B4A
	}
	n := slices.IndexFunc(crm.Subgroups, func(s string) bool { return strings.EqualFold(s, group) })
	switch {
	case n >= 0:
		i.Subgroup = crm.SetTo(crm.Subgroups[n])
	case group != "" && group != "0":
		u.warn(t, "GRU_TAR", group, crm.Text{Key: "import.ucmt.group"})
	}
}

// unitFlags finds figures that are probably in MW where kW belong. They are
// stored as they are: guessing would hide the file's fault.
func (r *runner) unitFlags(t *table, rows []unitRow) (flags []crm.Text) {
	u := &rows[len(rows)-1]
	var most int64
	for m := range 12 {
		if u.dem[m] == nil {
			continue
		}
		most = max(most, *u.dem[m])
		// More energy than ten times the demand in every hour of the month.
		if d := *u.dem[m]; d > 0 && u.ene[m] != nil && *u.ene[m] > d*744*10 {
			f := crm.Text{Key: "import.flag.demand", Args: []string{"demand", r.kw(d), "energy", r.kw(*u.ene[m])}}
			flags = append(flags, f)
			u.warn(t, fmt.Sprintf("DEM_%02d", m+1), r.kw(d), f)
			break
		}
	}
	use := max(most, u.contracted)
	if u.loadW > 0 && use >= 100*u.loadW {
		f := crm.Text{Key: "import.flag.load", Args: []string{"load", r.kw(u.loadW), "demand", r.kw(use)}}
		flags = append(flags, f)
		u.warn(t, "CAR_INST", r.kw(u.loadW), f)
	}
	if u.contracted > 0 && u.contracted < 30_000 && u.loadW >= 300*u.contracted {
		f := crm.Text{Key: "import.flag.contract", Args: []string{"contract", r.kw(u.contracted), "load", r.kw(u.loadW)}}
		flags = append(flags, f)
		u.warn(t, "DEM_CONT", r.kw(u.contracted), f)
	}
	return flags
}

// kw writes thousandths as the unit's number, as the file has it.
func (r *runner) kw(n int64) string { return locale.Decimal(r.lang, n, 3, 0) }

// unitContracts makes a contract for each row. The file tells one demand and no
// modality: azul's two do not fit into it, so the modality stays unknown.
func (r *runner) unitContracts(ref crm.InstallationRef, rows []unitRow) (out []crm.Row) {
	last := len(rows) - 1
	begin, _ := rows[last].span()
	before := false // a past state was measured before the present one
	for n := range rows[:last] {
		first, _ := rows[n].span()
		before = before || first >= 0 && (begin < 0 || first < begin)
	}
	for n := range rows {
		u := &rows[n]
		c := &crm.ContractRow{Installation: ref, Former: u.off || n < last, From: r.month(0)}
		if u.market != "" {
			c.Market = crm.SetTo(u.market)
		}
		if u.contracted > 0 {
			c.SingleW = crm.SetTo(u.contracted)
		}
		if n == last && before && begin > 0 {
			c.From = r.month(begin)
		}
		if c.Former {
			if end := endOf(u, n == last, begin); end >= 0 {
				c.End = crm.SetTo(string(calendar.Month(r.month(end)).Last()))
			}
		}
		out = append(out, crm.Row{Line: u.line, Contract: c})
	}
	return out
}

// endOf is the last month of a past state: the last one that was measured, but
// before the present state began.
func endOf(u *unitRow, present bool, begin int) int {
	_, end := u.span()
	if !present && begin >= 0 {
		end = min(end, begin-1)
	}
	return end
}

func (r *runner) month(m int) string { return fmt.Sprintf("%04d-%02d", r.res.Year, m+1) }

// unitReadings makes a reading for each month in which one of the rows was
// connected. A month takes the row that is not 0; of two different ones the
// present state's is taken and both are told.
func (r *runner) unitReadings(t *table, ref crm.InstallationRef, rows []unitRow) (out []crm.Row) {
	line := rows[len(rows)-1].line
	today := r.svc.Today()[:7]
	for m := range 12 {
		dem := r.merge(t, rows, m, "DEM", func(u *unitRow) *int64 { return u.dem[m] })
		ene := r.merge(t, rows, m, "ENE", func(u *unitRow) *int64 { return u.ene[m] })
		if dem != nil && *dem == 0 && nonZero(ene) {
			dem = nil // energy without demand: the demand was not measured
		}
		if dem == nil && ene == nil || r.month(m) > today && !nonZero(dem) && !nonZero(ene) {
			continue
		}
		x := &crm.ReadingRow{Installation: ref, Month: r.month(m), Origin: "ucmt"}
		if dem != nil {
			x.SingleW = crm.SetTo(*dem)
		}
		if ene != nil {
			x.EnergyWh = crm.SetTo(*ene)
		}
		out = append(out, crm.Row{Line: line, Reading: x})
	}
	return out
}

// merge picks the value of a month from the rows, the present state last.
func (r *runner) merge(t *table, rows []unitRow, m int, name string, of func(*unitRow) *int64) *int64 {
	var got *int64
	var from *unitRow
	for n := range rows {
		u := &rows[n]
		v := of(u)
		switch {
		case v == nil || u.gap(r.res.Year, m):
		case *v == 0:
			if got == nil {
				got = v
			}
		default:
			if nonZero(got) && *got != *v {
				u.warn(t, fmt.Sprintf("%s_%02d", name, m+1), r.kw(*v), crm.Text{Key: "import.ucmt.conflict",
					Args: []string{"row", strconv.FormatInt(from.line, 10), "other", r.kw(*got), "value", r.kw(*v)}})
			}
			got, from = v, u
		}
	}
	return got
}
