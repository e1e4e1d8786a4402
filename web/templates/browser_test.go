package templates

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cemigmas/crm/locale"
	"cemigmas/web/page/sample"
	"cemigmas/web/static"
)

// policy is the one that web sends: a page that needs more fails here.
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'"

// feed is what the server of a test says to its pages and hears from them.
type feed struct {
	news   chan string   // topics for the open stream, "client: c1"
	asked  atomic.Int32  // how often a timeline was fetched
	upload chan struct{} // lets an upload be answered
}

// events streams what comes as news.
func (f *feed) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	flush.Flush()
	for {
		select {
		case topic := <-f.news:
			name, data, _ := strings.Cut(topic, ": ")
			fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data)
			flush.Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// take reads a file that is sent and answers when the test says so.
func (f *feed) take(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	select {
	case <-f.upload:
	case <-r.Context().Done():
	}
	http.Redirect(w, r, "/import", http.StatusSeeOther)
}

// live adds to the stories what the scripts talk to.
func (f *feed) live(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/events":
			f.events(w, r)
			return
		case r.URL.Path == "/imports" && r.Method == http.MethodPost:
			f.take(w, r)
			return
		case r.URL.Path == "/clients/c1/timeline":
			f.asked.Add(1)
		}
		next.ServeHTTP(w, r)
	})
}

// storybook serves the stories under their names and the few fragments that the
// scripts ask for.
func storybook() http.Handler {
	stories := map[string]sample.Story{}
	for _, s := range sample.Stories(locale.PtBR) {
		stories["/"+s.Name] = s
	}
	answers := map[string]string{"/search": "/f-search", "/activities": "/f-quick-logged", "/clients/c1/activities": "/f-logged", "/clients/c1/timeline": "/f-timeline", "/clients/c1": "/client"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		if content, mediaType, ok := static.Lookup(r.URL.Path); ok {
			w.Header().Set("Content-Type", mediaType)
			w.Write(content)
			return
		}
		path := r.URL.Path
		if answer, ok := answers[path]; ok {
			path = answer
		}
		if r.URL.Query().Get("pick") != "" {
			path = "/f-pick"
		}
		if path == "/f-quick-logged" {
			w.Header().Set("HX-Trigger", "logged")
		}
		s, ok := stories[path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		Render(w, s.Template, s.Data)
	})
}

// browser starts a Chromium and collects what its console complains about.
func browser(t *testing.T) (context.Context, *[]string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no chromium: the scripts stay untested")
		}
		t.Skip("no chromium: the scripts stay untested")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.WindowSize(1440, 900))
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	tab, shut := chromedp.NewContext(allocated)
	t.Cleanup(shut)
	ctx, cancel := context.WithTimeout(tab, 20*time.Second)
	t.Cleanup(cancel)
	var complaints []string
	listen := func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.URL, "/events") {
				complaints = append(complaints, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	}
	if err := chromedp.Listen(ctx, listen); err != nil {
		t.Fatal(err)
	}
	return ctx, &complaints
}

