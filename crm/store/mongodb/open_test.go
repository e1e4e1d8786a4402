package mongodb

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"cemigmas/crm/store"
)

func TestDatabaseName(t *testing.T) {
	for _, c := range []struct{ uri, option, want string }{
		{"mongodb://127.0.0.1", "", DefaultDatabase},
		{"mongodb://127.0.0.1:27017/?tls=true", "", DefaultDatabase},
		{"mongodb://u:p@a:1,b:2/crm?replicaSet=rs0", "", "crm"},
		{"mongodb://127.0.0.1?tlsCAFile=/etc/ca.pem", "", DefaultDatabase},
		{"mongodb+srv://crm.example.org/sales", "", "sales"},
		{"mongodb://127.0.0.1/crm", "other", "other"},
	} {
		if got := databaseName(Options{URI: c.uri, Database: c.option}); got != c.want {
			t.Errorf("%s: %q, want %q", c.uri, got, c.want)
		}
	}
}

func TestWrongOptionsAreInvalid(t *testing.T) {
	for name, o := range map[string]Options{
		"no scheme":         {URI: "127.0.0.1:27017"},
		"an unknown option": {URI: "mongodb://127.0.0.1/?w=-3"},
		"a declaration":     {URI: "mongodb://127.0.0.1:1", Schema: []*store.Collection{{Name: "Wrong"}}},
	} {
		if _, err := Open(context.Background(), o); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodyThereIsUnavailable(t *testing.T) {
	_, err := Open(context.Background(), Options{URI: "mongodb://127.0.0.1:1/?timeoutMS=200"})
	if store.CodeOf(err) != store.CodeUnavailable {
		t.Errorf("%v", err)
	}
}

func TestWrap(t *testing.T) {
	c := &store.Collection{Name: "clients"}
	known := failure(store.CodeConflict, c, "x", "")
	for _, tc := range []struct {
		err  error
		want store.Code
	}{
		{known, store.CodeConflict},
		{fmt.Errorf("behind: %w", known), store.CodeConflict},
		{context.Canceled, store.CodeUnavailable},
		{mongo.CommandError{Code: 2, Message: "BadValue"}, store.CodeInvalid},
		{mongo.CommandError{Code: 10107, Message: "NotWritablePrimary"}, store.CodeUnavailable},
		{mongo.CommandError{Code: 50, Message: "MaxTimeMSExpired"}, store.CodeUnavailable},
		{mongo.WriteException{WriteErrors: mongo.WriteErrors{{Code: 17419}}}, store.CodeInvalid},
	} {
		got := wrap(c, "x", tc.err)
		if store.CodeOf(got) != tc.want {
			t.Errorf("%v: %v, want %s", tc.err, got, tc.want)
		}
		if !errors.Is(got, known) && !errors.As(got, new(*store.Error)) {
			t.Errorf("%v lost its cause", got)
		}
	}
	if wrap(c, "", nil) != nil {
		t.Error("nil became an error")
	}
}

// Servers word the violated index in several ways.
func TestDuplicateMessages(t *testing.T) {
	c := &store.Collection{Name: "clients", Indexes: []store.Index{
		{Fields: []string{"cnpj"}}, {Fields: []string{"cnpj"}, Unique: true}, {Fields: []string{"agent", "-month"}, Unique: true}}}
	for _, tc := range []struct {
		message, field string
		told           bool
	}{
		{`E11000 duplicate key error collection: crm.clients index: unique:cnpj dup key: { cnpj: "1" }`, "cnpj", true},
		{`E11000 duplicate key error collection: crm.clients index: unique:agent,-month dup key: { agent: "a", month: "b" }`, "month", true},
		{`E11000 duplicate key error collection: crm.clients index: _id_ dup key: { _id: "1" }`, "", true},
		{`E11000 duplicate key error collection: crm.clients`, "", false},
		{`E11000 duplicate key error collection: crm.clients index: somebody_1 dup key: { x: 1 }`, "", false},
	} {
		ix, told := keyError{message: tc.message}.index(c)
		field := ""
		if ix != nil {
			field = duplicateError(c, "x", ix).Field
		}
		if told != tc.told || field != tc.field {
			t.Errorf("%s: field %q, told %v", tc.message, field, told)
		}
	}
}
