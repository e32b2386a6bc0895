package snapdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// maxErrors is how many failed paths a status names.
const maxErrors = 10

// Status is what can be said of a session from outside.
type Status struct {
	Name, LocalFolder, RemoteHost, RemoteFolder, Direction string
	Condition                                              Condition
	Started, Stopped                                       string
	Paths                                                  map[State]int64
	// Errors are the first paths that failed, with the reason.
	Errors []string
}

// Read reads the state of a session, whether it runs or not. One that says that
// it runs but does not has been killed: it is stopped.
func Read(ctx context.Context, below, session string) (_ Status, err error) {
	s := Status{Paths: map[State]int64{}}
	folder := Folder(below, session)
	file := filepath.Join(folder, fileName)
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return s, fmt.Errorf("no session %s in %s", session, below)
	}
	db, err := openFile(file, "ro")
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	row := db.QueryRowContext(ctx, "SELECT pairname, ldir, rhost, rdir, direction, condition, start_time, stop_time FROM sync_snapmeta_table")
	err = row.Scan(&s.Name, &s.LocalFolder, &s.RemoteHost, &s.RemoteFolder, &s.Direction, &s.Condition, &s.Started, &s.Stopped)
	if err != nil {
		return s, fmt.Errorf("snapshot database %s: %w", file, err)
	}
	if s.Condition == Running && !isLocked(folder) {
		s.Condition = Stopped
	}
	if err := s.readPaths(ctx, db); err != nil {
		return s, fmt.Errorf("snapshot database %s: %w", file, err)
	}
	return s, nil
}

func (s *Status) readPaths(ctx context.Context, db *sql.DB) error {
	var synced, conflict, potential, failed, pending int64
	row := db.QueryRowContext(ctx, "SELECT syncd, conflict, potential_conflict, error, pending FROM sync_snap_counters_table")
	if err := row.Scan(&synced, &conflict, &potential, &failed, &pending); err != nil {
		return err
	}
	s.Paths = map[State]int64{Synced: synced, Conflict: conflict, PotentialConflict: potential, Failed: failed, Pending: pending}
	rows, err := db.QueryContext(ctx, "SELECT f_meta_path, coalesce(message, '') FROM sync_snapdb_table WHERE state = ? ORDER BY f_meta_path LIMIT ?",
		Failed, maxErrors)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var path, message string
		if err := rows.Scan(&path, &message); err != nil {
			return err
		}
		s.Errors = append(s.Errors, strings.Join(strings.Fields(path+" "+message), " "))
	}
	return rows.Err()
}

// isLocked tells whether a session runs.
func isLocked(folder string) bool {
	lock := flock.New(filepath.Join(folder, lockName))
	free, err := lock.TryRLock()
	if free {
		_ = lock.Close()
	}
	return err == nil && !free
}

// Item is one path, as [Items] gives them.
type Item struct {
	Path  string
	Kind  Kind
	State State
	Size  int64
}

// Items reads the paths of a session, whether it runs or not, in the order of
// names. A session that has not begun has none.
func Items(ctx context.Context, below, session string) (_ []Item, err error) {
	file := filepath.Join(Folder(below, session), fileName)
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	db, err := openFile(file, "ro")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, "SELECT f_meta_path, f_meta_type, state, f_cont_size FROM sync_snapdb_table ORDER BY 1")
	if err != nil {
		return nil, fmt.Errorf("snapshot database %s: %w", file, err)
	}
	defer rows.Close()
	var found []Item
	for rows.Next() {
		var i Item
		if err := rows.Scan(&i.Path, &i.Kind, &i.State, &i.Size); err != nil {
			return nil, fmt.Errorf("snapshot database %s: %w", file, err)
		}
		found = append(found, i)
	}
	return found, rows.Err()
}
