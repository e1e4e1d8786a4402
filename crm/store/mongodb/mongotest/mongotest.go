// Package mongotest gives tests a MongoDB deployment: the one that MONGODB_URI
// names, else the protocol double of crm/store/mongodb/ferrettest, which is
// built once (kept in the user's cache folder under the digest of its sources)
// and started once a test binary. Tests only.
//
// Where the double cannot be built, as on a laptop without network, tests are
// skipped with a sentence; where CI=true, or where CEMIGMAS_TEST_STORE=mongodb
// asks for it, they fail.
package mongotest

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Variable names a real deployment for tests.
const Variable = "MONGODB_URI"

// StoreVariable names the driver that the tests of other packages run on; see
// opentest.
const StoreVariable = "CEMIGMAS_TEST_STORE"

// Real reports whether tests run on a real deployment. Tests that need one call
// NeedsReal.
func Real() bool { return os.Getenv(Variable) != "" }

// NeedsReal skips a test with one line unless MONGODB_URI is set.
func NeedsReal(t testing.TB, what string) {
	t.Helper()
	if !Real() {
		t.Skipf("left out: %s needs a real MongoDB (%s is not set)", what, Variable)
	}
}

// URI is a connection string with a database of the test's own, which is
// dropped when the test ends.
func URI(t testing.TB) string {
	t.Helper()
	base, err := server()
	if err != nil {
		if os.Getenv("CI") == "true" || os.Getenv(StoreVariable) == "mongodb" {
			t.Fatalf("the protocol double is mandatory here: %v", err)
		}
		t.Skipf("left out: neither %s nor the protocol double: %v", Variable, err)
	}
	name := databaseName(t)
	t.Cleanup(func() { drop(t, base, name) })
	return withDatabase(base, name)
}

// withDatabase puts a database into a connection string, which may name several
// hosts and so is not for net/url.
func withDatabase(uri, name string) string {
	uri, query, asked := strings.Cut(uri, "?")
	scheme, rest, _ := strings.Cut(uri, "://")
	hosts, _, _ := strings.Cut(rest, "/")
	uri = scheme + "://" + hosts + "/" + name
	if asked {
		uri += "?" + query
	}
	return uri
}

// DatabaseOf is the database that a connection string from URI names.
func DatabaseOf(uri string) string {
	uri, _, _ = strings.Cut(uri, "?")
	return uri[strings.LastIndexByte(uri, '/')+1:]
}

// databaseName is the test's name, cut, with what makes it unique.
func databaseName(t testing.TB) string {
	clean := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(t.Name()))
	var unique [5]byte
	_, _ = rand.Read(unique[:])
	return fmt.Sprintf("t_%.30s_%s", clean, hex.EncodeToString(unique[:]))
}

func drop(t testing.TB, uri, name string) {
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Errorf("dropping %s: %v", name, err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := client.Database(name).Drop(ctx); err != nil {
		t.Errorf("dropping %s: %v", name, err)
	}
	_ = client.Disconnect(ctx)
}

// server is the address, found or started once in a test binary.
var server = sync.OnceValues(func() (string, error) {
	if uri := os.Getenv(Variable); uri != "" {
		return uri, nil
	}
	bin, err := build()
	if err != nil {
		return "", err
	}
	uri, err := start(bin)
	return uri + "?timeoutMS=" + doubleTimeout, err
})

// doubleTimeout, in milliseconds, is more than a program allows a server: the
// double tests every document of a collection for each query.
const doubleTimeout = "120000"

// start runs the double. It holds the other end of the double's standard input,
// which closes however this process ends.
func start(bin string) (string, error) {
	cmd := exec.Command(bin)
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	// The pipe stays referenced: collected, it would close and end the double.
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.Wait()
		runtime.KeepAlive(in)
	}()
	line := make(chan string, 1)
	go func() {
		s, _ := bufio.NewReader(out).ReadString('\n')
		line <- strings.TrimSpace(s)
	}()
	select {
	case s := <-line:
		if s != "" {
			return s, nil
		}
		return "", fmt.Errorf("the protocol double ended at once: %w", <-ended)
	case <-time.After(30 * time.Second):
		return "", errors.Join(errors.New("the protocol double did not start in 30 s"), cmd.Process.Kill())
	}
}
