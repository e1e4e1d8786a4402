package auth

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

// script signs ana in as a script.
func (g *house) script(t *testing.T) Tokens {
	t.Helper()
	ctx := context.Background()
	tokens, err := g.Issue(ctx, g.ana, Device{Agent: "curl/8.5.0", Address: here})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// dead checks that nothing of a sign-in works any more.
func (g *house) dead(t *testing.T, tokens ...Tokens) {
	t.Helper()
	for _, tk := range tokens {
		_, _, err := g.Bearer(context.Background(), tk.Token, here)
		want(t, "its access token", err, crm.CodeUnauthorized)
		_, err = g.Refresh(context.Background(), tk.RefreshToken, laptop)
		want(t, "its refresh token", err, crm.CodeUnauthorized)
	}
}

func TestRefreshRotatesAndReuseEndsTheSignIn(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	first, other := g.script(t), g.script(t)
	g.now = g.now.Add(time.Minute)
	second, err := g.Refresh(ctx, first.RefreshToken, laptop)
	if err != nil || second.RefreshToken == first.RefreshToken {
		t.Fatalf("%+v, %v", second, err)
	}
	g.now = g.now.Add(Grace + time.Second)
	_, err = g.Refresh(ctx, first.RefreshToken, laptop)
	want(t, "a spent token", err, crm.CodeUnauthorized)
	g.dead(t, second)
	if _, _, err := g.Bearer(ctx, other.Token, here); err != nil {
		t.Errorf("another sign-in ended too: %v", err)
	}
	if _, err := g.Refresh(ctx, other.RefreshToken, laptop); err != nil {
		t.Errorf("another sign-in ended too: %v", err)
	}
}

// Within the grace the token before the last answers with the same successor;
// one that is older is a copy at once.
func TestRefreshGrace(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	first := g.script(t)
	second, _ := g.Refresh(ctx, first.RefreshToken, laptop)
	g.now = g.now.Add(Grace)
	// The answer was lost and the program died: another process, the same keys.
	restarted := New(g.svc, g.ring)
	retried, err := restarted.Refresh(ctx, first.RefreshToken, laptop)
	if err != nil || retried.RefreshToken != second.RefreshToken {
		t.Fatalf("a retry within the grace: %v, another successor: %t", err, retried.RefreshToken != second.RefreshToken)
	}
	third, err := g.Refresh(ctx, second.RefreshToken, laptop)
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.Refresh(ctx, first.RefreshToken, laptop)
	want(t, "the token before that", err, crm.CodeUnauthorized)
	g.dead(t, retried, third)
}

func TestManyRefreshesAtOnceGiveOneSuccessor(t *testing.T) {
	g := newGate(t)
	first := g.script(t)
	const many = 24
	out, errs := make([]Tokens, many), make([]error, many)
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range many {
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-begin
			out[i], errs[i] = g.Refresh(context.Background(), first.RefreshToken, laptop)
		}()
	}
	close(begin)
	wg.Wait()
	for i := range many {
		if errs[i] != nil || out[i].RefreshToken != out[0].RefreshToken {
			t.Fatalf("request %d: %v, the same successor: %t", i, errs[i], out[i].RefreshToken == out[0].RefreshToken)
		}
	}
	s, err := crm.Sessions.Get(context.Background(), g.store, sessionIn(g, first))
	if err != nil || s.Step != 2 {
		t.Errorf("after %d requests with one token the step is %d, %v", many, s.Step, err)
	}
}

// A sign-in that is ended while it is refreshed leaves no token alive, whoever
// is first.
func TestEndWhileRefreshing(t *testing.T) {
	g, ctx := newGate(t), context.Background()
	for range 8 {
		first := g.script(t)
		var fresh Tokens
		var wg sync.WaitGroup
		wg.Add(2)
		go func() { defer wg.Done(); fresh, _ = g.Refresh(ctx, first.RefreshToken, laptop) }()
		var err error
		go func() { defer wg.Done(); err = g.svc.CloseSessions(ctx, g.ana.ID, sessionIn(g, first)) }()
		wg.Wait()
		if err != nil {
			t.Fatal(err)
		}
		g.dead(t, first)
		if fresh.Token != "" {
			g.dead(t, fresh)
		}
	}
}

