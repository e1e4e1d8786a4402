package sqlite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cemigmas/crm/store"
)

const systemTables = `CREATE TABLE IF NOT EXISTS "_meta" (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "_lease" (name TEXT PRIMARY KEY, owner TEXT NOT NULL, fence INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;`

// createSchema adds what is missing. A digest of the schema that was made last
// saves start the work, and other processes the write lock.
func createSchema(conn *sqlite.Conn, tables []*table) (err error) {
	defer func() { err = wrap(nil, "", err) }()
	digest := schemaDigest(tables)
	current, err := sameDigest(conn, digest)
	if err != nil {
		return err
	}
	if !current {
		if err := growSchema(conn, tables, digest); err != nil {
			return err
		}
	}
	for _, t := range tables {
		if err := t.settleCluster(conn); err != nil {
			return err
		}
	}
	return nil
}

func schemaDigest(tables []*table) string {
	h := sha256.New()
	for _, t := range tables {
		fmt.Fprintln(h, t.c.Name, t.c.Fields, t.c.Indexes, t.c.Search, t.c.SearchBy, t.c.Cluster)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sameDigest(conn *sqlite.Conn, digest string) (same bool, err error) {
	has, err := exists(conn, `SELECT 1 FROM sqlite_master WHERE name = '_meta'`)
	if err != nil || !has {
		return false, err
	}
	return exists(conn, `SELECT 1 FROM "_meta" WHERE name = 'schema' AND value = ?`, digest)
}

func exists(conn *sqlite.Conn, query string, args ...any) (found bool, err error) {
	err = sqlitex.ExecuteTransient(conn, query, &sqlitex.ExecOptions{
		Args:       args,
		ResultFunc: func(*sqlite.Stmt) error { found = true; return nil },
	})
	return found, err
}

func growSchema(conn *sqlite.Conn, tables []*table, digest string) (err error) {
	end, err := sqlitex.ImmediateTransaction(conn)
	if err != nil {
		return err
	}
	defer end(&err)
	if err := execEach(conn, systemTables); err != nil {
		return err
	}
	for _, t := range tables {
		if err := t.create(conn); err != nil {
			return err
		}
	}
	return sqlitex.ExecuteTransient(conn,
		`INSERT INTO "_meta" (name, value) VALUES ('schema', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
		&sqlitex.ExecOptions{Args: []any{digest}})
}

func sqlType(k store.Kind) string {
	if k == store.String || k == store.Strings {
		return "TEXT"
	}
	return "INTEGER"
}

func (t *table) create(conn *sqlite.Conn) error {
	has, err := columns(conn, t.c.Name)
	if err != nil {
		return err
	}
	if len(has) == 0 {
		if err := exec(conn, t.createSQL()); err != nil {
			return err
		}
	} else if err := t.addColumns(conn, has); err != nil {
		return err
	}
	if t.words != "" {
		err := execEach(conn, fmt.Sprintf(
			`CREATE TABLE IF NOT EXISTS %s (word TEXT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (word, doc)) WITHOUT ROWID`, t.words))
		if err != nil {
			return err
		}
	}
	for _, s := range t.sides {
		if err := s.create(conn, t); err != nil {
			return err
		}
	}
	if err := t.createIndexes(conn); err != nil {
		return err
	}
	return t.copyToWords(conn)
}

// copyToWords gives the words table the fields that stand there too. All of them
// are copied whenever the schema grows: a program of before, which had the file
// meanwhile, did not keep them.
func (t *table) copyToWords(conn *sqlite.Conn) error {
	if len(t.copies) == 0 {
		return nil
	}
	has, err := columns(conn, strings.Trim(t.words, `"`))
	if err != nil {
		return err
	}
	names := make([]string, len(t.copies))
	for n, i := range t.copies {
		f := t.field(i)
		names[n] = quote(f.Name)
		if _, ok := has[f.Name]; ok {
			continue
		}
		if err := exec(conn, fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", t.words, names[n], sqlType(f.Kind))); err != nil {
			return err
		}
	}
	list := strings.Join(names, ", ")
	return exec(conn, fmt.Sprintf(`UPDATE %s SET (%s) = (SELECT %s FROM %s AS t WHERE t."_id" = doc)`, t.words, list, "t."+strings.Join(names, ", t."), t.sql))
}

func (t *table) createSQL() string {
	cols := []string{`"_id" TEXT NOT NULL`, `"_v" INTEGER NOT NULL`}
	for _, f := range t.c.Fields {
		cols = append(cols, quote(f.Name)+" "+sqlType(f.Kind))
	}
	if t.words != "" {
		cols = append(cols, `"_words" TEXT`)
	}
	cols = append(cols, `"_body" TEXT NOT NULL`)
	end := ")"
	if t.cluster != nil {
		cols = append(cols, "PRIMARY KEY ("+t.indexColumns(t.cluster, `"_id"`)+")")
		end = ") WITHOUT ROWID"
	}
	return "CREATE TABLE " + t.sql + " (" + strings.Join(cols, ", ") + end
}

func (t *table) addColumns(conn *sqlite.Conn, has map[string]tableColumn) error {
	for _, f := range t.c.Fields {
		old, ok := has[f.Name]
		if ok && old.sqlType != sqlType(f.Kind) {
			return invalid(t.c, "field %q changed its kind from %s to %s", f.Name, old.sqlType, sqlType(f.Kind))
		}
		if !ok {
			if err := exec(conn, fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", t.sql, quote(f.Name), sqlType(f.Kind))); err != nil {
				return err
			}
		}
	}
	if _, ok := has["_words"]; !ok && t.words != "" {
		return exec(conn, fmt.Sprintf(`ALTER TABLE %s ADD COLUMN "_words" TEXT`, t.sql))
	}
	return nil
}

func (s *side) create(conn *sqlite.Conn, t *table) error {
	err := exec(conn, fmt.Sprintf(
		`CREATE TABLE IF NOT EXISTS %s (doc TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (doc, value)) WITHOUT ROWID`, s.sql))
	if err != nil {
		return err
	}
	has, err := columns(conn, strings.Trim(s.sql, `"`))
	if err != nil {
		return err
	}
	for _, i := range s.copies {
		f := t.field(i)
		if _, ok := has[f.Name]; ok {
			continue
		}
		name := quote(f.Name)
		err := execEach(conn, fmt.Sprintf(`ALTER TABLE %s ADD COLUMN %s %s; UPDATE %s SET %s = (SELECT t.%s FROM %s AS t WHERE t."_id" = doc)`,
			s.sql, name, sqlType(f.Kind), s.sql, name, name, t.sql))
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *table) createIndexes(conn *sqlite.Conn) error {
	err := exec(conn, fmt.Sprintf(`CREATE UNIQUE INDEX IF NOT EXISTS %s ON %s ("_id")`, t.byID.sql, t.sql))
	if err != nil {
		return err
	}
	for _, ix := range t.indexes {
		if ix == t.cluster {
			continue
		}
		if err := exec(conn, t.createIndexSQL(ix)); err != nil {
			return err
		}
	}
	return nil
}

// createIndexSQL ends every index with the id; a unique one must not have it,
// and leaves out documents that lack a field.
func (t *table) createIndexSQL(ix *index) string {
	on, id := t.sql, `"_id"`
	if ix.side != nil {
		on, id = ix.side.sql, "doc"
	}
	if !ix.unique {
		plain := fmt.Sprintf("CREATE INDEX IF NOT EXISTS %s ON %s (%s)", ix.sql, on, t.indexColumns(ix, id))
		if ix.sparse {
			plain += " WHERE " + t.indexColumn(ix, 0) + " IS NOT NULL"
		}
		return plain
	}
	var present []string
	for n := range ix.fields {
		present = append(present, t.indexColumn(ix, n)+" IS NOT NULL")
	}
	return fmt.Sprintf("CREATE UNIQUE INDEX IF NOT EXISTS %s ON %s (%s) WHERE %s",
		ix.sql, on, t.indexColumns(ix, ""), strings.Join(present, " AND "))
}

func (t *table) indexColumn(ix *index, n int) string {
	if ix.side != nil && n == 0 {
		return "value"
	}
	return quote(t.field(ix.fields[n].field).Name)
}

func (t *table) indexColumns(ix *index, id string) string {
	var cols []string
	for n, f := range ix.fields {
		col := t.indexColumn(ix, n)
		if f.down {
			col += " DESC"
		}
		cols = append(cols, col)
	}
	if id != "" {
		cols = append(cols, id)
	}
	return strings.Join(cols, ", ")
}

// settleCluster looks how the table was made. A clustered index is the table
// itself, by SQLite's own name for it; in an older file that was made without,
// it is an ordinary index.
func (t *table) settleCluster(conn *sqlite.Conn) error {
	if t.cluster == nil {
		return nil
	}
	has, err := columns(conn, t.c.Name)
	if err != nil {
		return err
	}
	for n, f := range t.cluster.fields {
		if has[t.field(f.field).Name].key != n+1 {
			err := exec(conn, t.createIndexSQL(t.cluster))
			t.cluster = nil
			return err
		}
	}
	t.cluster.sql = quote("sqlite_autoindex_" + t.c.Name + "_1")
	return nil
}

type tableColumn struct {
	sqlType string
	key     int // place in the primary key, from 1; 0: not in it
}

func columns(conn *sqlite.Conn, table string) (map[string]tableColumn, error) {
	cols := map[string]tableColumn{}
	err := sqlitex.ExecuteTransient(conn, "SELECT name, type, pk FROM pragma_table_info(?)", &sqlitex.ExecOptions{
		Args: []any{table},
		ResultFunc: func(stmt *sqlite.Stmt) error {
			cols[stmt.ColumnText(0)] = tableColumn{stmt.ColumnText(1), stmt.ColumnInt(2)}
			return nil
		},
	})
	return cols, err
}
