package imaptest

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func (c *session) list(tag string) bool {
	f := c.faults()
	c.server.mu.Lock()
	var b strings.Builder
	for _, name := range c.server.order {
		fmt.Fprintf(&b, "* LIST (%s) \"/\" %s\r\n", c.server.folders[name].Attrs, strconv.Quote(name))
	}
	c.server.mu.Unlock()
	return c.sendf("%s%s%s OK done\r\n", b.String(), f.ListExtra, tag) == nil
}

func (c *session) status(tag, args string) bool {
	if c.faults().Flood {
		junk := strings.Repeat("x", 64<<10)
		for c.send("* STATUS "+junk) == nil && c.send(junk) == nil {
			continue
		}
		return false
	}
	name := unquoteAll(args)[0]
	c.server.mu.Lock()
	f := c.server.folders[name]
	line := ""
	if f != nil {
		line = fmt.Sprintf("* STATUS %s (MESSAGES %d UIDNEXT %d UIDVALIDITY %d HIGHESTMODSEQ %d)\r\n",
			strconv.Quote(name), len(f.Mails), f.UIDNext, f.UIDValidity, f.ModSeq)
	}
	c.server.mu.Unlock()
	if f == nil {
		return c.sendf("%s NO [NONEXISTENT] no such folder\r\n", tag) == nil
	}
	return c.sendf("%s%s OK done\r\n", line, tag) == nil
}

func (c *session) examine(tag, args string) bool {
	faults := c.faults()
	if faults.Bye != "" {
		_ = c.sendf("* BYE %s\r\n", faults.Bye)
		return false
	}
	name := unquoteAll(args)[0]
	c.server.mu.Lock()
	f := c.server.folders[name]
	line := ""
	if f != nil {
		c.open = name
		flags := `\Answered \Seen`
		if faults.BadFlags {
			flags = `\Seen [Junk] ("x" )`
		}
		line = fmt.Sprintf("* %d EXISTS\r\n* 0 RECENT\r\n* FLAGS (%s)\r\n* OK [PERMANENTFLAGS (%s)] limited\r\n* OK [UIDVALIDITY %d] ok\r\n* OK [UIDNEXT %d] ok\r\n* OK [HIGHESTMODSEQ %d] ok\r\n",
			len(f.Mails), flags, flags, f.UIDValidity, f.UIDNext, f.ModSeq)
	}
	c.server.mu.Unlock()
	if f == nil {
		return c.sendf("%s NO [NONEXISTENT] no such folder\r\n", tag) == nil
	}
	return c.sendf("%s%s OK [READ-ONLY] done\r\n", line, tag) == nil
}

var (
	uidKey   = regexp.MustCompile(`UID ([0-9:,*]+)`)
	sinceKey = regexp.MustCompile(`SINCE "?(\d{1,2}-\w{3}-\d{4})"?`)
)

func (c *session) search(tag, args string, byUID bool) bool {
	faults := c.faults()
	c.server.mu.Lock()
	f := c.server.folders[c.open]
	var hits []string
	empty := f == nil || len(f.Mails) == 0
	if f != nil {
		set, since := "1:*", time.Time{}
		if m := uidKey.FindStringSubmatch(args); m != nil {
			set = m[1]
		}
		if m := sinceKey.FindStringSubmatch(args); m != nil {
			since, _ = time.Parse("2-Jan-2006", m[1])
		}
		for i, m := range f.Mails {
			if !inSet(set, m.UID, f.last()) || m.Internal.Before(since) {
				continue
			}
			n := m.UID
			if !byUID {
				n = uint32(i + 1)
			}
			hits = append(hits, strconv.FormatUint(uint64(n), 10))
		}
	}
	c.server.mu.Unlock()
	if empty && faults.RejectEmpty {
		return c.sendf("%s BAD nothing to search\r\n", tag) == nil
	}
	line := "* SEARCH"
	if len(hits) > 0 {
		line += " " + strings.Join(hits, " ")
	}
	return c.sendf("%s%s\r\n%s OK done\r\n", line, faults.SearchExtra, tag) == nil
}

func (f *Folder) last() uint32 {
	if len(f.Mails) == 0 {
		return 0
	}
	return f.Mails[len(f.Mails)-1].UID
}

