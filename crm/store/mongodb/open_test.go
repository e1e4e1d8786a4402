package mongodb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"

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

// TestConnectionString: pools, TLS, credentials, compression and the bound in
// time are the connection string's; only what right answers hang on is ours.
func TestConnectionString(t *testing.T) {
	o := clientOptions("mongodb://agent:p%40ss@a:1,b:2/crm?replicaSet=rs0&authSource=people&authMechanism=SCRAM-SHA-256" +
		"&maxPoolSize=7&minPoolSize=3&maxConnecting=5&maxIdleTimeMS=9000&tls=true&tlsInsecure=true" +
		"&compressors=zstd,snappy&appName=north&timeoutMS=1500&serverSelectionTimeoutMS=700&connectTimeoutMS=800&retryWrites=true" +
		"&readPreference=secondary&readConcernLevel=local&w=1&journal=false")
	if err := o.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, same := range map[string]bool{
		"pool":        *o.MaxPoolSize == 7 && *o.MinPoolSize == 3 && *o.MaxConnecting == 5 && *o.MaxConnIdleTime == 9*time.Second,
		"hosts":       slices.Equal(o.Hosts, []string{"a:1", "b:2"}) && *o.ReplicaSet == "rs0",
		"TLS":         o.TLSConfig != nil && o.TLSConfig.InsecureSkipVerify,
		"credentials": o.Auth.Username == "agent" && o.Auth.Password == "p@ss" && o.Auth.AuthSource == "people" && o.Auth.AuthMechanism == "SCRAM-SHA-256",
		"compression": slices.Equal(o.Compressors, []string{"zstd", "snappy"}),
		"name":        *o.AppName == "north",
		"times":       *o.Timeout == 1500*time.Millisecond && *o.ServerSelectionTimeout == 700*time.Millisecond && *o.ConnectTimeout == 800*time.Millisecond,
		"primary":     o.ReadPreference.Mode() == readpref.PrimaryMode,
		"majority":    o.ReadConcern.Level == "majority" && o.WriteConcern.W == "majority" && o.WriteConcern.Journal == nil,
	} {
		if !same {
			t.Errorf("%s: not as the connection string, or the driver's rule, says", name)
		}
	}
	x509 := clientOptions("mongodb://crm.example.org/?tls=true&authMechanism=MONGODB-X509")
	if err := x509.Validate(); err != nil || x509.Auth.AuthMechanism != "MONGODB-X509" || x509.Auth.AuthSource != "$external" {
		t.Errorf("X.509: %+v, %v", x509.Auth, err)
	}
	for _, uri := range []string{"mongodb://a", "mongodb://a/?timeoutMS=0"} {
		if bare := clientOptions(uri); *bare.Timeout != defaultTimeout || *bare.AppName != "cemigmas" || bare.MaxPoolSize != nil {
			t.Errorf("%s: bounded by %v", uri, *bare.Timeout)
		}
	}
}
