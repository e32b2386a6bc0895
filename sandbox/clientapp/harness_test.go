package clientapp_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/clientapp"
	"github.com/ascli-go/ascli/sandbox/connect"
	"github.com/ascli-go/ascli/sandbox/desktop"
	"github.com/ascli-go/ascli/sandbox/sshd"
	"github.com/ascli-go/ascli/sandbox/world"
)

// TestMain makes this test program the stand-in for ascp when it is started as
// such: its first argument is then the management port.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-M" {
		os.Exit(ascp.Main(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// computer is one with both clients, and a transfer server.
type computer struct {
	testing.TB
	// files is the folder of the server, own one of the user.
	files, own string
	world      *world.World
	port       int
	client     *clientapp.Client
	// folder is that of the client.
	folder           string
	connect, desktop *httptest.Server
}

func newComputer(t *testing.T) *computer {
	t.Helper()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	check(t, err)
	c := &computer{TB: t, files: filepath.Join(folder, "files"), own: filepath.Join(folder, "own"), folder: filepath.Join(folder, "client")}
	check(t, os.Mkdir(c.own, 0o700))
	c.world, err = world.Open(folder)
	check(t, err)
	key := c.serveSSH(folder)
	self, err := os.Executable()
	check(t, err)
	c.client, err = clientapp.Open(clientapp.Config{Folder: c.folder, Ascp: self, BypassKey: key})
	check(t, err)
	log := slog.New(slog.DiscardHandler)
	c.connect = httptest.NewServer(connect.New(connect.Config{Client: c.client, Folder: c.own, Log: log}))
	c.desktop = httptest.NewServer(desktop.New(desktop.Config{Client: c.client, Log: log}))
	t.Cleanup(func() {
		c.connect.Close()
		c.desktop.Close()
		check(t, c.client.Close())
	})
	return c
}

// serveSSH starts the transfer server and returns the file of the bypass key.
func (c *computer) serveSSH(folder string) (keyFile string) {
	c.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	check(c, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	check(c, err)
	keyFile = filepath.Join(folder, "bypass.pem")
	check(c, os.WriteFile(keyFile, pem.EncodeToMemory(block), 0o600))
	key, err := ssh.NewPublicKey(public)
	check(c, err)
	host, err := sshd.HostKey(filepath.Join(folder, "host"))
	check(c, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(c, err)
	c.port = listener.Addr().(*net.TCPAddr).Port
	server := sshd.New(sshd.Config{Authority: c.world, HostKey: host, BypassKey: key, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	c.Cleanup(func() {
		cancel()
		check(c, <-served)
		check(c, c.world.Close())
	})
	return keyFile
}

// spec is a transfer spec with a token; more are further fields as JSON.
func (c *computer) spec(direction, more string) string {
	id, secret, _ := c.world.DefaultAccessKey()
	token := "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
	return fmt.Sprintf(`{"direction":%q,"remote_host":"127.0.0.1","ssh_port":%d,"token":%q,%s}`, direction, c.port, token, more)
}

func (c *computer) put(folder, name, content string) string {
	c.Helper()
	file := filepath.Join(folder, filepath.FromSlash(name))
	check(c, os.MkdirAll(filepath.Dir(file), 0o700))
	check(c, os.WriteFile(file, []byte(content), 0o600))
	return file
}

func (c *computer) holds(file, content string) {
	c.Helper()
	found, err := os.ReadFile(file)
	if err != nil || string(found) != content {
		c.Errorf("%s holds %d bytes, %v; want %d", file, len(found), err, len(content))
	}
}

// answer is what an API said.
type answer struct {
	status int
	text   string
}

// value follows keys and positions through the answer.
func (a answer) value(t testing.TB, path ...any) any {
	t.Helper()
	var v any
	check(t, json.Unmarshal([]byte(a.text), &v))
	for _, step := range path {
		switch at := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[at]
		case int:
			list, _ := v.([]any)
			if at >= len(list) {
				return nil
			}
			v = list[at]
		}
	}
	return v
}

// call sends a request with an origin.
func (c *computer) call(server *httptest.Server, origin, method, path, body string) answer {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, server.URL+path, bytes.NewBufferString(body))
	check(c, err)
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	response, err := http.DefaultClient.Do(r)
	check(c, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	check(c, err)
	return answer{response.StatusCode, string(text)}
}

// ask calls Connect with settings of an application, and more of the body.
func (c *computer) ask(path, more string) answer {
	c.Helper()
	return c.call(c.connect, "ascli", http.MethodPost, "/v5/connect/"+path, `{"aspera_connect_settings":{"app_id":"app1"}`+more+`}`)
}

// rpc calls a method of Aspera for Desktop.
func (c *computer) rpc(method, params string) answer {
	c.Helper()
	return c.call(c.desktop, "", http.MethodPost, "/", fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":%s}`, method, params))
}

// await waits for a status of a transfer.
func (c *computer) await(id string, statuses ...string) clientapp.Transfer {
	c.Helper()
	return c.awaitThat(id, func(t clientapp.Transfer) bool { return slices.Contains(statuses, t.Status) })
}

func (c *computer) awaitThat(id string, is func(clientapp.Transfer) bool) clientapp.Transfer {
	c.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; <-look.C {
		got, err := c.client.Get(id)
		check(c, err)
		if is(got) {
			return got
		}
		if time.Now().After(deadline) {
			c.Fatalf("still %+v", got)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
