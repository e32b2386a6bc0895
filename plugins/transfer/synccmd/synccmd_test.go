package synccmd_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/plugins/transfer/synccmd"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// The test binary is the asyncadmin of the tests: this variable tells it what
// to do.
const actEnv = "SYNCCMD_TEST_ACT"

func TestMain(m *testing.M) {
	switch os.Getenv(actEnv) {
	case "answer":
		fmt.Printf("Name: sess\nState: running\nLast error:\n1234\n5678\nPair:   a: b\nArguments: %s\n", strings.Join(os.Args[1:], " "))
		os.Exit(0)
	case "refuse":
		fmt.Fprintln(os.Stderr, "no license")
		os.Exit(4)
	}
	os.Exit(m.Run())
}

func plugin() *sdk.Plugin {
	return &sdk.Plugin{Name: "transfer", Mounts: []sdk.Mount{{Under: "config", Commands: []sdk.Command{synccmd.Command()}}}}
}

func run(t *testing.T, words string, args, options map[string]any) *sdktest.Outcome {
	t.Helper()
	return sdktest.Run(t, plugin(), words, args, options, sdktest.Host{})
}

// folderWith makes a folder with the databases of sessions.
func folderWith(t *testing.T, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	private := ".private-asp"
	if runtime.GOOS == "windows" {
		private = "~private-asp"
	}
	for _, name := range names {
		path := filepath.Join(folder, private, name, "snap.db")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.ExecContext(t.Context(), `
			CREATE TABLE sync_snapmeta_table (pairname text);
			INSERT INTO sync_snapmeta_table VALUES ('`+name+`'), ('second');
			CREATE TABLE sync_snap_counters_table (syncd int);
			INSERT INTO sync_snap_counters_table VALUES (2);
			CREATE TABLE sync_snapdb_table (record_id integer primary key, state int, f_meta_path text, message text);
			INSERT INTO sync_snapdb_table VALUES (1, 19, '/a', NULL), (2, 20, '/b', 'denied');`)
		if err = errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestDatabaseCommands(t *testing.T) {
	folder := folderWith(t, "sess")
	for _, tt := range []struct {
		name, words, sql string
		kind             sdk.ResultKind
		want             string
	}{
		{"meta", "meta", "", sdk.ResultObject, `[{"pairname":"sess"}]`},
		{"meta of a query", "meta", "ORDER BY pairname", sdk.ResultObject, `[{"pairname":"second"}]`},
		{"counters", "counters", "", sdk.ResultObject, `[{"syncd":2}]`},
		{"files", "file_info", "WHERE state=20", sdk.ResultList, `[{"record_id":2,"state":20,"f_meta_path":"/b","message":"denied","sstate":"Error"}]`},
		{"rows", "query", "SELECT record_id FROM sync_snapdb_table", sdk.ResultList, `[{"record_id":1},{"record_id":2}]`},
		{"one row", "query", "SELECT record_id, state FROM sync_snapdb_table LIMIT 1", sdk.ResultList, `[{"record_id":1,"state":19}]`},
		{"a number", "query", "SELECT count(*) FROM sync_snapdb_table", sdk.ResultStructure, `[2]`},
		{"a text", "query", "SELECT message FROM sync_snapdb_table WHERE state=20", sdk.ResultText, `["denied"]`},
		{"null", "query", "SELECT message FROM sync_snapdb_table WHERE state=19", sdk.ResultNull, `[]`},
		{"nothing", "query", "SELECT * FROM sync_snapdb_table WHERE state=0", sdk.ResultEmpty, `[]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			options := map[string]any{}
			if tt.sql != "" {
				options["sql"] = tt.sql
			}
			out := run(t, "sync admin "+tt.words, map[string]any{"path": folder}, options)
			if out.Err != nil || out.Kind != tt.kind || out.JSON() != tt.want {
				t.Errorf("got %s %s, %v", out.Kind, out.JSON(), out.Err)
			}
		})
	}
}

func TestOverviewAndFind(t *testing.T) {
	folder := folderWith(t, "b", "a")
	out := run(t, "sync admin overview", map[string]any{"path": folder, "sync_info": record.New("name", "a")}, nil)
	if out.Err != nil || len(out.Records) != 6 {
		t.Errorf("got %s, %v", out.JSON(), out.Err)
	}
	out = run(t, "sync admin find", map[string]any{"path": folder}, nil)
	if out.Err != nil || len(out.Records) != 2 || out.Records[0].(*record.Object).Text("name") != "a" {
		t.Errorf("got %s, %v", out.JSON(), out.Err)
	}
}

func TestSyncInfo(t *testing.T) {
	folder := folderWith(t, "a", "b")
	for _, tt := range []struct{ name, path, info, want, err string }{
		{"name in conf", folder, `{"name":"b","direction":"push"}`, "b", ""},
		{"name in args", folder, `{"sessions":[{"name":"b"}],"instance":{"quiet":true}}`, "b", ""},
		{"folder of databases", "elsewhere", `{"name":"a","local_db_dir":` + string(record.JSON(folder)) + `}`, "a", ""},
		{"no name", folder, `{}`, "", "2 session found in " + folder + ", please provide a name"},
		{"path in conf", folder, `{"local":{"path":"x"}}`, "", "Parameter local.path shall not be in sync_info"},
		{"path in args", folder, `{"sessions":[{"local_dir":"x"}]}`, "", "Parameter local_dir shall not be in sync_info"},
		{"two sessions", folder, `{"sessions":[{},{}]}`, "", "Only one session is supported"},
		{"mixed forms", folder, `{"sessions":[{}],"name":"b"}`, "", "Only 'sessions', and optionally 'instance' keys are allowed"},
		{"session that is none", folder, `{"sessions":[1]}`, "", "sessions: expecting a Hash, got Integer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			info, err := record.ParseObject([]byte(tt.info))
			if err != nil {
				t.Fatal(err)
			}
			out := run(t, "sync admin meta", map[string]any{"path": tt.path, "sync_info": info}, nil)
			if tt.err != "" {
				if out.Err == nil || out.Err.Error() != tt.err {
					t.Errorf("error is %v", out.Err)
				}
				return
			}
			if out.Err != nil || out.JSON() != `[{"pairname":"`+tt.want+`"}]` {
				t.Errorf("got %s, %v", out.JSON(), out.Err)
			}
		})
	}
}

func TestQueryNeedsSQL(t *testing.T) {
	out := run(t, "sync admin query", map[string]any{"path": folderWith(t, "a")}, nil)
	if out.Err == nil || out.Err.Error() != "Missing mandatory option: sql" {
		t.Errorf("error is %v", out.Err)
	}
}

// installAsyncadmin puts the test binary in a folder of the PATH.
func installAsyncadmin(t *testing.T, act string) {
	t.Helper()
	folder := t.TempDir()
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, product.Here().Program(product.Asyncadmin)), self, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder)
	t.Setenv(actEnv, act)
}

func TestStatus(t *testing.T) {
	installAsyncadmin(t, "answer")
	for _, tt := range []struct{ name, info, want string }{
		{"local folder", `{"name":"sess"}`, "--quiet --name=sess --local-dir=/loc"},
		{"folder of databases", `{"name":"sess","local_db_dir":"/db"}`, "--quiet --name=sess --local-db-dir=/db"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			info, err := record.ParseObject([]byte(tt.info))
			if err != nil {
				t.Fatal(err)
			}
			out := run(t, "sync admin status", map[string]any{"path": "/loc", "sync_info": info}, nil)
			want := `[{"Name":"sess","State":"running","Last error":["1234","5678"],"Pair":"a: b","Arguments":"` + tt.want + `"}]`
			if out.Err != nil || out.JSON() != want {
				t.Errorf("got %s, %v", out.JSON(), out.Err)
			}
		})
	}
}

func TestStatusFails(t *testing.T) {
	args := map[string]any{"path": "/loc", "sync_info": record.New("name", "s")}
	t.Run("refused", func(t *testing.T) {
		installAsyncadmin(t, "refuse")
		if out := run(t, "sync admin status", args, nil); out.Err == nil || out.Err.Error() != "process failed: 4 : no license" {
			t.Errorf("error is %v", out.Err)
		}
	})
	t.Run("no program", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		t.Setenv("HOME", t.TempDir())
		if out := run(t, "sync admin status", args, nil); out.Err == nil || !strings.HasPrefix(out.Err.Error(), "No such program in the PATH: asyncadmin") {
			t.Errorf("error is %v", out.Err)
		}
	})
}

func TestSpec(t *testing.T) {
	out := run(t, "sync spec", nil, nil)
	if out.Err != nil || strings.Join(out.Columns, " ") != "name type description" {
		t.Fatalf("columns %v, %v", out.Columns, out.Err)
	}
	for _, r := range out.Records {
		if row := r.(*record.Object); row.Text("name") == "transport.rate_policy" {
			want := "How to share bandwidth.\nAllowed values: fair, fixed, high, low\nDefault: fair.\n(--rate-policy, -a)"
			if got := row.Text("description"); got != want || row.Text("type") != "string" {
				t.Errorf("got %s %q", row.Text("type"), got)
			}
			return
		}
	}
	t.Error("no transport.rate_policy")
}

func TestTranslate(t *testing.T) {
	out := run(t, "sync translate", map[string]any{"async_argument": []any{"-N", "n", "--quiet"}}, nil)
	if out.Err != nil || out.JSON() != `[{"name":"n","quiet":true}]` {
		t.Errorf("got %s, %v", out.JSON(), out.Err)
	}
}
