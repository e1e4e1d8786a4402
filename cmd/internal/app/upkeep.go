package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cemigmas/cmd/internal/demo"
	"cemigmas/cmd/internal/load"
	"cemigmas/crm"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

// Login is what somebody signs in with for the first time.
type Login struct {
	Role     crm.Role
	Email    string
	Password string
}

// Prepare makes a store ready to be served: the demonstration if it was asked
// for, else a first admin if there is no user yet. The logins are shown once.
func (a *App) Prepare(ctx context.Context) ([]Login, error) {
	_, err := crm.Marks.Get(ctx, a.store, crm.MarkDemo)
	if (a.Demo || err == nil) && !loopback(a.Addr) {
		return nil, errors.New("a demonstration is served on loopback only: choose an --addr such as 127.0.0.1:8080")
	}
	a.Mail.LoopbackOnly = a.Demo || err == nil
	if a.Demo {
		return a.prepareDemo(ctx)
	}
	if !a.has(RoleWeb) {
		return nil, nil // nobody signs in here
	}
	first, err := crm.Users.First(ctx, a.store, store.Query{Sort: []string{"name"}})
	if err != nil || first != nil {
		return nil, err
	}
	u, once, err := a.Service.AddUser(ctx, crm.SystemActor(), crm.UserInput{Email: "admin@cemigmas.example", Name: "Admin", Role: crm.RoleAdmin})
	if crm.CodeOf(err) == crm.CodeDuplicate {
		return nil, nil // another node that starts now made it, and shows it
	}
	if err != nil {
		return nil, err
	}
	return []Login{{u.Role, u.Email, once}}, nil
}

// prepareDemo fills an empty store, and plays the mailboxes of a filled one.
func (a *App) prepareDemo(ctx context.Context) ([]Login, error) {
	if !a.has(RoleWeb) {
		return nil, errors.New("a demonstration is played by a node that serves pages: leave out --demo, or add the role web")
	}
	if err := a.holdDemo(ctx); err != nil {
		return nil, err
	}
	logins, err := a.FillDemo(ctx, a.Clients)
	if err != nil && !errors.Is(err, demo.ErrFilled) {
		return nil, err
	}
	srv, err := demo.Serve(ctx, a.Service, demo.ServerOptions{Data: a.Data, Wake: a.wake(ctx), Log: a.Log})
	if err != nil {
		return nil, err
	}
	a.demo = srv
	for _, box := range srv.Mailboxes() {
		if err := a.demoMailbox(ctx, box); err != nil {
			return nil, err
		}
	}
	return logins, nil
}

// holdDemo makes this node the one that plays the mailboxes: each that plays
// tells the mailboxes its own port.
func (a *App) holdDemo(ctx context.Context) error {
	if !a.shared() {
		return nil
	}
	lease, err := a.store.Lease(ctx, "demo", a.owner, a.Lease)
	if store.CodeOf(err) == store.CodeConflict {
		return fmt.Errorf("another node plays the demonstration's mailboxes: start this one without --demo (a node that was killed plays them for %s more)", a.Lease)
	}
	if err != nil {
		return err
	}
	_, a.endDemo = store.Keep(context.WithoutCancel(ctx), a.store, lease, a.Lease)
	return nil
}

// wake has the node that follows a mailbox of the demonstration look at it.
func (a *App) wake(ctx context.Context) func(mailbox string) {
	ctx = context.WithoutCancel(ctx)
	return func(mailbox string) {
		if err := a.Service.AskSync(ctx, crm.SystemActor(), mailbox); err != nil {
			a.Log.Warn("app: cannot wake a mailbox", "mailbox", mailbox, "err", err)
		}
	}
}

// demoMailbox stores a mailbox of the demonstration, or tells a stored one the
// port and password of this start.
func (a *App) demoMailbox(ctx context.Context, box demo.MailboxLogin) error {
	have, err := crm.Mailboxes.First(ctx, a.store, store.Query{Where: []store.Cond{store.Is("address", box.Address)}})
	if err != nil {
		return err
	}
	if have == nil {
		_, err := a.Service.AddMailbox(ctx, crm.SystemActor(), a.Ring, crm.MailboxInput{Owner: box.Owner, Address: box.Address,
			Host: box.Host, Port: box.Port, TLS: "plain", Login: box.Login, Password: box.Password, Horizon: box.Horizon})
		return err
	}
	have.Host, have.Port = box.Host, box.Port
	have.Secret = a.Ring.Seal(crm.SecretRecord(have.ID), []byte(box.Password))
	return a.Service.Apply(ctx, crm.Mailboxes.Put(have))
}

// referenceFrom is the number of clients above which the demonstration is the
// reference set for benchmarks.
const referenceFrom = 1000

