package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// ucmtUnit is one row of a UCMT table in the words of a test.
type ucmtUnit struct {
	pn, cod, group, status, since, liv, cnae, load, contract, dem, ene string // dem, ene: 12 numbers
}

const months12 = "10 10 10 10 10 10 10 10 10 10 10 10"

// ucmtCSV writes a table; without cod the layout has no COD_ID.
func ucmtCSV(withCod bool, units ...ucmtUnit) string {
	var b strings.Builder
	b.WriteString("OBJECTID,PN_CON,DIST,PAC,CTMT,SUB,MUN,BRR,CEP,CLAS_SUB,CNAE,GRU_TEN,TEN_FORN,GRU_TAR,SIT_ATIV,DAT_CON,CAR_INST,LIV")
	for _, name := range []string{"DEM", "ENE"} {
		for m := range 12 {
			fmt.Fprintf(&b, ",%s_%02d", name, m+1)
		}
	}
	b.WriteString(",DEM_CONT")
	if withCod {
		b.WriteString(",COD_ID")
	}
	for n, u := range units {
		fmt.Fprintf(&b, "\n%d,%s,999,%s1,F1,S1,3148004,CENTRO,38700-000,CO1,%s,MT,49,%s,%s,%s,%s,%s,%s,%s,%s",
			n+1, u.pn, u.pn, u.cnae, u.group, u.status, u.since, u.load, u.liv, commas(u.dem), commas(u.ene), u.contract)
		if withCod {
			b.WriteString("," + u.cod)
		}
	}
	return b.String() + "\n"
}

func commas(numbers string) string {
	f := strings.Fields(numbers)
	for n := range f {
		f[n] += ".0"
	}
	return strings.Join(f, ",")
}

func plainUnit(pn string) ucmtUnit {
	return ucmtUnit{pn: pn, cod: "c" + pn, group: "A4", status: "AT", since: "14/02/2012", liv: "0", cnae: "4711-3/02", load: "300.5", contract: "100.0",
		dem: months12, ene: months12}
}

// unitOf999 is what the house knows of a unit after an import.
type unitOf999 struct {
	crm.Installation
	contracts []crm.Contract
	readings  map[string]crm.Reading
}

func theUnit(t *testing.T, svc *crm.Service, source string) unitOf999 {
	t.Helper()
	i, err := crm.Installations.First(t.Context(), svc.Store(), store.Query{Where: []store.Cond{store.Is("source", source)}})
	if err != nil || i == nil {
		t.Fatal("no unit ", source, err)
	}
	u := unitOf999{Installation: *i, readings: map[string]crm.Reading{}}
	if u.contracts, err = svc.InstallationContracts(t.Context(), crm.SystemActor(), i.ID); err != nil {
		t.Fatal(err)
	}
	for _, r := range readings(t, svc) {
		if r.Installation == i.ID {
			u.readings[r.Month] = r
		}
	}
	return u
}

func (u unitOf999) wantDemand(t *testing.T, month string, want int64) {
	t.Helper()
	r, ok := u.readings[month]
	switch {
	case want < 0 && ok && r.SingleW != nil:
		t.Errorf("%s has %d W, want none", month, *r.SingleW)
	case want >= 0 && (!ok || r.SingleW == nil || *r.SingleW != want):
		t.Errorf("%s: %+v, want %d W", month, r, want)
	}
}

func TestUCMTUnit(t *testing.T) {
	svc := newHouse(t)
	o := Options{Path: writeFile(t, "ucmt_x_2024.csv", ucmtCSV(true, plainUnit("7")))}
	got := run(t, svc, o)
	if got.Kind != KindUCMT || got.Year != 2024 || got.YearFrom != "name" || len(got.told) != 0 {
		t.Errorf("%+v %+v", got.Result, got.told)
	}
	u := theUnit(t, svc, "999:c7")
	if u.VoltageV != 13_800 || u.LoadW != 300_500 || u.Subgroup != "A4" || u.MunIBGE != "3148004" || u.Market != "captive" ||
		u.ConnectedOn != "2012-02-14" || u.CNAE != "4711302" || u.TariffClass != "CO1" || u.Distributor != "999" {
		t.Errorf("%+v", u.Installation)
	}
	if len(u.contracts) != 1 || u.contracts[0].Modality != "unknown" || u.contracts[0].Start != "" || *u.contracts[0].Schedule[0].SingleW != 100_000 ||
		u.contracts[0].Schedule[0].From != "2024-01" {
		t.Errorf("%+v", u.contracts)
	}
	u.wantDemand(t, "2024-12", 10_000)
	c, err := svc.Client(t.Context(), crm.SystemActor(), u.Client)
	if err != nil || !c.Placeholder || c.Name != "UC 999 · 7 · 4711-3/02" || c.Sector != "retail" || c.SectorBy != "load" {
		t.Errorf("%+v %v", c, err)
	}
	if again := run(t, svc, o); again.Changed() != 0 || again.Of(crm.RowReading).Unchanged != 12 {
		t.Errorf("the second import: %+v", again.Sheets)
	}
}

