package mongotest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// sources is the double's folder, found from the folder that the test runs in
// upwards: what the compiler noted of this file's place is cut by -trimpath.
func sources() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		found := filepath.Join(dir, "crm", "store", "mongodb", "ferrettest")
		if _, err := os.Stat(filepath.Join(found, "go.mod")); err == nil {
			return found, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("the folder of the protocol double is not above the test's")
		}
		dir = up
	}
}

// build makes the double's program unless one of the same sources and Go
// version is in the cache, and returns its path. The first build takes a minute
// or two and needs the module proxy.
func build() (string, error) {
	dir, err := sources()
	if err != nil {
		return "", err
	}
	sum, err := digest(dir)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	cache = filepath.Join(cache, "cemigmas-test")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	bin := filepath.Join(cache, "ferrettest-"+sum+exeSuffix())
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	// Several test binaries may build at once: each builds its own file and the
	// rename is atomic.
	tmp := fmt.Sprintf("%s.%d", bin, os.Getpid())
	cmd := exec.Command("go", "build", "-C", dir, "-o", tmp, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the protocol double: %w\n%s", err, tail(out))
	}
	if err := os.Rename(tmp, bin); err != nil {
		return "", err
	}
	return bin, nil
}

func digest(dir string) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, name := range []string{"go.mod", "go.sum", "main.go"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, name, len(b))
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// tail is the end of a long output, where the cause stands.
func tail(b []byte) []byte {
	const most = 2000
	if len(b) > most {
		return b[len(b)-most:]
	}
	return b
}
