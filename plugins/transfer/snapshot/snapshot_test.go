package snapshot_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/snapshot"
	"github.com/ascli-go/ascli/sdk/record"
)

// schema is a part of that of async (spec/sync.md 5.3).
const schema = `
CREATE TABLE sync_snapmeta_table (dbversion text, pairname text, ldir text, direction text, sync_point int);
INSERT INTO sync_snapmeta_table VALUES ('7', 'sess', '/loc', 'push', 12345678901234567);
CREATE TABLE sync_snap_counters_table (syncd int, error int);
INSERT INTO sync_snap_counters_table VALUES (2, 1);
CREATE TABLE sync_snapdb_table (record_id integer primary key, state int, f_meta_path text, message text);
INSERT INTO sync_snapdb_table VALUES (1, 19, '/a', NULL), (2, 20, '/b', 'denied'), (3, 7, x'ff61', NULL), (4, NULL, '/d', NULL);
`

func private() string {
	if runtime.GOOS == "windows" {
		return "~private-asp"
	}
	return ".private-asp"
}

// session makes the database of a session in a folder and returns its path.
func session(t testing.TB, folder, name string) string {
	t.Helper()
	path := filepath.Join(folder, private(), name, "snap.db")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	// The driver takes some characters of folders for a query: made elsewhere.
	made := filepath.Join(t.TempDir(), "made.db")
	db, err := sql.Open("sqlite", made)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), schema)
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(made, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, folder string) *snapshot.Database {
	t.Helper()
	db, err := snapshot.Open(folder, "sess")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestTables(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a folder? 100%")
	session(t, folder, "sess")
	db := open(t, folder)
	meta, err := db.Meta(t.Context(), "")
	if got := string(record.JSON(meta)); err != nil ||
		got != `{"dbversion":"7","pairname":"sess","ldir":"/loc","direction":"push","sync_point":12345678901234567}` {
		t.Errorf("meta %s, %v", got, err)
	}
	counters, err := db.Counters(t.Context(), "WHERE error > 5")
	if err != nil || counters.Len() != 0 {
		t.Errorf("counters %s, %v", record.JSON(counters), err)
	}
	var files []string
	for row, err := range db.Files(t.Context(), "ORDER BY record_id") {
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, string(record.JSON(row)))
	}
	want := []string{
		`{"record_id":1,"state":19,"f_meta_path":"/a","message":null,"sstate":"Syncd"}`,
		`{"record_id":2,"state":20,"f_meta_path":"/b","message":"denied","sstate":"Error"}`,
		`{"record_id":3,"state":7,"f_meta_path":"` + "\uFFFDa" + `","message":null,"sstate":"P(7)"}`,
		`{"record_id":4,"state":null,"f_meta_path":"/d","message":null}`,
	}
	if strings.Join(files, "\n") != strings.Join(want, "\n") {
		t.Errorf("files\n%s", strings.Join(files, "\n"))
	}
}

func TestOverview(t *testing.T) {
	folder := t.TempDir()
	session(t, folder, "sess")
	var columns []string
	for row, err := range open(t, folder).Overview(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, row.Text("table")+"."+row.Text("name"))
		if got := strings.Join(row.Keys(), " "); got != "table cid name type notnull dflt_value pk" {
			t.Fatalf("columns %s", got)
		}
	}
	if len(columns) != 11 || columns[0] != "sync_snapmeta_table.dbversion" || columns[10] != "sync_snapdb_table.message" {
		t.Errorf("columns %v", columns)
	}
}

func TestNothingIsWritten(t *testing.T) {
	folder := t.TempDir()
	path := session(t, folder, "sess")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, folder)
	for _, statement := range []string{
		"DELETE FROM sync_snapdb_table", "DROP TABLE sync_snapmeta_table", "INSERT INTO sync_snap_counters_table VALUES (1,1)",
		"PRAGMA query_only=0; DELETE FROM sync_snapdb_table",
	} {
		if _, err := db.Row(t.Context(), statement); err == nil {
			t.Errorf("%s is executed", statement)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the database changed, %v", err)
	}
}

func TestFind(t *testing.T) {
	folder := t.TempDir()
	if _, err := snapshot.Find(folder); err == nil || !strings.HasPrefix(err.Error(), "No such file or directory - ") {
		t.Errorf("error is %v", err)
	}
	session(t, folder, "b")
	if err := os.Mkdir(filepath.Join(folder, private(), "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	if name, err := snapshot.Name(folder); err != nil || name != "b" {
		t.Errorf("the only session is %q, %v", name, err)
	}
	path := session(t, folder, "a")
	if found, err := snapshot.Find(folder); err != nil || len(found) != 2 || found[0] != (snapshot.Session{Name: "a", Path: path}) {
		t.Errorf("found %v, %v", found, err)
	}
	if _, err := snapshot.Name(folder); err == nil || err.Error() != "2 session found in "+folder+", please provide a name" {
		t.Errorf("error is %v", err)
	}
}

func TestOpenFails(t *testing.T) {
	folder := t.TempDir()
	for _, tt := range []struct{ name, session, want string }{
		{"no database", "none", "Database file " + filepath.Join(folder, private(), "none", "snap.db") + " does not exist"},
		{"a path as name", filepath.Join("..", "x"), "is no name of a session"},
		{"no name", "", "is no name of a session"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := snapshot.Open(folder, tt.session); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestForeignFile(t *testing.T) {
	folder := t.TempDir()
	path := session(t, folder, "sess")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, folder).Meta(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "file is not a database") {
		t.Errorf("error is %v", err)
	}
}
