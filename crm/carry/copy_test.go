package carry

import (
	"context"
	"errors"
	"strings"
	"testing"

	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
)

func TestCopyThereAndBack(t *testing.T) {
	ctx := context.Background()
	from, middle, back := filled(t, ofSQLite(t), 60), ofAny(t), ofSQLite(t)
	if r, err := Copy(ctx, from, middle, "sqlite:a", options()); err != nil || r.Documents() != 61 || r.Blobs != int64(len(contents())) {
		t.Fatalf("there: %+v, %v", r, err)
	}
	if _, err := Copy(ctx, middle, back, "there", options()); err != nil {
		t.Fatalf("back: %v", err)
	}
	wantEqual(t, middle, from, !opentest.Mongo(t))
	wantEqual(t, back, from, !opentest.Mongo(t))
}

func TestCopyRefusesAFullStore(t *testing.T) {
	from, to := filled(t, ofSQLite(t), 1), filled(t, ofSQLite(t), 1)
	if _, err := Copy(context.Background(), from, to, "a", options()); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("%v", err)
	}
}

// A copy that broke off goes on where it was, and brings what the source changed
// meanwhile up to date, a unique value that moved included.
func TestCopyGoesOn(t *testing.T) {
	ctx := context.Background()
	from, to := filled(t, ofSQLite(t), 3*loadDocs), ofSQLite(t)
	if _, err := Copy(ctx, from, Side{&failing{to.Store, 2}, to.Blobs}, "a", options()); !errors.Is(err, errPower) {
		t.Fatal(err)
	}
	var unfinished *UnfinishedError
	if err := Unfinished(ctx, to.Store); !errors.As(err, &unfinished) || !strings.Contains(err.Error(), "a copy from a") {
		t.Errorf("half a copy: %v", err)
	}
	if _, err := Copy(ctx, filled(t, ofSQLite(t), 1), to, "b", options()); !errors.As(err, &unfinished) {
		t.Errorf("another source: %v", err)
	}
	// s00000 has the code c0 and s00001 none: now it is the other way round.
	put := func(id string, keys store.Keys) {
		t.Helper()
		d, err := from.Store.Get(ctx, shops, id)
		if err != nil {
			t.Fatal(err)
		}
		d.Keys = keys
		if err := from.Store.Apply(ctx, store.Put{In: shops, Doc: d}); err != nil {
			t.Fatal(err)
		}
	}
	put("s00003", store.Keys{"name": "freed"})
	put("s00001", store.Keys{"code": "c3"})
	if err := from.Store.Apply(ctx, store.Delete{In: shops, ID: "s00005", Version: -1},
		store.Put{In: shops, Doc: store.Doc{ID: "s00005a", Body: []byte(`{}`)}}, store.Put{In: shops, Doc: store.Doc{ID: "zz", Body: []byte(`{}`)}}); err != nil {
		t.Fatal(err)
	}
	watch := &failing{to.Store, 1 << 30}
	if _, err := Copy(ctx, from, Side{watch, to.Blobs}, "a", options()); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, to, from, true)
	// One batch of what was left, one of what had changed, and the notes.
	if loads := 1<<30 - watch.left; loads > 4 {
		t.Errorf("the second call loaded %d batches: it began anew", loads)
	}
}
