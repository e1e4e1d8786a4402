package reports_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/locale"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
	"cemigmas/reports"
)

var now = time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)

// house is a store with clients of three agents in two teams; every figure of
// October 2026 in the tests below was worked out by hand from what is here.
func house(t *testing.T) *crm.Service {
	t.Helper()
	st := opentest.Store(t, crm.Schema())
	var all []store.Change
	clients := []crm.Client{
		{ID: "c1", Name: "Álamo Laticínios", Sector: "food", City: "Ubá", Agent: "ana", Team: "norte", LastContactAt: at("2026-11-03T12:00:00Z")},
		{ID: "c2", Name: "Beta Mineração", Sector: "mining", Agent: "ana", Team: "norte"},
		{ID: "c3", Name: "Gama Britas", Sector: "mining", Agent: "bruno", Team: "norte"},
		{ID: "c4", Name: "Delta Doces", Sector: "food", Agent: "caio", Team: "sul"},
		{ID: "c5", Name: "Álamo (antigo)", Sector: "food", Agent: "ana", Team: "norte", MergedInto: "c1"},
	}
	owner := map[string]crm.Client{}
	for i := range clients {
		owner[clients[i].ID] = clients[i]
		all = append(all, crm.Clients.InsertIfAbsent(&clients[i]))
	}
	for _, i := range []crm.Installation{
		{ID: "i1", Client: "c1", Name: "Matriz", UC: "000000000000001", Subgroup: "A4"},
		{ID: "i2", Client: "c1", Name: "Filial", FormerUC: "3000000002", Subgroup: "A4", City: "Araxá"},
		{ID: "i3", Client: "c2", Name: "Mina", UC: "000000000000003", Subgroup: "A3A"},
		{ID: "i4", Client: "c4", Name: "Fábrica", UC: "000000000000004", Subgroup: "A4"},
	} {
		i.Agent, i.Team, i.Distributor = owner[i.Client].Agent, owner[i.Client].Team, "D"
		all = append(all, crm.Installations.InsertIfAbsent(&i))
	}
	for _, k := range []crm.Contract{
		{ID: "k1", Client: "c1", Installation: "i1", Modality: "verde", Start: "2026-01-01", Schedule: steps("2026-01", kW(500), nil, nil)},
		{ID: "k1e", Client: "c1", Installation: "i1", Kind: crm.ContractCCER, Start: "2026-01-01", Schedule: steps("2026-01", kW(9999), nil, nil)},
		{ID: "k2", Client: "c1", Installation: "i2", Modality: "azul", Start: "2025-08-01", Schedule: steps("2025-08", nil, kW(300), kW(400))},
		{ID: "k3", Client: "c2", Installation: "i3", Modality: "verde", Start: "2026-04-30", Schedule: steps("2026-04", kW(100), nil, nil)},
		{ID: "k4", Client: "c4", Installation: "i4", Modality: "verde", Start: "2026-01-01", Schedule: steps("2026-01", kW(200), nil, nil)},
	} {
		if k.Kind == "" {
			k.Kind = crm.ContractCUSD
		}
		k.Renews, k.Agent, k.Team = true, owner[k.Client].Agent, owner[k.Client].Team
		all = append(all, crm.Contracts.InsertIfAbsent(&k))
	}
	for _, r := range []crm.Reading{
		{Client: "c1", Installation: "i1", Month: "2026-10", SingleW: kW(560), ReactiveWh: wh(1_250_000), ReactiveW: wh(12_500)},
		{Client: "c1", Installation: "i1", Month: "2026-09", SingleW: kW(900), ReactiveWh: wh(7_000_000)},
		{Client: "c1", Installation: "i2", Month: "2026-10", PeakW: kW(310), OffPeakW: kW(450), ReactiveWh: wh(245_200)},
		{Client: "c2", Installation: "i3", Month: "2026-10", SingleW: kW(120), ReactiveW: wh(1_000), ReactiveWh: wh(210_000)},
		{Client: "c4", Installation: "i4", Month: "2026-10", SingleW: kW(150), ReactiveWh: wh(0)},
	} {
		r.ID = crm.ReadingID(r.Installation, r.Month)
		r.Agent, r.Team = owner[r.Client].Agent, owner[r.Client].Team
		all = append(all, crm.Readings.InsertIfAbsent(&r))
	}
	for posto, rate := range map[string]int64{"verde|single": 22_810_000, "azul|peak": 49_330_000, "azul|offpeak": 22_810_000} {
		m, p, _ := strings.Cut(posto, "|")
		tar := crm.Tariff{ID: posto, Distributor: "D", Subgroup: "A4", Modality: m, Posto: p, From: "2026-01-01", MicrosPerKW: rate}
		all = append(all, crm.Tariffs.InsertIfAbsent(&tar))
	}
	b1 := crm.Tariff{ID: "b1", Distributor: "D", Subgroup: "B1", Modality: "convencional", Posto: "single", From: "2026-05-28", TEMicrosPerKWh: 312_340}
	all = append(all, crm.Tariffs.InsertIfAbsent(&b1))
	all = append(all, activities(owner)...)
	all = append(all, mails(owner)...)
	if err := st.Apply(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	return crm.New(crm.Deps{Store: st, Now: func() time.Time { return now }})
}

// activities: October begins and ends at midnight in São Paulo, 03:00 UTC.
func activities(owner map[string]crm.Client) (all []store.Change) {
	for n, a := range []crm.Activity{
		{Client: "c1", Kind: crm.KindCall, At: *at("2026-10-01T02:59:59Z")}, // September
		{Client: "c1", Kind: crm.KindCall, At: *at("2026-10-01T03:00:00Z")},
		{Client: "c1", Kind: crm.KindCall, At: *at("2026-11-01T02:59:59Z")},
		{Client: "c1", Kind: crm.KindCall, At: *at("2026-11-01T03:00:00Z")}, // November
		{Client: "c1", Kind: crm.KindCall, At: *at("2026-10-09T12:00:00Z"), Deleted: true},
		{Client: "c1", Kind: crm.KindMeeting, At: *at("2026-10-09T12:00:00Z")},
		{Client: "c1", Kind: crm.KindVisit, At: *at("2026-10-10T12:00:00Z"), Visit: &crm.Visit{State: crm.VisitDone}},
		{Client: "c2", Kind: crm.KindVisit, At: *at("2026-10-10T12:00:00Z"), Visit: &crm.Visit{State: crm.VisitPlanned}},
		{Client: "c2", Kind: crm.KindVisit, At: *at("2026-10-11T12:00:00Z"), Visit: &crm.Visit{State: crm.VisitMissed}},
		{Client: "c2", Kind: crm.KindNote, At: *at("2026-10-11T12:00:00Z")},
		{Client: "c2", Kind: crm.KindMessage, At: *at("2026-10-11T12:00:00Z")},
		{Client: "c4", Kind: crm.KindCall, At: *at("2026-10-11T12:00:00Z")},
	} {
		a.ID, a.Agent, a.Team = string(rune('a'+n)), owner[a.Client].Agent, owner[a.Client].Team
		all = append(all, crm.Activities.InsertIfAbsent(&a))
	}
	return all
}

func mails(owner map[string]crm.Client) (all []store.Change) {
	for n, l := range []crm.MailLink{
		{Client: "c2", At: *at("2026-10-05T12:00:00Z"), Person: "p2", Automatic: true},
		{Client: "c2", At: *at("2026-10-06T12:00:00Z")}, // of the company, of nobody
		{Client: "c3", At: *at("2026-10-05T12:00:00Z"), Person: "p3", Outbound: true},
		{Client: "c3", At: *at("2026-09-05T12:00:00Z"), Person: "p3"},
		{Client: "c5", At: *at("2026-10-05T12:00:00Z"), Person: "p5"},
	} {
		l.ID, l.Message, l.Thread = "m"+string(rune('a'+n)), "m", "t"
		l.Agent, l.Team = owner[l.Client].Agent, owner[l.Client].Team
		all = append(all, crm.MailLinks.InsertIfAbsent(&l))
	}
	return all
}

func at(s string) *time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return &t
}

