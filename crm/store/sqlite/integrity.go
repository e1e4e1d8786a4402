package sqlite

import (
	"context"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// maxFaults bounds what Integrity lists: one damaged page names hundreds of rows.
const maxFaults = 20

// Integrity reads the whole file and lists what is damaged: pages, and indexes
// that disagree with their tables. It writes nothing.
func (s *Store) Integrity(ctx context.Context) (faults []string, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	err = s.read(ctx, true, func(r *reader) error {
		return sqlitex.ExecuteTransient(r.conn, "PRAGMA integrity_check(20)", &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error {
				if line := stmt.ColumnText(0); line != "ok" && len(faults) < maxFaults {
					faults = append(faults, line)
				}
				return nil
			},
		})
	})
	return faults, err
}
