package web_test

import (
	"encoding/json"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/crm/blob"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// An upload goes to disk and into the blob store as it arrives: 100 MB take no
// more memory than a page, and leave no file behind.
func TestUploadInFlatMemory(t *testing.T) {
	dir := t.TempDir()
	k := webtest.New(t, func(c *web.Config) { c.MaxUpload, c.UploadDir = 200<<20, dir })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	k.Must(err)
	go func() { _ = k.Server.App().Listener(l) }()
	tokens, err := k.Auth.Issue(t.Context(), k.Users["ana"], auth.Device{})
	k.Must(err)

	const size = 100 << 20
	body, to := io.Pipe()
	form := multipart.NewWriter(to)
	go func() {
		part, err := form.CreateFormFile("file", "UCMT_2025.csv")
		if err == nil {
			_, err = io.Copy(part, io.LimitReader(rows{}, size))
		}
		if err == nil {
			err = form.Close()
		}
		to.CloseWithError(err)
	}()
	r, err := http.NewRequest(http.MethodPost, "http://"+l.Addr().String()+"/api/v1/imports", body)
	k.Must(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+tokens.Token)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err := http.DefaultClient.Do(r)
	runtime.ReadMemStats(&after)
	k.Must(err)
	defer res.Body.Close()
	var job struct{ ID string }
	k.Must(json.NewDecoder(res.Body).Decode(&job))
	if res.StatusCode != http.StatusAccepted {
		t.Fatalf("status %d", res.StatusCode)
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 32 {
		t.Errorf("it took %d MiB", took)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "upload-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	j, err := k.Service.Job(t.Context(), crm.SystemActor(), job.ID)
	k.Must(err)
	var args web.ImportArgs
	k.Must(json.Unmarshal(j.Args, &args))
	kept, err := k.Server.Blobs.Open(t.Context(), blob.Ref(args.Blob))
	k.Must(err)
	defer kept.Close()
	if n, err := io.Copy(io.Discard, kept); n != size || err != nil {
		t.Errorf("%d bytes were kept, %v", n, err)
	}
}

// rows is an endless file of rows.
type rows struct{}

func (rows) Read(b []byte) (int, error) {
	const row = "CEMIG-D;123;456;A4;150,5\r\n"
	for n := 0; n < len(b); {
		n += copy(b[n:], row)
	}
	return len(b), nil
}
