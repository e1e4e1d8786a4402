package mongotest

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Action says what becomes of one request. The zero Action forwards it.
type Action struct {
	Delay time.Duration // before anything else; ends early with the proxy
	Cut   bool          // close the connection, the request is lost
	// CutReply forwards the request and closes the connection instead of
	// answering: the driver cannot know what became of it.
	CutReply bool
	Answer   bson.D // answer so, without asking the server
}

// Hook looks at a command on its way to the server. It is called from one
// goroutine a connection.
type Hook func(command string, body bson.Raw) Action

// Proxy stands between a driver and a server. It cuts, delays and answers at
// chosen commands, and can pass a single server off as a replica set: it adds
// what a member's hello says, takes transaction fields out of commands and
// answers commit and abort itself. So the driver's transaction code runs
// against a server without transactions; nothing is ever rolled back.
type Proxy struct {
	pretend  bool
	upstream string
	listener net.Listener
	done     chan struct{}

	mu    sync.Mutex
	hook  Hook
	conns map[net.Conn]bool
}

// NewProxy starts a proxy before the server of a connection string and returns
// it with the connection string through it. It ends with the test.
func NewProxy(t testing.TB, uri string, pretendReplicaSet bool) (*Proxy, string) {
	t.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{pretend: pretendReplicaSet, upstream: u.Host, listener: l, done: make(chan struct{}), conns: map[net.Conn]bool{}}
	go p.accept()
	t.Cleanup(p.close)
	u.Host = l.Addr().String()
	if pretendReplicaSet {
		u.RawQuery = "replicaSet=" + setName
	} else {
		u.RawQuery = "directConnection=true"
	}
	return p, u.String()
}

const setName = "pretended"

// Hook sets what looks at the commands from now on; nil forwards all.
func (p *Proxy) Hook(h Hook) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hook = h
}

// CutAll closes every open connection, as a server does that dies.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *Proxy) close() {
	close(p.done)
	_ = p.listener.Close()
	p.CutAll()
}

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.serve(c)
	}
}

func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.upstream)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	p.conns[client] = true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.conns, client)
		p.mu.Unlock()
	}()
	for p.exchange(client, server) {
	}
}

// exchange passes one request and its reply, and reports whether the connection
// goes on.
func (p *Proxy) exchange(client, server net.Conn) bool {
	request, err := readMessage(client)
	if err != nil {
		return false
	}
	name := request.command()
	act := p.look(name, request.body)
	if act.Delay > 0 {
		select {
		case <-time.After(act.Delay):
		case <-p.done:
			return false
		}
	}
	switch {
	case act.Cut:
		return false
	case act.Answer != nil:
		return request.answer(client, act.Answer) == nil
	case p.pretend && (name == "commitTransaction" || name == "abortTransaction"):
		return request.answer(client, bson.D{{Key: "ok", Value: float64(1)}}) == nil
	}
	if p.pretend {
		request.withoutTransaction()
	}
	if err := request.write(server); err != nil {
		return false
	}
	reply, err := readMessage(server)
	if err != nil || act.CutReply {
		return false
	}
	if p.pretend && isHello(name) {
		reply.asMember(p.listener.Addr().String())
	}
	return reply.write(client) == nil
}

func (p *Proxy) look(name string, body bson.Raw) Action {
	p.mu.Lock()
	hook := p.hook
	p.mu.Unlock()
	if hook == nil || isHello(name) {
		return Action{}
	}
	return hook(name, body)
}

func isHello(name string) bool {
	return name == "hello" || name == "isMaster" || name == "ismaster"
}
