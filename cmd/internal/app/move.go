package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/carry"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
	"cemigmas/crm/store/upgrade"
)

// Progress hears what is done and how much of it.
type Progress func(step string, done int64)

// bringUpToDate refuses a store that is not whole and upgrades it to this
// program.
func (a *App) bringUpToDate(ctx context.Context) error {
	if err := carry.Unfinished(ctx, a.store); err != nil {
		return err
	}
	plan := crm.Upgrade()
	plan.Log = a.Log
	return upgrade.Run(ctx, a.store, a.owner, plan)
}

func moveOptions(p Progress) carry.Options {
	return carry.Options{Schema: crm.Schema(), Passing: crm.Passing(), Newest: crm.Upgrade().Newest(),
		Program: Version, Now: time.Now, Progress: p}
}

// side opens a store to be moved, as it is: it is not upgraded.
func side(ctx context.Context, c Config) (carry.Side, func() error, error) {
	st, blobs, err := openStore(ctx, c)
	if err != nil {
		return carry.Side{}, nil, err
	}
	movable, ok := st.(store.Movable)
	if !ok {
		return carry.Side{}, nil, errors.Join(fmt.Errorf("a %T cannot be moved", st), blobs.Close(), st.Close())
	}
	return carry.Side{Store: movable, Blobs: blobs}, func() error { return errors.Join(blobs.Close(), st.Close()) }, nil
}

// source opens a store to be read: opening must not make one.
func source(ctx context.Context, c Config) (carry.Side, func() error, error) {
	if path, ok := strings.CutPrefix(c.dsn(), "sqlite:"); ok {
		if _, err := os.Stat(path); err != nil {
			return carry.Side{}, nil, fmt.Errorf("there is no store: %w", err)
		}
	}
	return side(ctx, c)
}

// target opens a store to be filled, in a folder that may be new. Nobody serves it
// meanwhile.
func target(ctx context.Context, c Config) (carry.Side, func() error, error) {
	c.Exclusive = true
	if path, ok := strings.CutPrefix(c.dsn(), "sqlite:"); ok {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return carry.Side{}, nil, err
		}
	}
	return side(ctx, c)
}

// Backup writes the store into a new file; it may be served meanwhile.
func Backup(ctx context.Context, c Config, path string, p Progress) (r carry.Report, err error) {
	from, end, err := source(ctx, c)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, end()) }()
	return carry.Backup(ctx, from, path, moveOptions(p))
}

// Restore reads a backup into an empty store and names the mailboxes whose
// password must be entered again, because this program's key is not the one that
// sealed it.
func Restore(ctx context.Context, c Config, path string, p Progress) (r carry.Report, locked []string, err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return r, nil, err
	}
	to, end, err := target(ctx, c)
	if err != nil {
		return r, nil, err
	}
	r, err = carry.Restore(ctx, path, to, moveOptions(p))
	if err = errors.Join(err, end()); err != nil {
		return r, nil, err
	}
	locked, err = lockedMailboxes(ctx, c)
	return r, locked, err
}

// lockedMailboxes opens the restored store, which upgrades it, and tries the key.
func lockedMailboxes(ctx context.Context, c Config) (locked []string, err error) {
	a, err := Open(ctx, c)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	for m, err := range crm.Mailboxes.All(ctx, a.store, crm.EveryMailbox()) {
		if err != nil {
			return nil, err
		}
		if _, err := a.Ring.Open(crm.SecretRecord(m.ID), m.Secret); errors.Is(err, secret.ErrKeyUnknown) {
			locked = append(locked, m.Address)
		} else if err != nil {
			return nil, fmt.Errorf("mailbox %s: %w", m.Address, err)
		}
	}
	return locked, nil
}

// Copy copies one store into another, which is empty or holds an unfinished copy
// of the same.
func Copy(ctx context.Context, c Config, from, to string, p Progress) (r carry.Report, err error) {
	c.Store = from
	src, endSource, err := source(ctx, c)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, endSource()) }()
	c.Store = to
	dst, endTarget, err := target(ctx, c)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, endTarget()) }()
	return carry.Copy(ctx, src, dst, sourceName(from), moveOptions(p))
}

// sourceName names a store in the mark of an unfinished copy: without a password,
// which may stand among a connection's options too.
func sourceName(dsn string) string {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		return "sqlite:" + path
	}
	name, _, _ := strings.Cut(redact(dsn), "?")
	return name
}
