// Package imaptest plays IMAP servers for tests: a scripted one that misbehaves
// on demand, and a real Dovecot. Nothing but tests may import it.
package imaptest

import (
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Mail is a message of a scripted folder.
type Mail struct {
	UID      uint32
	Internal time.Time
	Raw      []byte
}

// Folder is a scripted folder. Name is as it goes over the wire.
type Folder struct {
	Name        string
	Attrs       string // for LIST, such as `\Sent`
	UIDValidity uint32
	UIDNext     uint32
	ModSeq      uint64
	Mails       []Mail
}

// Faults are what the server does wrong. The zero value behaves.
type Faults struct {
	Greeting    string // instead of "* OK ready"
	LoginAnswer string // after the tag, such as "NO [AUTHENTICATIONFAILED] no"
	CutAfter    int64  // close a connection after so many bytes sent
	CutOnce     bool   // only the first connection is cut
	StallOn     string // never answer commands that contain this
	Trickle     bool   // answer StallOn's commands with endless small lines
	FlagsFirst  bool   // an unsolicited FETCH FLAGS before each body
	BadFlags    bool   // flags that no grammar allows, wherever flags may stand
	UIDLast     bool   // UID behind the literal
	Omit        map[uint32]bool
	OmitTimes   int             // how many fetches of a mail leave it out; 0 is always
	NilBody     map[uint32]bool // BODY[] NIL
	EmptyBody   map[uint32]bool
	LieShort    map[uint32]bool // announce fewer bytes than are sent
	LieLong     map[uint32]bool // announce more bytes than are sent
	BadDate     bool            // INTERNALDATE that is none
	WrongSize   bool            // RFC822.SIZE 1
	Vanished    bool            // unsolicited VANISHED lines
	SearchExtra string          // appended to each SEARCH answer, such as " 1:9" or " 7"
	RejectEmpty bool            // UID SEARCH on an empty folder is BAD
	ListExtra   string          // whole lines before the end of LIST
	Flood       bool            // answer STATUS with a line that never ends
	Bye         string          // say BYE instead of answering EXAMINE
}

// Server is a scripted server on loopback. Change it through With only.
type Server struct {
	Addr string
	Host string
	Port int

	mu       sync.Mutex
	user     string
	password string
	caps     string
	folders  map[string]*Folder
	order    []string
	faults   Faults
	fetched  map[uint32]int // fetches of a mail's body, omitted ones included
	commands []string
	conns    map[*session]bool
	dialled  int
	listener net.Listener
	wg       sync.WaitGroup
}

// New starts a server with an empty INBOX and the user "ana", password
// "segredo". It ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	s := &Server{
		Addr: addr.String(), Host: "127.0.0.1", Port: addr.Port,
		user: "ana", password: "segredo", caps: "IMAP4rev1 IDLE ID SPECIAL-USE LIST-EXTENDED CONDSTORE UIDPLUS",
		folders: map[string]*Folder{}, fetched: map[uint32]int{}, conns: map[*session]bool{}, listener: l,
	}
	s.folder("INBOX")
	s.wg.Add(1)
	go s.serve()
	t.Cleanup(s.Close)
	return s
}

// Close ends the server and its connections.
func (s *Server) Close() {
	s.listener.Close()
	s.mu.Lock()
	for c := range s.conns {
		c.conn.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

func (s *Server) serve() {
	defer s.wg.Done()
	for {
		nc, err := s.listener.Accept()
		if err != nil {
			return
		}
		c := &session{server: s, conn: nc}
		s.mu.Lock()
		s.dialled++
		c.first = s.dialled == 1
		s.conns[c] = true
		s.mu.Unlock()
		s.wg.Add(1)
		go func() {
			defer s.wg.Done()
			c.run()
			nc.Close()
			s.mu.Lock()
			delete(s.conns, c)
			s.mu.Unlock()
		}()
	}
}

// Misbehave sets what goes wrong from now on.
func (s *Server) Misbehave(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
	s.fetched = map[uint32]int{}
}

// SetCaps replaces the capabilities.
func (s *Server) SetCaps(caps string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.caps = caps
}

// With runs f on a folder, which is made when it is not there, and tells idle
// connections that something changed.
func (s *Server) With(name string, f func(*Folder)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	folder := s.folder(name)
	f(folder)
	for c := range s.conns {
		c.tell(folder)
	}
}

// Add appends mails with the next UIDs and returns them.
func (s *Server) Add(name string, raws ...string) []uint32 {
	var uids []uint32
	s.With(name, func(f *Folder) {
		for _, raw := range raws {
			uids = append(uids, f.add([]byte(strings.ReplaceAll(raw, "\n", "\r\n")), time.Now()))
		}
	})
	return uids
}

// Expunge removes mails.
func (s *Server) Expunge(name string, uids ...uint32) {
	s.With(name, func(f *Folder) {
		gone := map[uint32]bool{}
		for _, uid := range uids {
			gone[uid] = true
		}
		kept := f.Mails[:0:0]
		for _, m := range f.Mails {
			if !gone[m.UID] {
				kept = append(kept, m)
			}
		}
		f.Mails = kept
		f.ModSeq++
	})
}

// Rename gives a folder another name; its mails and numbers stay.
func (s *Server) Rename(from, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.folders[from]
	delete(s.folders, from)
	f.Name, s.folders[to] = to, f
	s.order[slices.Index(s.order, from)] = to
}

// Renumber gives a folder a new UIDVALIDITY and its mails new UIDs, as a
// restore from backup does.
func (s *Server) Renumber(name string) {
	s.With(name, func(f *Folder) {
		f.UIDValidity++
		for i := range f.Mails {
			f.Mails[i].UID = uint32(i + 1)
		}
		f.UIDNext = uint32(len(f.Mails) + 1)
	})
}

// Commands returns the commands seen so far, without their tags; what was a
// password is left out.
func (s *Server) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.commands...)
}

// Dialled returns how many connections were made.
func (s *Server) Dialled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dialled
}

// Drop closes all connections.
func (s *Server) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.conn.Close()
	}
}

func (s *Server) folder(name string) *Folder {
	f := s.folders[name]
	if f == nil {
		f = &Folder{Name: name, UIDValidity: 1000 + uint32(len(s.order)), UIDNext: 1, ModSeq: 1}
		s.folders[name] = f
		s.order = append(s.order, name)
	}
	return f
}

func (f *Folder) add(raw []byte, at time.Time) uint32 {
	uid := f.UIDNext
	f.Mails = append(f.Mails, Mail{UID: uid, Internal: at.UTC().Truncate(time.Second), Raw: raw})
	f.UIDNext++
	f.ModSeq++
	return uid
}
