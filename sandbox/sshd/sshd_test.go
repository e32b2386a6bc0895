package sshd_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/sshd"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// authority knows two tokens and one user, all over one folder.
type authority struct{ root string }

func (a authority) AuthorizeToken(token string, _ []byte, direction grant.Direction) (grant.Grant, error) {
	switch {
	case token == "ATup" && direction == grant.Send:
		return grant.Grant{Root: a.root, Destination: "/up"}, nil
	case token == "ATdown" && direction == grant.Receive:
		return grant.Grant{Root: a.root, Sources: []string{"/down"}}, nil
	}
	return grant.Grant{}, grant.ErrDenied
}

func (a authority) AuthorizePassword(user, password string) (grant.Grant, error) {
	if user == "node_user" && password == "p" {
		return grant.Grant{Owner: user, Root: a.root, Destination: "/"}, nil
	}
	return grant.Grant{}, grant.ErrDenied
}

type world struct {
	root    string
	address string
	bypass  ssh.Signer
	dynamic ssh.Signer // of a key that a client registered
	// transfers is what the server recorded.
	transfers *activity.Journal
}

func start(t *testing.T) world {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"up", "down", "other"} {
		if err := os.Mkdir(filepath.Join(root, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"down/f", "other/secret"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte("content"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	host, err := sshd.HostKey(filepath.Join(t.TempDir(), "host_key"))
	if err != nil {
		t.Fatal(err)
	}
	bypass, dynamic := newSigner(t), newSigner(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	transfers, err := activity.Open(t.TempDir(), "node-1", nil)
	if err != nil {
		t.Fatal(err)
	}
	server := sshd.New(sshd.Config{
		Authority: authority{root}, HostKey: host, BypassKey: bypass.PublicKey(), Transfers: transfers, Log: slog.New(slog.DiscardHandler),
		DynamicKey: func(key ssh.PublicKey) bool { return bytes.Equal(key.Marshal(), dynamic.PublicKey().Marshal()) },
	})
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if err := transfers.Close(); err != nil {
			t.Error(err)
		}
	})
	return world{root: root, address: listener.Addr().String(), bypass: bypass, dynamic: dynamic, transfers: transfers}
}

func newSigner(t *testing.T) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func (w world) login(t *testing.T, user string, auth ssh.AuthMethod) (*ssh.Client, error) {
	t.Helper()
	client, err := ssh.Dial("tcp", w.address, &ssh.ClientConfig{
		User: user, Auth: []ssh.AuthMethod{auth}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	})
	if err == nil {
		t.Cleanup(func() { client.Close() })
	}
	return client, err
}

func (w world) transferLogin(t *testing.T) *ssh.Client {
	t.Helper()
	client, err := w.login(t, wire.TransferUser, ssh.PublicKeys(w.bypass))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// open starts SFTP with a token and gives what the server says on standard error.
func open(t *testing.T, client *ssh.Client, token string, direction grant.Direction) (*sftp.Client, string, error) {
	t.Helper()
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{wire.EnvToken: token, wire.EnvDirection: string(direction)} {
		if err := session.Setenv(name, value); err != nil {
			t.Fatal(err)
		}
	}
	stdin, _ := session.StdinPipe()
	stdout, _ := session.StdoutPipe()
	stderr, _ := session.StderrPipe()
	if err := session.RequestSubsystem("sftp"); err != nil {
		t.Fatal(err)
	}
	files, err := sftp.NewClientPipe(stdout, stdin)
	if err != nil {
		text, _ := io.ReadAll(stderr)
		return nil, string(text), err
	}
	t.Cleanup(func() { files.Close() })
	return files, "", nil
}

func TestLogin(t *testing.T) {
	w := start(t)
	stranger := newSigner(t)
	tests := []struct {
		name string
		user string
		auth ssh.AuthMethod
		ok   bool
	}{
		{"transfer user with the bypass key", "xfer", ssh.PublicKeys(w.bypass), true},
		{"other user with the bypass key", "node_user", ssh.PublicKeys(w.bypass), false},
		{"transfer user with a registered key", "xfer", ssh.PublicKeys(w.dynamic), true},
		{"other user with a registered key", "node_user", ssh.PublicKeys(w.dynamic), false},
		{"unknown key", "xfer", ssh.PublicKeys(stranger), false},
		{"node user", "node_user", ssh.Password("p"), true},
		{"wrong password", "node_user", ssh.Password("q"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := w.login(t, tt.user, tt.auth); (err == nil) != tt.ok {
				t.Fatalf("login: %v", err)
			}
		})
	}
}

func TestTokenIsNeeded(t *testing.T) {
	w := start(t)
	client := w.transferLogin(t)
	for name, token := range map[string]string{"unknown token": "ATnone", "other direction": "ATup"} {
		t.Run(name, func(t *testing.T) {
			_, text, err := open(t, client, token, grant.Receive)
			if err == nil || !strings.HasPrefix(text, wire.RefusedPrefix) {
				t.Fatalf("%v, standard error %q", err, text)
			}
			if strings.Contains(text, token) {
				t.Fatalf("the token is shown: %q", text)
			}
		})
	}
	t.Run("no token", func(t *testing.T) {
		if files, err := sftp.NewClient(client); err == nil {
			files.Close()
			t.Fatal("SFTP without a token")
		}
	})
}

func TestSendStaysInItsDestination(t *testing.T) {
	w := start(t)
	files, _, err := open(t, w.transferLogin(t), "ATup", grant.Send)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(files, "/up/new", "data"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(w.root, "up", "new")); err != nil || string(got) != "data" {
		t.Fatalf("stored %q, %v", got, err)
	}
	for _, name := range []string{"/other/x", "/up/../x", "../../x"} {
		if err := write(files, name, "data"); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("write %s: %v", name, err)
		}
	}
	if _, err := files.Open("/up/new"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a send may read: %v", err)
	}
	if err := files.Rename("/up/new", "/other/new"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("rename out: %v", err)
	}
	if err := files.Remove("/other/secret"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("remove elsewhere: %v", err)
	}
}

func TestReceiveStaysInItsSources(t *testing.T) {
	w := start(t)
	files, _, err := open(t, w.transferLogin(t), "ATdown", grant.Receive)
	if err != nil {
		t.Fatal(err)
	}
	if file, err := files.Open("/down/f"); err != nil {
		t.Fatal(err)
	} else {
		file.Close()
	}
	for _, name := range []string{"/other/secret", "/down/../other/secret"} {
		if _, err := files.Open(name); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("read %s: %v", name, err)
		}
	}
	if err := write(files, "/down/g", "x"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a receive may write: %v", err)
	}
}

func TestLinksStayInTheFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege on Windows")
	}
	w := start(t)
	client, err := w.login(t, "node_user", ssh.Password("p"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := sftp.NewClient(client)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	if err := files.Symlink("/etc", "/escape"); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Open("/escape/passwd"); err == nil {
		t.Fatal("read through a link that leaves the folder")
	}
	if target, err := files.ReadLink("/escape"); err != nil || target != "/etc" {
		t.Fatalf("link target %q, %v", target, err)
	}
}

func TestManyEntriesAreListed(t *testing.T) {
	w := start(t)
	const count = 250 // more than the 100 of one SFTP answer
	for i := range count {
		if err := os.WriteFile(filepath.Join(w.root, "down", fmt.Sprintf("n%03d", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, _, err := open(t, w.transferLogin(t), "ATdown", grant.Receive)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := files.ReadDir("/down")
	if err != nil || len(entries) != count+1 { // and "f"
		t.Fatalf("%d entries, %v", len(entries), err)
	}
}

func TestDigest(t *testing.T) {
	w := start(t)
	client := w.transferLogin(t)
	ask := func(path string) (string, error) {
		session, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close()
		for name, value := range map[string]string{wire.EnvToken: "ATdown", wire.EnvDirection: "receive"} {
			if err := session.Setenv(name, value); err != nil {
				t.Fatal(err)
			}
		}
		request, err := json.Marshal(wire.DigestRequest{Path: path, Ranges: []wire.Range{{Offset: 0, Length: 7}}})
		if err != nil {
			t.Fatal(err)
		}
		session.Stdin = strings.NewReader(string(request))
		text, err := session.Output(wire.DigestCommand)
		return string(text), err
	}
	want, err := wire.Digest(strings.NewReader("content"), []wire.Range{{Offset: 0, Length: 7}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ask("/down/f"); err != nil || got != want {
		t.Errorf("digest %q, %v; want %q", got, err, want)
	}
	if got, err := ask("/other/secret"); err == nil {
		t.Errorf("digest of a file outside of the sources: %q", got)
	}
}

func TestHostKeyIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	first, err := sshd.HostKey(path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := sshd.HostKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(first.PublicKey().Marshal()) != string(second.PublicKey().Marshal()) {
		t.Error("another key the second time")
	}
	if info, err := os.Stat(path); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func write(files *sftp.Client, name, text string) error {
	file, err := files.Create(name)
	if err != nil {
		return err
	}
	_, err = file.Write([]byte(text))
	return errors.Join(err, file.Close())
}
