package mongotest

import (
	"encoding/binary"
	"net"
	"slices"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Request is one command that a Scripted server received.
type Request struct {
	Name string
	Body bson.Raw
	// Documents are those of the command's sequences (an insert's documents, an
	// update's updates, a delete's deletes).
	Documents []bson.Raw
}

// InTransaction reports whether the command belongs to a transaction.
func (r Request) InTransaction() bool {
	auto, ok := r.Body.Lookup("autocommit").BooleanOK()
	return ok && !auto
}

// Collection is what the command is about.
func (r Request) Collection() string {
	name, _ := r.Body.Lookup(r.Name).StringValueOK()
	return name
}

// Kind is what a Scripted server says of itself.
type Kind int

// The kinds of deployments.
const (
	Primary    Kind = iota // of a replica set
	Router                 // mongos, of a sharded cluster
	Standalone             // a single server: no transactions
)

// Script answers a command; nil answers as a server does that has nothing and
// takes everything. It is called under a lock, one command at a time.
type Script func(Request) bson.D

// Scripted is a server without data: it speaks MongoDB's protocol and answers
// what a test writes, so that a driver meets errors that no server gives on
// demand. It keeps what it was asked.
type Scripted struct {
	kind     Kind
	listener net.Listener

	mu     sync.Mutex
	script Script
	seen   []Request
	conns  map[net.Conn]bool
}

// NewScripted starts a scripted server and returns it with its connection
// string. It ends with the test.
func NewScripted(t testing.TB, kind Kind, script Script) (*Scripted, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Scripted{kind: kind, listener: l, script: script, conns: map[net.Conn]bool{}}
	go s.accept()
	t.Cleanup(s.close)
	uri := "mongodb://" + l.Addr().String() + "/scripted"
	if kind == Primary {
		uri += "?replicaSet=" + setName
	}
	return s, uri
}

// Play sets the script from now on and forgets what was seen.
func (s *Scripted) Play(script Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.seen = script, nil
}

// Seen are the commands since the last Play, without the driver's own talk
// (hello, endSessions).
func (s *Scripted) Seen() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// Names are the names of the commands that were seen.
func (s *Scripted) Names() []string {
	var names []string
	for _, r := range s.Seen() {
		names = append(names, r.Name)
	}
	return names
}

func (s *Scripted) close() {
	_ = s.listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.Close()
	}
}

func (s *Scripted) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[c] = true
		s.mu.Unlock()
		go s.serve(c)
	}
}

func (s *Scripted) serve(c net.Conn) {
	defer func() {
		_ = c.Close()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
	}()
	for {
		m, err := readMessage(c)
		if err != nil || m.answer(c, s.answer(m)) != nil {
			return
		}
	}
}

func (s *Scripted) answer(m *message) bson.D {
	r := Request{Name: m.command(), Body: m.body, Documents: m.documents()}
	if isHello(r.Name) {
		return s.hello()
	}
	if r.Name == "endSessions" {
		return ok()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, r)
	if s.script != nil {
		if d := s.script(r); d != nil {
			return d
		}
	}
	return obliging(r)
}

func ok(more ...bson.E) bson.D { return append(bson.D{{Key: "ok", Value: float64(1)}}, more...) }

// obliging is the answer of a server that has nothing and takes everything.
func obliging(r Request) bson.D {
	switch r.Name {
	case "find", "aggregate", "listIndexes", "listCollections":
		return Rows(r.Collection())
	case "insert", "update", "delete":
		return ok(bson.E{Key: "n", Value: int32(len(r.Documents))}, bson.E{Key: "nModified", Value: int32(len(r.Documents))})
	case "buildInfo":
		return ok(bson.E{Key: "version", Value: "8.0.0"})
	}
	return ok()
}

// Rows is a cursor's answer with all its documents.
func Rows(collection string, docs ...any) bson.D {
	return ok(bson.E{Key: "cursor", Value: bson.D{{Key: "id", Value: int64(0)}, {Key: "ns", Value: "scripted." + collection},
		{Key: "firstBatch", Value: append(bson.A{}, docs...)}}})
}

// Failure is the answer of a command that failed.
func Failure(code int32, message string, labels ...string) bson.D {
	d := bson.D{{Key: "ok", Value: float64(0)}, {Key: "code", Value: code}, {Key: "errmsg", Value: message}}
	if len(labels) > 0 {
		d = append(d, bson.E{Key: "errorLabels", Value: labels})
	}
	return d
}

// hello is what a server of the kind says of itself.
func (s *Scripted) hello() bson.D {
	addr := s.listener.Addr().String()
	d := ok(
		bson.E{Key: "ismaster", Value: true}, bson.E{Key: "isWritablePrimary", Value: true},
		bson.E{Key: "minWireVersion", Value: int32(0)}, bson.E{Key: "maxWireVersion", Value: int32(25)},
		bson.E{Key: "maxBsonObjectSize", Value: int32(16 << 20)}, bson.E{Key: "maxMessageSizeBytes", Value: int32(maxMessage)},
		bson.E{Key: "maxWriteBatchSize", Value: int32(100_000)}, bson.E{Key: "logicalSessionTimeoutMinutes", Value: int32(30)})
	switch s.kind {
	case Primary:
		return append(d, bson.E{Key: "setName", Value: setName}, bson.E{Key: "setVersion", Value: int32(1)},
			bson.E{Key: "secondary", Value: false}, bson.E{Key: "hosts", Value: bson.A{addr}},
			bson.E{Key: "me", Value: addr}, bson.E{Key: "primary", Value: addr})
	case Router:
		return append(d, bson.E{Key: "msg", Value: "isdbgrid"})
	}
	return d
}

// documents are those of the sequences behind a message's body.
func (m *message) documents() (docs []bson.Raw) {
	if m.op != opMsg {
		return nil
	}
	for b := m.rest; len(b) > 5 && b[0] == 1; {
		size := int(binary.LittleEndian.Uint32(b[1:]))
		if size < 4 || size+1 > len(b) {
			return docs
		}
		section := b[5 : size+1]
		b = b[size+1:]
		_, section, _ = cutName(section)
		for len(section) >= 5 {
			n := int(binary.LittleEndian.Uint32(section))
			if n < 5 || n > len(section) {
				return docs
			}
			docs = append(docs, bson.Raw(section[:n]))
			section = section[n:]
		}
	}
	return docs
}

func cutName(b []byte) (name string, rest []byte, found bool) {
	i := slices.Index(b, 0)
	if i < 0 {
		return "", nil, false
	}
	return string(b[:i]), b[i+1:], true
}
