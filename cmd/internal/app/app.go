// Package app is the only place where everything is wired: the program, its
// end-to-end tests and its benchmarks all start an App.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"cemigmas/cmd/internal/demo"
	"cemigmas/cmd/internal/metrics"
	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/crm/blob"
	"cemigmas/crm/calendar"
	"cemigmas/crm/jobs"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
	"cemigmas/mailsync"
	"cemigmas/web"
)

// Version of the program; the build may set it.
var Version = "0.1"

// Config is what an App is made of.
type Config struct {
	Store               string // DSN: sqlite:PATH or mongodb://…; "" is sqlite:DATA/cemigmas.db
	Data                string // directory of key, embedded store and uploads
	KeyFile             string // "" is DATA/key
	Zone                string // "" is America/Sao_Paulo
	AllowNoTransactions bool
	Log                 *slog.Logger

	// Owner names this process among those that share the store; "" makes a name.
	// Two that run at once must never have the same.
	Owner string

	// Exclusive is set by the server: a second one on the same SQLite file is
	// refused.
	Exclusive bool
	Roles     []string      // of this node; empty: all
	Lease     time.Duration // for how long work stays with a node that does not answer; 0 is 30 s
	Addr      string
	Secure    bool
	// TLSCert and TLSKey are files; with them the address speaks https.
	TLSCert, TLSKey string
	Proxies         []netip.Prefix // whose X-Forwarded-… and Forwarded are believed
	MetricsAddr     string         // "": no figures
	StopTime        time.Duration  // for running requests and work; 0 is 20 s
	DrainTime       time.Duration  // between /readyz saying no and the end of serving
	PublicURL       string         // how people reach the server, for links; "" is what their browser called it
	AllowPrivate    bool
	Demo            bool
	Seed            int64
	Today           calendar.Date // last day of a demonstration; "" is today
	Clients         int           // of a demonstration; 0 is demo.DefaultClients
	// Now is the clock; nil is time.Now. Tests set it.
	Now func() time.Time
}

// App is an opened program.
type App struct {
	Config
	Service *crm.Service
	Auth    *auth.Auth
	Ring    *secret.Ring
	Blobs   blob.Store
	Jobs    *jobs.Runner
	Mail    *mailsync.Engine
	Web     *web.Server

	store      store.Store
	owner      string // of leases: names this process
	demo       *demo.Server
	endDemo    func() // gives back the right to play it
	news       *crm.Feed
	endNews    func()        // writes the last ones
	presence   *crm.Presence // nil where no other node can be
	listener   net.Listener
	figures    *metrics.Set // nil unless they are served
	metricsURL string
	stop       context.CancelFunc
	wg         sync.WaitGroup
	served     chan error
}

// Open opens store, key and blobs and makes the services; nothing runs yet.
func Open(ctx context.Context, c Config) (a *App, err error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Data == "" {
		c.Data = defaultData
	}
	if c.PublicURL, err = publicURL(c.PublicURL); err != nil {
		return nil, err
	}
	if c.Lease == 0 {
		c.Lease = defaultLease
	}
	if len(c.Roles) == 0 {
		c.Roles = AllRoles
	}
	a = &App{Config: c, served: make(chan error, 1), endDemo: func() {}, endNews: func() {}}
	half := a
	defer func() {
		if err != nil {
			half.Close()
		}
	}()
	if err := a.openDir(); err != nil {
		return nil, err
	}
	if a.store, a.Blobs, err = openStore(ctx, a.Config); err != nil {
		return nil, err
	}
	if a.owner = a.Owner; a.owner == "" {
		a.owner = processName()
	}
	if err := a.bringUpToDate(ctx); err != nil {
		return nil, err
	}
	a.Service = crm.New(crm.Deps{Store: a.count(a.store), Now: a.Now})
	a.Auth = auth.New(a.Service, a.Ring)
	a.Mail = mailsync.New(mailsync.Config{Service: a.Service, Blobs: a.Blobs, Ring: a.Ring, Owner: a.owner,
		Log: a.Log, AllowPrivate: a.AllowPrivate, LoopbackOnly: a.Demo, Lease: a.Lease})
	a.Jobs = jobs.NewRunner(a.Service, a.owner, a.Log, map[string]jobs.Handler{
		crm.JobReport:   a.reportJob,
		crm.JobImport:   a.importJob,
		crm.JobUndo:     a.undoJob,
		crm.JobBulk:     a.bulkJob,
		crm.JobFigure:   a.figuresJob,
		crm.JobResector: a.resectorJob,
		crm.JobList:     a.listJob,
		crm.JobTier:     a.tierJob,
	})
	a.Jobs.Lease = a.Lease
	a.openNews(ctx)
	a.openPresence()
	return a, nil
}

