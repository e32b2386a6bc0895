package protocol

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sdk/sshclient"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

// session opens one with OpenSSH's server.
func session(t *testing.T) *Session {
	t.Helper()
	server := sshdtest.Start(t, sshdtest.Options{})
	client, err := sshclient.Dial(t.Context(), sshclient.Config{
		Host: server.Host, Port: server.Port, User: server.User,
		Keys: []sshclient.Key{{PEM: server.Key}}, HostKeys: sshclient.HostKeys{Files: []string{server.KnownHosts}},
	})
	if err != nil {
		t.Fatal(err)
	}
	channel, err := client.Subsystem("sftp")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(channel)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); client.Close() })
	return s
}

func TestFiles(t *testing.T) {
	s, folder := session(t), t.TempDir()
	if s.ReadChunk() <= safeChunk || s.WriteChunk() <= safeChunk {
		t.Errorf("the limits of the server are %d, %d", s.ReadChunk(), s.WriteChunk())
	}
	// Requests on a file do not wait for each other.
	path := filepath.Join(folder, "f")
	h, err := s.OpenFile(path, Write|Create|Truncate)
	if err != nil {
		t.Fatal(err)
	}
	var calls []*Call
	var want []byte
	for i := range 40 {
		buffer := NewBuffer()
		n := s.WriteChunk() - i
		copy(buffer.Content(n), bytes.Repeat([]byte{byte(i)}, n))
		calls = append(calls, h.StartWrite(int64(len(want)), buffer, n))
		want = append(want, buffer.Content(n)...)
	}
	calls = append(calls, h.StartSetTimes(1_400_000_000, 1_500_000_000), h.StartClose())
	for i, call := range calls {
		if err := call.Wait(); err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if a, err := s.Stat(path); err != nil || a.Size != int64(len(want)) || a.ModTime != 1_500_000_000 || a.AccessTime != 1_400_000_000 || a.Type() != 0 {
		t.Errorf("attributes %+v, %v", a, err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("the file has %d bytes, want %d, or others: %v", len(got), len(want), err)
	}
	h, err = s.OpenFile(path, Read)
	if err != nil {
		t.Fatal(err)
	}
	end := make([]byte, 100)
	first, last, beyond := h.StartRead(0, make([]byte, 5)), h.StartRead(int64(len(want))-10, end), h.StartRead(int64(len(want)), end)
	if n, err := first.Count(); n != 5 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	if n, err := last.Count(); n != 10 || err != nil {
		t.Errorf("read %d at the end, %v", n, err)
	}
	if n, err := beyond.Count(); n != 0 || !errors.Is(err, io.EOF) || errors.Is(err, ErrLost) {
		t.Errorf("read %d behind the end, %v", n, err)
	}
}

func TestFolders(t *testing.T) {
	s, folder := session(t), t.TempDir()
	var names []string
	for i := range 300 {
		name := string(rune('a'+i%26)) + string(rune('0'+i/26))
		names = append(names, name)
		if err := s.MakeFolder(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.List(folder)
	var got []string
	for _, e := range list {
		got = append(got, e.Name)
		if e.Type() != fs.ModeDir {
			t.Errorf("%s is %v", e.Name, e.Type())
		}
	}
	slices.Sort(names)
	slices.Sort(got)
	if err != nil || !slices.Equal(got, names) {
		t.Errorf("got %d names, %v", len(got), err)
	}
	first, second := filepath.Join(folder, "first"), filepath.Join(folder, "second")
	for _, path := range []string{first, second} {
		if err := os.WriteFile(path, []byte(path), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Rename(first, second); err != nil {
		t.Error(err)
	}
	if content, err := os.ReadFile(second); err != nil || string(content) != first {
		t.Errorf("renamed to %q, %v", content, err)
	}
	if err := s.Symlink("second", first); err != nil {
		t.Error(err)
	}
	if target, err := s.Readlink(first); err != nil || target != "second" {
		t.Errorf("the link leads to %q, %v", target, err)
	}
	if a, err := s.Lstat(first); err != nil || a.Type() != fs.ModeSymlink {
		t.Errorf("the link is %v, %v", a.Type(), err)
	}
	if _, err := s.Stat(filepath.Join(folder, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if free, err := s.FreeSpace(folder); err != nil || free <= 0 {
		t.Errorf("%d bytes are free, %v", free, err)
	}
}

// The end of a connection ends every wait.
func TestLostSession(t *testing.T) {
	server, client := net.Pipe()
	go func() {
		hello := make([]byte, 9)
		_, _ = io.ReadFull(server, hello)
		_, _ = server.Write([]byte{0, 0, 0, 5, typeVersion, 0, 0, 0, version})
	}()
	s, err := Open(client)
	if err != nil {
		t.Fatal(err)
	}
	var waiting sync.WaitGroup
	for range 20 {
		waiting.Go(func() {
			if _, err := s.Stat("/x"); !errors.Is(err, ErrLost) || errors.Is(err, io.EOF) {
				t.Errorf("got %v", err)
			}
		})
	}
	// The server takes a request and goes away.
	_, _ = io.ReadFull(server, make([]byte, 20))
	server.Close()
	waiting.Wait()
	<-s.Ended()
	if err := s.Remove("/x"); !errors.Is(err, ErrLost) {
		t.Errorf("after the end: %v", err)
	}
}

// A packet of a server may have any content; what is read is consistent, and
// nothing breaks.
func FuzzAnswers(f *testing.F) {
	f.Add(byte(typeStatus), []byte{0, 0, 0, 4, 0, 0, 0, 1, 'x', 0, 0, 0, 0})
	f.Add(byte(typeName), []byte{0, 0, 0, 1, 0, 0, 0, 1, 'n', 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add(byte(typeAttrs), []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9})
	f.Add(byte(typeData), []byte{0, 0, 0, 2, 'a', 'b'})
	f.Add(byte(typeVersion), []byte{0, 0, 0, 3, 0, 0, 0, 1, 'e', 0, 0, 0, 1, '1'})
	f.Fuzz(func(t *testing.T, kind byte, body []byte) {
		_, _ = parseVersion(body)
		names := cursor{b: body}
		if list := names.names(); names.err != nil && list != nil {
			t.Error("names of a malformed packet")
		}
		for _, into := range [][]byte{nil, make([]byte, 16)} {
			call := newCall(into)
			call.kind = kind
			if err := call.receive(bytes.NewReader(body), len(body)); err != nil && !errors.Is(err, errMalformed) {
				t.Errorf("got %v", err)
			}
			close(call.done)
			if n, err := call.Count(); err == nil && n > len(into) {
				t.Errorf("%d bytes in %d", n, len(into))
			}
			if a, err := call.attributes(); err == nil && a.Size < 0 {
				t.Errorf("size %d", a.Size)
			}
			_ = call.Wait()
		}
	})
}
