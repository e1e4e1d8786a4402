// Package web is the one web core with two faces: pages for people (cookie
// session, CSRF, HTML) and /api/v1 for scripts (bearer token, JSON). Both are
// mounted from one table of routes (routes.go), and both call the methods of
// crm.Service, where every right is decided.
package web

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/crm/blob"
	"cemigmas/crm/jobs"
	"cemigmas/crm/locale"
	"cemigmas/crm/secret"
)

// Mailer is what pages and API ask of the mail engine; mailsync fulfils it.
type Mailer interface {
	// Check signs in to a mailbox that is not stored yet and says, as an error
	// with words, what failed.
	Check(ctx context.Context, m crm.Mailbox, password string) error
}

// Demo is what the demonstration bar asks of the demonstration.
type Demo interface {
	// ReceiveMail appends a reply to the mailbox of a user, or to any agent's
	// where the user has none; from the client whose id is prefer if it ever
	// wrote. It answers the id and name of the client who did.
	ReceiveMail(ctx context.Context, owner, prefer string) (client, name string, err error)
}

// Config is what a Server is made of.
type Config struct {
	Service *crm.Service
	Auth    *auth.Auth
	Ring    *secret.Ring
	Blobs   blob.Store
	Jobs    *jobs.Runner
	Mail    Mailer
	Demo    Demo // nil unless this is a demonstration
	Log     *slog.Logger
	// UploadDir is where uploads lie while a job reads them.
	UploadDir string
	// MaxUpload is the largest import file in bytes.
	MaxUpload int64
	// PublicURL is how people reach this server, without a slash at its end:
	// for links that are carried elsewhere. "" is what the browser called it by.
	PublicURL string
	// Secure marks cookies Secure: set when the address is https.
	Secure bool
	// Proxies are the networks of the proxies in front of us: what they say of
	// a request's origin is believed, and what others say is not.
	Proxies []netip.Prefix
	// Meter counts requests; nil when nobody asks for figures.
	Meter Meter
	// HealthOnly serves /healthz and /readyz and nothing else, for a node that
	// only works.
	HealthOnly bool
	// Version is shown in the API's description.
	Version string
}

// Server is the web server.
type Server struct {
	Config
	app   *fiber.App
	stop  context.CancelFunc
	until context.Context // ends when the server begins to stop: streams end at once
	// patience is the context of requests: it ends when the server no longer
	// waits for them.
	patience context.Context
	cut      context.CancelFunc
	leaving  atomic.Bool
	// description is the API's, in JSON.
	description func() []byte
}

const (
	requestTime = 30 * time.Second
	// maxBody bounds every request but uploads.
	maxBody = 1 << 20
)

// New makes a Server; App serves it.
func New(c Config) *Server {
	if c.MaxUpload == 0 {
		c.MaxUpload = 256 << 20
	}
	until, stop := context.WithCancel(context.Background())
	patience, cut := context.WithCancel(context.Background())
	s := &Server{Config: c, until: until, stop: stop, patience: patience, cut: cut, description: describeAPI(c.Version)}
	s.app = fiber.New(fiber.Config{
		// Without it every string taken from a request changes under our feet
		// once the handler has returned.
		Immutable:             true,
		DisableStartupMessage: true,
		StreamRequestBody:     true, // uploads go to a file as they arrive
		BodyLimit:             maxBody,
		ReadTimeout:           2 * time.Minute,
		IdleTimeout:           2 * time.Minute,
		ErrorHandler:          s.lastError,
		// With no proxy named to it, Fiber believes none: it would take the
		// leftmost address, which anybody can make up. proxy.go does it instead.
		EnableTrustedProxyCheck: true,
	})
	s.app.Use(s.account, s.recoverer, s.whereFrom, s.headers, s.deadline, s.bodyLimit)
	if c.HealthOnly {
		s.mountHealth()
	} else {
		s.mount()
	}
	return s
}

// App is the Fiber application.
func (s *Server) App() *fiber.App { return s.app }

// Leave makes /readyz say that this node is going, so that proxies send their
// requests elsewhere; everything is still answered.
func (s *Server) Leave() { s.leaving.Store(true) }

// Shutdown ends event streams at once and waits for running requests until ctx
// ends; then they are cut.
func (s *Server) Shutdown(ctx context.Context) error {
	s.Leave()
	s.stop()
	defer s.cut()
	return s.app.ShutdownWithContext(ctx)
}

// recoverer turns a panic into an error page; one broken request must not end
// everybody's program.
func (s *Server) recoverer(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = s.broke(c, crm.Panicked(p))
		}
	}()
	return c.Next()
}

// broke answers after a panic; what broke the page may break the page that says
// so, too.
func (s *Server) broke(c *fiber.Ctx, e *crm.PanicError) (err error) {
	defer func() {
		if recover() != nil {
			c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
			t := locale.Lang(lang(c))
			err = c.Status(fiber.StatusInternalServerError).SendString(locale.T(t, "error.internal") + " " + locale.T(t, "page.error.request", "id", requestID(c)))
		}
	}()
	s.Log.Error("web: panic", "route", routePath(c), "request", requestID(c), "err", e, "stack", e.Stack)
	return s.fail(c, e)
}

// headers that hold for every answer; pages that show mail have their own CSP.
func (s *Server) headers(c *fiber.Ctx) error {
	c.Set("X-Content-Type-Options", "nosniff")
	if isHTTPS(c) {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
	if isAPI(c) {
		return c.Next() // JSON is nothing that a browser would show
	}
	c.Set("Referrer-Policy", "same-origin")
	c.Set("X-Frame-Options", "SAMEORIGIN")
	c.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
		"font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'self'")
	return c.Next()
}

// deadline gives the request an id and a context that ends: Fiber's own never
// does.
func (s *Server) deadline(c *fiber.Ctx) error {
	// No secret, so none of the system's randomness, which costs as much as
	// reading a user.
	id := strconv.FormatUint(rand.Uint64(), 36)
	c.Locals(keyRequest, id)
	c.Set(fiber.HeaderXRequestID, id)
	ctx, cancel := context.WithTimeout(s.patience, requestTime)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

// bodyLimit refuses large bodies everywhere but where files are uploaded;
// those routes count for themselves.
func (s *Server) bodyLimit(c *fiber.Ctx) error {
	if isUpload(c) || c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead {
		return c.Next()
	}
	n := c.Request().Header.ContentLength()
	if n > maxBody || n == -1 && c.Request().IsBodyStream() {
		lost(c)
		return s.fail(c, crm.Errf(crm.CodeTooLarge, "error.too-large"))
	}
	return c.Next()
}
