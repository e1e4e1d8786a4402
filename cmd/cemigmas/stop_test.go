//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
	"cemigmas/crm/auth"
)

// asChild makes this test binary the program itself, so that signals and exit
// codes are real.
const asChild = "CEMIGMAS_TEST_AS_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		os.Unsetenv(asChild)
		main()
	}
	os.Exit(m.Run())
}

// child is a serve in a process of its own, with somebody signed in.
type child struct {
	*testing.T
	cmd                *exec.Cmd
	url, figures, addr string
	data               string
	cookie             string
	log                bytes.Buffer
	ended              chan error
}

func startChild(t *testing.T, args ...string) *child {
	t.Helper()
	c := &child{T: t, ended: make(chan error, 1), data: filepath.Join(t.TempDir(), "data")}
	c.prepare(c.data)
	c.cmd = exec.Command(os.Args[0], append([]string{"serve", "--addr", "127.0.0.1:0", "--metrics-addr", "127.0.0.1:0", "--data", c.data}, args...)...)
	c.cmd.Env = append(os.Environ(), asChild+"=1")
	c.cmd.Stderr = &c.log
	out, err := c.cmd.StdoutPipe()
	c.must(err)
	c.must(c.cmd.Start())
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for c.figures == "" && lines.Scan() {
		address := regexp.MustCompile(`http://\S+`).FindString(lines.Text())
		switch {
		case strings.Contains(lines.Text(), "ready at"):
			c.url = address
		case strings.Contains(lines.Text(), "Figures are at"):
			c.figures = address
		}
	}
	if c.figures == "" {
		_ = c.cmd.Wait()
		t.Fatalf("serve does not get ready: %s", &c.log)
	}
	c.addr = strings.TrimPrefix(c.url, "http://")
	go func() {
		_, _ = io.Copy(io.Discard, out)
		c.ended <- c.cmd.Wait()
	}()
	return c
}

// prepare makes a store with a user and a session.
func (c *child) prepare(data string) {
	c.Helper()
	a, err := app.Open(c.Context(), app.Config{Data: data})
	c.must(err)
	u, _, err := a.Service.AddUser(c.Context(), crm.SystemActor(), crm.UserInput{Email: "ana@cemig.example", Name: "Ana", Role: crm.RoleAdmin, Password: "uma senha de teste"})
	c.must(err)
	c.cookie, err = a.Auth.OpenSession(c.Context(), u, auth.Device{})
	c.must(err)
	c.must(a.Close())
}

func (c *child) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// slow begins a sign-in and keeps half of the form back until finish.
func (c *child) slow() (finish func() *http.Response) {
	c.Helper()
	conn, err := net.Dial("tcp", c.addr)
	c.must(err)
	c.Cleanup(func() { conn.Close() })
	// A small body is read before anything is done with the request.
	body := "email=ana%40cemig.example&password=uma+senha+de+teste&more=" + strings.Repeat("x", 64<<10)
	_, err = fmt.Fprintf(conn, "POST /signin HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", c.addr, len(body), body[:32<<10])
	c.must(err)
	c.until("the request is being answered", func() bool { return strings.Contains(c.get(c.figures), "\ncemigmas_http_requests_in_flight 1\n") })
	return func() *http.Response {
		_, err := io.WriteString(conn, body[32<<10:])
		c.must(err)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		c.must(err)
		return res
	}
}

// stream opens the stream of events; the channel is closed when it ends.
func (c *child) stream() <-chan struct{} {
	c.Helper()
	r, err := http.NewRequest(http.MethodGet, c.url+"/events", nil)
	c.must(err)
	r.AddCookie(&http.Cookie{Name: "cemigmas", Value: c.cookie})
	res, err := http.DefaultClient.Do(r)
	c.must(err)
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() {
		c.Fatalf("no stream of events: %d", res.StatusCode)
	}
	over := make(chan struct{})
	go func() {
		defer res.Body.Close()
		for lines.Scan() {
			continue
		}
		close(over)
	}()
	return over
}

func (c *child) get(url string) string {
	res, err := http.Get(url)
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return fmt.Sprint(res.StatusCode, "\n", string(body))
}

func (c *child) until(what string, so func() bool) {
	c.Helper()
	for late := time.Now().Add(20 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			c.Fatalf("still not: %s\n%s", what, &c.log)
		}
	}
}

func (c *child) signal() {
	c.Helper()
	c.must(c.cmd.Process.Signal(syscall.SIGTERM))
}

// wait answers how the process ended and how long that took.
func (c *child) wait() (*os.ProcessState, time.Duration) {
	c.Helper()
	began := time.Now()
	select {
	case <-c.ended:
	case <-time.After(30 * time.Second):
		c.Fatal("serve does not end")
	}
	return c.cmd.ProcessState, time.Since(began)
}

// within fails the test when something takes longer.
func (c *child) within(d time.Duration, what string, ch <-chan struct{}) {
	c.Helper()
	select {
	case <-ch:
	case <-time.After(d):
		c.Fatalf("not within %s: %s", d, what)
	}
}

// TestGracefulStop: what is being answered is answered, open pages and silent
// connections hold nothing up, and the process says that all went well.
func TestGracefulStop(t *testing.T) {
	c := startChild(t)
	over := c.stream()
	silent, err := net.Dial("tcp", c.addr)
	c.must(err)
	defer silent.Close()
	finish := c.slow()
	c.signal()
	c.within(5*time.Second, "the stream of events ends", over)
	c.until("nobody is let in any more", func() bool { return c.get(c.url+"/healthz") == "" })
	if res := finish(); res.StatusCode != http.StatusSeeOther || len(res.Cookies()) == 0 {
		t.Errorf("the request that was under way: %d", res.StatusCode)
	}
	state, took := c.wait()
	if state.ExitCode() != exitDone || took > 10*time.Second {
		t.Errorf("serve ends with %d after %s: %s", state.ExitCode(), took, &c.log)
	}
}

// TestStopHasABound cuts what does not end and says so.
func TestStopHasABound(t *testing.T) {
	c := startChild(t, "--stop-time", "500ms")
	c.slow()
	c.signal()
	state, took := c.wait()
	if state.ExitCode() != exitFailed || took > 10*time.Second || !strings.Contains(c.log.String(), "cut off") {
		t.Errorf("serve ends with %d after %s: %s", state.ExitCode(), took, &c.log)
	}
}

// TestDrain tells proxies first, and serves on meanwhile.
func TestDrain(t *testing.T) {
	c := startChild(t, "--drain-time", "1s")
	c.signal()
	c.until("readyz says no", func() bool { return strings.HasPrefix(c.get(c.url+"/readyz"), "503") })
	if got := c.get(c.url + "/healthz"); !strings.HasPrefix(got, "200") {
		t.Errorf("while draining: %q", got)
	}
	if state, _ := c.wait(); state.ExitCode() != exitDone {
		t.Errorf("serve ends with %d: %s", state.ExitCode(), &c.log)
	}
}

// TestSecondSignal ends at once what the first would have waited for.
func TestSecondSignal(t *testing.T) {
	c := startChild(t)
	over := c.stream()
	c.slow()
	c.signal()
	c.within(5*time.Second, "the stop begins", over)
	c.signal()
	state, took := c.wait()
	if status := state.Sys().(syscall.WaitStatus); !status.Signaled() || took > 3*time.Second {
		t.Errorf("after a second signal: %s, %s", state, took)
	}
}
