// Package webtest starts a web.Server on a temporary store with two teams of
// users, and asks it as a browser or as a script would.
package webtest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/crm/jobs"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
	"cemigmas/web"
)

// Password is everybody's.
const Password = "uma senha de teste"

// Now is the moment at which tests take place: a Sunday morning.
var Now = time.Date(2026, 11, 22, 13, 0, 0, 0, time.UTC)

// Kit is a server with what it works on.
type Kit struct {
	testing.TB
	Server  *web.Server
	Service *crm.Service
	Auth    *auth.Auth
	Ring    *secret.Ring
	Mail    *Mailer
	// Users by name: admin; north and south, managers of two teams; ana and
	// bia, agents of north; cleo and davi, agents of south.
	Users map[string]crm.User

	mu  sync.Mutex
	now time.Time
}

// Mailer answers for the mail engine.
type Mailer struct {
	Err error // of Check
}

// Check answers Err.
func (m *Mailer) Check(context.Context, crm.Mailbox, string) error { return m.Err }

// hash is made once: a password hash is slow on purpose.
var hash = sync.OnceValues(func() (string, error) { return secret.HashPassword(Password) })

// Option changes the configuration of a server.
type Option func(*web.Config)

// New starts a server that ends with the test.
func New(t testing.TB, options ...Option) *Kit {
	t.Helper()
	k := &Kit{TB: t, Users: map[string]crm.User{}, now: Now, Ring: secret.NewRing(), Mail: &Mailer{}}
	dir := t.TempDir()
	st, blobs := opentest.WithBlobs(t, crm.Schema())
	k.Service = crm.New(crm.Deps{Store: st, Now: k.clock})
	k.Auth = auth.New(k.Service, k.Ring)
	log := slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	idle := func(context.Context, *jobs.Task) (any, *jobs.File, error) { return nil, nil, nil }
	c := web.Config{Service: k.Service, Auth: k.Auth, Ring: k.Ring, Blobs: blobs, Mail: k.Mail, Log: log, UploadDir: dir, MaxUpload: 3 << 20, Version: "test",
		// Nothing runs these: a test sees a job as it was queued.
		Jobs: jobs.NewRunner(k.Service, "test", log, map[string]jobs.Handler{crm.JobReport: idle, crm.JobImport: idle, crm.JobUndo: idle, crm.JobBulk: idle, crm.JobFigure: idle, crm.JobResector: idle, crm.JobList: idle, crm.JobTier: idle})}
	for _, o := range options {
		o(&c)
	}
	k.Server = web.New(c)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = k.Server.Shutdown(ctx)
	})
	k.addUsers()
	return k
}

type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(string(p))
	return len(p), nil
}

func (k *Kit) clock() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

// Pass lets time go by.
func (k *Kit) Pass(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now = k.now.Add(d)
}

// Must ends the test on an error.
func (k *Kit) Must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

// Apply writes to the store as the program itself.
func (k *Kit) Apply(changes ...store.Change) {
	k.Helper()
	k.Must(k.Service.Apply(k.Context(), changes...))
}

func (k *Kit) addUsers() {
	h, err := hash()
	k.Must(err)
	for _, u := range []crm.User{
		{ID: "admin", Name: "Alda Admin", Role: crm.RoleAdmin},
		{ID: "north", Name: "Nora Norte", Role: crm.RoleManager, Team: "norte"},
		{ID: "south", Name: "Saulo Sul", Role: crm.RoleManager, Team: "sul"},
		{ID: "ana", Name: "Ana Agente", Role: crm.RoleAgent, Team: "norte"},
		{ID: "bia", Name: "Bia Bastos", Role: crm.RoleAgent, Team: "norte"},
		{ID: "cleo", Name: "Cleo Couto", Role: crm.RoleAgent, Team: "sul"},
		{ID: "davi", Name: "Davi Dias", Role: crm.RoleAgent, Team: "sul"},
	} {
		u.Email, u.Lang, u.Password, u.Epoch, u.CreatedAt = u.ID+"@cemig.example", "pt-BR", h, 1, Now
		k.Apply(crm.Users.Put(&u))
		u.Version = 1
		k.Users[u.ID] = u
	}
}

// Change changes a stored user.
func (k *Kit) Change(name string, change func(*crm.User)) {
	k.Helper()
	u, err := crm.Users.Get(k.Context(), k.Service.Store(), name)
	k.Must(err)
	change(&u)
	k.Apply(crm.Users.Put(&u))
	u.Version++
	k.Users[name] = u
}

// Actor is a user as the service knows it.
func (k *Kit) Actor(name string) crm.Actor {
	u := k.Users[name]
	return u.Actor()
}