func TestUCMTMigrationIsOneUnitWithTwoContracts(t *testing.T) {
	was, now := plainUnit("7"), plainUnit("7")
	was.status, was.dem = "DS", "90 91 92 93 94 95 96 97 98 0 0 0"
	was.ene = was.dem
	now.liv, now.contract, now.dem = "1", "120.0", "0 0 0 0 0 0 0 0 0 80 81 82"
	now.ene = now.dem
	for name, units := range map[string][]ucmtUnit{"in order": {was, plainUnit("8"), now}, "the other way": {now, plainUnit("8"), was}} {
		svc := newHouse(t)
		o := Options{Path: writeFile(t, "x.csv", ucmtCSV(true, units...)), Year: 2024}
		got := run(t, svc, o)
		if got.Of(crm.RowInstallation).Created != 2 || got.Of(crm.RowContract).Created != 3 || len(got.told) != 0 {
			t.Errorf("%s: %+v %+v", name, got.Sheets, got.told)
		}
		u := theUnit(t, svc, "999:c7")
		u.wantDemand(t, "2024-09", 98_000)
		u.wantDemand(t, "2024-10", 80_000)
		if u.Market != "free" || u.Status != "active" || len(u.contracts) != 2 {
			t.Fatalf("%s: %+v %+v", name, u.Installation, u.contracts)
		}
		months, err := svc.Months(t.Context(), crm.SystemActor(), u.ID, 0)
		if err != nil || *months[8].Postos[0].ContractedW != 100_000 || *months[9].Postos[0].ContractedW != 120_000 {
			t.Errorf("%s: the contract of September and October: %+v %v", name, months[8:10], err)
		}
		if again := run(t, svc, o); again.Changed() != 0 {
			t.Errorf("%s: the second import: %+v", name, again.Sheets)
		}
	}
}

func TestUCMTTwoDifferentMonthsAreTold(t *testing.T) {
	was, now := plainUnit("7"), plainUnit("7")
	was.status, was.dem = "DS", strings.Replace(months12, "10", "11", 1)
	svc := newHouse(t)
	got := run(t, svc, Options{Path: writeFile(t, "x.csv", ucmtCSV(false, was, now)), Year: 2024})
	if !got.says(3, "DEM_01", "10", "import.ucmt.conflict") || len(got.told) != 1 {
		t.Errorf("%+v", got.told)
	}
	theUnit(t, svc, "999:71:7").wantDemand(t, "2024-01", 10_000)
}

func TestUCMTGaps(t *testing.T) {
	late, b, idle, unmetered := plainUnit("1"), plainUnit("2"), plainUnit("3"), plainUnit("4")
	late.since, late.dem = "03/05/2024", "0 0 0 0 0 20 20 20 20 20 20 20"
	late.ene = late.dem
	b.group, b.contract = "B3", "0.0"
	idle.dem, idle.ene = "0 10 10 10 10 10 10 10 10 10 10 10", "0 10 10 10 10 10 10 10 10 10 10 10"
	unmetered.dem, unmetered.contract = strings.Repeat("0 ", 12), "0.0"
	svc := newHouse(t)
	run(t, svc, Options{Path: writeFile(t, "x.csv", ucmtCSV(true, late, b, idle, unmetered)), Year: 2024})
	u := theUnit(t, svc, "999:c1")
	u.wantDemand(t, "2024-04", -1)
	u.wantDemand(t, "2024-05", 0)
	u.wantDemand(t, "2024-06", 20_000)
	if len(u.readings) != 8 {
		t.Errorf("%d months, want 8: the 0 before the connection are gaps", len(u.readings))
	}
	if u = theUnit(t, svc, "999:c2"); len(u.contracts) != 0 || u.Subgroup != "B3" {
		t.Errorf("B3 has no contract: %+v", u.contracts)
	}
	theUnit(t, svc, "999:c3").wantDemand(t, "2024-01", 0)
	u = theUnit(t, svc, "999:c4")
	u.wantDemand(t, "2024-01", -1)
	if r := u.readings["2024-01"]; r.EnergyWh == nil || *r.EnergyWh != 10_000 || len(u.contracts) != 1 || len(u.contracts[0].Schedule) != 0 {
		t.Errorf("energy without demand, contract without a figure: %+v %+v", r, u.contracts)
	}
}

