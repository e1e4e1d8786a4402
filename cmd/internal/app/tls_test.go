package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pair is where a test keeps a certificate.
type pair struct {
	*testing.T
	cert, key string
	serial    int64
}

func newPair(t *testing.T) *pair {
	dir := t.TempDir()
	p := &pair{T: t, cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	p.renew()
	return p
}

// renew writes a new pair with the next serial number.
func (p *pair) renew() {
	p.Helper()
	p.serial++
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p.must(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(p.serial), Subject: pkix.Name{CommonName: "crm.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	p.must(err)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	p.must(err)
	p.write(p.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	p.write(p.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
}

// write gives each content a time of its own: tests are quicker than clocks of
// some file systems.
func (p *pair) write(path string, content []byte) {
	p.Helper()
	p.must(os.WriteFile(path, content, 0o600))
	at := time.Now().Add(time.Duration(p.serial) * time.Minute)
	p.must(os.Chtimes(path, at, at))
}

func (p *pair) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// TestRenewedCertificate is taken up without a restart; a broken one is said
// once and the one before it stays.
func TestRenewedCertificate(t *testing.T) {
	p := newPair(t)
	var log bytes.Buffer
	c, err := openCertificate(p.cert, p.key, slog.New(slog.NewTextHandler(&log, nil)))
	p.must(err)
	now := time.Now()
	c.now = func() time.Time { return now }
	c.looked.Store(now.UnixNano())
	serial := func() int64 {
		got, err := c.config().GetCertificate(nil)
		p.must(err)
		return got.Leaf.SerialNumber.Int64()
	}
	later := func() { now = now.Add(lookAgain + time.Second) }
	if n := serial(); n != 1 {
		t.Fatalf("certificate %d", n)
	}
	p.renew()
	if n := serial(); n != 1 {
		t.Errorf("certificate %d: the files are looked at on each handshake", n)
	}
	later()
	if n := serial(); n != 2 {
		t.Errorf("certificate %d after the renewal", n)
	}
	good, err := os.ReadFile(p.key)
	p.must(err)
	p.serial++
	p.write(p.key, []byte("half a ke"))
	for range 3 {
		later()
		if n := serial(); n != 2 {
			t.Errorf("certificate %d while the new key is broken", n)
		}
	}
	p.must(os.Remove(p.key))
	later()
	serial()
	if n := strings.Count(log.String(), "cannot be used"); n != 2 {
		t.Errorf("two things were wrong, said %d times:\n%s", n, &log)
	}
	p.serial++
	p.write(p.key, good)
	later()
	serial()
	p.renew()
	later()
	if n := serial(); n != 5 {
		t.Errorf("certificate %d after all was well again", n)
	}
}

func TestBrokenCertificateAtStart(t *testing.T) {
	p := newPair(t)
	p.write(p.key, []byte("nothing"))
	if _, err := openCertificate(p.cert, p.key, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "--tls-key") {
		t.Errorf("start says %v", err)
	}
}

// TestHTTPS serves pages over TLS 1.2 and up, with cookies and a header that
// keep browsers there.
func TestHTTPS(t *testing.T) {
	p := newPair(t)
	a, err := Open(t.Context(), Config{Data: t.TempDir(), Addr: "127.0.0.1:0", TLSCert: p.cert, TLSKey: p.key})
	p.must(err)
	t.Cleanup(func() { _ = a.Close() })
	p.must(a.Start(t.Context()))
	if !strings.HasPrefix(a.URL(), "https://127.0.0.1:") {
		t.Errorf("the address is %s", a.URL())
	}
	ca, err := os.ReadFile(p.cert)
	p.must(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	client := func(most uint16) *http.Client {
		return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10, MaxVersion: most}}}
	}
	res, err := client(tls.VersionTLS13).Get(a.URL() + "/signin?lang=es")
	p.must(err)
	res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Header.Get("Strict-Transport-Security") == "" || len(res.Cookies()) == 0 || !res.Cookies()[0].Secure {
		t.Errorf("status %d, headers %v", res.StatusCode, res.Header)
	}
	if res, err := client(tls.VersionTLS11).Get(a.URL() + "/healthz"); err == nil {
		res.Body.Close()
		t.Error("TLS 1.1 is spoken")
	}
}

// TestPlainAddressIsWarned: one line says that passwords travel in the open.
func TestPlainAddressIsWarned(t *testing.T) {
	proxies := Config{Data: t.TempDir(), Addr: "0.0.0.0:0"}
	var log bytes.Buffer
	proxies.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := Open(t.Context(), proxies)
	if err == nil {
		err = a.Start(t.Context())
		_ = a.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "unencrypted") || !strings.Contains(got, "--tls-cert") {
		t.Errorf("the log says %q", got)
	}
}
