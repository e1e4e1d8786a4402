package imapx

import (
	"context"
	"sort"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// Folder is a row of LIST.
type Folder struct {
	Name       string
	Delimiter  string
	Use        Use
	Selectable bool
}

// Use is what a folder is for (RFC 6154), or nothing.
type Use string

// Uses of folders.
const (
	UseInbox   Use = "inbox"
	UseAll     Use = "all" // Gmail: every mail, once
	UseSent    Use = "sent"
	UseArchive Use = "archive"
	UseDrafts  Use = "drafts"
	UseJunk    Use = "junk"
	UseTrash   Use = "trash"
)

// Status is the state of a folder. HighestModSeq is 0 without CONDSTORE.
type Status struct {
	UIDValidity   uint32
	UIDNext       uint32
	Messages      uint32
	HighestModSeq uint64
}

// Caps returns the names of the server's capabilities, sorted.
func (c *Conn) Caps() []string {
	var out []string
	for name := range c.client.Caps() {
		out = append(out, string(name))
	}
	sort.Strings(out)
	return out
}

// Has says whether the server has a capability.
func (c *Conn) Has(name string) bool { return c.client.Caps().Has(imap.Cap(name)) }

// List returns the folders. unreadable holds the raw names of folders that
// cannot be decoded; they cannot be followed, and the user should know.
func (c *Conn) List(ctx context.Context) (folders []Folder, unreadable []string, err error) {
	err = c.do(ctx, "list folders", listAnswer, func() error {
		var opt *imap.ListOptions
		if caps := c.client.Caps(); caps.Has(imap.CapSpecialUse) && caps.Has(imap.CapListExtended) {
			opt = &imap.ListOptions{ReturnSpecialUse: true}
		}
		rows, err := c.client.List("", "*", opt).Collect()
		for _, row := range rows {
			folders = append(folders, newFolder(row))
		}
		return err
	})
	return folders, c.scrub.takeUnlisted(), err
}

func newFolder(row *imap.ListData) Folder {
	f := Folder{Name: row.Mailbox, Selectable: true}
	if row.Delim != 0 {
		f.Delimiter = string(row.Delim)
	}
	if strings.EqualFold(f.Name, "INBOX") {
		f.Use = UseInbox
	}
	for _, a := range row.Attrs {
		switch strings.ToLower(string(a)) {
		case `\noselect`, `\nonexistent`:
			f.Selectable = false
		case `\all`:
			f.Use = UseAll
		case `\sent`:
			f.Use = UseSent
		case `\archive`:
			f.Use = UseArchive
		case `\drafts`:
			f.Use = UseDrafts
		case `\junk`, `\spam`:
			f.Use = UseJunk
		case `\trash`:
			f.Use = UseTrash
		}
	}
	return f
}

// Status asks for a folder's state without opening it. Not for the examined
// folder: servers may answer with old numbers there.
func (c *Conn) Status(ctx context.Context, folder string) (Status, error) {
	var s Status
	err := c.do(ctx, "status of "+folder, smallAnswer, func() error {
		d, err := c.client.Status(folder, &imap.StatusOptions{
			UIDValidity: true, UIDNext: true, NumMessages: true,
			HighestModSeq: c.client.Caps().Has(imap.CapCondStore),
		}).Wait()
		if err != nil {
			return err
		}
		s = Status{UIDValidity: d.UIDValidity, UIDNext: uint32(d.UIDNext), HighestModSeq: d.HighestModSeq}
		if d.NumMessages == nil || d.UIDValidity == 0 {
			return newError(KindProtocol, "status of "+folder+": the server answered for nothing", nil)
		}
		s.Messages = *d.NumMessages
		return nil
	})
	return s, err
}

// Examine opens a folder for reading. Everything below works on it.
func (c *Conn) Examine(ctx context.Context, folder string) (Status, error) {
	var s Status
	err := c.do(ctx, "open "+folder, smallAnswer, func() error {
		c.setExamined("", 0)
		d, err := c.client.Select(folder, &imap.SelectOptions{
			ReadOnly:  true,
			CondStore: c.client.Caps().Has(imap.CapCondStore),
		}).Wait()
		if err != nil {
			return err
		}
		s = Status{UIDValidity: d.UIDValidity, UIDNext: uint32(d.UIDNext), Messages: d.NumMessages, HighestModSeq: d.HighestModSeq}
		c.setExamined(folder, s.Messages)
		if s.UIDValidity == 0 {
			return newError(KindProtocol, "open "+folder+": the server gives no UIDVALIDITY", nil)
		}
		return nil
	})
	return s, err
}

func (c *Conn) setExamined(folder string, messages uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.examined, c.exists = folder, messages
}

func (c *Conn) isEmpty() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.examined != "" && c.exists == 0
}
