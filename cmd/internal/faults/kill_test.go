package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb/mongotest"
)

// soak says that the long run was asked for (make soak).
func soak() bool { return os.Getenv("CEMIGMAS_SOAK") != "" }

// seed is CEMIGMAS_FAULTS_SEED, or a new one, which is printed.
func seed(t *testing.T) *rand.Rand {
	n, err := strconv.ParseUint(os.Getenv("CEMIGMAS_FAULTS_SEED"), 10, 64)
	if err != nil {
		n = rand.Uint64()
	}
	t.Logf("CEMIGMAS_FAULTS_SEED=%d", n)
	return rand.New(rand.NewPCG(n, n))
}

// work is what a killed program is doing.
type work struct {
	logs, mail, imports bool
	units, arriving     int // of a workbook; that arrive between two kills
}

// TestKilled kills the program while it imports, reads mail and is written to by
// the API, on one SQLite file.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("left out: it kills processes for half a minute")
	}
	kills := 20
	if soak() {
		kills = 200
	}
	dir := t.TempDir()
	h := newHouse(t, childConfig{Store: sqliteDSN(dir), Data: dir})
	k := &killing{house: h, rand: seed(t), work: work{logs: true, mail: true, imports: true, units: bookUnits, arriving: 30}}
	for n := range kills {
		k.round()
		k.cheap()
		if soak() && n%10 == 9 {
			t.Logf("%d kills, %d mails, %d logs, %d workbooks", n+1, h.mailed, len(k.acked), k.books)
		}
	}
	k.finish()
	k.verify()
	h.open(func(a *app.App) { sound(t, a.Service) })
}

// TestKilledWithoutTransactions does each of the three alone on a MongoDB: the
// protocol double's updates are not atomic between connections. There the doctor
// repairs what a kill left, and one more pass reaches the same end.
func TestKilledWithoutTransactions(t *testing.T) {
	if testing.Short() {
		t.Skip("left out: it kills processes")
	}
	kills := 3
	if soak() {
		kills = 20
	}
	for name, w := range map[string]work{
		"logging": {logs: true}, "mail": {mail: true, arriving: 12}, "importing": {imports: true, units: 20},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, childConfig{Store: mongotest.URI(t), Data: t.TempDir(), Owner: "the one worker", AllowNoTransactions: !mongotest.Real()})
			k := &killing{house: h, rand: seed(t), work: w}
			for range kills {
				k.round()
			}
			h.open(func(a *app.App) {
				sum, err := a.Service.Check(context.Background(), true, func(crm.Finding) {})
				h.must(err)
				t.Logf("the doctor repaired %d", sum.Repaired)
			})
			k.finish()
			k.verify()
			h.open(func(a *app.App) { sound(t, a.Service) })
		})
	}
}

// killing is a program that is killed again and again.
type killing struct {
	*house
	work
	rand *rand.Rand

	mu      sync.Mutex
	acked   []string // texts of activities that were answered with 2xx
	pending []string // that were sent and never answered
	logged  int

	books int    // workbooks that were taken whole
	job   string // of the next one
}

// round serves for a random while and kills.
func (k *killing) round() {
	k.Helper()
	if k.mail {
		k.post(k.arriving)
	}
	p := start(k, k.conf)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	if k.logs {
		wg.Go(func() { k.keepLogging(ctx, p) })
	}
	if k.imports {
		k.importOn(p)
	}
	time.Sleep(time.Duration(20+k.rand.IntN(900)) * time.Millisecond)
	p.kill()
	stop()
	wg.Wait()
}

// keepLogging writes activities until the program dies. What was not answered is
// sent again under its key.
func (k *killing) keepLogging(ctx context.Context, p *child) {
	for ctx.Err() == nil {
		if !k.logOne(p) {
			return
		}
	}
}

