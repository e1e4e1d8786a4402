package imaptest

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// session is one connection of the scripted server.
type session struct {
	server *Server
	conn   net.Conn
	first  bool // the first connection of all
	r      *bufio.Reader

	out    sync.Mutex
	sent   int64
	idling bool   // under server.mu
	open   string // examined folder, under server.mu
}

// send writes, and cuts the connection where the script says so.
func (c *session) send(s string) error {
	c.out.Lock()
	defer c.out.Unlock()
	f := c.faults()
	if f.CutAfter > 0 && (c.first || !f.CutOnce) && c.sent+int64(len(s)) >= f.CutAfter {
		_, _ = io.WriteString(c.conn, s[:max(0, f.CutAfter-c.sent)])
		c.conn.Close()
		return io.ErrClosedPipe
	}
	c.sent += int64(len(s))
	_, err := io.WriteString(c.conn, s)
	return err
}

func (c *session) sendf(format string, args ...any) error {
	return c.send(fmt.Sprintf(format, args...))
}

func (c *session) faults() Faults {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	return c.server.faults
}

// tell is called under server.mu when a folder changed.
func (c *session) tell(f *Folder) {
	if !c.idling || c.open != f.Name {
		return
	}
	n := len(f.Mails)
	go func() { _ = c.sendf("* %d EXISTS\r\n", n) }()
}

func (c *session) run() {
	c.r = bufio.NewReader(c.conn)
	greeting := "* OK ready"
	if g := c.faults().Greeting; g != "" {
		greeting = g
	}
	if c.send(greeting+"\r\n") != nil || strings.HasPrefix(greeting, "* BYE") {
		return
	}
	for {
		line, err := c.readCommand()
		if err != nil {
			return
		}
		tag, command, _ := strings.Cut(line, " ")
		c.note(command)
		if c.stalled(command) {
			return
		}
		if !c.answer(tag, command) {
			return
		}
	}
}

// readCommand reads a line and puts the literals of LOGIN into it as strings.
func (c *session) readCommand() (string, error) {
	var line string
	for {
		piece, err := c.r.ReadString('\n')
		if err != nil {
			return "", err
		}
		line += strings.TrimRight(piece, "\r\n")
		open := strings.LastIndexByte(line, '{')
		if open < 0 || !strings.HasSuffix(line, "}") || strings.Contains(strings.ToUpper(line), " APPEND ") {
			return line, nil
		}
		n, err := strconv.Atoi(strings.TrimSuffix(line[open+1:len(line)-1], "+"))
		if err != nil || n > 4096 {
			return line, nil
		}
		if err := c.send("+ go on\r\n"); err != nil {
			return "", err
		}
		buf := make([]byte, n)
		if _, err := io.ReadFull(c.r, buf); err != nil {
			return "", err
		}
		line = line[:open] + strconv.Quote(string(buf))
	}
}

