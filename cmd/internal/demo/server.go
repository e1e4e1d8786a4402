package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// ServerOptions say where the mail that was received since is kept, and who is
// told of new mail.
type ServerOptions struct {
	Data string // directory
	// Wake, when not nil, is told the id of the mailbox that got mail.
	Wake func(mailbox string)
	Log  *slog.Logger // nil: silent
	// Now is the clock of received mail; nil is the service's.
	Now func() time.Time
}

// MailboxLogin is how the mail engine signs in to a mailbox of the server.
type MailboxLogin struct {
	Owner    string // user id
	Address  string
	Host     string
	Port     int
	Login    string
	Password string // of this start only
	Horizon  string // civil date before which there is no mail
}

// Server is an IMAP server on loopback that plays the agents' mailboxes. What
// it holds follows from the store's mark, so that UIDs are the same at every
// start; mail received since then is kept in a file beside the store and comes
// after it.
type Server struct {
	addr      string
	boxes     []MailboxLogin
	users     map[string]*imapmemserver.User // by login
	imap      *imapserver.Server
	options   ServerOptions
	store     store.Store
	served    chan error
	closeOnce sync.Once

	mu    sync.Mutex // of what follows: one mail is received at a time
	post  *postOffice
	count int // mails received so far
	// rounds counts them by mailbox.
	rounds []int
}

// ErrNoDemo says that a store is no demonstration, so there is nothing to play.
var ErrNoDemo = errors.New("the store is no demonstration")

// Serve plays the mailboxes of a filled demonstration on a port of its own of
// 127.0.0.1 until Close. Error: ErrNoDemo.
func Serve(ctx context.Context, svc *crm.Service, o ServerOptions) (*Server, error) {
	m, ok, err := ReadMark(ctx, svc.Store())
	if err != nil {
		return nil, err
	}
	if !ok || !m.Filled {
		return nil, ErrNoDemo
	}
	if o.Now == nil {
		o.Now = svc.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{options: o, store: svc.Store(), users: map[string]*imapmemserver.User{}, served: make(chan error, 1)}
	s.post = NewWorld(m.Plan()).write()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.addr = ln.Addr().String()
	if err := s.open(ln.Addr().(*net.TCPAddr).Port); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	s.imap = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &session{server: s}, nil, nil
		},
		Caps: imap.CapSet{
			imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapNamespace: {}, imap.CapSpecialUse: {},
			imap.CapListExtended: {}, imap.CapListStatus: {}, imap.CapESearch: {}, imap.CapMove: {},
		},
		InsecureAuth: true, // it listens on loopback
		Logger:       log.New(logWriter{o.Log}, "", 0),
	})
	go func() { s.served <- s.imap.Serve(ln) }()
	return s, nil
}

// Addr is where the server listens: 127.0.0.1 and a port.
func (s *Server) Addr() string { return s.addr }

// Mailboxes are the logins of this start.
func (s *Server) Mailboxes() []MailboxLogin { return s.boxes }

// Close ends all connections.
func (s *Server) Close() (err error) {
	s.closeOnce.Do(func() {
		if err = s.imap.Close(); err == nil {
			<-s.served // it always ends with an error that says it was closed
		}
	})
	return err
}

// open makes the mailboxes and puts the mail into them, the received last.
func (s *Server) open(port int) error {
	w := s.post.w
	for _, u := range w.agents[:s.post.agents] {
		box := MailboxLogin{Owner: u.ID, Address: u.Email, Host: "127.0.0.1", Port: port, Login: u.Email,
			Password: rand.Text(), Horizon: string(w.Today.AddMonths(-13))}
		user := imapmemserver.NewUser(box.Login, box.Password)
		for _, name := range []string{inbox, sent} { // UIDVALIDITY follows from this order
			if err := user.Create(name, nil); err != nil {
				return err
			}
		}
		s.boxes = append(s.boxes, box)
		s.users[box.Login] = user
	}
	for _, p := range s.post.posts {
		if err := s.append(p.agent, p.folder, p.at, p.raw); err != nil {
			return err
		}
	}
	s.post.posts, s.post.bundles = nil, nil // the rest is what conversations go on from
	received, err := readReceived(s.file())
	if err != nil {
		return err
	}
	s.rounds = make([]int, len(s.boxes))
	for _, r := range received {
		if r.Agent < 0 || r.Agent >= len(s.boxes) {
			return fmt.Errorf("%s: no mailbox %d", s.file(), r.Agent)
		}
		if err := s.append(r.Agent, inbox, r.At, r.Raw); err != nil {
			return err
		}
		s.rounds[r.Agent]++
	}
	s.count = len(received)
	return nil
}

func (s *Server) file() string { return filepath.Join(s.options.Data, "demo-mail.jsonl") }

func (s *Server) append(agent int, folder string, at time.Time, raw []byte) error {
	_, err := s.users[s.boxes[agent].Login].Append(folder, literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: at.In(crm.Zone)})
	return err
}

// literal is a mail as the library takes it.
type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return int64(l.Reader.Len()) }

var _ imap.LiteralReader = literal{}

// session is one connection: the library's, with the special uses that its
// folders lack.
type session struct {
	*imapmemserver.UserSession // nil until somebody has signed in
	server                     *Server
}

var _ imapserver.SessionMove = (*session)(nil)

// Login signs in to one mailbox.
func (c *session) Login(username, password string) error {
	user := c.server.users[username]
	if user == nil {
		return imapserver.ErrAuthFailed
	}
	if err := user.Login(username, password); err != nil {
		return err
	}
	c.UserSession = imapmemserver.NewUserSession(user)
	return nil
}

// List names the two folders, and says which of them holds sent mail.
func (c *session) List(w *imapserver.ListWriter, ref string, patterns []string, o *imap.ListOptions) error {
	if len(patterns) == 0 {
		return c.UserSession.List(w, ref, patterns, o)
	}
	for _, name := range []string{inbox, sent} {
		if !matches(name, ref, patterns) || o.SelectSpecialUse && name == inbox {
			continue
		}
		data := imap.ListData{Mailbox: name, Delim: '/', Attrs: []imap.MailboxAttr{imap.MailboxAttrHasNoChildren}}
		if name == sent {
			data.Attrs = append(data.Attrs, imap.MailboxAttrSent)
		}
		if o.ReturnStatus != nil {
			status, err := c.Status(name, o.ReturnStatus)
			if err != nil {
				return err
			}
			data.Status = status
		}
		if err := w.WriteList(&data); err != nil {
			return err
		}
	}
	return nil
}

func matches(name, ref string, patterns []string) bool {
	for _, p := range patterns {
		if imapserver.MatchList(name, '/', ref, p) {
			return true
		}
	}
	return false
}

// logWriter hands what the library logs to the program's log.
type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(b []byte) (int, error) {
	w.log.Debug("demonstration's mail server: " + string(bytes.TrimSpace(b)))
	return len(b), nil
}

var _ io.Writer = logWriter{}
