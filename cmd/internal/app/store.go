package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/blob/embedded"
	blobmongo "cemigmas/crm/blob/mongodb"
	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/sqlite"
)

// openStore opens the store and the blobs that the DSN names.
func openStore(ctx context.Context, c Config) (store.Store, blob.Store, error) {
	dsn := c.dsn()
	if isMongo(dsn) {
		return openMongo(ctx, dsn, c)
	}
	path, ok := strings.CutPrefix(dsn, "sqlite:")
	if !ok || path == "" {
		return nil, nil, wrongSetting("--store: sqlite:PATH or mongodb://…, not %q", redact(dsn))
	}
	return openSQLite(ctx, path, c)
}

// SectorTable is the table of sectors of the store that c names. Where there is no
// file of a store yet, none is made, and it is the table that the program brings.
func SectorTable(ctx context.Context, c Config) (crm.SectorTable, error) {
	if c.Data == "" {
		c.Data = defaultData
	}
	if path, ok := strings.CutPrefix(c.dsn(), "sqlite:"); ok {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return crm.BuiltInSectors(), nil
		}
	}
	a, err := Open(ctx, c)
	if err != nil {
		return crm.SectorTable{}, err
	}
	defer a.Close()
	return a.Service.SectorTable(ctx)
}

// defaultData is the folder of a store that no setting names.
const defaultData = "data"

// dsn names the store.
func (c Config) dsn() string {
	if c.Store == "" {
		return "sqlite:" + filepath.Join(c.Data, "cemigmas.db")
	}
	return c.Store
}

func openSQLite(ctx context.Context, path string, c Config) (store.Store, blob.Store, error) {
	st, err := sqlite.Open(ctx, sqlite.Options{Path: path, Schema: crm.Schema(), Newest: crm.Upgrade().Newest(), Exclusive: c.Exclusive, Now: c.Now})
	if err != nil {
		return nil, nil, err
	}
	if c.Exclusive {
		if n, err := st.Abandon(ctx, diedHere); err != nil {
			return nil, nil, errors.Join(err, st.Close())
		} else if n > 0 {
			c.Log.Info("app: a process that died left work behind", "leases", n)
		}
	}
	blobs, err := embedded.Open(ctx, strings.TrimSuffix(path, filepath.Ext(path))+".blobs")
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return st, blobs, nil
}

func openMongo(ctx context.Context, dsn string, c Config) (store.Store, blob.Store, error) {
	st, err := mongodb.Open(ctx, mongodb.Options{URI: dsn, Schema: crm.Schema(), Newest: crm.Upgrade().Newest(), AllowNoTransactions: c.AllowNoTransactions})
	if err != nil {
		return nil, nil, scrub(err, dsn)
	}
	return st, blobmongo.New(st.Database()), nil
}

// redact hides name and password in a DSN that is shown in an error.
func redact(dsn string) string {
	head, rest, ok := strings.Cut(dsn, "://")
	if !ok {
		head, rest = "", dsn
	} else {
		head += "://"
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		return head + "…" + rest[at:]
	}
	return dsn
}

// scrub takes the password out of what a driver says about a DSN. A DSN whose
// host was forgotten has its password where the port belongs.
func scrub(err error, dsn string) error {
	_, rest, _ := strings.Cut(dsn, "://")
	rest, _, _ = strings.Cut(rest, "/")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[:at]
	}
	_, secret, _ := strings.Cut(rest, ":")
	if _, port := strconv.Atoi(secret); port == nil || secret == "" || !strings.Contains(err.Error(), secret) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), secret, "…"))
}

// loopback reports whether an address to listen on is this machine's own.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// storeStats counts what lies in the store.
func storeStats(ctx context.Context, st store.Store) ([]Line, error) {
	var out []Line
	switch s := st.(type) {
	case *sqlite.Store:
		stats, err := s.Stats(ctx)
		if err != nil {
			return nil, err
		}
		for _, c := range stats {
			out = append(out, Line{Text: fmt.Sprintf("%-16s %d documents", c.Collection, c.Documents)})
		}
	case *mongodb.Store:
		stats, err := s.Stats(ctx)
		if err != nil {
			return nil, err
		}
		for _, c := range stats {
			out = append(out, mongoLine(c))
		}
	}
	return out, nil
}

// mongoLine is bad when a declared index is missing or does not serve; surplus
// ones are shown alone.
func mongoLine(c mongodb.Stat) Line {
	return Line{Text: c.String(), Bad: len(c.Missing)+len(c.Unserved) > 0}
}
