package app

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

func TestFindingLines(t *testing.T) {
	f := crm.Finding{Collection: "timeline", ID: "a", What: "no row", Repair: "made"}
	for want, fix := range map[string]bool{"timeline a: no row; doctor --fix repairs it": false, "timeline a: no row": true} {
		if got := findingLine(f, fix); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	done, stays, met := f, f, f
	done.Done, stays.Repair, met.Err = true, "", errors.New("changed meanwhile")
	for _, c := range []struct {
		f    crm.Finding
		want string
	}{{done, "repaired: made"}, {stays, "only a person"}, {met, "not repaired: changed meanwhile"}} {
		if got := findingLine(c.f, true); !strings.Contains(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestDiedHere(t *testing.T) {
	host, _ := os.Hostname()
	dead := exec.Command(os.Args[0], "-test.run=^$")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		processName(): false, "elsewhere:1:x": false, "no process": false, host + ":x:y": false,
		fmt.Sprintf("%s:%d:x", host, os.Getppid()): false, fmt.Sprintf("%s:%d:x:y", host, dead.Process.Pid): true,
	} {
		if got := diedHere(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestCheckDataRepairs(t *testing.T) {
	ctx := t.Context()
	a, err := Open(ctx, Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	e := crm.Entry{ID: "stray", Client: "c", Kind: crm.KindCall, Ref: "stray", At: a.Service.Now()}
	if err := a.Service.Apply(ctx, crm.Timeline.Put(&e)); err != nil {
		t.Fatal(err)
	}
	var lines []string
	tell := func(l string) { lines = append(lines, l) }
	if open, err := a.CheckData(ctx, false, tell); open != 1 || err != nil || len(lines) != 1 {
		t.Fatalf("%d %v %q", open, err, lines)
	}
	if open, err := a.CheckData(ctx, true, tell); open != 0 || err != nil || lines[len(lines)-1] != "1 repaired" {
		t.Fatalf("%d %v %q", open, err, lines)
	}
	if _, err := crm.Timeline.Get(ctx, a.Service.Store(), "stray"); !store.IsNotFound(err) {
		t.Errorf("the row is still there: %v", err)
	}
}
