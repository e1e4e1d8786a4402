package sqlite

import (
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cemigmas/crm/store"
)

// checkVersion refuses a file that a newer program has upgraded, before its
// tables are touched.
func checkVersion(conn *sqlite.Conn, newest int) error {
	has, err := exists(conn, `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`, store.State.Name)
	if err != nil || !has {
		return wrap(nil, "", err)
	}
	var refused error
	err = sqlitex.ExecuteTransient(conn, `SELECT "_body" FROM `+quote(store.State.Name)+` WHERE "_id" = ?`, &sqlitex.ExecOptions{
		Args: []any{store.StateVersion},
		ResultFunc: func(stmt *sqlite.Stmt) error {
			refused = store.CheckVersion(columnBytes(stmt, 0), newest)
			return nil
		},
	})
	if err != nil {
		return wrap(nil, "", err)
	}
	return refused
}
