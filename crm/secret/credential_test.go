package secret

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestCredential: what systemd hands over may look readable by a group, which it
// is not; the same file elsewhere is refused.
func TestCredential(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	if _, err := LoadOrCreate(path); err != nil {
		t.Fatal(err)
	}
	look := func(mode os.FileMode, fine bool) {
		t.Helper()
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); (err == nil) != fine {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	look(0o440, false)
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	look(0o440, true)
	look(0o460, false)
	look(0o444, false)
	t.Setenv("CREDENTIALS_DIRECTORY", filepath.Dir(dir))
	look(0o440, false)
}
