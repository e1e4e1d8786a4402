package mongotest

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// The two kinds of messages that drivers send: OP_MSG, and OP_QUERY for the
// first hello of a connection, which OP_REPLY answers.
const (
	opReply = 1
	opQuery = 2004
	opMsg   = 2013
)

const maxMessage = 48 << 20

var errMessage = errors.New("mongotest: a message that is not understood")

// message is one wire message, taken apart as far as the proxy needs.
type message struct {
	id, to int32
	op     int32
	head   []byte // between the header and the body
	body   bson.Raw
	rest   []byte // document sequences behind the body
}

func readMessage(r io.Reader) (*message, error) {
	var header [16]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, err
	}
	word := func(i int) int32 { return int32(binary.LittleEndian.Uint32(header[i:])) }
	size := word(0)
	if size < 16 || size > maxMessage {
		return nil, errMessage
	}
	b := make([]byte, size-16)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	m := &message{id: word(4), to: word(8), op: word(12)}
	return m, m.split(b)
}

// split finds the body. Drivers put it first; document sequences follow.
func (m *message) split(b []byte) error {
	at := 0
	switch m.op {
	case opMsg:
		at = 5 // flags, kind 0
	case opQuery:
		at = 4 + slices.Index(b[4:], 0) + 1 + 8 // flags, name, skip, count
	case opReply:
		at = 20 // flags, cursor, from, count
	default:
		return errMessage
	}
	if len(b) < at+4 || m.op == opMsg && b[4] != 0 {
		return errMessage
	}
	size := int(binary.LittleEndian.Uint32(b[at:]))
	if size < 5 || len(b) < at+size {
		return errMessage
	}
	m.head, m.body, m.rest = b[:at], bson.Raw(b[at:at+size]), b[at+size:]
	return nil
}

func (m *message) write(w io.Writer) error {
	size := 16 + len(m.head) + len(m.body) + len(m.rest)
	b := make([]byte, 0, size)
	for _, v := range []int32{int32(size), m.id, m.to, m.op} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	b = append(append(append(b, m.head...), m.body...), m.rest...)
	_, err := w.Write(b)
	return err
}

// command is the name of the first member, which is the command's.
func (m *message) command() string {
	el, err := m.body.IndexErr(0)
	if err != nil {
		return ""
	}
	return el.Key()
}

// answer replies to an OP_MSG, or to the OP_QUERY that opens a connection.
func (m *message) answer(w io.Writer, doc bson.D) error {
	body, err := bson.Marshal(doc)
	if err != nil {
		return err
	}
	reply := message{id: m.id + 1, to: m.id, op: opMsg, head: make([]byte, 5), body: body}
	if m.op == opQuery {
		reply.op, reply.head = opReply, make([]byte, 20)
		reply.head[0], reply.head[16] = 8, 1 // able to await; one document
	}
	return reply.write(w)
}

// withoutTransaction takes out what a single server may refuse.
func (m *message) withoutTransaction() {
	m.edit(func(d bson.D) bson.D {
		return slices.DeleteFunc(d, func(e bson.E) bool {
			switch e.Key {
			case "lsid", "txnNumber", "startTransaction", "autocommit", "readConcern", "$clusterTime":
				return true
			}
			return false
		})
	})
}

// asMember adds what the primary of a replica set says of itself.
func (m *message) asMember(addr string) {
	m.edit(func(d bson.D) bson.D {
		d = slices.DeleteFunc(d, func(e bson.E) bool { return e.Key == "ismaster" || e.Key == "isWritablePrimary" })
		return append(d,
			bson.E{Key: "ismaster", Value: true}, bson.E{Key: "isWritablePrimary", Value: true},
			bson.E{Key: "secondary", Value: false}, bson.E{Key: "setName", Value: setName},
			bson.E{Key: "setVersion", Value: int32(1)}, bson.E{Key: "hosts", Value: bson.A{addr}},
			bson.E{Key: "me", Value: addr}, bson.E{Key: "primary", Value: addr},
			bson.E{Key: "logicalSessionTimeoutMinutes", Value: int32(30)})
	})
}

func (m *message) edit(f func(bson.D) bson.D) {
	var d bson.D
	if err := bson.Unmarshal(m.body, &d); err != nil {
		return
	}
	if b, err := bson.Marshal(f(d)); err == nil {
		m.body = b
	}
}
