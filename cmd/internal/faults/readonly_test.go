package faults

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cemigmas/cmd/internal/app"
)

// TestReadOnly: a store that may not be written is refused at the start with a
// sentence that names it and says what to do; not a byte of it changes, and with
// the right given back everything is there.
func TestReadOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("left out: rights of files are others here")
	}
	dir := t.TempDir()
	data := t.TempDir() // the key, which its user alone may read, and the blobs
	h := newHouse(t, childConfig{Store: sqliteDSN(dir), Data: data})
	h.conf.NoRoot = true
	// Whoever the child is, it finds the way to the store and may read it.
	h.must(os.Chmod(filepath.Dir(dir), 0o755))
	give := func(folder string) {
		if os.Getuid() != 0 {
			return
		}
		h.must(filepath.WalkDir(folder, func(p string, _ os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Chown(p, nobody, nobody)
		}))
	}
	give(data)
	give(dir)
	file := filepath.Join(dir, "cemigmas.db")
	before, err := os.ReadFile(file)
	h.must(err)
	for name, rights := range map[string]struct{ folder, file os.FileMode }{
		"the folder too": {0o555, 0o444},
		"the file alone": {0o755, 0o444},
	} {
		t.Run(name, func(t *testing.T) {
			h.must(os.Chmod(file, rights.file))
			h.must(os.Chmod(dir, rights.folder))
			defer func() { h.must(errors.Join(os.Chmod(dir, 0o755), os.Chmod(file, 0o644))) }()
			_, err := spawn(t, h.conf)
			if err == nil {
				t.Fatal("it serves")
			}
			for _, part := range []string{file, "cannot be written", "give the user that runs cemigmas the right"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q is not in %q", part, err)
				}
			}
		})
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed (%v)", err)
	}
	h.open(func(a *app.App) { sound(t, a.Service) })
}
