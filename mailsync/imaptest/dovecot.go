package imaptest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// DovecotServer is a running Dovecot.
type DovecotServer struct {
	Addr     string
	Host     string
	Port     int
	Password string // of every user
	Dir      string // holds mail/USER
}

// Dovecot starts a real Dovecot on loopback with a configuration of its own in
// a folder of its own, and mailboxes for the users. It ends with the test.
// Where Dovecot is not installed the test is left out, unless CI=true.
func Dovecot(t testing.TB, users ...string) *DovecotServer {
	t.Helper()
	binary, err := exec.LookPath("dovecot")
	if err != nil {
		binary = "/usr/sbin/dovecot"
	}
	if _, err := os.Stat(binary); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("dovecot is not installed (Debian: dovecot-imapd), and CI may not leave this test out")
		}
		t.Skip("dovecot is not installed (Debian: dovecot-imapd): tests against a real server are left out")
	}
	dir, err := os.MkdirTemp("", "dovecot") // short: sockets have short names
	if err != nil {
		t.Fatal(err)
	}
	d := &DovecotServer{Host: "127.0.0.1", Port: freePort(t), Password: "segredo", Dir: dir}
	d.Addr = fmt.Sprintf("%s:%d", d.Host, d.Port)
	conf := d.write(t, users)
	log, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "-F", "-c", conf)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		log.Close()
		if t.Failed() {
			t.Logf("dovecot says:\n%s", d.logs())
		}
		os.RemoveAll(dir)
	})
	d.wait(t, ended)
	return d
}

func (d *DovecotServer) write(t testing.TB, users []string) string {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	run := me.Username
	login, mail := run, me
	if me.Uid == "0" {
		mail = d.giveToNobody(t)
		login = mail.Username
	}
	var passwd strings.Builder
	for _, u := range users {
		fmt.Fprintf(&passwd, "%s:{PLAIN}%s:%s:%s::%s/home/%s::\n", u, d.Password, mail.Uid, mail.Gid, d.Dir, u)
	}
	d.file(t, "passwd", passwd.String())
	return d.file(t, "dovecot.conf", fmt.Sprintf(`
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = %[2]s
default_internal_group = %[3]s
default_login_user = %[4]s
first_valid_uid = 0
first_valid_gid = 0
mail_location = mdbox:%[1]s/mail/%%u
mailbox_idle_check_interval = 1 secs
mail_max_userip_connections = 200
passdb {
  driver = passwd-file
  args = %[1]s/passwd
}
userdb {
  driver = passwd-file
  args = %[1]s/passwd
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = create
    special_use = \Sent
  }
  mailbox Trash {
    auto = create
    special_use = \Trash
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = %[5]d
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap {
  process_limit = 400
}
`, d.Dir, run, group.Name, login, d.Port))
}

// giveToNobody is for tests that run as root: neither the login processes nor
// the owner of a mailbox may be root.
func (d *DovecotServer) giveToNobody(t testing.TB) *user.User {
	t.Helper()
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	if err := os.Chmod(d.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mail", "home"} {
		path := filepath.Join(d.Dir, name)
		if err := errors.Join(os.Mkdir(path, 0o700), os.Chown(path, uid, gid)); err != nil {
			t.Fatal(err)
		}
	}
	return nobody
}

func (d *DovecotServer) file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(d.Dir, name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// wait returns when the server greets.
func (d *DovecotServer) wait(t testing.TB, ended <-chan struct{}) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		nc, err := net.DialTimeout("tcp", d.Addr, time.Second)
		if err == nil {
			buf := make([]byte, 4)
			_ = nc.SetReadDeadline(time.Now().Add(5 * time.Second))
			_, err = nc.Read(buf)
			nc.Close()
			if err == nil {
				return
			}
		}
		select {
		case <-ended:
			t.Fatalf("dovecot ended at once:\n%s", d.logs())
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("dovecot does not answer:\n%s", d.logs())
}

func (d *DovecotServer) logs() string {
	out, _ := os.ReadFile(filepath.Join(d.Dir, "out"))
	log, _ := os.ReadFile(filepath.Join(d.Dir, "log"))
	return string(out) + string(log)
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Expunge deletes the mail with this Message-ID from a user's folder, as a mail
// program does that is not this one.
func (d *DovecotServer) Expunge(t testing.TB, user, folder, messageID string) error {
	t.Helper()
	nc, err := net.DialTimeout("tcp", d.Addr, 5*time.Second)
	if err != nil {
		return err
	}
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(nc)
	if _, err := r.ReadString('\n'); err != nil {
		return err
	}
	found := ""
	for i, command := range []string{
		fmt.Sprintf("LOGIN %s %s", user, d.Password), "SELECT " + strconv.Quote(folder),
		fmt.Sprintf("UID SEARCH HEADER Message-ID %s", strconv.Quote(messageID)), "UID STORE %s +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE %s",
	} {
		command = strings.ReplaceAll(command, "%s", found)
		if _, err := fmt.Fprintf(nc, "a%d %s\r\n", i, command); err != nil {
			return err
		}
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return err
			}
			if uids, ok := strings.CutPrefix(line, "* SEARCH "); ok {
				found = strings.ReplaceAll(strings.TrimSpace(uids), " ", ",")
			}
			if rest, ok := strings.CutPrefix(line, fmt.Sprintf("a%d ", i)); ok {
				if !strings.HasPrefix(rest, "OK") {
					return errors.New("dovecot: " + rest)
				}
				break
			}
		}
	}
	return nil
}
