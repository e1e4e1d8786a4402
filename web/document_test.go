package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// form makes a multipart body of fields and files, each as name, content.
func form(fields []string, files ...string) (*bytes.Buffer, string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = w.WriteField(fields[i], fields[i+1])
	}
	for i := 0; i+1 < len(files); i += 2 {
		p, _ := w.CreateFormFile("file", files[i])
		_, _ = io.WriteString(p, files[i+1])
	}
	_ = w.Close()
	return &b, w.FormDataContentType()
}

func send(b *webtest.Browser, path string, fields []string, files ...string) *webtest.Answer {
	body, kind := form(fields, files...)
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Header.Set("Content-Type", kind)
	return b.Do(r)
}

func listed(k *webtest.Kit, client string) []crm.Document {
	k.Helper()
	list, _, err := k.Service.ClientDocuments(k.Context(), crm.SystemActor(), client, false, 0, "")
	k.Must(err)
	return list
}

// Several files at once stand on the client's page, go to an amendment, come
// back byte by byte as something to save, and leave with an undo.
func TestDocumentsOfAClient(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	at := "/clients/" + e.Client + "/documents"
	a := send(b, at, []string{"csrf", b.CSRF(), "kind", "bill", "notes", "outubro"}, "conta <1>.pdf", "%PDF-1", "pagina.html", "<script>alert(1)</script>")
	page := b.Follow(a)
	for _, want := range []string{"conta &lt;1&gt;.pdf", "pagina.html", "Fatura", "outubro", "2 documentos gravados"} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if one := b.Get("/clients/" + e.Client); !strings.Contains(one.Body, "pagina.html") {
		t.Error("the client's page lacks it")
	}
	for _, d := range listed(k, e.Client) {
		if d.Name != "pagina.html" {
			continue
		}
		file := b.Get("/documents/" + d.ID + "/file")
		if file.Body != "<script>alert(1)</script>" || file.Header.Get("Content-Type") != "application/octet-stream" || file.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(file.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("served as %v", file.Header)
		}
		page := b.Follow(b.Post("/documents/" + d.ID + "/delete"))
		if !strings.Contains(page.Body, "/documents/"+d.ID+"/restore") || len(listed(k, e.Client)) != 2 {
			t.Error("no undo, or still there")
		}
		if a := b.Get("/documents/" + d.ID + "/file"); a.StatusCode != http.StatusNotFound {
			t.Errorf("a deleted file: %d", a.StatusCode)
		}
	}
	send(b, at, []string{"csrf", b.CSRF(), "contract", e.Contract, "amendment", "am"}, "assinado.pdf", "%PDF-2")
	if c := b.Get("/contracts/" + e.Contract); !strings.Contains(c.Body, "assinado.pdf") {
		t.Error("the amendment does not show its document")
	}
}

// What is refused is refused with words, and leaves no document and no file.
func TestDocumentsRefused(t *testing.T) {
	dir := t.TempDir()
	k := webtest.New(t, func(c *web.Config) { c.UploadDir = dir })
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	at, token := "/clients/"+e.Client+"/documents", []string{"csrf", b.CSRF()}
	many := make([]string, 0, 42)
	for n := range 21 {
		many = append(many, fmt.Sprintf("%d.pdf", n), "x")
	}
	for name, c := range map[string]struct {
		fields, files []string
		status        int
		says          string
	}{
		"nothing chosen": {token, nil, 422, "role=\"alert\">Preencha este campo"},
		"an empty file":  {token, []string{"a.pdf", "x", "vazio.pdf", ""}, 422, "vazio.pdf está vazio"},
		"too large":      {token, []string{"a.pdf", "x", "planta.dwg", strings.Repeat("x", crm.MaxDocument+1)}, 413, "planta.dwg tem mais de 50 MB"},
		"too many":       {token, many, 413, "No máximo 20"},
		"no token":       {nil, []string{"a.pdf", "x"}, 403, ""},
	} {
		a := send(b, at, c.fields, c.files...)
		if a.StatusCode != c.status || !strings.Contains(a.Body, c.says) {
			t.Errorf("%s: %d, want %d with %q", name, a.StatusCode, c.status, c.says)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(listed(k, e.Client)) != 1 || len(left) != 0 {
		t.Errorf("%d documents, files left: %v", len(listed(k, e.Client)), left)
	}
	k.Must(os.RemoveAll(dir)) // a disk that takes nothing
	if a := send(b, at, token, "a.pdf", "x"); a.StatusCode != http.StatusServiceUnavailable || len(listed(k, e.Client)) != 1 {
		t.Errorf("without a disk: %d", a.StatusCode)
	}
	if err := web.NotKept(&fs.PathError{Op: "write", Err: syscall.ENOSPC}); err.(*crm.Error).Text.Key != "error.disk.full" {
		t.Errorf("a full disk says %v", err)
	}
}

// The API keeps a file once, however often the request is sent, and says of one
// that is too large which it is.
func TestDocumentsAPI(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	l, err := net.Listen("tcp", "127.0.0.1:0")
	k.Must(err)
	go func() { _ = k.Server.App().Listener(l) }()
	tokens, err := k.Auth.Issue(t.Context(), k.Users["ana"], auth.Device{})
	k.Must(err)
	post := func(body io.Reader, kind string) (int, string) {
		r, err := http.NewRequest(http.MethodPost, "http://"+l.Addr().String()+"/api/v1/clients/"+e.Client+"/documents", body)
		k.Must(err)
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Authorization", "Bearer "+tokens.Token)
		r.Header.Set("Idempotency-Key", "once")
		res, err := http.DefaultClient.Do(r)
		k.Must(err)
		defer res.Body.Close()
		said, err := io.ReadAll(res.Body)
		k.Must(err)
		return res.StatusCode, string(said)
	}
	for range 2 {
		status, said := post(form([]string{"kind", "letter"}, "ofício.pdf", "%PDF"))
		var made struct{ Items []crm.Document }
		if err := json.Unmarshal([]byte(said), &made); err != nil || status != http.StatusCreated || len(made.Items) != 1 || made.Items[0].Size != 4 {
			t.Fatalf("%d %s", status, said)
		}
	}
	if n := len(listed(k, e.Client)); n != 2 {
		t.Errorf("%d documents, want the estate's and one", n)
	}
	body, to := io.Pipe()
	w := multipart.NewWriter(to)
	go func() {
		p, err := w.CreateFormFile("file", "planta.dwg")
		if err == nil {
			_, err = io.Copy(p, io.LimitReader(rows{}, crm.MaxDocument+4<<20))
		}
		if err == nil {
			err = w.Close()
		}
		to.CloseWithError(err)
	}()
	status, said := post(body, w.FormDataContentType())
	if status != http.StatusRequestEntityTooLarge || !strings.Contains(said, "planta.dwg") {
		t.Errorf("%d: %s", status, said)
	}
	if a := k.API("ana", http.MethodDelete, "/clients/"+e.Client+"/documents", nil); a.StatusCode == http.StatusOK {
		t.Error("all documents can be deleted at once")
	}
}
