package nodes

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
)

// lease is short, so that a test sees work handed over in seconds; what a
// program starts with is in README.
const lease = 3 * time.Second

// patience is how long a test waits for anything.
const patience = 40 * time.Second

// build makes the program.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "cemigmas")
	if out, err := exec.Command("go", "build", "-o", bin, "cemigmas/cmd/cemigmas").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return bin
}

// site is a store with the key that its nodes share.
type site struct {
	t     *testing.T
	bin   string
	uri   string
	key   string
	store *mongodb.Store // what the test itself looks into
	svc   *crm.Service
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, uri: mongotest.URI(t), key: filepath.Join(t.TempDir(), "key")}
	s.bin = build(t)
	var err error
	if s.store, err = mongodb.Open(t.Context(), mongodb.Options{URI: s.uri, Schema: crm.Schema(), AllowNoTransactions: !mongotest.Real()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.store.Close() })
	s.svc = crm.New(crm.Deps{Store: s.store})
	return s
}

// command is the program with a data directory of its own, as on another
// machine.
func (s *site) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.bin, args...)
	cmd.Env = append(os.Environ(), "CEMIGMAS_STORE="+s.uri, "CEMIGMAS_KEY_FILE="+s.key, "CEMIGMAS_DATA="+s.t.TempDir(),
		fmt.Sprintf("CEMIGMAS_ALLOW_NO_TRANSACTIONS=%t", !mongotest.Real()))
	return cmd
}

// does runs a verb to its end.
func (s *site) does(stdin string, args ...string) string {
	s.t.Helper()
	cmd := s.command(args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// node is a serving process.
type node struct {
	name string
	url  string
	cmd  *exec.Cmd
	log  *tail
	dead chan struct{}
}

// tail keeps what a process says, for when a test fails.
type tail struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *tail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve starts a node and waits until it is ready.
func (s *site) serve(name, roles string) *node {
	s.t.Helper()
	n := &node{name: name, cmd: s.command("serve", "--addr", "127.0.0.1:0", "--role", roles, "--lease", lease.String()), log: &tail{}, dead: make(chan struct{})}
	n.cmd.Stderr = n.log
	out, err := n.cmd.StdoutPipe()
	if err == nil {
		err = n.cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		defer close(n.dead)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if _, url, ok := strings.Cut(lines.Text(), " is ready at "); ok {
				ready <- url
			}
		}
		_ = n.cmd.Wait()
	}()
	s.t.Cleanup(func() {
		n.kill()
		if s.t.Failed() {
			s.t.Logf("%s said:\n%s", name, n.log)
		}
	})
	select {
	case n.url = <-ready:
	case <-n.dead:
		s.t.Fatalf("%s ended: %s", name, n.log)
	case <-time.After(patience):
		s.t.Fatalf("%s is not ready: %s", name, n.log)
	}
	return n
}

// kill is kill -9: nothing is handed over.
func (n *node) kill() {
	_ = n.cmd.Process.Kill()
	<-n.dead
}

// until asks until something holds.
func (s *site) until(what string, holds func() bool) {
	s.t.Helper()
	s.within(patience, what, holds)
}

func (s *site) within(d time.Duration, what string, holds func() bool) {
	s.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.After(d)
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("not within %s: %s", d, what)
		}
	}
}