func sessionIn(g *house, t Tokens) string {
	id, _, _ := g.readRefresh(t.RefreshToken)
	return id
}

func TestForgedRefreshTokensEndNothing(t *testing.T) {
	g := newGate(t)
	ctx := context.Background()
	tokens := g.script(t)
	parts := strings.Split(tokens.RefreshToken, ".")
	stranger := New(g.svc, secret.NewRing())
	for what, forged := range map[string]string{
		"empty":               "",
		"no token":            "x",
		"another number":      strings.Join([]string{parts[0], parts[1], "0", parts[3]}, "."),
		"another MAC":         strings.Join([]string{parts[0], parts[1], parts[2], strings.Repeat("A", 43)}, "."),
		"another key":         stranger.refreshToken(parts[1], 0),
		"a browser's session": g.refreshToken(secret.TokenDigest("x"), 1),
	} {
		_, err := g.Refresh(ctx, forged, laptop)
		want(t, what, err, crm.CodeUnauthorized)
	}
	if _, err := g.Refresh(ctx, tokens.RefreshToken, laptop); err != nil {
		t.Errorf("the true token after forged ones: %v", err)
	}
}

// A store that was restored from before the last refresh knows less than the
// script: it must sign in again, and nothing is ended for that.
func TestTokenFromAfterABackup(t *testing.T) {
	g := newGate(t)
	tokens := g.script(t)
	id := sessionIn(g, tokens)
	_, err := g.Refresh(context.Background(), g.refreshToken(id, 7), laptop)
	want(t, "a later token", err, crm.CodeUnauthorized)
	if _, err := crm.Sessions.Get(context.Background(), g.store, id); err != nil {
		t.Errorf("the sign-in is gone: %v", err)
	}
}

func TestRefreshOfADisabledUser(t *testing.T) {
	g := newGate(t)
	tokens := g.script(t)
	if _, err := g.svc.DisableUser(context.Background(), crm.SystemActor(), g.ana.ID, true); err != nil {
		t.Fatal(err)
	}
	g.dead(t, tokens)
}

// The bearer's way costs one look at a version, and nothing more.
func TestBearerReadsTheUserOnly(t *testing.T) {
	g := newGate(t)
	tokens := g.script(t)
	counted := &countingStore{Store: g.store}
	g.store = counted
	for range 4 {
		if _, _, err := g.Bearer(context.Background(), tokens.Token, here); err != nil {
			t.Fatal(err)
		}
	}
	if counted.gets != 1 || counted.peeks != 4 {
		t.Errorf("4 requests read %d documents and %d versions", counted.gets, counted.peeks)
	}
}

type countingStore struct {
	store.Store
	gets, peeks int
}

func (s *countingStore) Peek(ctx context.Context, in *store.Collection, id string, fields ...string) (int64, []any, error) {
	s.peeks++
	return s.Store.Peek(ctx, in, id, fields...)
}

func (s *countingStore) Get(ctx context.Context, in *store.Collection, id string) (store.Doc, error) {
	s.gets++
	return s.Store.Get(ctx, in, id)
}

func TestDeviceWords(t *testing.T) {
	for agent, want := range map[string][2]string{
		laptop.Agent: {"Firefox", "Linux"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0":           {"Edge", "Windows"},
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36":                         {"Chrome", "Android"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1": {"Safari", "iOS"},
		"curl/8.5.0":              {"curl", ""},
		"python-requests/2.32.3":  {"python-requests", ""},
		"":                        {"", ""},
		strings.Repeat("a", 5000): {strings.Repeat("a", 39) + "…", ""},
	} {
		if b, s := (Device{Agent: agent}).words(); b != want[0] || s != want[1] {
			t.Errorf("%.60q is %q on %q, want %q", agent, b, s, want)
		}
	}
}
