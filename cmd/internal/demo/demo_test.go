package demo

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
)

const today = "2026-11-22"

func open(t *testing.T) *crm.Service {
	t.Helper()
	s := opentest.Store(t, crm.Schema())
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	return crm.New(crm.Deps{Store: s, Now: func() time.Time { return now }})
}

// cheaply spares the tests of a function the slow hash of passwords.
func cheaply(t *testing.T) {
	was := hashPassword
	hashPassword = func(p string) (string, error) { return "hash of " + p, nil }
	t.Cleanup(func() { hashPassword = was })
}

func filled(t *testing.T, o Options) (*crm.Service, []Login) {
	t.Helper()
	svc := open(t)
	logins, err := Fill(context.Background(), svc, o)
	if err != nil {
		t.Fatal(err)
	}
	return svc, logins
}

// digest is over every document of every collection but the password hashes,
// whose salts are random.
func digest(t *testing.T, s store.Store) string {
	t.Helper()
	h := sha256.New()
	for _, c := range crm.Schema() {
		for d, err := range store.All(context.Background(), s, store.Query{In: c}) {
			if err != nil {
				t.Fatal(err)
			}
			body := d.Body
			if c == crm.Users.In {
				body = withoutPassword(t, body)
			}
			fmt.Fprintf(h, "%s %s %d %s\n", c.Name, d.ID, d.Version, body)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func withoutPassword(t *testing.T, body []byte) []byte {
	t.Helper()
	var u crm.User
	if err := json.Unmarshal(body, &u); err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(body, []byte(u.Password), nil)
}

func TestSameSeedAndDaySameStore(t *testing.T) {
	cheaply(t)
	a, _ := filled(t, Options{Seed: 7, Clients: 12, Today: today})
	b, _ := filled(t, Options{Seed: 7, Clients: 12, Today: today})
	if digest(t, a.Store()) != digest(t, b.Store()) {
		t.Error("two fills with one seed differ")
	}
	c, _ := filled(t, Options{Seed: 8, Clients: 12, Today: today})
	if digest(t, a.Store()) == digest(t, c.Store()) {
		t.Error("another seed made the same store")
	}
}

func TestFillDefault(t *testing.T) {
	ctx := context.Background()
	// The double tests each of 5,600 readings for every question.
	double := opentest.Double(t)
	o, installations := Options{Seed: 1, Today: today}, 400
	if double {
		o.Clients, installations = 12, 190
	}
	began := time.Now()
	svc, logins := filled(t, o)
	t.Logf("filled in %v", time.Since(began))
	if len(logins) != 6 {
		t.Fatalf("%d logins, want admin, manager and four agents", len(logins))
	}
	counts(t, svc, cmp.Or(o.Clients, 60), installations, 14*installations, 6)
	if !double {
		recomputesTheSame(t, svc)
	}
	before := digest(t, svc.Store())
	again, err := Fill(ctx, svc, Options{Seed: 2, Today: "2027-01-01"})
	if err != ErrFilled || again != nil {
		t.Errorf("a second fill: %v %v", again, err)
	}
	if digest(t, svc.Store()) != before {
		t.Error("a second fill changed the store")
	}
}

// TestRecomputeOfAFewClients is what the double can bear: companies that are
// drawn have few installations each.
func TestRecomputeOfAFewClients(t *testing.T) {
	cheaply(t)
	svc := open(t)
	if _, err := FillReference(t.Context(), svc, Options{Seed: 1, Clients: 8, Today: today}, 2000, func(int) {}); err != nil {
		t.Fatal(err)
	}
	counts(t, svc, 8, 40, 480, 9)
	recomputesTheSame(t, svc)
}

func counts(t *testing.T, svc *crm.Service, clients, installations, readings, users int) {
	t.Helper()
	for _, want := range []struct {
		in *store.Collection
		n  int
	}{{crm.Clients.In, clients}, {crm.Installations.In, installations}, {crm.Readings.In, readings}, {crm.Users.In, users}} {
		rows, err := svc.Store().Tally(t.Context(), store.Tally{In: want.in})
		if err != nil || rows[0].Count != int64(want.n) {
			t.Errorf("%s: %v %v, want %d", want.in.Name, rows, err, want.n)
		}
	}
}

// recomputesTheSame fails where Recompute would change what was written.
func recomputesTheSame(t *testing.T, svc *crm.Service) {
	t.Helper()
	before := digest(t, svc.Store())
	if err := svc.RecomputeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if digest(t, svc.Store()) != before {
		t.Error("Recompute finds other figures than were written")
	}
}

func TestLoginsWork(t *testing.T) {
	svc, logins := filled(t, Options{Seed: 1, Clients: 8, Today: today})
	for _, l := range logins {
		u, err := svc.UserByEmail(context.Background(), crm.SystemActor(), l.Email)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := crm.Users.Get(context.Background(), svc.Store(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		ok, err := secret.VerifyPassword(stored.Password, l.Password)
		if !ok || err != nil || !stored.LoopbackOnly || stored.MustChange {
			t.Errorf("%s: verified %v %v, loopback %v, must change %v", l.Email, ok, err, stored.LoopbackOnly, stored.MustChange)
		}
	}
}

func TestRefusesForeignStore(t *testing.T) {
	svc := open(t)
	c := crm.Client{ID: "x", Name: "Somebody's own"}
	if err := svc.Apply(context.Background(), crm.Clients.Put(&c)); err != nil {
		t.Fatal(err)
	}
	if _, err := Fill(context.Background(), svc, Options{Seed: 1, Today: today}); err != ErrNotDemo {
		t.Errorf("err = %v", err)
	}
	if _, ok, _ := ReadMark(context.Background(), svc.Store()); ok {
		t.Error("a refused store was marked")
	}
}

func TestFillGoesOnAfterACrash(t *testing.T) {
	cheaply(t)
	ctx := context.Background()
	svc := open(t)
	m, err := begin(ctx, svc, Mark{Seed: 3, Clients: 10, Today: today, Kind: kindDemonstration})
	if err != nil {
		t.Fatal(err)
	}
	w := NewWorld(m.Plan())
	for n := range 4 {
		if err := svc.Apply(ctx, slices.Concat(w.Client(n).Changes()...)...); err != nil {
			t.Fatal(err)
		}
	}
	logins, err := Fill(ctx, svc, Options{Seed: 99, Clients: 60, Today: "2027-05-05"})
	if err != nil || len(logins) == 0 {
		t.Fatal(logins, err)
	}
	whole, _ := filled(t, Options{Seed: 3, Clients: 10, Today: today})
	if digest(t, svc.Store()) != digest(t, whole.Store()) {
		t.Error("a fill that was cut short ends differently")
	}
}

func TestWorldIsCredible(t *testing.T) {
	w := NewWorld(Demonstration(1, 60, today))
	seen := map[string]bool{}
	unique := func(kind, v string) {
		if v != "" && seen[kind+v] {
			t.Errorf("%s %q stands twice", kind, v)
		}
		seen[kind+v] = true
	}
	sentences := map[string]bool{}
	sectors := map[string]bool{}
	states := map[string]int{}
	var over, tests, denounced, free, azul, small, alpha, cpf, today, gaps int
	for n := range w.Clients {
		b := w.Client(n)
		c := &b.Client
		sectors[c.Sector] = true
		unique("name", c.Name)
		unique("tax", c.TaxID)
		unique("domain", c.Domains[0])
		if _, err := ident.ParseCNAE(c.CNAE); err != nil || crm.BuiltInSectors().Of(c.CNAE) == "" {
			t.Errorf("%s: CNAE %s: %v", c.Name, c.CNAE, err)
		}
		if c.TaxKind == crm.TaxCPF {
			cpf++
		} else if _, err := ident.ParseCNPJ(c.CNPJ); err != nil {
			t.Errorf("%s: CNPJ %s: %v", c.Name, c.CNPJ, err)
		} else if strings.HasPrefix(c.CNPJ, "ZZ") {
			alpha++
		}
		if len(b.People) < 1 || len(b.People) > 5 {
			t.Errorf("%s has %d people", c.Name, len(b.People))
		}
		for _, p := range b.People {
			unique("mail", p.Emails[0])
			if got, err := ident.NormalPhone(p.Phones[0]); err != nil || got != p.Phones[0] || !strings.Contains(got, "5550") {
				t.Errorf("phone %s: %v", p.Phones[0], err)
			}
			if !strings.HasSuffix(p.Emails[0], ".example") {
				t.Errorf("address %s", p.Emails[0])
			}
		}
		if len(b.Units) <= 5 {
			small++
		}
		for _, u := range b.Units {
			unique("uc", u.Installation.UC)
			unique("former", u.Installation.FormerUC)
			if _, err := ident.ParseUC(u.Installation.UC); err != nil {
				t.Error(err)
			}
			if _, err := ident.ParseFormerUC(u.Installation.FormerUC); err != nil {
				t.Error(err)
			}
			states[u.Installation.WorstState]++
			if u.Installation.OverW > 0 {
				over++
				if u.Installation.OverCents == nil && u.Installation.Modality != "unknown" {
					t.Errorf("%s: an overrun without tariff", u.Installation.Name)
				}
			}
			if u.Installation.Market == crm.MarketFree {
				free++
			}
			for _, k := range u.Contracts {
				if k.Test != nil {
					tests++
				}
				if k.Modality == "azul" {
					azul++
				}
				if k.Denounced != "" {
					denounced++
				}
			}
			if len(u.Readings) != w.Months {
				t.Errorf("%d readings", len(u.Readings))
			}
			if u.Readings[0].Month != "2026-10" {
				t.Errorf("newest reading %s", u.Readings[0].Month)
			}
			if u.Readings[w.Months-1].Month != "2025-09" {
				gaps++
			}
		}
		for _, a := range b.Activities {
			sentences[a.Text] = true
			if a.Visit != nil {
				sentences[a.Visit.Findings] = true
			}
			if a.Planned() && crm.DayOf(a.At) == "2026-11-22" {
				today++
			}
			if !a.Planned() && crm.DayOf(a.At) >= "2026-11-22" {
				t.Errorf("%s: something happened on %s", c.Name, a.At)
			}
		}
	}
	for what, n := range map[string]int{"overruns": over, "test periods": tests, "denounced": denounced, "free": free,
		"azul": azul, "letters in a CNPJ": alpha, "visits today": today, "gaps": gaps, "idle": states["idle"], "ok": states["ok"]} {
		if n == 0 {
			t.Errorf("no %s in the demonstration", what)
		}
	}
	if cpf != 2 || small < 30 || len(sectors) != 19 || len(sentences) < 600 {
		t.Errorf("%d CPF, %d small clients, %d sectors, %d sentences", cpf, small, len(sectors), len(sentences))
	}
	t.Logf("states %v, overruns %d, tests %d, visits today %d, gaps %d, free %d", states, over, tests, today, gaps, free)
}

func TestSharesAddUp(t *testing.T) {
	for _, n := range []int{1, 7, 59, 60, 61, 200, 999} {
		p := Demonstration(1, n, today)
		w := NewWorld(p)
		units, entries := 0, 0
		for i := range n {
			units += w.units[i]
			entries += w.entries[i]
			if a := w.agentOf(i); a < 0 || a >= w.Agents || w.placeInPortfolio(i) < 0 {
				t.Fatalf("client %d of %d: agent %d", i, n, a)
			}
		}
		if units < n || n == 60 && units != 400 || entries != p.Entries {
			t.Errorf("%d clients: %d units, %d entries", n, units, entries)
		}
	}
	p := Reference(1, 2000, today)
	w := NewWorld(p)
	total, most := 0, 0
	for _, n := range w.units {
		total, most = total+n, max(most, n)
	}
	if total != 10_000 || most < 40 || len(w.agents) != 40 {
		t.Errorf("reference: %d units, the largest client has %d, %d agents", total, most, len(w.agents))
	}
}

func TestEverySentenceFillsItsSlots(t *testing.T) {
	p, u := &crm.Person{Name: "Ana"}, &crm.Installation{Name: "Mina", UC: uc(1), City: "Unaí", LoadW: 200_000}
	distinct := map[string]bool{}
	for key, list := range heard {
		for _, s := range list {
			got := speak(s, "pt", time.Now(), p, u)
			if strings.ContainsAny(got, "{}") {
				t.Errorf("%s: %s", key, got)
			}
			want := map[string]int{"visit": 4, "missed": 2}[key[strings.LastIndex(key, " ")+1:]]
			if n := len(strings.Split(s, " | ")); want > 0 && n != want {
				t.Errorf("%s has %d parts, want %d: %s", key, n, want, s)
			}
			distinct[s] = true
		}
	}
	if len(distinct) < 150 {
		t.Errorf("%d sentences", len(distinct))
	}
}

// TestNumbersHoldForLargeSets: making a number that is not valid panics.
func TestNumbersHoldForLargeSets(t *testing.T) {
	w := NewWorld(Reference(1, 300_000, today))
	seen := map[string]bool{}
	for n := 0; n < w.Clients; n += 997 {
		c := w.Client(n).Client
		if seen[c.TaxID] || len(c.TaxID) != 8 && len(c.TaxID) != 11 {
			t.Errorf("client %d: %q", n, c.TaxID)
		}
		seen[c.TaxID] = true
	}
}
