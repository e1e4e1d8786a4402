package crm

import (
	"os"
	"strings"
	"testing"

	"cemigmas/crm/store"
)

// TestShardKeysAreDocumented holds docs/mongodb.md to the declarations: each
// collection once, its shard key, and the indexes whose queries ask one shard.
// A unique index that does not begin with the shard key keeps a collection
// whole.
func TestShardKeysAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/mongodb.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 6 || strings.HasPrefix(cells[1], "---") || strings.TrimSpace(cells[1]) == "collection" {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if rows[cells[1]] != nil {
			t.Errorf("%s stands there twice", cells[1])
		}
		rows[cells[1]] = cells[2:5]
	}
	for _, c := range Schema() {
		row := rows[c.Name]
		delete(rows, c.Name)
		if row == nil {
			t.Errorf("%s is not in the table", c.Name)
			continue
		}
		key, unique := row[0], uniqueOf(c)
		switch {
		case c.Shard != "" && key != c.Shard:
			t.Errorf("%s is sharded by %s, the table says %s", c.Name, c.Shard, key)
		case c.Shard == "" && key != "whole" && key != "_id":
			t.Errorf("%s declares no shard key, the table says %s", c.Name, key)
		case key == "_id" && unique != "":
			t.Errorf("%s has the unique index %s, which shards by id cannot hold", c.Name, unique)
		}
		if c.Shard == "" {
			continue
		}
		var one []string
		for _, ix := range c.Indexes {
			if ix.Fields[0] == c.Shard {
				one = append(one, strings.Join(ix.Fields, ","))
			}
		}
		if got := strings.Join(one, "; "); got != row[1] {
			t.Errorf("%s: queries by %s ask one shard, the table says %s", c.Name, got, row[1])
		}
		if len(one) == 0 {
			t.Errorf("%s has no index that begins with its shard key, which sharding needs", c.Name)
		}
	}
	for name := range rows {
		t.Errorf("the table has %s, which is no collection", name)
	}
}

func uniqueOf(c *store.Collection) string {
	for _, ix := range c.Indexes {
		if ix.Unique {
			return strings.Join(ix.Fields, ",")
		}
	}
	return ""
}