func TestUCMTMegawattsAreFlagged(t *testing.T) {
	load, dem := plainUnit("1"), plainUnit("2")
	load.load, load.contract = "8.2", "8200.0"
	dem.dem, dem.ene = strings.Repeat("1 ", 12), strings.Repeat("90000 ", 12)
	svc := newHouse(t)
	o := Options{Path: writeFile(t, "x.csv", ucmtCSV(true, load, dem)), Year: 2024}
	got := run(t, svc, o)
	if !got.says(2, "CAR_INST", "8,2", "import.flag.load") || !got.says(3, "DEM_01", "1", "import.flag.demand") {
		t.Errorf("%+v", got.told)
	}
	u := theUnit(t, svc, "999:c1")
	if len(u.Flags) != 1 || u.Flags[0].Key != "import.flag.load" || u.LoadW != 8_200 {
		t.Errorf("the value is not kept as it stands, with a flag: %+v", u.Installation)
	}
	u.Flags = nil // somebody settled it
	if err := svc.Apply(t.Context(), crm.Installations.Put(&u.Installation)); err != nil {
		t.Fatal(err)
	}
	run(t, svc, o)
	if u = theUnit(t, svc, "999:c1"); len(u.Flags) != 0 {
		t.Error("a doubt that was settled came back")
	}
}

func TestUCMTFaultyCells(t *testing.T) {
	u, nokey := plainUnit("1"), plainUnit("")
	u.cnae, u.since, u.group = "9999-9/99", "2024-02-30", "Z9"
	nokey.cod = ""
	svc := newHouse(t)
	got := run(t, svc, Options{Path: writeFile(t, "x.csv", ucmtCSV(true, u, nokey)), Year: 2024})
	for _, e := range []struct {
		row                int64
		column, value, key string
	}{{2, "CNAE", "9999-9/99", "import.ucmt.cnae"}, {2, "DAT_CON", "2024-02-30", "date.invalid"}, {2, "GRU_TAR", "Z9", "import.ucmt.group"},
		{3, "COD_ID", "", "import.ucmt.key"}} {
		if !got.says(e.row, e.column, e.value, e.key) {
			t.Errorf("nobody is told of %+v in %+v", e, got.told)
		}
	}
	if got.Of(crm.RowInstallation).Created != 1 {
		t.Errorf("%+v", got.Sheets)
	}
}

func TestUCMTYear(t *testing.T) {
	for name, want := range map[string]int{
		"ucmt_mux_2024.csv": 2024, "EFLUL_86_2021-02-28_M10_20211207-1043.csv": 2021, "Mux_401_2024-12-31_V11_20250806-1857.xlsx": 2024,
		"/a/2019/ucmt_2020.csv": 2020, "ucmt.csv": 0, "ucmt_20241231.csv": 0, "ucmt_2031.csv": 0,
	} {
		year, _, err := yearOf(0, name, "2026-11-22")
		if year != want || (err == nil) != (want > 0) {
			t.Errorf("%s: %d %v, want %d", name, year, err, want)
		}
	}
	if year, from, _ := yearOf(2019, "ucmt_2024.csv", "2026-11-22"); year != 2019 || from != "option" {
		t.Errorf("what was asked for yields to the name: %d", year)
	}
	_, err := try(t, newHouse(t), crm.SystemActor(), Options{Path: writeFile(t, "ucmt.csv", ucmtCSV(true, plainUnit("1")))})
	var e *crm.Error
	if !errors.As(err, &e) || e.Text.Key != "import.ucmt.year" || e.Fields["year"].Key == "" {
		t.Errorf("a file without a year: %v", err)
	}
}

func TestUCMTNextYearAddsAStep(t *testing.T) {
	svc := newHouse(t)
	u := plainUnit("1")
	run(t, svc, Options{Path: writeFile(t, "x.csv", ucmtCSV(true, u)), Year: 2024})
	u.contract = "150.0"
	got := run(t, svc, Options{Path: writeFile(t, "x.csv", ucmtCSV(true, u)), Year: 2025})
	if got.Of(crm.RowContract).Updated != 1 || got.Of(crm.RowInstallation).Unchanged != 1 || got.Of(crm.RowReading).Created != 12 {
		t.Errorf("%+v", got.Sheets)
	}
	c := theUnit(t, svc, "999:c1").contracts
	if len(c) != 1 || len(c[0].Schedule) != 2 || *c[0].Schedule[1].SingleW != 150_000 {
		t.Errorf("%+v", c)
	}
}
