// Package snapshot reads the database that async keeps of a sync session: what
// it knows of each path, on both sides (spec/sync.md 5.2, 5.3). It never writes.
package snapshot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	// The driver of SQLite: it registers itself.
	_ "modernc.org/sqlite"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// fileName is that of every database.
const fileName = "snap.db"

// Session is a session whose database lies in a folder.
type Session struct{ Name, Path string }

// Find returns the sessions of a folder, the local one of a sync or the one of
// its databases, in the order of names.
func Find(folder string) ([]Session, error) {
	private := filepath.Join(folder, privateFolder)
	items, err := os.ReadDir(private)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failure.Otherf("Errno::ENOENT", "No such file or directory - %s", private).
			Hint("Give the local folder of a sync session, or the folder of its databases")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot look for sync sessions: %w", err)
	}
	var found []Session
	for _, item := range items {
		path := databaseOf(folder, item.Name())
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			found = append(found, Session{Name: item.Name(), Path: path})
		}
	}
	return found, nil
}

// Name returns the name of the only session of a folder.
func Name(folder string) (string, error) {
	found, err := Find(folder)
	if err != nil {
		return "", err
	}
	if len(found) != 1 {
		err := failure.Argumentf("%d session found in %s, please provide a name", len(found), folder)
		for _, s := range found {
			err.Hint(`Name it: @json:'{"name":%q}'`, s.Name)
		}
		return "", err
	}
	return found[0].Name, nil
}

func databaseOf(folder, session string) string {
	return filepath.Join(folder, privateFolder, session, fileName)
}

// Database is that of one session, open for reading.
type Database struct{ sql *sql.DB }

// Open opens the database of a session. Close it after use.
func Open(folder, session string) (*Database, error) {
	if session != filepath.Base(session) || !filepath.IsLocal(session) {
		return nil, failure.Argumentf("%q is no name of a session", session)
	}
	path := databaseOf(folder, session)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, failure.Otherf("Errno::ENOENT", "Database file %s does not exist", path)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", readOnly(full))
	if err != nil {
		return nil, fmt.Errorf("cannot open the database %s: %w", path, err)
	}
	return &Database{sql: db}, nil
}

// readOnly names a file such that SQLite does not write to it, and waits for a
// session that does.
func readOnly(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		// A drive of Windows.
		path = "/" + path
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(5000)"}
	return u.String()
}

// Close closes the database.
func (d *Database) Close() error { return d.sql.Close() }

// Rows yields the rows of a statement as they are read, columns in their order.
func (d *Database) Rows(ctx context.Context, statement string, args ...any) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		rows, err := d.sql.QueryContext(ctx, statement, args...)
		if err != nil {
			yield(nil, failure.Otherf("RuntimeError", "the database refuses the query: %w", err).Hint("The query was: %s", statement))
			return
		}
		defer func() { _ = rows.Close() }()
		columns, err := rows.Columns()
		if err != nil {
			yield(nil, err)
			return
		}
		for rows.Next() {
			row, err := scan(rows, columns)
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, fmt.Errorf("cannot read the database: %w", err))
		}
	}
}

// Row returns the first row of a statement, an empty object when it has none.
func (d *Database) Row(ctx context.Context, statement string) (*record.Object, error) {
	for row, err := range d.Rows(ctx, statement) {
		return row, err
	}
	return record.New(), nil
}

func scan(rows *sql.Rows, columns []string) (*record.Object, error) {
	cells := make([]any, len(columns))
	targets := make([]any, len(columns))
	for i := range cells {
		targets[i] = &cells[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return nil, fmt.Errorf("cannot read the database: %w", err)
	}
	row := record.New()
	for i, column := range columns {
		if bytes, ok := cells[i].([]byte); ok {
			cells[i] = string(bytes)
		}
		if text, ok := cells[i].(string); ok {
			cells[i] = strings.ToValidUTF8(text, "\uFFFD")
		}
		row.Set(column, cells[i])
	}
	return row, nil
}
