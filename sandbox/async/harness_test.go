package async_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/async"
	"github.com/ascli-go/ascli/sandbox/async/snapdb"
	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/sshd"
)

const password = "node user's password"

// authority: tokens "ATsend" and "ATrecv" for folder /r in one direction, "ATboth"
// in both, and user "node_user" for all.
type authority struct{ root string }

func (a authority) AuthorizeToken(token string, _ []byte, direction grant.Direction) (grant.Grant, error) {
	g := grant.Grant{Owner: "ak1", Root: a.root}
	switch {
	case direction == grant.Send && (token == "ATsend" || token == "ATboth"):
		g.Destination = "/r"
		return g, nil
	case direction == grant.Receive && (token == "ATrecv" || token == "ATboth"):
		g.Sources = []string{"/r"}
		return g, nil
	}
	return grant.Grant{}, grant.ErrDenied
}

func (a authority) AuthorizePassword(user, given string) (grant.Grant, error) {
	if user == "node_user" && given == password {
		return grant.Grant{Owner: user, Root: a.root, Destination: "/"}, nil
	}
	return grant.Grant{}, grant.ErrDenied
}

// world is a running SSH server over a folder, and two folders to synchronise.
type world struct {
	testing.TB
	local, remote string
	port          int
	key           string // file of the bypass key
	// out takes what async prints.
	out io.Writer
}

func newWorld(t testing.TB, cutFirst int64) *world {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	check(t, err)
	w := &world{TB: t, out: io.Discard, local: filepath.Join(t.TempDir(), "l"), remote: filepath.Join(root, "r"), key: filepath.Join(t.TempDir(), "bypass.pem")}
	check(t, os.Mkdir(w.local, 0o700))
	check(t, os.Mkdir(w.remote, 0o700))
	public, private, err := ed25519.GenerateKey(nil)
	check(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	check(t, err)
	check(t, os.WriteFile(w.key, pem.EncodeToMemory(block), 0o600))
	bypass, err := ssh.NewPublicKey(public)
	check(t, err)
	host, err := sshd.HostKey(filepath.Join(t.TempDir(), "host"))
	check(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	w.port = listener.Addr().(*net.TCPAddr).Port
	transfers, err := activity.Open(t.TempDir(), "node-1", nil)
	check(t, err)
	server := sshd.New(sshd.Config{
		Authority: authority{root}, HostKey: host, BypassKey: bypass, CutFirst: cutFirst, Transfers: transfers,
		Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("SSH server: %v", err)
		}
		check(t, transfers.Close())
	})
	return w
}

// object is a JSON object.
type object map[string]any

// conf is a description of a session named s, with more on top.
func (w *world) conf(direction string, more object) object {
	c := object{
		"name": "s", "direction": direction, "local": object{"path": w.local},
		"remote": object{"host": "127.0.0.1", "port": w.port, "user": "node_user", "pass": password, "path": "/r"},
	}
	maps.Copy(c, more)
	return c
}

// result is what a supervisor sees of one run.
type result struct {
	testing.TB
	status int
	stderr string
	events []*management.Message
}

func (r result) all(kind management.Type) []*management.Message {
	var found []*management.Message
	for _, event := range r.events {
		if event.Type == kind {
			found = append(found, event)
		}
	}
	return found
}

// field gives a field of the last event.
func (r result) field(name string) string {
	if len(r.events) == 0 {
		return ""
	}
	text, _ := r.events[len(r.events)-1].Get(name)
	return text
}

// number is field for numbers.
func (r result) number(name string) int64 {
	value, err := strconv.ParseInt(r.field(name), 10, 64)
	if err != nil {
		return -1
	}
	return value
}

// passes requires success, and files that moved.
func (r result) passes(files int64) result {
	r.Helper()
	if r.status != 0 || len(r.events) == 0 || r.events[len(r.events)-1].Type != management.Done {
		r.Fatalf("status %d: %s", r.status, r.stderr)
	}
	if got := r.number("TransfersPassed"); got != files {
		r.Errorf("%d files were transferred, want %d", got, files)
	}
	return r
}

// fails requires a failure with a code.
func (r result) fails(code int64, text string) result {
	r.Helper()
	if r.status != 1 || len(r.events) == 0 || r.events[len(r.events)-1].Type != management.Error || r.number("Code") != code ||
		!strings.Contains(r.stderr, text) {
		r.Fatalf("status %d, code %d: %s", r.status, r.number("Code"), r.stderr)
	}
	return r
}

// supervisor is asked at each event for a command to send, "" for none.
type supervisor func(event *management.Message) string

// sync runs a session under a management port.
func (w *world) sync(conf object) result {
	w.Helper()
	return w.watched(context.Background(), conf, nil)
}

func (w *world) watched(ctx context.Context, conf object, command supervisor) result {
	w.Helper()
	text, err := json.Marshal(conf)
	check(w, err)
	return w.run(ctx, command, nil, "--conf64="+base64.StdEncoding.EncodeToString(text))
}

// run runs the program under a management port.
func (w *world) run(ctx context.Context, command supervisor, env map[string]string, args ...string) result {
	w.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(w, err)
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	r := result{TB: w.TB}
	watched := make(chan error, 1)
	go func() { watched <- watch(listener, command, &r) }()
	var stderr bytes.Buffer
	r.status = async.Main(ctx, append([]string{"--exclusive-mgmt-port=" + port}, args...), func(name string) string { return env[name] }, w.out, &stderr)
	r.stderr = stderr.String()
	check(w, <-watched)
	return r
}

func watch(listener net.Listener, command supervisor, r *result) error {
	conn, err := listener.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	reader := management.NewReader(conn)
	for {
		event, err := reader.Read()
		if err != nil {
			return nil // the end of the session
		}
		r.events = append(r.events, event)
		if command == nil {
			continue
		}
		if text := command(event); text != "" {
			if _, err := conn.Write([]byte(text)); err != nil {
				return err
			}
		}
	}
}

// tree is the content of files by their path with slashes; folders end with "/",
// links begin with "->".
type tree map[string]string

// sample has what breaks naive programs.
func sample() tree {
	return tree{
		"empty":                  "",
		"with space.txt":         "spaces",
		"日本語/été ☃.txt":          "unicode",
		"deep/er/and/deeper/f":   "nested",
		"nothing inside/":        "",
		"deep/many":              strings.Repeat("0123456789", 100_000),
		"quote'and\"both":        "q",
		".hidden":                "h",
		"percent%20/100%/a+b=c":  "p",
		strings.Repeat("n", 255): "a long name",
	}
}

func (files tree) write(t testing.TB, folder string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			check(t, os.MkdirAll(path, 0o700))
			continue
		}
		check(t, os.MkdirAll(filepath.Dir(path), 0o700))
		if target, isLink := strings.CutPrefix(content, "->"); isLink {
			check(t, os.Symlink(target, path))
			continue
		}
		check(t, os.WriteFile(path, []byte(content), 0o600))
	}
}

