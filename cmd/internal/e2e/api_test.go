package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm/auth"
)

// script is somebody who asks the API of a house.
type script struct{ url, token string }

// script signs in to the API.
func (h *house) script(t *testing.T, l app.Login) *script {
	t.Helper()
	s := &script{url: h.URL() + "/api/v1"}
	var tokens auth.Tokens
	s.do(t, http.MethodPost, "/session", map[string]string{"email": l.Email, "password": l.Password}, &tokens)
	s.token = tokens.Token
	return s
}

// get reads what an address answers into out.
func (s *script) get(t *testing.T, path string, out any) {
	t.Helper()
	s.do(t, http.MethodGet, path, nil, out)
}

func (s *script) do(t *testing.T, method, path string, in, out any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		t.Fatalf("%s %s answers %s", method, path, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}
