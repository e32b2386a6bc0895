package snapdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// dbVersion is the version of the tables.
const dbVersion = "1"

// Condition of a session.
type Condition string

// The conditions.
const (
	Running Condition = "running"
	Stopped Condition = "stopped"
)

// Amount counts what moved or is the same on both sides.
type Amount struct{ Paths, Bytes, Files int64 }

// Meta describes the session and its last run.
type Meta struct {
	Name, LocalFolder, RemoteHost, RemoteFolder string
	Direction, Checksum, Filters, SessionIDs    string
	Condition                                   Condition
	Started, Stopped                            time.Time
	// SyncPoint counts the passes over both folders.
	SyncPoint int64
	UUID      string
	// Synced is the same on both sides now; Moved was transferred and Resumed
	// not from the first byte on, in the last run.
	Synced, Moved, Resumed Amount
}

// Begin completes the description of a run with what the database knows of
// earlier ones.
func (d *Database) Begin(ctx context.Context, m *Meta) error {
	row := d.sql.QueryRowContext(ctx, "SELECT sync_uuid, sync_point FROM sync_snapmeta_table")
	err := row.Scan(&m.UUID, &m.SyncPoint)
	if errors.Is(err, sql.ErrNoRows) {
		m.UUID = uuid.NewString()
		return nil
	}
	if err != nil {
		return fmt.Errorf("snapshot database: %w", err)
	}
	return nil
}

func (m Meta) write(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM sync_snapmeta_table"); err != nil {
		return err
	}
	values := []any{
		dbVersion, m.Name, m.LocalFolder, m.RemoteHost, m.RemoteFolder, m.Direction, "none", m.Checksum,
		wireTime(m.Started), wireTime(m.Stopped), m.Condition, 1, 1, m.SyncPoint, 0, m.UUID, 0,
		m.Synced.Paths, m.Synced.Bytes, m.Synced.Files, m.Moved.Paths, m.Moved.Bytes, m.Moved.Files,
		m.Resumed.Paths, m.Resumed.Bytes, m.Resumed.Files, m.Filters, m.SessionIDs,
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(values)), ",")
	if _, err := tx.ExecContext(ctx, "INSERT INTO sync_snapmeta_table VALUES ("+marks+")", values...); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE sync_snapmeta_table SET max_recid = (SELECT coalesce(max(record_id), 0) FROM sync_snapdb_table)")
	return err
}

func wireTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Counters count paths by state, and the files among them.
type Counters struct{ Paths, Files map[State]int64 }

func (c Counters) write(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM sync_snap_counters_table"); err != nil {
		return err
	}
	values := []any{}
	states := []State{Synced, Conflict, PotentialConflict, Failed, Pending}
	for _, s := range states {
		values = append(values, c.Paths[s])
	}
	values = append(values, 0)
	for _, s := range states {
		values = append(values, c.Files[s])
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO sync_snap_counters_table VALUES (?,?,?,?,?,?,?,?,?,?,?)", values...)
	return err
}