func inSet(set string, n, last uint32) bool {
	number := func(s string) uint32 {
		if s == "*" {
			return last
		}
		v, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			return math.MaxUint32
		}
		return uint32(v)
	}
	for _, piece := range strings.Split(set, ",") {
		from, to, isRange := strings.Cut(piece, ":")
		a := number(from)
		b := a
		if isRange {
			b = number(to)
		}
		if a > b {
			a, b = b, a
		}
		if n >= a && n <= b {
			return true
		}
	}
	return false
}

var partialKey = regexp.MustCompile(`<0\.(\d+)>`)

func (c *session) fetch(tag, args string, byUID bool) bool {
	set, items, _ := strings.Cut(args, " ")
	items = strings.ToUpper(items)
	last := c.lastNumber(byUID)
	for i, m := range c.mails() {
		n := m.UID
		if !byUID {
			n = uint32(i + 1)
		}
		if !inSet(set, n, last) {
			continue
		}
		if c.fetchOne(i+1, m, items) != nil {
			return false
		}
	}
	return c.sendf("%s OK done\r\n", tag) == nil
}

func (c *session) mails() []Mail {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if f := c.server.folders[c.open]; f != nil {
		return append([]Mail(nil), f.Mails...)
	}
	return nil
}

func (c *session) lastNumber(byUID bool) uint32 {
	mails := c.mails()
	switch {
	case len(mails) == 0:
		return 0
	case byUID:
		return mails[len(mails)-1].UID
	}
	return uint32(len(mails))
}

// omits counts a fetch and says whether it leaves the mail out.
func (c *session) omits(uid uint32, f Faults) bool {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.fetched[uid]++
	return f.Omit[uid] && (f.OmitTimes == 0 || c.server.fetched[uid] <= f.OmitTimes)
}

func (c *session) fetchOne(seq int, m Mail, items string) error {
	f := c.faults()
	if c.omits(m.UID, f) {
		return nil
	}
	flags := `\Seen`
	if f.BadFlags {
		flags = `[Junk] \Seen`
	}
	if f.Vanished {
		if err := c.send("* VANISHED (EARLIER) 1:3\r\n"); err != nil {
			return err
		}
	}
	if f.FlagsFirst || f.BadFlags {
		if err := c.sendf("* %d FETCH (UID %d FLAGS (%s))\r\n", seq, m.UID, flags); err != nil {
			return err
		}
	}
	return c.send(fetchLine(seq, m, items, f))
}

func fetchLine(seq int, m Mail, items string, f Faults) string {
	uid := fmt.Sprintf("UID %d", m.UID)
	var parts []string
	if !f.UIDLast {
		parts = append(parts, uid)
	}
	if strings.Contains(items, "RFC822.SIZE") {
		size := len(m.Raw)
		if f.WrongSize {
			size = 1
		}
		parts = append(parts, fmt.Sprintf("RFC822.SIZE %d", size))
	}
	if strings.Contains(items, "INTERNALDATE") {
		date := m.Internal.Format("_2-Jan-2006 15:04:05 -0700")
		if f.BadDate {
			date = "yesterday"
		}
		parts = append(parts, fmt.Sprintf("INTERNALDATE %q", date))
	}
	if strings.Contains(items, "BODY") {
		parts = append(parts, body(m, items, f))
	}
	if f.UIDLast {
		parts = append(parts, uid)
	}
	return fmt.Sprintf("* %d FETCH (%s)\r\n", seq, strings.Join(parts, " "))
}

func body(m Mail, items string, f Faults) string {
	data, name := m.Raw, "BODY[]"
	if strings.Contains(items, "[HEADER]") {
		name = "BODY[HEADER]"
		head, _, _ := strings.Cut(string(m.Raw), "\r\n\r\n")
		data = []byte(head + "\r\n\r\n")
	}
	if hit := partialKey.FindStringSubmatch(items); hit != nil {
		n, _ := strconv.Atoi(hit[1])
		data = data[:min(n, len(data))]
		name += "<0>"
	}
	size := len(data)
	switch {
	case f.NilBody[m.UID]:
		return name + " NIL"
	case f.EmptyBody[m.UID]:
		return name + ` ""`
	case f.LieShort[m.UID]:
		size = len(data) / 2
	case f.LieLong[m.UID]:
		size = len(data) + 20
	}
	return fmt.Sprintf("%s {%d}\r\n%s", name, size, data)
}