func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	ctx, complaints := browser(t)
	server := httptest.NewServer(storybook())
	defer server.Close()

	type step = chromedp.Action[chromedp.Void]
	type css = chromedp.CSS
	press := func(key string, with ...chromedp.Modifier) step {
		return chromedp.KeyEvent(key, chromedp.KeyModifiers(with...))
	}
	is := func(expression, want string) step {
		return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
			if err == nil && got != want {
				err = fmt.Errorf("%s is %q, want %q", expression, got, want)
			}
			return err
		})
	}
	// until waits by an expression: nodes found before a page is whole may be gone.
	until := func(expression string) step {
		return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			for {
				// While a page is replaced there is nothing to ask.
				if yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")")); err == nil && yes {
					return nil
				}
				select {
				case <-ctx.Done():
					return fmt.Errorf("%s: %w", expression, ctx.Err())
				case <-time.After(30 * time.Millisecond):
				}
			}
		})
	}
	for _, s := range []struct {
		name  string
		steps []step
	}{
		{"the page opens", []step{chromedp.Navigate(server.URL + "/today"), chromedp.WaitReady(css("#palette-list"))}},
		{"L opens the quick log", []step{press("l"), chromedp.WaitVisible(css("#quick-client"))}},
		{"a client is chosen", []step{chromedp.SendKeys(css("#quick-client"), "arag"), chromedp.WaitVisible(css("#quick-picks .hit")), press(kb.Enter), chromedp.WaitNotPresent(css("#quick-picks .hit")),
			is(`document.querySelector("#quick-form [data-pick-id]").value`, "c1")}},
		{"saving closes it", []step{chromedp.SendKeys(css("#quick-text"), "reativo alto"), chromedp.Click(css("#quick-form .primary")), chromedp.WaitNotVisible(css("#quick"))}},
		{"Ctrl K finds", []step{press("k", chromedp.ModifierCtrl), chromedp.WaitVisible(css("#palette-q")), chromedp.SendKeys(css("#palette-q"), "araguari"), chromedp.WaitVisible(css(`#palette-list .hit[aria-selected="true"]`))}},
		{"Esc closes it", []step{press(kb.Escape), chromedp.WaitNotVisible(css("#palette"))}},
		{"J goes to the first row", []step{press("j"), chromedp.WaitVisible(css("li.visit:first-child:focus-within"))}},
		{"Enter opens the match", []step{press("k", chromedp.ModifierCtrl), chromedp.SendKeys(css("#palette-q"), "araguari"), chromedp.WaitVisible(css(`#palette-list .hit[aria-selected="true"]`)), press(kb.Enter), chromedp.WaitVisible(css("#composer")), is("location.pathname", "/clients/c1")}},
		{"a draft stays", []step{until(`document.readyState === "complete" && document.getElementById("toasts")`), chromedp.SendKeys(css("#composer textarea"), "meia frase"), chromedp.Reload(), chromedp.WaitVisible(css("#composer.filled"))}},
		{"a call is logged in place", []step{chromedp.Click(css("#composer .primary")), chromedp.WaitNotPresent(css("#composer.filled")), chromedp.WaitVisible(css("[data-undo]"))}},
	} {
		if err := chromedp.Do(ctx, s.steps...); err != nil {
			t.Fatalf("%s: %v; the console says %v", s.name, err, *complaints)
		}
	}
	if len(*complaints) > 0 {
		t.Errorf("the console says %v", *complaints)
	}
}

// TestNews drives what comes from outside: an event that refreshes an open
// timeline, and a file on its way.
func TestNews(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	ctx, complaints := browser(t)
	f := &feed{news: make(chan string), upload: make(chan struct{})}
	server := httptest.NewServer(f.live(storybook()))
	defer server.CloseClientConnections() // the stream stays open
	file := filepath.Join(t.TempDir(), "carteira.csv")
	if err := os.WriteFile(file, bytes.Repeat([]byte("a;b\n"), 50_000), 0o600); err != nil {
		t.Fatal(err)
	}
	type css = chromedp.CSS
	tell := func(topic string) chromedp.Action[chromedp.Void] {
		return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			select {
			case f.news <- topic:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}
	mark := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.getElementById("timeline").dataset.old = "yes"`))
		return err
	})
	answer := chromedp.Func(func(context.Context, *chromedp.Target) error {
		close(f.upload)
		return nil
	})
	for _, s := range []struct {
		name  string
		steps []chromedp.Action[chromedp.Void]
	}{
		{"a client's page listens", []chromedp.Action[chromedp.Void]{chromedp.Navigate(server.URL + "/client"), chromedp.WaitReady(css("#timeline")), mark}},
		{"another client's news is not its own", []chromedp.Action[chromedp.Void]{tell("client: c2"), tell("mail: new")}},
		{"its own news fetches the timeline", []chromedp.Action[chromedp.Void]{tell("client: c1"), chromedp.WaitReady(css("#timeline:not([data-old])"))}},
		{"a file is sent and seen on its way", []chromedp.Action[chromedp.Void]{chromedp.Navigate(server.URL + "/imports"), chromedp.SetUploadFiles(css("input[type=file]"), []string{file}),
			chromedp.Click(css("form[data-upload] .primary")), chromedp.WaitVisible(css("[data-upload-bar]")), chromedp.WaitVisible(css(`form[data-upload] .primary[aria-busy=true]`)),
			chromedp.WaitReady(css(`[data-upload-bar] rect[width="100"]`))}},
		{"then comes the page of the import", []chromedp.Action[chromedp.Void]{answer, chromedp.WaitNotPresent(css("form[data-upload]")), chromedp.WaitReady(css("#content h1"))}},
	} {
		if err := chromedp.Do(ctx, s.steps...); err != nil {
			t.Fatalf("%s: %v; the console says %v", s.name, err, *complaints)
		}
	}
	if n := f.asked.Load(); n != 1 {
		t.Errorf("the timeline was fetched %d times, want 1", n)
	}
	if len(*complaints) > 0 {
		t.Errorf("the console says %v", *complaints)
	}
}

func TestStorybookServes(t *testing.T) {
	w := httptest.NewRecorder()
	storybook().ServeHTTP(w, httptest.NewRequest("GET", "/today", nil))
	if w.Code != 200 || !bytes.Contains(w.Body.Bytes(), []byte("<h1>")) {
		t.Errorf("status %d", w.Code)
	}
}
