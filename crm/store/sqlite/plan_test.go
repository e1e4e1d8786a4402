package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// client and entry have the shapes that the program uses most.
var (
	client = &store.Collection{
		Name: "client",
		Fields: []store.Field{
			{Name: "agent", Kind: store.String}, {Name: "team", Kind: store.String}, {Name: "sector", Kind: store.String},
			{Name: "name", Kind: store.String}, {Name: "last", Kind: store.Time}, {Name: "kw", Kind: store.Int},
			{Name: "code", Kind: store.String}, {Name: "mails", Kind: store.Strings},
		},
		Indexes: []store.Index{
			{Fields: []string{"name"}}, {Fields: []string{"agent", "name"}}, {Fields: []string{"agent", "sector", "name"}},
			{Fields: []string{"agent", "-last"}}, {Fields: []string{"agent", "-kw", "name"}}, {Fields: []string{"sector", "agent", "kw"}},
			{Fields: []string{"mails", "-last"}}, {Fields: []string{"code"}, Unique: true},
		},
		Search: true, SearchBy: []string{"agent", "name"},
	}
	entry = &store.Collection{
		Name:    "entry",
		Fields:  []store.Field{{Name: "client", Kind: store.String}, {Name: "at", Kind: store.Time}, {Name: "kind", Kind: store.String}},
		Indexes: []store.Index{{Fields: []string{"client", "-at"}}, {Fields: []string{"client", "kind", "-at"}}},
		Cluster: 1,
	}
	shapes = []*store.Collection{client, entry}
)

func date(n int) time.Time { return time.Date(2026, 1, 1, 0, n, 0, 0, time.UTC) }

// TestPlans: every stretch of every page seeks in the index that serves the
// query and needs no sorting, with a cursor and without, whatever is missing.
func TestPlans(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	var changes []store.Change
	for n := range 40 {
		keys := store.Keys{"agent": "a", "sector": "s", "mails": []string{"m@x.com.br"}}
		if n%4 > 0 {
			keys["name"], keys["last"], keys["kw"] = fmt.Sprint("n", n/8), date(n/8), int64(n/8)
		}
		changes = append(changes, store.Put{In: client, Doc: store.Doc{ID: fmt.Sprint("c", n), Keys: keys, Body: []byte("{}")}})
		changes = append(changes, store.Put{In: entry, Doc: store.Doc{ID: fmt.Sprint("e", n), Body: []byte("{}"),
			Keys: store.Keys{"client": "c", "at": date(n / 3), "kind": "call"}}})
	}
	if err := s.Apply(context.Background(), changes...); err != nil {
		t.Fatal(err)
	}
	agent, kind := store.Is("agent", "a"), store.Is("kind", "call")
	for _, c := range []struct {
		index string
		q     store.Query
	}{
		{"client(agent,name)", store.Query{In: client, Where: []store.Cond{agent}, Sort: []string{"name"}}},
		{"client(agent,sector,name)", store.Query{In: client, Where: []store.Cond{agent, store.Is("sector", "s")}, Sort: []string{"name"}}},
		{"client(agent,name)", store.Query{In: client, Where: []store.Cond{agent, store.Any("sector", "s", "t")}, Sort: []string{"name"}}},
		{"client(agent,-last)", store.Query{In: client, Where: []store.Cond{agent}, Sort: []string{"-last"}}},
		{"client(agent,-last)", store.Query{In: client, Where: []store.Cond{agent, store.Below("last", date(4))}, Sort: []string{"-last"}}},
		{"client(agent,-kw,name)", store.Query{In: client, Where: []store.Cond{agent}, Sort: []string{"-kw", "name"}}},
		{"client(agent,-kw,name)", store.Query{In: client, Where: []store.Cond{agent, store.Lacks("kw")}, Sort: []string{"-kw", "name"}}},
		{"client(mails,-last)", store.Query{In: client, Where: []store.Cond{store.Is("mails", "m@x.com.br")}, Sort: []string{"-last"}}},
		{"client unique(code)", store.Query{In: client, Where: []store.Cond{store.Is("code", "x")}}},
		{"client unique(code)", store.Query{In: client, Where: []store.Cond{store.From("code", "x")}, Sort: []string{"code"}}},
		{"sqlite_autoindex_entry_1", store.Query{In: entry, Where: []store.Cond{store.Is("client", "c")}, Sort: []string{"-at"}}},
		{"sqlite_autoindex_entry_1", store.Query{In: entry, Where: []store.Cond{store.Is("client", "c"), store.Has("kind")}, Sort: []string{"-at"}}},
		{"entry(client,kind,-at)", store.Query{In: entry, Where: []store.Cond{store.Is("client", "c"), kind}, Sort: []string{"-at"}}},
	} {
		c.q.Limit = 7
		for page := 0; page == 0 || c.q.After != ""; page++ {
			text, err := s.Explain(c.q)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(text) {
				switch {
				case strings.Contains(line, "SCAN") && !strings.Contains(line, "SCAN CONSTANT"), strings.Contains(line, "TEMP B-TREE"):
					t.Errorf("%s, page %d: %s", c.index, page, line)
				case strings.HasPrefix(line, "SEARCH t") && !strings.Contains(text, c.index) && !strings.Contains(line, "PRIMARY KEY"):
					t.Errorf("not by %s: %s", c.index, line)
				}
			}
			got, err := s.Find(context.Background(), c.q)
			if err != nil {
				t.Fatal(err)
			}
			c.q.After = got.Next
		}
	}
}