// remove removes paths.
func remove(t testing.TB, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		check(t, os.RemoveAll(filepath.Join(folder, filepath.FromSlash(name))))
	}
}

// age sets the times of a file to seconds before now.
func age(t testing.TB, folder, name string, seconds int) time.Time {
	t.Helper()
	then := time.Now().Add(-time.Duration(seconds) * time.Second).Truncate(time.Second)
	check(t, os.Chtimes(filepath.Join(folder, name), then, then))
	return then
}

// readTree reads files, links, and folders that hold nothing. What is async's own
// is left out.
func readTree(t testing.TB, folder string) tree {
	t.Helper()
	files := tree{}
	check(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		if entry.Name() == snapdb.PrivateFolder {
			return filepath.SkipDir
		}
		name, err := filepath.Rel(folder, path)
		check(t, err)
		name = filepath.ToSlash(name)
		switch {
		case entry.Type()&os.ModeSymlink != 0:
			target, err := os.Readlink(path)
			files[name] = "->" + target
			return err
		case !entry.IsDir():
			content, err := os.ReadFile(path)
			files[name] = string(content)
			return err
		}
		inside, err := os.ReadDir(path)
		if err == nil && len(inside) == 0 {
			files[name+"/"] = ""
		}
		return err
	}))
	return files
}

// has requires that a folder has just these.
func (w *world) has(folder string, want tree) {
	w.Helper()
	files := readTree(w, folder)
	for name, content := range want {
		if got, ok := files[name]; !ok {
			w.Errorf("%q is missing", name)
		} else if got != content {
			w.Errorf("%q has %d bytes that differ from the %d wanted", name, len(got), len(content))
		}
	}
	for name := range files {
		if _, ok := want[name]; !ok {
			w.Errorf("%q should not be there", name)
		}
	}
}

// both requires that both folders have just these.
func (w *world) both(want tree) {
	w.Helper()
	w.has(w.local, want)
	w.has(w.remote, want)
}

// exec changes the snapshot database.
func (w *world) exec(statement string) {
	w.Helper()
	db, err := sql.Open("sqlite", filepath.Join(snapdb.Folder(w.local, "s"), "snap.db"))
	check(w, err)
	defer db.Close()
	_, err = db.ExecContext(w.Context(), statement)
	check(w, err)
}

// query gives the rows of the snapshot database, with "|" between cells.
func (w *world) query(statement string) []string {
	w.Helper()
	db, err := sql.Open("sqlite", filepath.Join(snapdb.Folder(w.local, "s"), "snap.db"))
	check(w, err)
	defer db.Close()
	rows, err := db.QueryContext(w.Context(), statement)
	check(w, err)
	defer rows.Close()
	columns, err := rows.Columns()
	check(w, err)
	var found []string
	for rows.Next() {
		cells, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		check(w, rows.Scan(into...))
		var texts []string
		for _, c := range cells {
			texts = append(texts, c.String)
		}
		found = append(found, strings.Join(texts, "|"))
	}
	check(w, rows.Err())
	return found
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// admin gives what asyncadmin prints.
func (w *world) admin(args ...string) string {
	w.Helper()
	var out, stderr bytes.Buffer
	if status := async.AdminMain(w.Context(), args, nil, &out, &stderr); status != 0 {
		w.Fatalf("asyncadmin: status %d: %s", status, stderr.String())
	}
	return out.String()
}
