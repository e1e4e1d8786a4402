package mongotest

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

func TestWithDatabase(t *testing.T) {
	for _, c := range [][2]string{
		{"mongodb://127.0.0.1:27017/", "mongodb://127.0.0.1:27017/t"},
		{"mongodb://127.0.0.1:27017", "mongodb://127.0.0.1:27017/t"},
		{"mongodb://u:p%2F@a:1,b:2,c:3/old?replicaSet=rs0&x=/", "mongodb://u:p%2F@a:1,b:2,c:3/t?replicaSet=rs0&x=/"},
		{"mongodb+srv://crm.example.org?tls=true", "mongodb+srv://crm.example.org/t?tls=true"},
	} {
		got := withDatabase(c[0], "t")
		if got != c[1] || DatabaseOf(got) != "t" {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
}

func TestDatabaseNames(t *testing.T) {
	t.Run("A long name, with Ünusual signs and / more of them", func(t *testing.T) {
		a, b := databaseName(t), databaseName(t)
		if a == b || len(a) > 60 || strings.ContainsAny(a, `/\. "$*<>:|?`) {
			t.Errorf("%q, %q", a, b)
		}
	})
}

// wireMessage is an OP_MSG with a body and a document sequence behind it.
func wireMessage(t *testing.T, body bson.D) *message {
	t.Helper()
	b, err := bson.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	m := &message{id: 7, to: 3, op: opMsg, head: make([]byte, 5), body: b, rest: []byte{1, 9, 0, 0, 0, 'd', 'o', 'c', 0}}
	var buf bytes.Buffer
	if err := m.write(&buf); err != nil {
		t.Fatal(err)
	}
	if m, err = readMessage(&buf); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMessages(t *testing.T) {
	m := wireMessage(t, bson.D{{Key: "insert", Value: "clients"}, {Key: "txnNumber", Value: int64(1)},
		{Key: "autocommit", Value: false}, {Key: "ordered", Value: true}})
	if m.command() != "insert" || m.id != 7 || m.to != 3 || len(m.rest) != 9 {
		t.Errorf("%+v", m)
	}
	m.withoutTransaction()
	var got bson.D
	if err := bson.Unmarshal(m.body, &got); err != nil {
		t.Fatal(err)
	}
	if want := (bson.D{{Key: "insert", Value: "clients"}, {Key: "ordered", Value: true}}); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	m.asMember("h:1")
	if m.body.Lookup("setName").StringValue() != setName || !m.body.Lookup("isWritablePrimary").Boolean() {
		t.Errorf("%s", m.body)
	}
}

func TestDamagedMessagesAreRefused(t *testing.T) {
	for name, b := range map[string][]byte{
		"cut":           {20, 0, 0, 0},
		"too short":     append([]byte{15, 0, 0, 0}, make([]byte, 12)...),
		"too long":      append([]byte{255, 255, 255, 127}, make([]byte, 12)...),
		"unknown":       append([]byte{20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 0, 0}, 1, 2, 3, 4),
		"without body":  append([]byte{21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xdd, 7, 0, 0}, 0, 0, 0, 0, 0),
		"body too long": append([]byte{26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xdd, 7, 0, 0}, 0, 0, 0, 0, 0, 99, 0, 0, 0, 0),
	} {
		if _, err := readMessage(bytes.NewReader(b)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
