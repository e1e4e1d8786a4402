//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// TestLongImportDoesNotStallPages: while the command line imports thousands of
// clients into the file that a server serves, in a process of its own, pages are
// answered and what people write is taken, each within a fraction of the import.
func TestLongImportDoesNotStallPages(t *testing.T) {
	if testing.Short() {
		t.Skip("left out: it imports for some seconds")
	}
	const clients = 3000
	c := startChild(t)
	token := c.token()
	var first struct{ ID string }
	c.api(token, "POST", "/clients", `{"name":"Fundição Primeira"}`, &first)

	var said bytes.Buffer
	imports := exec.Command(os.Args[0], "import", bookOfClients(t, clients), "--data", c.data)
	imports.Env, imports.Stdout, imports.Stderr = append(os.Environ(), asChild+"=1"), &said, &said
	began := time.Now()
	c.must(imports.Start())
	ended := make(chan error, 1)
	go func() { ended <- imports.Wait() }()
	c.until("the import has written something", func() bool { return c.listed(token) > 1 })

	var reads, writes []time.Duration
	for going := true; going; {
		asked := time.Now()
		c.page("/clients")
		reads = append(reads, time.Since(asked))
		asked = time.Now()
		c.api(token, "POST", "/clients/"+first.ID+"/activities", `{"kind":"note","text":"Anotado durante a importação"}`, nil)
		writes = append(writes, time.Since(asked))
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("the import: %v\n%s", err, &said)
			}
			going = false
		default:
		}
	}
	took := time.Since(began)
	if !strings.Contains(said.String(), fmt.Sprintf("created %d", clients)) {
		t.Fatalf("the import says:\n%s", &said)
	}
	for what, list := range map[string][]time.Duration{"pages": reads, "writes": writes} {
		slices.Sort(list)
		middle, longest := list[len(list)/2], list[len(list)-1]
		t.Logf("%d %s beside an import of %s: %s in the median, %s at most", len(list), what, took.Round(time.Millisecond), middle.Round(time.Millisecond), longest.Round(time.Millisecond))
		if len(list) < 5 || middle > 500*time.Millisecond || longest > took/2 {
			t.Errorf("%d %s took %s in the median and up to %s beside an import of %s", len(list), what, middle, longest, took)
		}
	}
}

// bookOfClients is a workbook of so many clients.
func bookOfClients(t *testing.T, n int) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", "Clientes"); err != nil {
		t.Fatal(err)
	}
	for row := range n + 1 {
		cells := []any{fmt.Sprintf("L-%05d", row), fmt.Sprintf("Fábrica Longa %d", row)}
		if row == 0 {
			cells = []any{"código", "nome"}
		}
		if err := f.SetSheetRow("Clientes", "A"+strconv.Itoa(row+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "longa.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// token signs in by the API.
func (c *child) token() string {
	c.Helper()
	var said struct{ Token string }
	c.api("", "POST", "/session", `{"email":"ana@cemig.example","password":"uma senha de teste"}`, &said)
	return said.Token
}

// listed is how many clients the first page of the API shows.
func (c *child) listed(token string) int {
	c.Helper()
	var said struct{ Items []struct{ ID string } }
	c.api(token, "GET", "/clients", "", &said)
	return len(said.Items)
}

func (c *child) api(token, method, path, body string, into any) {
	c.Helper()
	r, err := http.NewRequest(method, c.url+"/api/v1"+path, strings.NewReader(body))
	c.must(err)
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	c.must(err)
	defer res.Body.Close()
	if res.StatusCode > 299 {
		c.Fatalf("%s %s answers %d", method, path, res.StatusCode)
	}
	if into != nil {
		c.must(json.NewDecoder(res.Body).Decode(into))
	}
}

// page asks for a page of whoever is signed in.
func (c *child) page(path string) {
	c.Helper()
	r, err := http.NewRequest(http.MethodGet, c.url+path, nil)
	c.must(err)
	r.AddCookie(&http.Cookie{Name: "cemigmas", Value: c.cookie})
	res, err := http.DefaultClient.Do(r)
	c.must(err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		c.Fatalf("%s answers %d", path, res.StatusCode)
	}
}
