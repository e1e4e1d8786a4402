// Package e2e plays what people do in a real Chromium on a real App: sign in,
// watch a mail arrive, log, import, download. Every step waits for what it
// needs to see; a flow that fails leaves a picture.
package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
	"cemigmas/crm/calendar"
)

// today is the last day of the demonstration that the flows run on.
const today = calendar.Date("2026-11-22")

// chromium finds a browser; a laptop without one skips, a build machine fails.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium: make setup installs it")
	}
	t.Skip("no Chromium on this machine: make setup installs it on Debian")
	return ""
}

// demonstration starts a whole program on a store of its own.
func demonstration(t *testing.T) (*app.App, map[crm.Role]app.Login) {
	t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, app.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", Demo: true, Seed: 1, Today: today, Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	logins, err := a.Prepare(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(ctx); err != nil {
		t.Fatal(err)
	}
	by := map[crm.Role]app.Login{}
	for _, l := range logins {
		if _, ok := by[l.Role]; !ok {
			by[l.Role] = l
		}
	}
	return a, by
}

// person is somebody at a browser.
type person struct {
	t         *testing.T
	ctx       context.Context
	url       string
	downloads string
}

const patience = 20 * time.Second

// sit opens a browser of one's own, in Portuguese.
func sit(t *testing.T, url string, width, height int) *person {
	t.Helper()
	path := chromium(t)
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(width, height),
		chromedp.Flag("lang", "pt-BR"), chromedp.Flag("accept-lang", "pt-BR"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(func() { stop(); stopAlloc() })
	p := &person{t: t, ctx: ctx, url: url, downloads: t.TempDir()}
	t.Cleanup(func() {
		if t.Failed() {
			p.picture(strings.ReplaceAll(t.Name(), "/", "_"))
		}
	})
	p.do("open a browser", browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(p.downloads).WithEventsEnabled(true))
	return p
}

// picture leaves what the browser shows beside the test's other artefacts.
func (p *person) picture(name string) {
	dir := os.Getenv("CEMIGMAS_PICTURES")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "cemigmas-e2e")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	var png []byte
	if chromedp.Run(ctx, chromedp.FullScreenshot(&png, 100)) == nil {
		file := filepath.Join(dir, name+".png")
		if os.WriteFile(file, png, 0o644) == nil {
			p.t.Logf("picture: %s", file)
		}
	}
}

// do does something and waits for it, not longer than patience.
func (p *person) do(what string, actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	// The first Run decides the life of the browser: it must not end with the
	// step.
	if chromedp.FromContext(p.ctx).Target == nil {
		if err := chromedp.Run(p.ctx); err != nil {
			p.t.Fatalf("start the browser: %v", err)
		}
	}
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

func (p *person) open(path string) {
	p.t.Helper()
	p.do("open "+path, chromedp.Navigate(p.url+path), chromedp.WaitVisible("#content", chromedp.ByID))
}

// sees waits until a text stands in an element.
func (p *person) sees(selector, text string) {
	p.t.Helper()
	js := fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.textContent.replace(/\s+/g, " ").includes(%q))`, selector, text)
	p.do(fmt.Sprintf("see %q in %s", text, selector), chromedp.Poll(js, nil, chromedp.WithPollingTimeout(patience)))
}

// text reads an element.
func (p *person) text(selector string) string {
	p.t.Helper()
	var s string
	p.do("read "+selector, chromedp.Text(selector, &s, chromedp.ByQuery))
	return strings.Join(strings.Fields(s), " ")
}

// attribute reads an attribute of an element.
func (p *person) attribute(selector, name string) string {
	p.t.Helper()
	var s string
	p.do("read "+selector, chromedp.AttributeValue(selector, name, &s, nil, chromedp.ByQuery))
	return s
}

func (p *person) signIn(l app.Login) {
	p.t.Helper()
	p.do("sign in",
		chromedp.Navigate(p.url+"/signin"),
		chromedp.SendKeys(`input[name=email]`, l.Email, chromedp.ByQuery),
		chromedp.SendKeys(`input[name=password]`, l.Password, chromedp.ByQuery),
		chromedp.Click(`.signin .btn.primary`, chromedp.ByQuery),
		chromedp.WaitVisible(`aside.sidebar, nav.tabbar`, chromedp.ByQuery))
}

// downloaded waits for a file and answers its path.
func (p *person) downloaded(suffix string) string {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		found, err := filepath.Glob(filepath.Join(p.downloads, "*"+suffix))
		if err != nil {
			p.t.Fatal(err)
		}
		if len(found) > 0 {
			return found[0]
		}
		p.do("wait for the download", chromedp.Sleep(100*time.Millisecond))
	}
	p.t.Fatalf("no file *%s arrived", suffix)
	return ""
}
