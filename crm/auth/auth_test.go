package auth

import (
	"context"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
)

const (
	here     = "127.0.0.1"
	password = "uma senha bem longa"
)

var laptop = Device{Agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Address: here}

type house struct {
	*Auth
	svc *crm.Service
	now time.Time
	ana crm.User
}

func newGate(t *testing.T) *house {
	t.Helper()
	ctx := context.Background()
	st := opentest.Store(t, crm.Schema())
	g := &house{now: time.Date(2026, 10, 14, 15, 0, 0, 0, time.UTC)}
	g.svc = crm.New(crm.Deps{Store: st, Now: func() time.Time { return g.now }})
	g.Auth = New(g.svc, secret.NewRing())
	u, _, err := g.svc.AddUser(ctx, crm.SystemActor(), crm.UserInput{Email: "Ana@Cemigmas.example", Name: "Ana", Role: crm.RoleAgent, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	g.ana = u
	return g
}

func want(t *testing.T, what string, err error, code crm.Code) {
	t.Helper()
	if got := crm.CodeOf(err); got != code {
		t.Fatalf("%s: %q (%v), want %q", what, got, err, code)
	}
}

func TestSignIn(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	u, err := g.SignIn(ctx, " ana@cemigmas.EXAMPLE ", password, here)
	if err != nil || u.ID != g.ana.ID {
		t.Fatalf("%+v, %v", u, err)
	}
	_, wrongPassword := g.SignIn(ctx, "ana@cemigmas.example", "outra", here)
	_, noUser := g.SignIn(ctx, "nobody@cemigmas.example", password, here)
	want(t, "wrong password", wrongPassword, crm.CodeUnauthorized)
	if wrongPassword.Error() != noUser.Error() {
		t.Errorf("the answers tell who exists: %v, %v", wrongPassword, noUser)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	for range freeTries {
		_, err := g.SignIn(ctx, "ana@cemigmas.example", "errada", here)
		want(t, "a free try", err, crm.CodeUnauthorized)
	}
	_, err := g.SignIn(ctx, "ana@cemigmas.example", password, here)
	want(t, "the right password while waiting", err, crm.CodeTooMany)
	g.now = g.now.Add(firstWait + time.Second)
	if _, err := g.SignIn(ctx, "ana@cemigmas.example", password, here); err != nil {
		t.Fatalf("after the wait: %v", err)
	}
	_, err = g.SignIn(ctx, "ana@cemigmas.example", "errada", here)
	want(t, "the count began anew", err, crm.CodeUnauthorized)
}

func TestFailedTriesAreForgotten(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	left := func() (ids []string) {
		for at, err := range crm.Attempts.All(ctx, g.svc.Store(), store.Query{Sort: []string{"seen"}}) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, at.ID)
		}
		return ids
	}
	_, err := g.SignIn(ctx, "ana@cemigmas.example", "errada", here)
	want(t, "a wrong password", err, crm.CodeUnauthorized)
	g.now = g.now.Add(forgetAfter - time.Minute)
	_, err = g.SignIn(ctx, "ze@cemigmas.example", "errada", "192.0.2.77")
	want(t, "a name that nobody has", err, crm.CodeUnauthorized)
	before := left()
	g.now = g.now.Add(2 * time.Minute)
	if err := g.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	after := left()
	if len(before) != 4 || len(after) != 2 {
		t.Fatalf("before %q, swept %q: the older two must go", before, after)
	}
	for _, id := range after {
		if !strings.Contains(id, "ze@") && !strings.Contains(id, "192.0.2.77") {
			t.Errorf("%s was kept", id)
		}
	}
}

func TestSessionEndsWithItsUser(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	u, _ := g.SignIn(ctx, g.ana.Email, password, here)
	token, err := g.OpenSession(ctx, u, laptop)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := g.Session(ctx, token, laptop); err != nil || got.ID != u.ID {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := g.svc.DisableUser(ctx, crm.SystemActor(), u.ID, true); err != nil {
		t.Fatal(err)
	}
	_, _, err = g.Session(ctx, token, laptop)
	want(t, "disabled", err, crm.CodeUnauthorized)
	if _, err := g.svc.DisableUser(ctx, crm.SystemActor(), u.ID, false); err != nil {
		t.Fatal(err)
	}
	_, _, err = g.Session(ctx, token, laptop)
	want(t, "an old session of an enabled user", err, crm.CodeUnauthorized)
}

func TestSessionEndsInTime(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	u, _ := g.SignIn(ctx, g.ana.Email, password, here)
	token, _ := g.OpenSession(ctx, u, laptop)
	for range 3 { // who comes back within its life keeps it
		g.now = g.now.Add(SessionLife - time.Hour)
		if _, _, err := g.Session(ctx, token, laptop); err != nil {
			t.Fatal(err)
		}
	}
	g.now = g.now.Add(SessionLife + time.Minute)
	_, _, err := g.Session(ctx, token, laptop)
	want(t, "after its life", err, crm.CodeUnauthorized)
	if err := g.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if left, _ := crm.Sessions.First(ctx, g.svc.Store(), sessionsOf(u.ID)); left != nil {
		t.Error("a session that is over was not swept")
	}
}

func TestAccessToken(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	u, _ := g.SignIn(ctx, g.ana.Email, password, here)
	tokens, err := g.Issue(ctx, u, laptop)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time from memory
		if got, _, err := g.Bearer(ctx, tokens.Token, here); err != nil || got.ID != u.ID {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	parts := strings.Split(tokens.Token, ".")
	_, _, err = g.Bearer(ctx, parts[0]+"."+parts[1]+"."+strings.Repeat("A", len(parts[2])), here)
	want(t, "another signature", err, crm.CodeUnauthorized)
	// {"alg":"none"}
	_, _, err = g.Bearer(ctx, "eyJhbGciOiJub25lIn0."+parts[1]+".", here)
	want(t, "no signature", err, crm.CodeUnauthorized)
	stranger := New(g.svc, secret.NewRing())
	_, _, err = stranger.Bearer(ctx, tokens.Token, here)
	want(t, "another key", err, crm.CodeUnauthorized)
	if _, err := g.svc.DisableUser(ctx, crm.SystemActor(), u.ID, true); err != nil {
		t.Fatal(err)
	}
	_, _, err = g.Bearer(ctx, tokens.Token, here)
	want(t, "a remembered token of a disabled user", err, crm.CodeUnauthorized)
}

func TestAccessTokenEndsInTime(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	u, _ := g.SignIn(ctx, g.ana.Email, password, here)
	tokens, _ := g.Issue(ctx, u, laptop)
	if _, _, err := g.Bearer(ctx, tokens.Token, here); err != nil {
		t.Fatal(err)
	}
	g.now = g.now.Add(AccessLife + time.Second)
	_, _, err := g.Bearer(ctx, tokens.Token, here)
	want(t, "a remembered token that is over", err, crm.CodeUnauthorized)
}

func TestDemonstrationLoginsAreForThisMachine(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	u, _, err := g.svc.AddUser(ctx, crm.SystemActor(), crm.UserInput{Email: "demo@cemigmas.example", Name: "Demo", Role: crm.RoleAgent, Password: password, LoopbackOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.SignIn(ctx, u.Email, password, "192.0.2.7")
	want(t, "from another machine", err, crm.CodeUnauthorized)
	in, err := g.SignIn(ctx, u.Email, password, "::1")
	if err != nil {
		t.Fatal(err)
	}
	tokens, _ := g.Issue(ctx, in, laptop)
	_, _, err = g.Bearer(ctx, tokens.Token, "192.0.2.7")
	want(t, "its token from another machine", err, crm.CodeUnauthorized)
}

func TestCSRFBelongsToOneSession(t *testing.T) {
	g := newGate(t)
	if !g.CheckCSRF("a", g.CSRF("a")) || g.CheckCSRF("b", g.CSRF("a")) || g.CheckCSRF("a", "") {
		t.Error("a CSRF token fits another session")
	}
}

func sessionsOf(user string) store.Query {
	return store.Query{Where: []store.Cond{store.Is("user", user)}, Sort: []string{"-seen"}}
}