func wh(n int64) *int64 { return &n }

func kW(n int64) *int64 { n *= 1000; return &n }

func steps(from string, single, peak, off *int64) []crm.DemandStep {
	return []crm.DemandStep{{From: from, SingleW: single, PeakW: peak, OffPeakW: off}}
}

var (
	admin   = crm.Actor{UserID: "adm", Name: "Ada", Role: crm.RoleAdmin}
	manager = crm.Actor{UserID: "mar", Name: "Marta", Role: crm.RoleManager, Team: "norte"}
	agent   = crm.Actor{UserID: "ana", Name: "Ana", Role: crm.RoleAgent, Team: "norte"}
)

func collect(t *testing.T, s *crm.Service, a crm.Actor) *reports.MonthData {
	t.Helper()
	d, err := reports.Collect(t.Context(), s, a, "2026-10")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCollectFigures(t *testing.T) {
	d := collect(t, house(t), admin)
	if len(d.Clients) != 4 {
		t.Fatalf("%d clients, want 4: the merged one lives on as another", len(d.Clients))
	}
	alamo := d.Clients[0]
	if alamo.Name != "Álamo Laticínios" || alamo.LastContact != "2026-11-03" || !alamo.Contacted {
		t.Errorf("first client: %+v", alamo)
	}
	if want := (reports.Contacts{Visits: 1, Calls: 2, Meetings: 1}); alamo.Contacts != want {
		t.Errorf("contacts %+v, want %+v", alamo.Contacts, want)
	}
	got := figures(d, "Álamo Laticínios")
	want := reports.Figures{
		Clients: 1, Installations: 2,
		Contracted: reports.ByPosto{Single: reports.W(500_000), Peak: reports.W(300_000), OffPeak: reports.W(400_000)},
		Measured:   reports.ByPosto{Single: reports.W(560_000), Peak: reports.W(310_000), OffPeak: reports.W(450_000)},
		Use:        1125, HasUse: true, // 450 of 400 kW
		// 60 kW × 2 × 22.81 = 2,737.20 and 50 kW × 2 × 22.81 = 2,281.00; peak stays within 105 %
		Over: reports.Overruns{OverW: 110_000, Cents: 273_720 + 228_100, Priced: 2},
		// 1,250 kWh × 0.31234 = 390.425, to the even centavo, and 12.5 kW × 22.81 =
		// 285.125, the same; 245.2 kWh × 0.31234 = 76.585768.
		Reactive: reports.Reactive{Wh: 1_495_200, W: 12_500, Cents: 39_042 + 28_512 + 7_659, Priced: 2},
		Contacts: reports.Contacts{Visits: 1, Calls: 2, Meetings: 1},
		Closing:  1, // i2: the term ends on 31/07/2027, 180 days before is 01/02/2027; i1: 04/07/2027
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Álamo\n%+v, want\n%+v", got, want)
	}
}

func TestCollectWithoutTariffAndContact(t *testing.T) {
	d := collect(t, house(t), admin)
	got := figures(d, "Beta Mineração")
	if want := (reports.Overruns{OverW: 20_000, Unpriced: 1}); got.Over != want {
		t.Errorf("overrun without a tariff: %+v, want %+v", got.Over, want)
	}
	// A3A has no demand of azul, so its kW have no price and the whole has none.
	if want := (reports.Reactive{Wh: 210_000, W: 1_000, Unpriced: 1}); got.Reactive != want {
		t.Errorf("reactive excess without a tariff: %+v, want %+v", got.Reactive, want)
	}
	if got := figures(d, "Delta Doces").Reactive; got != (reports.Reactive{}) {
		t.Errorf("none: %+v", got)
	}
	if got.Silent != 1 || got.Contacts != (reports.Contacts{Mails: 2}) {
		t.Errorf("planned and missed visits, notes, automatic mail and mail of nobody are no contact: %+v", got)
	}
	if got.Closing != 1 { // the notice window closes on the last day of the month itself
		t.Errorf("closing %d, want 1", got.Closing)
	}
	gama := figures(d, "Gama Britas")
	if gama.Silent != 0 || gama.Contacts.Mails != 1 || gama.Installations != 0 {
		t.Errorf("mail to a person is a contact: %+v", gama)
	}
}

func figures(d *reports.MonthData, name string) (f reports.Figures) {
	for i := range d.Clients {
		if d.Clients[i].Name == name {
			f.Add(&d.Clients[i])
		}
	}
	return f
}

func TestCollectScope(t *testing.T) {
	s := house(t)
	for _, c := range []struct {
		actor crm.Actor
		scope reports.Scope
		names []string
	}{
		{admin, reports.Scope{Kind: "all"}, []string{"Álamo Laticínios", "Beta Mineração", "Delta Doces", "Gama Britas"}},
		{manager, reports.Scope{Kind: "team", Name: "norte"}, []string{"Álamo Laticínios", "Beta Mineração", "Gama Britas"}},
		{agent, reports.Scope{Kind: "agent", Name: "Ana"}, []string{"Álamo Laticínios", "Beta Mineração"}},
		{crm.Actor{UserID: "x", Role: crm.RoleAgent}, reports.Scope{Kind: "agent"}, nil},
		{crm.Actor{UserID: "x", Role: crm.RoleManager}, reports.Scope{Kind: "team"}, nil},
	} {
		d := collect(t, s, c.actor)
		var names []string
		for _, cl := range d.Clients {
			names = append(names, cl.Name)
		}
		if !reflect.DeepEqual(names, c.names) || d.Scope != c.scope {
			t.Errorf("%s: %q of %+v, want %q", c.actor.Role, names, d.Scope, c.names)
		}
	}
	// The same figures whoever asks, through whichever index.
	all, own := figures(collect(t, s, admin), "Álamo Laticínios"), figures(collect(t, s, agent), "Álamo Laticínios")
	if !reflect.DeepEqual(all, own) {
		t.Errorf("admin sees %+v, the agent %+v", all, own)
	}
}

func TestCollectWrongMonth(t *testing.T) {
	for _, m := range []calendar.Month{"", "2026-13", "10/2026"} {
		if _, err := reports.Collect(t.Context(), house(t), admin, m); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("month %q: %v", m, err)
		}
	}
}