// FillDemo fills an empty store. demo.ErrFilled when it holds a demonstration
// already, demo.ErrNotDemo when it holds real clients.
func (a *App) FillDemo(ctx context.Context, clients int) ([]Login, error) {
	var logins []demo.Login
	var err error
	if clients > referenceFrom {
		logins, err = load.Reference(ctx, a.Service, load.Options{Clients: clients, Seed: a.Seed, Today: a.Today, Log: a.Log,
			Progress: func(step string, done, total int64) { a.Log.Info("load", "step", step, "done", done, "of", total) }})
	} else {
		logins, err = demo.Fill(ctx, a.Service, demo.Options{Seed: a.Seed, Clients: clients, Today: a.Today, Log: a.Log})
	}
	if err != nil {
		return nil, err
	}
	var out []Login
	for _, l := range logins {
		out = append(out, Login{l.Role, l.Email, l.Password})
	}
	return out, upToDate(ctx, a.Service, crm.Mark{})
}

// AddMailbox stores a mailbox from the command line.
func (a *App) AddMailbox(ctx context.Context, actor crm.Actor, in crm.MailboxInput) (crm.Mailbox, error) {
	return a.Service.AddMailbox(ctx, actor, a.Ring, in)
}

// MailboxesNamed lists the mailbox with that address or id, or all.
func (a *App) MailboxesNamed(ctx context.Context, name string) ([]crm.Mailbox, error) {
	var out []crm.Mailbox
	for m, err := range crm.Mailboxes.All(ctx, a.store, crm.EveryMailbox()) {
		if err != nil {
			return nil, err
		}
		if name == "" || m.ID == name || strings.EqualFold(m.Address, name) {
			out = append(out, m)
		}
	}
	if name != "" && len(out) == 0 {
		return nil, fmt.Errorf("there is no mailbox %q", name)
	}
	return out, nil
}

// RotateKey makes a new master key and seals every secret with it. Old keys
// stay in the file until nothing is sealed with them.
func (a *App) RotateKey(ctx context.Context) (id string, sealed int, err error) {
	if id, err = a.Ring.Rotate(a.KeyFile); err != nil {
		return "", 0, err
	}
	for m, err := range crm.Mailboxes.All(ctx, a.store, crm.EveryMailbox()) {
		if err != nil {
			return id, sealed, err
		}
		if err := a.reseal(ctx, m); err != nil {
			return id, sealed, fmt.Errorf("mailbox %s: %w", m.Address, err)
		}
		sealed++
	}
	return id, sealed, nil
}

func (a *App) reseal(ctx context.Context, m crm.Mailbox) error {
	plain, err := a.Ring.Open(crm.SecretRecord(m.ID), m.Secret)
	if err != nil {
		return err
	}
	m.Secret = a.Ring.Seal(crm.SecretRecord(m.ID), plain)
	return a.Service.Apply(ctx, crm.Mailboxes.Put(&m))
}

// Line is one finding of the doctor.
type Line struct {
	Text string
	Bad  bool
}

// Doctor looks at the store, the key and the mailboxes.
func (a *App) Doctor(ctx context.Context) ([]Line, error) {
	var out []Line
	if err := a.store.Ping(ctx); err != nil {
		return append(out, Line{"store: " + err.Error(), true}), nil
	}
	stats, err := storeStats(ctx, a.store)
	if err != nil {
		return out, err
	}
	out = append(out, stats...)
	states, err := a.Service.ListMailboxes(ctx, crm.SystemActor())
	if err != nil {
		return out, err
	}
	for _, m := range states {
		out = append(out, a.mailboxLines(ctx, m)...)
	}
	return out, nil
}

func (a *App) mailboxLines(ctx context.Context, m crm.MailboxState) []Line {
	var out []Line
	full, err := crm.Mailboxes.Get(ctx, a.store, m.ID)
	if err == nil {
		_, err = a.Ring.Open(crm.SecretRecord(m.ID), full.Secret)
	}
	if errors.Is(err, secret.ErrKeyUnknown) {
		out = append(out, Line{"mailbox " + m.Address + ": its password is sealed with a key that is not here; enter it again", true})
	} else if err != nil {
		out = append(out, Line{"mailbox " + m.Address + ": " + err.Error(), true})
	}
	for _, f := range m.FolderStates {
		if f.Filled && f.Wanted == 0 && f.Server != f.Sum() {
			out = append(out, Line{fmt.Sprintf("mailbox %s folder %s: server has %d, ledger %d", m.Address, f.Name, f.Server, f.Sum()), true})
		}
		if f.Failed > 0 {
			out = append(out, Line{fmt.Sprintf("mailbox %s folder %s: %d mails failed", m.Address, f.Name, f.Failed), true})
		}
	}
	return out
}