func (c *session) note(command string) {
	word, _, _ := strings.Cut(command, " ")
	if up := strings.ToUpper(word); up == "LOGIN" || up == "AUTHENTICATE" {
		command = up
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.commands = append(c.server.commands, command)
}

// stalled holds the connection open without an answer until the client goes.
func (c *session) stalled(command string) bool {
	f := c.faults()
	if f.StallOn == "" || !strings.Contains(strings.ToUpper(command), strings.ToUpper(f.StallOn)) {
		return false
	}
	if f.Trickle {
		for c.send("* OK still here\r\n") == nil {
			time.Sleep(time.Millisecond)
		}
		return true
	}
	_, _ = io.Copy(io.Discard, c.r)
	return true
}

// answer handles one command; false ends the connection.
func (c *session) answer(tag, command string) bool {
	word, rest, _ := strings.Cut(command, " ")
	ok := func(text string) bool { return c.sendf("%s OK %s\r\n", tag, text) == nil }
	switch strings.ToUpper(word) {
	case "CAPABILITY":
		c.server.mu.Lock()
		caps := c.server.caps
		c.server.mu.Unlock()
		_ = c.sendf("* CAPABILITY %s\r\n", caps)
		return ok("done")
	case "ID":
		_ = c.send("* ID (\"name\" \"imaptest\" broken\r\n")
		return ok("done")
	case "NOOP":
		return ok("done")
	case "LOGOUT":
		_ = c.send("* BYE bye\r\n")
		ok("done")
		return false
	case "LOGIN":
		return c.login(tag, unquoteAll(rest))
	case "AUTHENTICATE":
		return c.authenticate(tag, rest)
	case "LIST":
		return c.list(tag)
	case "STATUS":
		return c.status(tag, rest)
	case "EXAMINE", "SELECT":
		return c.examine(tag, rest)
	case "SEARCH":
		return c.search(tag, rest, false)
	case "FETCH":
		return c.fetch(tag, rest, false)
	case "UID":
		sub, args, _ := strings.Cut(rest, " ")
		switch strings.ToUpper(sub) {
		case "SEARCH":
			return c.search(tag, args, true)
		case "FETCH":
			return c.fetch(tag, args, true)
		}
	case "IDLE":
		return c.idle(tag)
	case "APPEND":
		return c.append(tag, rest)
	}
	return c.sendf("%s BAD unknown command\r\n", tag) == nil
}

func (c *session) login(tag string, args []string) bool {
	f := c.faults()
	answer := "OK signed in"
	switch {
	case f.LoginAnswer != "":
		answer = f.LoginAnswer
	case len(args) != 2 || args[0] != c.server.user || args[1] != c.server.password:
		answer = "NO [AUTHENTICATIONFAILED] wrong user or password"
	}
	return c.sendf("%s %s\r\n", tag, answer) == nil
}

func (c *session) authenticate(tag, args string) bool {
	mech, initial, has := strings.Cut(args, " ")
	if !strings.EqualFold(mech, "PLAIN") {
		return c.sendf("%s NO only PLAIN\r\n", tag) == nil
	}
	if !has {
		if c.send("+ \r\n") != nil {
			return false
		}
		line, err := c.r.ReadString('\n')
		if err != nil {
			return false
		}
		initial = strings.TrimSpace(line)
	}
	b, _ := base64.StdEncoding.DecodeString(initial)
	parts := strings.Split(string(b), "\x00")
	if len(parts) != 3 {
		return c.sendf("%s BAD what\r\n", tag) == nil
	}
	return c.login(tag, parts[1:])
}

// unquoteAll splits quoted and bare words.
func unquoteAll(s string) []string {
	var out []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if q, err := strconv.QuotedPrefix(s); err == nil && s[0] == '"' {
			word, _ := strconv.Unquote(q)
			out = append(out, word)
			s = s[len(q):]
			continue
		}
		word, rest, _ := strings.Cut(s, " ")
		out = append(out, word)
		s = rest
	}
	return out
}

func (c *session) idle(tag string) bool {
	c.server.mu.Lock()
	c.idling = true
	c.server.mu.Unlock()
	defer func() {
		c.server.mu.Lock()
		c.idling = false
		c.server.mu.Unlock()
	}()
	if c.send("+ idling\r\n") != nil {
		return false
	}
	if _, err := c.r.ReadString('\n'); err != nil {
		return false
	}
	return c.sendf("%s OK idle ended\r\n", tag) == nil
}

func (c *session) append(tag, args string) bool {
	open := strings.LastIndexByte(args, '{')
	if open < 0 {
		return c.sendf("%s BAD no literal\r\n", tag) == nil
	}
	n, err := strconv.Atoi(strings.TrimRight(args[open+1:], "+}"))
	if err != nil || c.send("+ go on\r\n") != nil {
		return false
	}
	raw := make([]byte, n)
	if _, err := io.ReadFull(c.r, raw); err != nil {
		return false
	}
	if _, err := c.r.ReadString('\n'); err != nil {
		return false
	}
	name := unquoteAll(args)[0]
	var uid, validity uint32
	c.server.With(name, func(f *Folder) {
		uid, validity = f.add(raw, time.Now()), f.UIDValidity
	})
	return c.sendf("%s OK [APPENDUID %d %d] done\r\n", tag, validity, uid) == nil
}