// A report of a past month keeps the grouping of that month.
func TestCollectSectorOfTheMonth(t *testing.T) {
	s := house(t)
	c, err := crm.Clients.Get(t.Context(), s.Store(), "c2")
	if err != nil {
		t.Fatal(err)
	}
	c.Sector, c.Sectors = "chemicals", []crm.SectorStay{{Sector: "mining"}, {Sector: "chemicals", From: "2026-11-05"}}
	if err := s.Apply(t.Context(), crm.Clients.Put(&c)); err != nil {
		t.Fatal(err)
	}
	for month, want := range map[calendar.Month]string{"2026-10": "mining", "2026-11": "chemicals"} {
		d, err := reports.Collect(t.Context(), s, crm.SystemActor(), month)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range d.Clients {
			if got.Name == c.Name && got.Sector != want {
				t.Errorf("in %s it is grouped under %s, want %s", month, got.Sector, want)
			}
		}
	}
}

// A report groups by the sectors of its month, under the names that they have
// now; one that is gone keeps its last name and stands last.
func TestReportOverEditedSectors(t *testing.T) {
	s := house(t)
	admin := crm.Actor{UserID: "root", Role: crm.RoleAdmin}
	must := func(done crm.SectorEdit, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return done.ID
	}
	must(s.EditSector(t.Context(), admin, "mining", 0, crm.SectorInput{Name: "Mineradoras", NameES: "Mineras", NameEN: "Mines", Divisions: []string{"05", "06", "07", "08", "09"}}))
	trial := must(s.AddSector(t.Context(), admin, crm.SectorInput{Name: "Piloto", NameEN: "Pilot"}))
	for id, stays := range map[string][]crm.SectorStay{"c3": {{Sector: "mining"}, {Sector: "chemicals", From: "2026-11-05"}}, "c4": {{Sector: trial}, {Sector: "food", From: "2026-11-02"}}} {
		c, err := crm.Clients.Get(t.Context(), s.Store(), id)
		if err != nil {
			t.Fatal(err)
		}
		c.Sector, c.Sectors = stays[1].Sector, stays
		if err := s.Apply(t.Context(), crm.Clients.Put(&c)); err != nil {
			t.Fatal(err)
		}
	}
	must(s.RemoveSector(t.Context(), admin, trial))
	second := must(s.AddSector(t.Context(), admin, crm.SectorInput{Name: "Piloto"})) // the name is free again
	c, err := crm.Clients.Get(t.Context(), s.Store(), "c2")
	if err != nil {
		t.Fatal(err)
	}
	c.Sector, c.Sectors = second, nil
	if err := s.Apply(t.Context(), crm.Clients.Put(&c)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		month  calendar.Month
		lang   locale.Lang
		sheets string
		titles string
	}{
		{"2026-10", locale.PtBR, "Mineradoras|Alimentos e bebidas|Piloto|Piloto 2", "Mineradoras|Alimentos e bebidas|Piloto|Piloto"},
		{"2026-10", locale.ES, "Mineras|Alimentos y bebidas|Piloto|Piloto 2", "Mineras|Alimentos y bebidas|Piloto|Piloto"},
		{"2026-10", locale.EN, "Mines|Food and drink|Piloto|Pilot", "Mines|Food and drink|Piloto|Pilot"},
		{"2026-11", locale.PtBR, "Alimentos e bebidas|Química, farmacêutica|Piloto", "Alimentos e bebidas|Química, farmacêutica e plásticos|Piloto"},
	} {
		d, err := reports.Collect(t.Context(), s, crm.SystemActor(), want.month)
		if err != nil {
			t.Fatal(err)
		}
		wb := reports.Build(d, want.lang)
		var sheets, titles, rows []string
		for _, tab := range wb.Tables[1 : len(wb.Tables)-1] {
			sheets, titles = append(sheets, tab.Name), append(titles, tab.Title)
		}
		for r := range wb.Tables[0].Rows {
			rows = append(rows, r.Cells[0].Text)
		}
		if got := strings.Join(sheets, "|"); got != want.sheets {
			t.Errorf("%s %s: sheets %s, want %s", want.month, want.lang, got, want.sheets)
		}
		if got := strings.Join(titles, "|"); got != want.titles || strings.Join(rows[:len(rows)-1], "|") != got {
			t.Errorf("%s %s: titles %s, summary %s", want.month, want.lang, got, strings.Join(rows, "|"))
		}
	}
}
