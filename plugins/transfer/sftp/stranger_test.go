package sftp

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pkgsftp "github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

// serveSFTP runs a server that is not OpenSSH's on loopback: serve speaks SFTP.
func serveSFTP(t *testing.T, serve func(io.ReadWriteCloser)) *sshdtest.Server {
	t.Helper()
	host, _, err := sshdtest.NewKey(sshdtest.Ed25519, "")
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := sshdtest.NewKey(sshdtest.Ed25519, "")
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, nil }}
	config.AddHostKey(host)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveSSH(conn, config, serve)
		}
	}()
	known := filepath.Join(t.TempDir(), "known_hosts")
	writeFile(t, known, nil)
	return &sshdtest.Server{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, User: "u", Key: key, KnownHosts: known}
}

func serveSSH(conn net.Conn, config *ssh.ServerConfig, serve func(io.ReadWriteCloser)) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for wanted := range channels {
		channel, requests, err := wanted.Accept()
		if err != nil {
			return
		}
		go func() {
			for request := range requests {
				_ = request.Reply(request.Type == "subsystem", nil)
				if request.Type == "subsystem" {
					go serve(channel)
				}
			}
		}()
	}
}

// Another implementation of SFTP, without the extensions of OpenSSH.
func TestAnotherServer(t *testing.T) {
	server := serveSFTP(t, func(channel io.ReadWriteCloser) {
		s, err := pkgsftp.NewServer(channel)
		if err == nil {
			_ = s.Serve()
		}
		channel.Close()
	})
	for _, direction := range []string{"send", "receive"} {
		t.Run(direction, func(t *testing.T) {
			b := benchOn(t, server)
			from, to := b.here, b.there
			if direction == "receive" {
				from, to = to, from
			}
			want := map[string]string{"d/": "", "d/small": "abc", "d/big": string(randomBytes(5 << 20)), "d/sub/": "", "d/sub/empty": ""}
			for name, content := range want {
				if !strings.HasSuffix(name, "/") {
					writeFile(t, filepath.Join(from, name), []byte(content))
				}
			}
			writeFile(t, filepath.Join(to, "d/small"), []byte("other"))
			// An interrupted transfer whose last requests were served in any order.
			stat, err := os.Stat(filepath.Join(from, "d/big"))
			if err != nil {
				t.Fatal(err)
			}
			part := []byte(want["d/big"][:4<<20])
			if direction == "send" {
				clear(part[4<<20-100<<10 : 4<<20-80<<10])
			}
			writeFile(t, filepath.Join(to, "d/big.partial"), part)
			writeFile(t, filepath.Join(to, "d/big.partial.info"), sourceInfo{stat.Size(), stat.ModTime().Unix()}.text())
			r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "d")}), `{"host_check":"any"}`)
			if r.err != nil {
				t.Fatal(r.err)
			}
			sameTree(t, tree(t, to), want)
		})
	}
}

// evil is a server that gives names of its own choice.
type evil struct{ names []string }

type evilInfo struct {
	name string
	dir  bool
}

func (i evilInfo) Name() string { return i.name }
func (i evilInfo) Size() int64  { return 4 }
func (i evilInfo) IsDir() bool  { return i.dir }
func (i evilInfo) Sys() any     { return nil }
func (evilInfo) ModTime() time.Time {
	return time.Unix(1_500_000_000, 0)
}

func (i evilInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

type evilList []fs.FileInfo

func (l evilList) ListAt(into []fs.FileInfo, offset int64) (int, error) {
	if offset >= int64(len(l)) {
		return 0, io.EOF
	}
	return copy(into, l[offset:]), nil
}

func (e evil) Filelist(r *pkgsftp.Request) (pkgsftp.ListerAt, error) {
	if r.Method == "List" {
		var list evilList
		for _, name := range e.names {
			list = append(list, evilInfo{name, false})
		}
		return list, nil
	}
	return evilList{evilInfo{path.Base(r.Filepath), r.Filepath == "/d"}}, nil
}

func (evil) Fileread(*pkgsftp.Request) (io.ReaderAt, error) {
	return bytes.NewReader([]byte("evil")), nil
}
func (evil) Filewrite(*pkgsftp.Request) (io.WriterAt, error) { return nil, errors.ErrUnsupported }
func (evil) Filecmd(*pkgsftp.Request) error                  { return errors.ErrUnsupported }

// Whatever a server names, nothing is written outside of the destination.
func TestNamesThatEscape(t *testing.T) {
	names := []string{"../up", "..", "a/b", "/abs", "good", "out/file", "x\x00y", ""}
	server := serveSFTP(t, func(channel io.ReadWriteCloser) {
		e := evil{names}
		s := pkgsftp.NewRequestServer(channel, pkgsftp.Handlers{FileGet: e, FilePut: e, FileCmd: e, FileList: e})
		_ = s.Serve()
		channel.Close()
	})
	b := benchOn(t, server)
	to := filepath.Join(b.here, "destination")
	r := b.run(t.Context(), specOf("receive", to, []string{"/d"}), `{"host_check":"any"}`)
	if code(r.err) != codeSomeFiles || !strings.Contains(r.err.Error(), `the server names a file "../up"`) {
		t.Errorf("got %v", r.err)
	}
	sameTree(t, tree(t, b.here), map[string]string{"destination/": "", "destination/d/": "", "destination/d/good": "evil"})
}

// A link in the destination that leads out of it is not gone through.
func TestLinksThatEscape(t *testing.T) {
	b := newBench(t)
	outside := t.TempDir()
	writeFile(t, filepath.Join(b.there, "d/file"), []byte("evil"))
	link(t, outside, filepath.Join(b.here, "d"))
	r := b.run(t.Context(), specOf("receive", b.here, []string{filepath.Join(b.there, "d")}), `{}`)
	if r.err == nil {
		t.Error("the transfer went through the link")
	}
	sameTree(t, tree(t, outside), map[string]string{})
}

func TestNoSFTP(t *testing.T) {
	for name, tt := range map[string]struct {
		serve func(io.ReadWriteCloser)
		want  string
	}{
		"a talking shell": {func(c io.ReadWriteCloser) { _, _ = io.WriteString(c, "Welcome to this server!\n") }, "Does its shell print something at login?"},
		"an old version":  {func(c io.ReadWriteCloser) { _, _ = c.Write([]byte{0, 0, 0, 5, 2, 0, 0, 0, 2}) }, "the server speaks version 2"},
	} {
		t.Run(name, func(t *testing.T) {
			b := benchOn(t, serveSFTP(t, tt.serve))
			r := b.run(t.Context(), specOf("receive", b.here, []string{"/f"}), `{"host_check":"any"}`)
			if code(r.err) != codeConfiguration || !strings.Contains(r.err.Error(), tt.want) || r.count("retry") != 0 {
				t.Errorf("got %d: %v", code(r.err), r.err)
			}
		})
	}
	b := benchOn(t, sshdtest.Start(t, sshdtest.Options{SFTP: func(string) string { return "/bin/false" }}))
	r := b.run(t.Context(), specOf("receive", b.here, []string{"/f"}), `{"resume":{"iter_max":0}}`)
	if code(r.err) != codeNoConnection {
		t.Errorf("a server without SFTP gives %d: %v", code(r.err), r.err)
	}
}