// SettingError is a setting whose value can be none, named by its flag; nothing
// was opened.
type SettingError string

func (e SettingError) Error() string { return string(e) }

func wrongSetting(format string, args ...any) error {
	return SettingError(fmt.Sprintf(format, args...))
}

// publicURL reads the setting: an address without a path, so that what is put
// behind it is one too.
func publicURL(raw string) (string, error) {
	if raw == "" {
		return "", nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return "", wrongSetting("--public-url: an address such as https://crm.example.com, not %q", raw)
	}
	return u.Scheme + "://" + u.Host, nil
}

// openDir makes the data directory and reads the settings and the key in it.
func (a *App) openDir() error {
	if err := os.MkdirAll(filepath.Join(a.Data, "uploads"), 0o700); err != nil {
		return err
	}
	if a.Zone != "" {
		zone, err := time.LoadLocation(a.Zone)
		if err != nil {
			return wrongSetting("--zone: a time zone such as America/Sao_Paulo, not %q", a.Zone)
		}
		crm.Zone = zone
	}
	if a.KeyFile == "" {
		a.KeyFile = filepath.Join(a.Data, "key")
	}
	ring, err := secret.LoadOrCreate(a.KeyFile)
	a.Ring = ring
	return err
}

// Start listens and begins the background work.
func (a *App) Start(ctx context.Context) error {
	if err := a.listen(); err != nil {
		return err
	}
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	a.Web = web.New(a.webConfig())
	a.work(ctx)
	go func() { a.served <- a.Web.App().Listener(a.listener) }()
	tuneMemory()
	return nil
}

// gcPercent trades memory, of which a server at rest needs some twenty
// megabytes, for time: a tenth of a list request went into collecting.
const gcPercent = 300

func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	// What start needed and serving does not goes back to the machine.
	debug.FreeOSMemory()
}

func (a *App) background(ctx context.Context, work func(context.Context)) {
	a.wg.Add(1)
	go func() {
		defer a.wg.Done()
		work(ctx)
	}()
}

// sweep deletes sessions that are over, once an hour.
func (a *App) sweep(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := a.Auth.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn("app: cannot sweep sessions", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// URL is the address to open in a browser.
func (a *App) URL() string {
	if a.listener == nil {
		return ""
	}
	host, port, _ := net.SplitHostPort(a.listener.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	if a.TLSCert != "" {
		return "https://" + net.JoinHostPort(host, port)
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Played is the mail server of a demonstration; nil when this is none.
func (a *App) Played() *demo.Server { return a.demo }

// Close stops what runs and closes what is open, in the order in which one
// needs the other.
func (a *App) Close() error {
	if err := a.halt(); err != nil {
		return err // closing would wait for what does not end
	}
	var errs []error
	a.endNews()
	a.endDemo()
	if a.demo != nil {
		errs = append(errs, a.demo.Close())
	}
	if a.Blobs != nil {
		errs = append(errs, a.Blobs.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	if a.figures != nil {
		errs = append(errs, a.figures.Close())
	}
	return errors.Join(errs...)
}

// isMongo reports whether a DSN names a MongoDB deployment.
func isMongo(dsn string) bool {
	return strings.HasPrefix(dsn, "mongodb://") || strings.HasPrefix(dsn, "mongodb+srv://")
}
