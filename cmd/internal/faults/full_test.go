package faults

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
)

// TestFullDisk: a program whose files cannot grow says so and asks to try again;
// nothing that it answered is lost, nothing is half, and once there is space the
// same process takes the rest by itself: logs, mail and a workbook.
func TestFullDisk(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("left out: file sizes cannot be limited here")
	}
	if testing.Short() {
		t.Skip("left out: it fills files")
	}
	dir := t.TempDir()
	h := newHouse(t, childConfig{Store: sqliteDSN(dir), Data: dir})
	h.conf.FileLimit = largest(t, dir) + 400_000
	k := &killing{house: h, work: work{logs: true, mail: true, imports: true, units: bookUnits}}
	p := start(t, h.conf)
	raw, err := os.ReadFile(k.book(k.units, 0))
	k.must(err)
	if k.job, err = p.upload(raw); err != nil {
		t.Fatal(err)
	}
	k.post(60)
	status := 0
	for n := 0; n < 2000 && status < 500; n++ {
		text := fmt.Sprintf("entry %d", n)
		in := crm.ActivityInput{Kind: crm.KindCall, Text: text + strings.Repeat(" long", 900)}
		in.Text = text + in.Text[len(text):]
		if status, err = p.log(k.clients[0], text, in); status < 300 {
			k.acked = append(k.acked, in.Text)
		}
	}
	if status != http.StatusServiceUnavailable || !strings.Contains(err.Error(), `"unavailable"`) {
		t.Fatalf("a log on a full disk answers %d %v", status, err)
	}
	if status, err := p.call(http.MethodGet, "/clients/"+k.clients[0]+"/timeline", "", nil, "", nil); err != nil {
		t.Errorf("reading on a full disk: %d %v", status, err)
	}
	k.must(p.makeSpace())
	k.pending = []string{"after"}
	for deadline := time.Now().Add(60 * time.Second); !k.logOne(p); {
		if time.Now().After(deadline) {
			t.Fatalf("with space again: %s", p.said)
		}
		time.Sleep(50 * time.Millisecond)
	}
	first := k.job
	k.until(p)
	if k.job != first {
		t.Error("the workbook had to be sent again")
	}
	p.stop()
	if !strings.Contains(p.said.String(), "the disk is full") && !strings.Contains(p.said.String(), "full or failing disk") {
		t.Errorf("nothing of the disk in %s", p.said)
	}
	k.conf.FileLimit = 0
	k.verify()
	h.open(func(a *app.App) { sound(t, a.Service) })
}

// largest is the size of the largest file below a directory.
func largest(t *testing.T, dir string) (most uint64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			most = max(most, uint64(info.Size()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return most
}

// TestSecondServe: a second serve on one file is refused with the number of the
// first, as a process; everything else works beside it.
func TestSecondServe(t *testing.T) {
	dir := t.TempDir()
	h := newHouse(t, childConfig{Store: sqliteDSN(dir), Data: dir})
	p := start(t, h.conf)
	defer p.stop()
	if _, err := spawn(t, h.conf); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d", p.cmd.Process.Pid)) {
		t.Fatalf("the second says %v, the first is %d", err, p.cmd.Process.Pid)
	}
	h.open(func(a *app.App) {
		if err := a.Service.RecomputeAll(context.Background()); err != nil {
			t.Error(err)
		}
		sound(t, a.Service)
	})
	if status, err := p.log(h.clients[0], "beside", crm.ActivityInput{Kind: crm.KindNote, Text: "beside"}); err != nil {
		t.Errorf("%d %v", status, err)
	}
}
