// Package snapdb is the snapshot database of a sync session: what async knows
// of each path on both sides, in the tables of spec/sync.md 5.3.
package snapdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	// The driver of SQLite: it registers itself.
	_ "modernc.org/sqlite"
)

const (
	fileName = "snap.db"
	lockName = "snap.lock"
	// lockPatience is how long a look at the session by asyncadmin may hold up
	// the start of one.
	lockPatience = 500 * time.Millisecond
	lockPoll     = 10 * time.Millisecond
)

// ErrInUse is wrapped by the error about a session that runs already.
var ErrInUse = errors.New("the session is running already")

// Folder is where the database of a session lies, below the synchronised folder
// or that of option --local-db-dir.
func Folder(below, session string) string { return filepath.Join(below, PrivateFolder, session) }

// Database is open for one run of the session.
type Database struct {
	sql  *sql.DB
	lock *flock.Flock
}

// Open opens the database of a session, and makes it when it is missing. It
// keeps others from doing so until Close. A reset begins with an empty one.
func Open(ctx context.Context, below, session string, reset bool) (_ *Database, err error) {
	folder := Folder(below, session)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("folder of the snapshot database: %w", err)
	}
	lock := flock.New(filepath.Join(folder, lockName))
	patience, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	locked, err := lock.TryLockContext(patience, lockPoll)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("lock the snapshot database: %w", err)
	}
	if !locked {
		return nil, fmt.Errorf("session %s of %s: %w", session, below, ErrInUse)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.Close())
		}
	}()
	file := filepath.Join(folder, fileName)
	if reset {
		for _, name := range []string{file, file + "-journal"} {
			if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, fmt.Errorf("reset the snapshot database: %w", err)
			}
		}
	}
	db, err := openFile(file, "rwc")
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, schema()); err != nil {
		return nil, errors.Join(fmt.Errorf("snapshot database %s: %w", file, err), db.Close())
	}
	return &Database{sql: db, lock: lock}, nil
}

func openFile(file, mode string) (*sql.DB, error) {
	full, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	path := filepath.ToSlash(full)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive of Windows
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: "mode=" + mode + "&_pragma=busy_timeout(5000)"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, fmt.Errorf("snapshot database %s: %w", file, err)
	}
	// One connection: a writer of SQLite excludes all others anyway.
	db.SetMaxOpenConns(1)
	return db, nil
}

// Close closes the database and lets others open it.
func (d *Database) Close() error { return errors.Join(d.sql.Close(), d.lock.Close()) }

// within runs a change, of which all or nothing is kept.
func (d *Database) within(ctx context.Context, change func(*sql.Tx) error) error {
	tx, err := d.sql.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("snapshot database: %w", err)
	}
	if err := change(tx); err != nil {
		return errors.Join(fmt.Errorf("snapshot database: %w", err), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("snapshot database: %w", err)
	}
	return nil
}