func (k *killing) logOne(p *child) bool {
	k.mu.Lock()
	if len(k.pending) == 0 {
		k.logged++
		k.pending = append(k.pending, fmt.Sprintf("entry %d", k.logged))
	}
	text := k.pending[0]
	n := k.logged
	k.mu.Unlock()
	in := crm.ActivityInput{Kind: crm.KindCall, Text: text}
	if n%4 == 0 { // a visit moves the client's next one as well
		at := time.Now().Add(time.Duration(n) * time.Hour).UTC()
		in = crm.ActivityInput{Kind: crm.KindVisit, Text: text, At: &at, Visit: &crm.Visit{State: crm.VisitPlanned, Purpose: text}}
	}
	status, err := p.log(k.clients[n%len(k.clients)], text, in)
	if status == 0 || status >= 500 {
		return false
	}
	if err != nil {
		k.Errorf("%s: %v", text, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pending, k.acked = k.pending[1:], append(k.acked, text)
	return true
}

// importOn sends the next workbook when the one before was taken, or given up
// because the program died over it three times.
func (k *killing) importOn(p *child) {
	k.Helper()
	if k.job != "" {
		state, err := p.job(k.job)
		k.must(err)
		switch state {
		case crm.JobDone:
			k.books++
		case crm.JobFailed:
		default:
			return // it goes on by itself
		}
	}
	raw, err := os.ReadFile(k.book(k.units, k.books%18))
	k.must(err)
	k.job, err = p.upload(raw)
	k.must(err)
}

// cheap looks at the file after each kill: whole, and with all that was
// answered.
func (k *killing) cheap() {
	k.Helper()
	k.open(func(a *app.App) {
		damaged, err := a.Damaged(context.Background())
		if err != nil || len(damaged) > 0 {
			k.Fatalf("the file: %v %v", damaged, err)
		}
		texts := k.stored(a)
		for _, text := range k.acked {
			if texts[text] != 1 {
				k.Fatalf("%q was answered and is there %d times", text, texts[text])
			}
		}
	})
}

// stored counts activities by their text.
func (k *killing) stored(a *app.App) map[string]int {
	k.Helper()
	out := map[string]int{}
	for act, err := range crm.Activities.All(context.Background(), a.Service.Store(), store.Query{}) {
		k.must(err)
		out[act.Text]++
	}
	return out
}

// finish lets the program do the rest undisturbed.
func (k *killing) finish() {
	k.Helper()
	p := start(k, k.conf)
	defer p.stop()
	for k.logs && len(k.pending) > 0 {
		if !k.logOne(p) {
			k.Fatal("the program does not take what was pending")
		}
	}
	if k.imports {
		k.importOn(p)
	}
	k.until(p)
}

// until waits until mail and workbook are taken whole.
func (k *killing) until(p *child) {
	k.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for !k.done(p) {
		if time.Now().After(deadline) {
			k.Fatalf("it is not done: %s", p.said)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// done reports whether mail and workbook are taken whole.
func (k *killing) done(p *child) bool {
	k.Helper()
	if k.imports {
		state, err := p.job(k.job)
		k.must(err)
		if state == crm.JobFailed {
			k.importOn(p)
			return false
		}
		if state != crm.JobDone {
			return false
		}
	}
	if !k.mail {
		return true
	}
	filed := true
	k.open(func(a *app.App) {
		m, err := a.Service.Mailbox(context.Background(), crm.SystemActor(), k.box)
		k.must(err)
		filed = len(m.FolderStates) > 0
		for _, f := range m.FolderStates {
			filed = filed && f.Filled && f.Wanted == 0 && f.Server == int64(k.mailed) && f.Sum() == f.Server
		}
	})
	return filed
}

// verify counts everything at the end: all once, nothing half.
func (k *killing) verify() {
	k.Helper()
	k.open(func(a *app.App) {
		texts := k.stored(a)
		for _, text := range k.acked {
			if texts[text] != 1 {
				k.Errorf("%q is there %d times", text, texts[text])
			}
		}
		if len(texts) != len(k.acked) {
			k.Errorf("%d activities, %d were logged", len(texts), len(k.acked))
		}
		k.verifyMail(a)
		if k.imports {
			k.verifyBooks(a)
		}
	})
}

func (k *killing) verifyMail(a *app.App) {
	k.Helper()
	ctx := context.Background()
	seen := map[string]int{}
	for m, err := range crm.Messages.All(ctx, a.Service.Store(), store.Query{}) {
		k.must(err)
		seen[m.MessageID]++
		if has, err := a.Blobs.Has(ctx, blob.Ref(m.Raw)); err != nil || !has[0] {
			k.Errorf("the raw mail of %s is gone: %v", m.MessageID, err)
		}
	}
	strangers := 0
	for n := range k.mailed {
		want := 1
		if n%5 == 4 {
			want = 0
			strangers++
		}
		if id := fmt.Sprintf("m%d@x", n); seen[id] != want {
			k.Errorf("mail %s is filed %d times, want %d", id, seen[id], want)
		}
	}
	for in, want := range map[*store.Collection]int{crm.HeldMail.In: strangers, crm.Ledger.In: k.mailed, crm.MailLinks.In: k.mailed - strangers} {
		if got := count(k, a.Service.Store(), in); got != want {
			k.Errorf("%d of %s, want %d", got, in.Name, want)
		}
	}
	rows, err := a.Service.Store().Tally(ctx, store.Tally{In: crm.Ledger.In, Where: []store.Cond{store.Is("mailbox", k.box)}, By: []string{"state"}})
	k.must(err)
	for _, r := range rows {
		if r.Group[0] != crm.RowStored && r.Group[0] != crm.RowHeld {
			k.Errorf("%d rows are %v", r.Count, r.Group[0])
		}
	}
}

func (k *killing) verifyBooks(a *app.App) {
	k.Helper()
	taken := min(k.books+1, 18) // the last one was taken after the kills
	s := a.Service.Store()
	for in, want := range map[*store.Collection]int{
		crm.Clients.In: firstClients + k.units, crm.Installations.In: k.units, crm.Contracts.In: k.units, crm.Readings.In: k.units * bookMonths * taken,
	} {
		if got := count(k, s, in); got != want {
			k.Errorf("%d of %s, want %d", got, in.Name, want)
		}
	}
	path := k.book(k.units, k.books%18)
	res, err := a.Import(context.Background(), app.ImportFile{Path: path, Name: "book.xlsx",
		OnError: func(e crm.ImportError) {
			k.Errorf("%s row %d %s %q: %s", e.Sheet, e.Row, e.Column, e.Value, e.Reason.Key)
		}})
	k.must(err)
	for _, sheet := range res.Sheets {
		if sheet.Created+sheet.Updated+sheet.Counts.Rejected > 0 {
			k.Errorf("the same workbook again: %+v", sheet)
		}
	}
}
