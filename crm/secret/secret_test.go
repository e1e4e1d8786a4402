package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestPassword(t *testing.T) {
	phc, err := HashPassword("correct horse")
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=65536,t=3,p=1$") {
		t.Fatalf("%q, %v", phc, err)
	}
	if NeedsRehash(phc) {
		t.Error("a fresh hash needs rehashing")
	}
	for password, want := range map[string]bool{"correct horse": true, "correct horsE": false, "": false, strings.Repeat("x", MaxPassword+1): false} {
		if ok, err := VerifyPassword(phc, password); ok != want || err != nil {
			t.Errorf("%.20q: %v, %v", password, ok, err)
		}
	}
	for _, bad := range []string{"", strings.Repeat("x", MaxPassword+1)} {
		if _, err := HashPassword(bad); !errors.Is(err, ErrPasswordLength) {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
}

// weak are parameters that make a test quick.
var weak = argonParams{memory: 64, passes: 1, lanes: 1}

func weakHash(password string) string {
	salt := []byte("saltsaltsaltsalt")
	return encodeHash(weak, salt, weak.key(password, salt, argonKeyLen))
}

func TestHashesOfOtherParametersVerifyAndNeedRehash(t *testing.T) {
	phc := weakHash("secret")
	if ok, err := VerifyPassword(phc, "secret"); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if !NeedsRehash(phc) || !NeedsRehash("") {
		t.Error("a weak hash does not need rehashing")
	}
	if a, _ := HashPassword("x"); a == phc {
		t.Error("salts repeat")
	}
}

func TestDamagedHashes(t *testing.T) {
	good := weakHash("secret")
	for name, phc := range map[string]string{
		"empty":            "",
		"other function":   strings.Replace(good, "argon2id", "argon2i", 1),
		"other version":    strings.Replace(good, "v=19", "v=16", 1),
		"a terabyte":       strings.Replace(good, "m=64", "m=1073741824", 1),
		"beyond 32 bits":   strings.Replace(good, "m=64", "m=99999999999", 1),
		"no pass":          strings.Replace(good, "t=1", "t=0", 1),
		"no lane":          strings.Replace(good, "p=1", "p=0", 1),
		"too little":       strings.Replace(good, "m=64", "m=1", 1),
		"no parameters":    strings.Replace(good, "m=64,t=1,p=1", "", 1),
		"not base64":       good[:len(good)-2] + "!!",
		"a short key":      good[:strings.LastIndex(good, "$")] + "$AAAA",
		"one part missing": good[:strings.LastIndex(good, "$")],
	} {
		if ok, err := VerifyPassword(phc, "secret"); ok || !errors.Is(err, ErrHash) {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

func TestSealAndOpen(t *testing.T) {
	r := NewRing()
	sealed := r.Seal("mailboxes/1", []byte("hunter2"))
	if strings.Contains(sealed, "hunter2") || sealed == r.Seal("mailboxes/1", []byte("hunter2")) {
		t.Fatal("sealed text shows or repeats itself")
	}
	if plain, err := r.Open("mailboxes/1", sealed); err != nil || string(plain) != "hunter2" {
		t.Fatalf("%q, %v", plain, err)
	}
	if plain, err := r.Open("x", r.Seal("x", nil)); err != nil || len(plain) != 0 {
		t.Errorf("nothing sealed: %q, %v", plain, err)
	}
	if _, err := r.Open("mailboxes/2", sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("moved to another record it opens: %v", err)
	}
	if _, err := NewRing().Open("mailboxes/1", sealed); !errors.Is(err, ErrKeyUnknown) {
		t.Errorf("another ring: %v", err)
	}
	for i := range len(sealed) {
		damaged := []byte(sealed)
		damaged[i] ^= 1
		if plain, err := r.Open("mailboxes/1", string(damaged)); err == nil {
			t.Fatalf("byte %d changed and it opens: %q", i, plain)
		}
	}
	for _, bad := range []string{"", "s1", "s1.." + sealed, "s1." + r.IDs()[0] + ".AAAA", sealed[:len(sealed)-8]} {
		if _, err := r.Open("mailboxes/1", bad); err == nil {
			t.Errorf("%q opens", bad)
		}
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "key")
	if _, err := Load(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("a missing file: %v", err)
	}
	first, err := LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	sealed := first.Seal("r", []byte("x"))
	again, err := LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.Open("r", sealed); err != nil || string(plain) != "x" {
		t.Errorf("after a restart: %q, %v", plain, err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestKeyFileRefused(t *testing.T) {
	dir := t.TempDir()
	good := string(formatKeys(NewRing().keys))
	tests := map[string]struct {
		content string
		mode    fs.FileMode
		want    string
	}{
		"group":    {good, 0o640, "chmod 600"},
		"world":    {good, 0o604, "chmod 600"},
		"empty":    {"", 0o600, "holds no key"},
		"damaged":  {good + "1234abcd notakey\n", 0o600, "line 3 is damaged"},
		"one line": {strings.Repeat("x", 100_000), 0o600, "too long"},
	}
	for name, tt := range tests {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tt.mode); err != nil {
			t.Fatal(err)
		}
		_, err := LoadOrCreate(path)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "notakey") {
			t.Errorf("%s: the message shows the line", name)
		}
	}
	if _, err := Load(dir); err == nil {
		t.Error("a directory is a key file")
	}
}

func TestKeyFileIsCreatedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			if r, err := LoadOrCreate(path); err != nil {
				t.Error(err)
			} else {
				ids[i] = r.IDs()[0]
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("different keys: %v", ids)
		}
	}
}

func TestRotate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	r, err := LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	old := r.Seal("r", []byte("x"))
	jwt := r.Derive(ForJWT)
	id, err := r.Rotate(path)
	if err != nil || id == r.IDs()[0] || id != r.IDs()[1] {
		t.Fatalf("%q of %v, %v", id, r.IDs(), err)
	}
	if plain, err := r.Open("r", old); err != nil || string(plain) != "x" {
		t.Errorf("the old key no longer opens: %v", err)
	}
	fresh := r.Seal("r", []byte("y"))
	if !r.Stale(old) || r.Stale(fresh) {
		t.Error("Stale")
	}
	if _, err := other.Open("r", fresh); !errors.Is(err, ErrKeyUnknown) {
		t.Errorf("another process before Reload: %v", err)
	}
	if err := other.Reload(path); err != nil {
		t.Fatal(err)
	}
	if plain, err := other.Open("r", fresh); err != nil || string(plain) != "y" {
		t.Errorf("another process after Reload: %v", err)
	}
	if d, ok := r.DeriveFrom(jwt.ID, ForJWT); !ok || !bytes.Equal(d.Bytes, jwt.Bytes) {
		t.Error("tokens of before the rotation cannot be verified")
	}
	if _, ok := r.DeriveFrom("none", ForJWT); ok {
		t.Error("derived from no key")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode after rotation: %v, %v", info.Mode(), err)
	}
}

func TestRotateIsRefusedWhileAnotherRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	r, err := LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Rotate(path); err == nil || len(r.IDs()) != 1 {
		t.Errorf("rotated under a lock: %v", err)
	}
}

func TestDerive(t *testing.T) {
	r := NewRing()
	a, b := r.Derive(ForJWT), r.Derive(ForCSRF)
	if len(a.Bytes) != 32 || bytes.Equal(a.Bytes, b.Bytes) || a.ID != r.IDs()[0] {
		t.Errorf("%d bytes, id %s", len(a.Bytes), a.ID)
	}
	if !bytes.Equal(a.Bytes, r.Derive(ForJWT).Bytes) {
		t.Error("not stable")
	}
	if bytes.Equal(a.Bytes, NewRing().Derive(ForJWT).Bytes) {
		t.Error("the same for every house")
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	r := NewRing()
	k, d := r.keys[0], r.Derive(ForJWT)
	printed := fmt.Sprintf("%v %+v %#v %s %v %#v %v %#v", r, r, r, r, k, k, d, d)
	for _, raw := range [][]byte{k.bytes[:], d.Bytes} {
		for _, form := range []string{"%v", "%x", "%X", "%q"} {
			text := strings.Trim(fmt.Sprintf(form, raw), "[]")
			if strings.Contains(printed, text) {
				t.Errorf("a key shows as %s", form)
			}
		}
	}
}

func TestTokens(t *testing.T) {
	a, b := Token(), Token()
	if len(a) != 43 || a == b || strings.ContainsAny(a, "+/=") {
		t.Errorf("%q %q", a, b)
	}
	if TokenDigest("abc") != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("digest %s", TokenDigest("abc"))
	}
}

func TestOneTimePassword(t *testing.T) {
	seen := map[string]bool{}
	letters := map[rune]bool{}
	for range 500 {
		p := OneTimePassword()
		if len(p) != 19 || p[4] != '-' || p[9] != '-' || p[14] != '-' || seen[p] {
			t.Fatalf("%q", p)
		}
		seen[p] = true
		for _, c := range strings.ReplaceAll(p, "-", "") {
			letters[c] = true
			if strings.ContainsRune("0o1li2z5s8b9gquv", c) {
				t.Fatalf("%q has %c", p, c)
			}
		}
	}
	if len(letters) != len(readable) {
		t.Errorf("%d of %d letters in use", len(letters), len(readable))
	}
}