// TestWholeIndexPlans: an order over everything walks its index from one end.
func TestWholeIndexPlans(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	for index, q := range map[string]store.Query{
		"client(name)": {In: client, Sort: []string{"name"}}, "client(_id)": {In: client},
	} {
		text, err := s.Explain(q)
		if err != nil || !strings.Contains(text, "USING INDEX "+index) || strings.Contains(text, "TEMP") {
			t.Errorf("%s: %s %v", index, text, err)
		}
	}
}

// TestTallyPlans: a tally that an index holds never reads the table.
func TestTallyPlans(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	for _, q := range []store.Tally{
		{In: client, By: []string{"sector", "agent"}, Sum: []string{"kw"}},
		{In: client, Where: []store.Cond{store.Is("sector", "s")}, By: []string{"agent"}, Sum: []string{"kw"}},
	} {
		text, err := s.ExplainTally(q)
		if err != nil || !strings.Contains(text, "COVERING INDEX client(sector,agent,kw)") || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%v: %s %v", q.By, text, err)
		}
	}
}

func TestPlansAreNoted(t *testing.T) {
	plans := &Plans{}
	s := open(t, shapes, func(o *Options) { o.Plans = plans })
	defer s.Close()
	ctx := context.Background()
	good := store.Query{In: client, Where: []store.Cond{store.Is("agent", "a")}, Sort: []string{"name"}}
	for range 2 {
		if _, err := s.Find(ctx, good); err != nil {
			t.Fatal(err)
		}
	}
	if slow := plans.Slow(); plans.Len() != 1 || len(slow) != 0 {
		t.Errorf("%d statements, slow ones: %q", plans.Len(), slow)
	}
	// Words find candidates, which are then sorted.
	good.Words, good.Sort = []string{"aço"}, []string{"-kw"}
	if _, err := s.Find(ctx, good); err != nil {
		t.Fatal(err)
	}
	if err := s.read(ctx, false, func(r *reader) error { _, err := r.prepare("SELECT _body FROM client"); return err }); err != nil {
		t.Fatal(err)
	}
	if slow := plans.Slow(); len(slow) != 1 || !strings.Contains(slow[0], "SCAN client") {
		t.Errorf("a scan was not seen: %q", slow)
	}
	if err := s.read(ctx, false, func(r *reader) error {
		_, err := r.prepare("SELECT _body FROM entry ORDER BY kind")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if slow := plans.Slow(); len(slow) != 2 {
		t.Errorf("a sort was not seen: %q", slow)
	}
}
