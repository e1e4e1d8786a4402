package mongodb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/blob"
	"cemigmas/crm/blob/blobtest"
	"cemigmas/crm/store/mongodb/mongotest"
)

func database(t *testing.T) *mongo.Database {
	t.Helper()
	uri := mongotest.URI(t)
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return client.Database(mongotest.DatabaseOf(uri))
}

func TestContract(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return New(database(t)) }, age)
}

// age makes a blob older where its time is kept.
func age(t *testing.T, s blob.Store, ref blob.Ref, by time.Duration) {
	t.Helper()
	for _, k := range s.(*Store).kinds() {
		_, err := k.in.UpdateMany(context.Background(), bson.D{{Key: k.ref, Value: string(ref)}},
			bson.D{{Key: "$set", Value: bson.D{{Key: k.at, Value: time.Now().Add(-by)}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A blob from before ages gets its age at the first look, and stays that time;
// chunks of an upload that broke off go once they are old.
func TestRemnants(t *testing.T) {
	db := database(t)
	s := New(db)
	ctx := context.Background()
	refs, err := s.Put(ctx, []byte("from before"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.short.UpdateMany(ctx, bson.D{}, bson.D{{Key: "$unset", Value: bson.D{{Key: "at", Value: ""}}}}); err != nil {
		t.Fatal(err)
	}
	old, young := bson.NewObjectIDFromTimestamp(time.Now().Add(-3*blob.Grace)), bson.NewObjectID()
	for _, id := range []bson.ObjectID{old, young} {
		if _, err := s.long.GetChunksCollection().InsertOne(ctx, bson.D{{Key: "files_id", Value: id}, {Key: "n", Value: int32(0)}}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Remove(ctx, time.Now().Add(-2*blob.Grace), refs...); n != 0 || err != nil {
		t.Errorf("%d removed, %v", n, err)
	}
	if at := all(t, s)[refs[0]]; time.Since(at) > time.Minute {
		t.Errorf("age after the first look: %v", at)
	}
	if n, err := s.long.GetChunksCollection().CountDocuments(ctx, bson.D{}); n != 1 || err != nil {
		t.Errorf("%d chunks are left, %v; want the young one", n, err)
	}
}

func all(t *testing.T, s *Store) map[blob.Ref]time.Time {
	t.Helper()
	ages := map[blob.Ref]time.Time{}
	for b, err := range s.All(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		ages[b.Ref] = b.PutAt
	}
	return ages
}

// long is noise that does not compress, over the border.
func long() []byte {
	b := make([]byte, blob.Small+300_000)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

func TestWhereBlobsStand(t *testing.T) {
	db := database(t)
	s := New(db)
	ctx := context.Background()
	if _, err := s.Put(ctx, []byte("short"), long(), []byte("short")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int64{"blobs": 1, "documents.files": 1, "documents.chunks": 6} {
		if n, err := db.Collection(name).CountDocuments(ctx, bson.D{}); err != nil || n != want {
			t.Errorf("%s has %d documents, %v; want %d", name, n, err, want)
		}
	}
	raw, err := db.Collection("blobs").FindOne(ctx, bson.D{}).Raw()
	if err != nil || raw.Lookup("_id").StringValue() != string(blob.RefOf([]byte("short"))) || raw.Lookup("size").Int64() != 5 {
		t.Errorf("the document %s, %v", raw, err)
	}
}

func TestLostChunksAreDamage(t *testing.T) {
	db := database(t)
	s := New(db)
	ctx := context.Background()
	refs, err := s.Put(ctx, long())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Collection("documents.chunks").DeleteOne(ctx, bson.D{{Key: "n", Value: int32(2)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(ctx, refs[0]); !errors.Is(err, blob.ErrDamaged) {
		t.Errorf("Get: %v", err)
	}
	r, err := s.Open(ctx, refs[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, blob.ErrDamaged) {
		t.Errorf("reading: %v", err)
	}
	_ = r.Close()
}

// TestBrokenUploadDoesNotCount: chunks without their file entry are as if never
// written, and putting the content again completes it.
func TestBrokenUploadDoesNotCount(t *testing.T) {
	db := database(t)
	s := New(db)
	ctx := context.Background()
	content := long()
	refs, err := s.Put(ctx, content)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Collection("documents.files").DeleteOne(ctx, bson.D{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(ctx, refs[0]); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	if _, err := s.Put(ctx, content); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(ctx, refs[0]); err != nil || !bytes.Equal(got, content) {
		t.Errorf("Get: %d bytes, %v", len(got), err)
	}
}

// TestPutMeetsAnotherNode: between the look and the insert another node put the
// same content.
func TestPutMeetsAnotherNode(t *testing.T) {
	s := New(database(t))
	ctx := context.Background()
	one, two := []byte("one"), []byte("two")
	refs := []blob.Ref{blob.RefOf(one), blob.RefOf(two)}
	if err := s.insert(ctx, refs[:1], [][]byte{one}); err != nil {
		t.Fatal(err)
	}
	if err := s.insert(ctx, refs, [][]byte{one, two}); err != nil {
		t.Fatal(err)
	}
	if has, err := s.Has(ctx, refs...); err != nil || slices.Contains(has, false) {
		t.Errorf("Has: %v, %v", has, err)
	}
}

func TestClosed(t *testing.T) {
	s := New(database(t))
	_ = s.Close()
	if _, err := s.Put(context.Background(), []byte("x")); err == nil {
		t.Error("Put after Close")
	}
	if _, err := s.Get(context.Background(), blob.RefOf(nil)); err == nil || errors.Is(err, blob.ErrNotFound) {
		t.Errorf("Get after Close: %v", err)
	}
}
