package snapdb

import (
	"context"
	"database/sql"
	"fmt"
)

// State of a path (spec/sync.md 5.2).
type State int64

// The states that the stand-in gives.
const (
	Pending           State = 1
	Synced            State = 19
	Failed            State = 20
	Conflict          State = 21
	PotentialConflict State = 22
)

// Kind is what a path is.
type Kind int64

// The kinds, as column type has them; 0 in c_meta_type says that the two sides
// never were the same.
const (
	File Kind = iota + 1
	Dir
	Link
)

// Content is how a path was on one side, at a time. Times are seconds since
// 1970: SFTP has no finer ones.
type Content struct{ Size, Modified, Seen int64 }

// Record is what is known of one path.
type Record struct {
	// Path is relative to the folders, with slashes.
	Path    string
	Kind    Kind
	State   State
	Message string
	// Base is the kind of what both sides had last, 0 if they never had the
	// same. Local, Peer and Sum tell of that: how each side was, and the checksum
	// of a file or the target of a link.
	Base        Kind
	Local, Peer Content
	Sum         string
}

const recordColumns = "f_meta_path, f_meta_type, state, message, c_meta_type, " +
	"f_cont_size, f_cont_mtime, f_cont_timestamp, pp_cont_size, pp_cont_mtime, pp_cont_timestamp, c_cont_csum"

// Records reads all.
func (d *Database) Records(ctx context.Context) (_ map[string]Record, err error) {
	rows, err := d.sql.QueryContext(ctx, "SELECT "+recordColumns+" FROM sync_snapdb_table")
	if err != nil {
		return nil, fmt.Errorf("snapshot database: %w", err)
	}
	defer rows.Close()
	found := map[string]Record{}
	for rows.Next() {
		var r Record
		var message, sum sql.NullString
		err := rows.Scan(&r.Path, &r.Kind, &r.State, &message, &r.Base, &r.Local.Size, &r.Local.Modified, &r.Local.Seen,
			&r.Peer.Size, &r.Peer.Modified, &r.Peer.Seen, &sum)
		if err != nil {
			return nil, fmt.Errorf("snapshot database: %w", err)
		}
		r.Message, r.Sum = message.String, sum.String
		r.Path = r.Path[1:]
		found[r.Path] = r
	}
	return found, rows.Err()
}

// Change is what a session has to note of paths.
type Change struct {
	Put    []Record
	Forget []string
}

const upsert = "INSERT INTO sync_snapdb_table (" + recordColumns + ", c_meta_path, c_cont_size, c_cont_mtime, tobe_deleted) " +
	"VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0) ON CONFLICT (f_meta_path) DO UPDATE SET f_meta_type=excluded.f_meta_type, " +
	"state=excluded.state, message=excluded.message, c_meta_type=excluded.c_meta_type, f_cont_size=excluded.f_cont_size, " +
	"f_cont_mtime=excluded.f_cont_mtime, f_cont_timestamp=excluded.f_cont_timestamp, pp_cont_size=excluded.pp_cont_size, " +
	"pp_cont_mtime=excluded.pp_cont_mtime, pp_cont_timestamp=excluded.pp_cont_timestamp, c_cont_csum=excluded.c_cont_csum, " +
	"c_meta_path=excluded.c_meta_path, c_cont_size=excluded.c_cont_size, c_cont_mtime=excluded.c_cont_mtime"

// Apply notes a change, the counters and the state of the session at once.
func (d *Database) Apply(ctx context.Context, change Change, meta Meta, counters Counters) error {
	return d.within(ctx, func(tx *sql.Tx) error {
		if err := change.write(ctx, tx); err != nil {
			return err
		}
		if err := counters.write(ctx, tx); err != nil {
			return err
		}
		return meta.write(ctx, tx)
	})
}

func (c Change) write(ctx context.Context, tx *sql.Tx) error {
	put, err := tx.PrepareContext(ctx, upsert)
	if err != nil {
		return err
	}
	defer put.Close()
	for _, r := range c.Put {
		var message any
		if r.Message != "" {
			message = r.Message
		}
		path := "/" + r.Path
		if _, err := put.ExecContext(ctx, path, r.Kind, r.State, message, r.Base, r.Local.Size, r.Local.Modified, r.Local.Seen,
			r.Peer.Size, r.Peer.Modified, r.Peer.Seen, r.Sum, path, r.Local.Size, r.Local.Modified); err != nil {
			return err
		}
	}
	for _, path := range c.Forget {
		if _, err := tx.ExecContext(ctx, "DELETE FROM sync_snapdb_table WHERE f_meta_path = ?", "/"+path); err != nil {
			return err
		}
	}
	return nil
}
