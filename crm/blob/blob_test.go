package blob

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

func noise(n int) []byte {
	b := make([]byte, n)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(rng.UintN(256))
	}
	return b
}

func TestPack(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		form    byte
		atMost  int
	}{
		"empty":  {nil, plain, 1},
		"mail":   {[]byte(strings.Repeat("Prezado Carlos, segue a fatura. ", 1000)), compressed, 2000},
		"noise":  {noise(10_000), plain, 10_001},
		"a byte": {[]byte("x"), plain, 2},
	} {
		packed := Pack(c.content)
		if packed[0] != c.form || len(packed) > c.atMost {
			t.Errorf("%s: form %c, %d bytes, want %c and at most %d", name, packed[0], len(packed), c.form, c.atMost)
		}
		got, err := Unpack(RefOf(c.content), packed)
		if err != nil || !bytes.Equal(got, c.content) {
			t.Errorf("%s: comes back as %d bytes, %v", name, len(got), err)
		}
		r, err := UnpackStream(RefOf(c.content), io.NopCloser(bytes.NewReader(packed)))
		if err != nil {
			t.Fatal(err)
		}
		got, err = io.ReadAll(r)
		if err != nil || !bytes.Equal(got, c.content) || r.Close() != nil {
			t.Errorf("%s: streams back as %d bytes, %v", name, len(got), err)
		}
	}
}

func TestDamage(t *testing.T) {
	content := []byte(strings.Repeat("contrato ", 500))
	ref := RefOf(content)
	packed := Pack(content)
	flipped := bytes.Clone(packed)
	flipped[len(flipped)/2] ^= 1
	for name, b := range map[string][]byte{
		"empty": {}, "cut": packed[:len(packed)-4], "flipped": flipped, "of another": Pack([]byte("other")),
	} {
		if _, err := Unpack(ref, b); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		r, err := UnpackStream(ref, io.NopCloser(bytes.NewReader(b)))
		if err == nil {
			_, err = io.ReadAll(r)
			r.Close()
		}
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s, as a stream: %v", name, err)
		}
	}
}

func TestRefCheck(t *testing.T) {
	good := RefOf([]byte("x"))
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for _, bad := range []Ref{"", good[1:], good + "0", "../" + good[3:], Ref(strings.ToUpper(string(good)))} {
		if err := bad.Check(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q passes", bad)
		}
	}
}
