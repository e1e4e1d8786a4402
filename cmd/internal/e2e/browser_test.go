// Package e2e plays what people do in a real Chromium on a real App: sign in,
// watch a mail arrive, log, import, download. No step sleeps: each waits for
// what it needs to see, and a flow that fails leaves a picture.
package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdp "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm/store/opentest"
)

type (
	step = chromedp.Action[chromedp.Void]
	css  = chromedp.CSS
	js   = chromedp.JSPath
)

// patience is how long a step may take; two busy cores are slow.
func patience(t *testing.T) time.Duration { return opentest.Patience(t, 30*time.Second) }

// chromium finds a browser; a laptop without one skips, a build machine fails.
func chromium(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("plays in a browser")
	}
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

// person is somebody at a tab of a browser.
type person struct {
	t         *testing.T
	ctx       context.Context
	url       string
	downloads string
}

// sit opens a browser with one tab, in Portuguese.
func sit(t *testing.T, url string) *person {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 1000),
		chromedp.Flag("lang", "pt-BR"), chromedp.Flag("accept-lang", "pt-BR"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocated, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	return (&person{ctx: allocated, url: url, downloads: t.TempDir()}).tab(t)
}

// tab opens another tab; it shares the session unless options part it.
func (p *person) tab(t *testing.T, opts ...chromedp.ContextOption) *person {
	t.Helper()
	ctx, stop := chromedp.NewContext(p.ctx, opts...)
	t.Cleanup(stop)
	q := &person{t: t, ctx: ctx, url: p.url, downloads: p.downloads}
	// The tab lives as long as the context that it is first used with.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	_, err := chromedp.CallBrowser(ctx, cdp.SetDownloadBehavior, cdp.SetDownloadBehaviorParams{
		Behavior: cdp.SetDownloadBehaviorBehaviorAllow, DownloadPath: q.downloads, BrowserContextID: chromedp.FromContext(ctx).BrowserContextID, EventsEnabled: new(true)})
	if err != nil {
		t.Fatalf("say where downloads go: %v", err)
	}
	return q
}

// stranger is somebody else at the same computer, who is not signed in.
func (p *person) stranger(t *testing.T) *person {
	t.Helper()
	return p.tab(t, chromedp.WithNewBrowserContext())
}

// does lets a person go on in a subtest, and takes a picture when it fails.
func (p *person) does(t *testing.T, name string, flow func(*person)) bool {
	t.Helper()
	return t.Run(name, func(t *testing.T) {
		before := p.t
		p.t = t
		defer func() {
			if t.Failed() {
				p.picture(strings.ReplaceAll(t.Name(), "/", "_"))
			}
			p.t = before
		}()
		flow(p)
	})
}

// picture keeps what the tab shows, in CEMIGMAS_PICTURES or the folder of
// temporary files.
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
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	file := filepath.Join(dir, name+".png")
	if err == nil && os.WriteFile(file, png, 0o644) == nil {
		p.t.Logf("picture: %s", file)
	}
}

// do takes steps and waits for them, not longer than patience.
func (p *person) do(what string, steps ...step) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience(p.t))
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v; the page is %s", what, err, p.where())
	}
}

// ask takes a step that answers something.
func ask[T any](p *person, what string, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience(p.t))
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		p.t.Fatalf("%s: %v; the page is %s", what, err, p.where())
	}
	return v
}

// where is the path of the page.
func (p *person) where() string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(at, p.url)
}

func (p *person) open(path string) {
	p.t.Helper()
	p.do("open "+path, chromedp.Navigate(p.url+path), chromedp.WaitReady(css("#content")))
}

// untilTrue asks the page again and again until an expression holds. A page
// that is just being left answers with an error, the next one will not.
func (p *person) untilTrue(what, expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience(p.t))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if ok && err == nil {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("%s: not within %s (%v); the page is %s", what, patience(p.t), err, p.where())
		case <-tick.C:
		}
	}
}

// sees waits until a text stands in an element.
func (p *person) sees(selector, text string) {
	p.t.Helper()
	p.untilTrue(fmt.Sprintf("see %q in %s", text, selector), holds(selector, text))
}

// misses waits until a text stands in no such element.
func (p *person) misses(selector, text string) {
	p.t.Helper()
	p.untilTrue(fmt.Sprintf("see no %q in %s", text, selector), "!"+holds(selector, text))
}

func holds(selector, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%s)].some(e => e.textContent.replace(/\s+/g, " ").includes(%s))`, quote(selector), quote(text))
}

// within is the element with a selector inside the first element that holds a
// text.
func within(outer, text, inner string) js {
	return js(fmt.Sprintf(`[...document.querySelectorAll(%s)].find(e => e.textContent.replace(/\s+/g, " ").includes(%s))?.querySelector(%s)`, quote(outer), quote(text), quote(inner)))
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// text reads what an element says, in one line.
func (p *person) text(selector string) string {
	p.t.Helper()
	return strings.Join(strings.Fields(ask(p, "read "+selector, chromedp.TextContent(css(selector)))), " ")
}

func (p *person) attribute(selector, name string) string {
	p.t.Helper()
	return ask(p, "read "+selector, chromedp.AttributeValue(css(selector), name)).Value
}

// run runs a script in the page.
func run(script string) step { return chromedp.Evaluate[chromedp.Void](script) }

// click presses an element. One that htmx has just replaced is looked up again.
func click[S chromedp.Selectable](sel S) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for {
			_, err := chromedp.Click(sel)(ctx, t)
			if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "node with given id") {
				return err
			}
		}
	})
}

// fill writes into a field as a person does, over what stood there.
func fill(selector, text string) step {
	over := chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%s).select()", quote(selector)))
	return chromedp.Steps(chromedp.WaitVisible(css(selector)), chromedp.Focus(css(selector)), over, chromedp.SendKeys(css(selector), text))
}

func (p *person) signIn(l app.Login) {
	p.t.Helper()
	p.do("sign in",
		chromedp.Navigate(p.url+"/signin"), fill(`input[name=email]`, l.Email), fill(`input[name=password]`, l.Password),
		click(css(`.signin .btn.primary`)), chromedp.WaitReady(css(`.app #content`)))
}

// download presses something and answers the file that comes.
func (p *person) download(what string, press step) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience(p.t))
	defer cancel()
	names := map[string]string{} // of downloads, by the browser's id
	begun := chromedp.BrowserEvents(ctx, cdp.DownloadWillBegin)
	progress := chromedp.BrowserEvents(ctx, cdp.DownloadProgress)
	p.do(what, press)
	for e, err := range begun {
		if err != nil {
			p.t.Fatalf("%s: no download began: %v; the page is %s", what, err, p.where())
		}
		names[e.GUID] = e.SuggestedFilename
		break
	}
	for e, err := range progress {
		if err != nil {
			p.t.Fatalf("%s: %v", what, err)
		}
		if name := names[e.GUID]; name != "" && e.State == cdp.DownloadProgressStateCompleted {
			return filepath.Join(p.downloads, name)
		}
	}
	p.t.Fatalf("%s: the browser went away", what)
	return ""
}
