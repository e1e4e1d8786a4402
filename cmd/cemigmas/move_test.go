package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"cemigmas/crm/store/opentest"
)

// The verbs as an operator plays them: back up, restore beside, look.
func TestBackupRestoreCopyVerbs(t *testing.T) {
	opentest.NeedsSQLite(t, "files of the embedded store")
	dir := t.TempDir()
	data, other := filepath.Join(dir, "data"), filepath.Join(dir, "other")
	run := func(want int, args []string, says ...string) {
		t.Helper()
		expect(t, args, play(t, "", args...), want, says...)
	}
	run(exitDone, []string{"demo", "--clients", "2", "--today", "2026-11-20", "--data", data})
	run(exitDone, []string{"user", "add", "--data", data, "--email", "ana@example.com", "--name", "Ana Reis", "--role", "agent", "--team", "centro"})
	add := []string{"mailbox", "add", "--data", data, "--owner", "ana@example.com", "--address", "box@example.com",
		"--host", "127.0.0.1", "--port", "9", "--tls", "plain", "--password-stdin"}
	expect(t, add, play(t, "segredo\n", add...), exitDone, "added")
	out := filepath.Join(dir, "b.zip")
	run(exitDone, []string{"backup", out, "--data", data}, "documents and 0 blobs saved in")
	run(exitFailed, []string{"backup", out, "--data", data}, "is there already")
	run(exitFailed, []string{"backup", filepath.Join(dir, "x.zip"), "--data", filepath.Join(dir, "nowhere")}, "there is no store")
	if _, err := os.Stat(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a backup made a store")
	}
	// Another folder has another key.
	run(exitDone, []string{"restore", out, "--data", other}, "restored in", "box@example.com")
	run(exitDone, []string{"user", "list", "--data", other}, "admin")
	run(exitFailed, []string{"restore", out, "--data", other}, "not empty")
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(dir, "cut.zip")
	if err := os.WriteFile(cut, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	run(exitFailed, []string{"restore", cut, "--data", filepath.Join(dir, "third")}, "not a whole backup")
	if key, err := os.ReadFile(filepath.Join(data, "key")); err != nil || bytes.Contains(b, key) {
		t.Errorf("the key is in the backup, or is not to be read: %v", err)
	}

	from, to := "sqlite:"+filepath.Join(data, "cemigmas.db"), "sqlite:"+filepath.Join(dir, "copied", "c.db")
	run(exitDone, []string{"copy", from, to, "--data", data}, "copied and compared")
	run(exitFailed, []string{"copy", from, to, "--data", data}, "not empty")
	run(exitUsage, []string{"copy", from, "--data", data}, "name the store")
	run(exitDone, []string{"doctor", "--deep", "--data", data, "--store", to}, "0 blobs read back, 0 damaged", "all in order")
}
