package faults

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
	"cemigmas/crm/auth"
)

// childVariable makes the test binary a server: its value is the JSON of a
// childConfig.
const childVariable = "CEMIGMAS_FAULTS_CHILD"

type childConfig struct {
	Store, Data, Owner  string
	AllowNoTransactions bool
	FileLimit           uint64 // bytes that a file may grow to; 0: no limit
	NoRoot              bool   // the process gives up a superuser's rights, who may write everything
	User                string // who gets a token
}

func TestMain(m *testing.M) {
	if conf := os.Getenv(childVariable); conf != "" {
		if err := serve(conf); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve is the child: the whole program until it is told to end, or killed.
func serve(conf string) error {
	var c childConfig
	if err := json.Unmarshal([]byte(conf), &c); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := limitFiles(c.FileLimit); err != nil {
		return err
	}
	if c.NoRoot {
		if err := dropRoot(); err != nil {
			return err
		}
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.Open(ctx, app.Config{Log: log, Store: c.Store, Data: c.Data, Owner: c.Owner, AllowNoTransactions: c.AllowNoTransactions,
		Addr: "127.0.0.1:0", Exclusive: true})
	if err != nil {
		return err
	}
	u, err := crm.Users.Get(ctx, a.Service.Store(), c.User)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	token, err := a.Auth.Issue(ctx, u, auth.Device{})
	if err == nil {
		err = a.Start(ctx)
	}
	if err != nil {
		return errors.Join(err, a.Close())
	}
	fmt.Println("ready", a.URL(), token.Token)
	return errors.Join(a.Wait(ctx), a.Close())
}

// child is a running server process.
type child struct {
	t          testing.TB
	cmd        *exec.Cmd
	url, token string
	said       *saying // on standard error
	ended      chan error
}

// saying is a text that grows while it is read.
type saying struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *saying) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *saying) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// spawn starts a child and waits until it serves; an error is what it said.
func spawn(t testing.TB, c childConfig) (*child, error) {
	t.Helper()
	conf, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	p := &child{t: t, cmd: exec.Command(os.Args[0]), said: &saying{}, ended: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), childVariable+"="+string(conf))
	p.cmd.Stderr = p.said
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make(chan string, 1)
	go func() {
		s, _ := bufio.NewReader(out).ReadString('\n')
		line <- s
		p.ended <- p.cmd.Wait()
	}()
	select {
	case s := <-line:
		if f := strings.Fields(s); len(f) == 3 && f[0] == "ready" {
			p.url, p.token = f[1], f[2]
			return p, nil
		}
		<-p.ended
		return nil, errors.New(strings.TrimSpace(p.said.String()))
	case <-time.After(60 * time.Second):
		p.kill()
		return nil, errors.New("the child did not start in 60 s")
	}
}

// start is spawn that must succeed.
func start(t testing.TB, c childConfig) *child {
	t.Helper()
	p, err := spawn(t, c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// kill ends the process as a power cut would.
func (p *child) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop lets the process end by itself.
func (p *child) stop() {
	p.t.Helper()
	if runtime.GOOS == "windows" {
		p.kill()
		return
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Error(err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			p.t.Errorf("the child ended with %v: %s", err, p.said)
		}
	case <-time.After(30 * time.Second):
		p.kill()
		p.t.Error("the child does not end")
	}
}
