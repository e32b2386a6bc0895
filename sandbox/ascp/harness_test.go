package ascp_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/quota"
	"github.com/ascli-go/ascli/sandbox/sshd"
	"github.com/ascli-go/ascli/sandbox/tlsca"
)

const password = "node user's password"

// authority: token "ATsend" for folder /up, "ATrecv" for folder /down, and user
// "node_user" for all.
type authority struct {
	root string
	disk *quota.Disk
}

func (a authority) AuthorizeToken(token string, _ []byte, direction grant.Direction) (grant.Grant, error) {
	switch {
	case token == "ATsend" && direction == grant.Send:
		return grant.Grant{Owner: "ak1", Root: a.root, Destination: "/up", Disk: a.disk}, nil
	case token == "ATrecv" && direction == grant.Receive:
		return grant.Grant{Owner: "ak1", Root: a.root, Sources: []string{"/down"}}, nil
	}
	return grant.Grant{}, grant.ErrDenied
}

func (a authority) AuthorizePassword(user, given string) (grant.Grant, error) {
	if user == "node_user" && given == password {
		return grant.Grant{Owner: user, Root: a.root, Destination: "/", Disk: a.disk}, nil
	}
	return grant.Grant{}, grant.ErrDenied
}

// world is a running SSH server over a folder.
type world struct {
	t     testing.TB
	root  string // folder of the server
	local string // folder of the client
	port  string
	// wss is the port of WebSocket sessions, ca the file of their certificate.
	wss, ca string
	key     string // file of the bypass key
	keyPEM  []byte
	// transfers is what the server recorded.
	transfers *activity.Journal
}

func newWorld(t testing.TB, cutFirst int64) *world { return newSmallWorld(t, cutFirst, 1<<40) }

// newSmallWorld is newWorld with a disk of that size on the server.
func newSmallWorld(t testing.TB, cutFirst, diskSize int64) *world {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	check(t, err)
	local, err := filepath.EvalSymlinks(t.TempDir())
	check(t, err)
	w := &world{t: t, root: root, local: local}
	public, private, err := ed25519.GenerateKey(nil)
	check(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	check(t, err)
	w.keyPEM = pem.EncodeToMemory(block)
	w.key = filepath.Join(t.TempDir(), "bypass.pem")
	check(t, os.WriteFile(w.key, w.keyPEM, 0o600))
	bypass, err := ssh.NewPublicKey(public)
	check(t, err)
	host, err := sshd.HostKey(filepath.Join(t.TempDir(), "host"))
	check(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	_, w.port, _ = net.SplitHostPort(listener.Addr().String())
	w.transfers, err = activity.Open(t.TempDir(), "node-1", nil)
	check(t, err)
	server := sshd.New(sshd.Config{
		Authority: authority{w.root, quota.New(w.root, diskSize)}, HostKey: host, BypassKey: bypass, CutFirst: cutFirst, Transfers: w.transfers,
		Log: slog.New(slog.DiscardHandler),
	})
	ca, err := tlsca.Open(t.TempDir())
	check(t, err)
	w.ca = ca.File()
	sockets, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	_, w.wss, _ = net.SplitHostPort(sockets.Addr().String())
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 2)
	go func() { served <- server.Serve(ctx, listener) }()
	go func() { served <- server.ServeWebSocket(ctx, sockets, ca.ServerConfig()) }()
	t.Cleanup(func() {
		cancel()
		for range 2 {
			if err := <-served; err != nil {
				t.Errorf("SSH server: %v", err)
			}
		}
		check(t, w.transfers.Close())
	})
	return w
}

// result is what a supervisor sees of one run.
type result struct {
	status int
	stderr string
	events []*management.Message
	// garbage is the error about what was no message.
	garbage error
}

func (r result) last() *management.Message { return r.events[len(r.events)-1] }

func (r result) all(kind management.Type) []*management.Message {
	var found []*management.Message
	for _, event := range r.events {
		if event.Type == kind {
			found = append(found, event)
		}
	}
	return found
}

// number gives a field of an event, -1 without it.
func number(message *management.Message, field string) int64 {
	text, _ := message.Get(field)
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return value
}

// supervisor is asked at each event for a command to send, "" for none.
type supervisor func(event *management.Message) string

// run runs the program under a management port.
func (w *world) run(ctx context.Context, command supervisor, env map[string]string, args ...string) result {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(w.t, err)
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())

	var r result
	watched := make(chan error, 1)
	go func() { watched <- watch(listener, command, &r) }()
	var stderr bytes.Buffer
	args = append([]string{"-M", port, "-q", "--host", "127.0.0.1", "-P", w.port}, args...)
	r.status = ascp.Main(ctx, args, func(name string) string { return env[name] }, io.Discard, &stderr)
	r.stderr = stderr.String()
	check(w.t, <-watched)
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
		if errors.Is(err, management.ErrSyntax) {
			r.garbage = err
			return nil
		}
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

// send and receive run a transfer by token, with the destination in base64.
func (w *world) send(destination string, args ...string) result {
	return w.byToken("ATsend", "send", destination, args)
}

func (w *world) receive(destination string, args ...string) result {
	return w.byToken("ATrecv", "recv", destination, args)
}

func (w *world) byToken(token, mode, destination string, args []string) result {
	w.t.Helper()
	args = append([]string{"--mode", mode, "--user", "xfer", "-i", w.key, "--dest64"}, args...)
	args = append(args, base64.StdEncoding.EncodeToString([]byte(destination)))
	return w.run(context.Background(), nil, map[string]string{"ASPERA_SCP_TOKEN": token}, args...)
}

// list writes a file list.
func (w *world) list(lines ...string) string {
	w.t.Helper()
	name := filepath.Join(w.t.TempDir(), "list")
	check(w.t, os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o600))
	return name
}

// tree is the content of files by their path with slashes; folders end with "/".
type tree map[string]string

// sample has what breaks naive transfers.
func sample() tree {
	return tree{
		"empty":                 "",
		"with space.txt":        "spaces",
		"日本語/été ☃.txt":         "unicode",
		"deep/er/and/deeper/f":  "nested",
		"nothing inside/":       "",
		"deep/many":             strings.Repeat("0123456789", 100_000),
		"quote'and\"both":       "q",
		".hidden":               "h",
		"deep/er/second":        "2",
		"percent%20/100%/a+b=c": "p",
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
		check(t, os.WriteFile(path, []byte(content), 0o600))
	}
}

// readTree reads files, and folders that hold nothing.
func readTree(t testing.TB, folder string) tree {
	t.Helper()
	files := tree{}
	check(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		name, err := filepath.Rel(folder, path)
		check(t, err)
		name = filepath.ToSlash(name)
		if !entry.IsDir() {
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

func (files tree) compare(t testing.TB, want tree) {
	t.Helper()
	for name, content := range want {
		if got, ok := files[name]; !ok {
			t.Errorf("%q is missing", name)
		} else if got != content {
			t.Errorf("%q has %d bytes that differ from the %d wanted", name, len(got), len(content))
		}
	}
	for name := range files {
		if _, ok := want[name]; !ok {
			t.Errorf("%q should not be there", name)
		}
	}
}

// noise is content of which no part looks like another.
func noise(size int) string {
	content := make([]byte, size)
	source := rand.NewChaCha8([32]byte{})
	_, _ = source.Read(content)
	return string(content)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
