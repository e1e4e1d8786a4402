package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cemigmas/crm/store/opentest"
)

// TestVariables takes settings from the environment, and from the file that a
// variable names.
func TestVariables(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "elsewhere")
	t.Setenv("CEMIGMAS_DATA", dir)
	list := words("user list")
	expect(t, list, play(t, "", list...), exitDone)
	if _, err := os.Stat(filepath.Join(dir, "cemigmas.db")); err != nil {
		t.Errorf("CEMIGMAS_DATA: %v", err)
	}

	named := filepath.Join(t.TempDir(), "named.db")
	t.Setenv("CEMIGMAS_STORE", "sqlite:"+named)
	expect(t, list, play(t, "", list...), exitDone)
	if _, err := os.Stat(named); err != nil {
		t.Errorf("CEMIGMAS_STORE: %v", err)
	}
	os.Unsetenv("CEMIGMAS_STORE")

	filed := filepath.Join(t.TempDir(), "filed.db")
	secret := filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(secret, []byte("sqlite:"+filed+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CEMIGMAS_STORE_FILE", secret)
	expect(t, list, play(t, "", list...), exitDone)
	if _, err := os.Stat(filed); err != nil {
		t.Errorf("CEMIGMAS_STORE_FILE: %v", err)
	}
	t.Setenv("CEMIGMAS_STORE_FILE", secret+".gone")
	expect(t, list, play(t, "", list...), exitUsage, "CEMIGMAS_STORE_FILE")
}

// TestPasswordsOfStores are never shown, however wrong the address is.
func TestPasswordsOfStores(t *testing.T) {
	for _, dsn := range []string{
		"mongodb://ana:segredo99@127.0.0.1:1/x?serverSelectionTimeoutMS=50&connectTimeoutMS=50",
		"mongodb://ana:segredo99@127.0.0.1:notaport/x",
		"mongodb://ana:segredo99@/x", "mongodb://ana:segredo99", "mongodb+srv://ana:segredo99@nowhere.invalid/x",
		"postgres://ana:segredo99@127.0.0.1/x", "ana:segredo99@127.0.0.1",
	} {
		args := []string{"user", "list", "--store", dsn, "--data", t.TempDir()}
		a := play(t, "", args...)
		if a.code == exitDone || strings.Contains(a.all(), "segredo99") {
			t.Errorf("%s ends with %d: %s", dsn, a.code, a.all())
		}
	}
}

// output can be read while a verb writes.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// serving starts serve and waits until it says its address; what is returned
// ends it and answers its exit code.
func (d *desk) serving(args ...string) (url string, stop func() int) {
	d.t.Helper()
	ctx, cancel := context.WithCancel(d.t.Context())
	var out output
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, slices.Concat([]string{"serve", "--addr", "127.0.0.1:0"}, d.flags(), args), strings.NewReader(""), &out, &out)
	}()
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	for late := time.Now().Add(30 * time.Second); time.Now().Before(late); {
		if url = address.FindString(out.String()); url != "" {
			return url, func() int { cancel(); return <-code }
		}
		select {
		case c := <-code:
			d.t.Fatalf("serve ended with %d: %s", c, out.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	d.t.Fatalf("serve does not get ready: %s", out.String())
	return "", nil
}

// TestServe answers, refuses a second server on its file and ends cleanly.
func TestServe(t *testing.T) {
	d := newDesk(t)
	url, stop := d.serving()
	answer, err := http.Get(url + "/readyz")
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("readyz: %v %v", answer, err)
	}
	if !opentest.Mongo(t) { // which is made for several
		d.does(exitFailed, "", words("serve --addr 127.0.0.1:0"), strconv.Itoa(os.Getpid()))
	}
	d.does(exitDone, "", words("user list"), "admin@cemigmas.example") // other verbs work beside it
	if code := stop(); code != exitDone {
		t.Errorf("serve ends with %d", code)
	}
}

// TestServeDemoKeepsOff refuses to play on a store with clients of its own.
func TestServeDemoKeepsOff(t *testing.T) {
	d := newDesk(t)
	d.does(exitRejected, "", []string{"import", portfolioFile(t)})
	d.does(exitFailed, "", words("serve --demo --addr 127.0.0.1:0"), "holds clients and is not a demonstration")
	if got := d.clients(); got != "clients 2 documents" {
		t.Errorf("afterwards: %s", got)
	}
}

// TestFirstLoginsAreNotLost prints them also when the address is taken.
func TestFirstLoginsAreNotLost(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	newDesk(t).does(exitFailed, "", []string{"serve", "--addr", taken.Addr().String()}, "cannot listen", "First sign-in", "admin@cemigmas.example")
}

// TestDemonstrationStaysHome refuses an address that others reach, before it
// fills anything.
func TestDemonstrationStaysHome(t *testing.T) {
	d := newDesk(t)
	d.does(exitFailed, "", words("serve --demo --addr 0.0.0.0:0"), "loopback")
	if got := d.clients(); got != "clients 0 documents" {
		t.Errorf("afterwards: %s", got)
	}
}
