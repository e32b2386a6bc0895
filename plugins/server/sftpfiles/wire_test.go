package sftpfiles

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/pkg/sftp"
)

// serveSFTP answers like an SFTP server of this machine that also knows the names
// of owners: "user<id>" and "group<id>".
func serveSFTP(t *testing.T, conn net.Conn) {
	t.Helper()
	toServer, fromServer := net.Pipe()
	server, err := sftp.NewServer(fromServer)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	running.Go(func() { _ = server.Serve() })
	var writing sync.Mutex
	send := func(packet []byte) {
		writing.Lock()
		defer writing.Unlock()
		_, _ = conn.Write(packet)
	}
	running.Go(func() {
		defer conn.Close()
		eachPacket(toServer, send)
	})
	running.Go(func() {
		defer toServer.Close()
		eachPacket(conn, func(packet []byte) {
			if packet[4] != extendedPacket {
				_, _ = toServer.Write(packet)
				return
			}
			send(namesReply(t, packet))
		})
	})
}

// eachPacket reads packets, with their length, to the end.
func eachPacket(r io.Reader, take func([]byte)) {
	for {
		packet := make([]byte, 4)
		if _, err := io.ReadFull(r, packet); err != nil {
			return
		}
		packet = append(packet, make([]byte, binary.BigEndian.Uint32(packet))...)
		if _, err := io.ReadFull(r, packet[4:]); err != nil {
			return
		}
		take(packet)
	}
}

func namesReply(t *testing.T, packet []byte) []byte {
	name, rest, err := takeString(packet[9:])
	if err != nil || string(name) != ownersExtension {
		t.Errorf("request is %q, %v", packet, err)
	}
	reply := append([]byte{0, 0, 0, 0, extendedReplyPacket}, packet[5:9]...)
	for _, prefix := range []string{"user", "group"} {
		ids, after, err := takeString(rest)
		if err != nil {
			t.Error(err)
		}
		var names []byte
		for ; len(ids) >= 4; ids = ids[4:] {
			names = append(names, packString([]byte(prefix+nameOr("", binary.BigEndian.Uint32(ids))))...)
		}
		reply, rest = append(reply, packString(names)...), after
	}
	binary.BigEndian.PutUint32(reply, uint32(len(reply)-4))
	return reply
}

// Requests of both kinds at the same time get their own answers.
func TestWireBetweenTheLibrarysRequests(t *testing.T) {
	near, far := net.Pipe()
	serveSFTP(t, far)
	w := newWire(near, near)
	client, err := sftp.NewClientPipe(w, w)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	folder := t.TempDir()
	var running sync.WaitGroup
	for i := range uint32(8) {
		running.Go(func() {
			for range 20 {
				if _, err := client.Stat(folder); err != nil {
					t.Error(err)
				}
			}
		})
		running.Go(func() {
			ids := []uint32{i, 100 + i}
			answer, err := w.extended(t.Context(), ownersExtension, append(packString(packIDs(ids)), packString(packIDs(nil))...))
			names := map[uint32]string{}
			if err == nil {
				answer, _, err = takeString(answer)
			}
			if err == nil {
				err = takeNames(names, ids, answer)
			}
			if want := "user" + nameOr("", 100+i); err != nil || names[100+i] != want {
				t.Errorf("got %v, %v", names, err)
			}
		})
	}
	running.Wait()
}

// A server that hangs up leaves nobody waiting.
func TestWireEnds(t *testing.T) {
	near, far := net.Pipe()
	w := newWire(near, near)
	go func() {
		_, _ = io.ReadFull(far, make([]byte, 9))
		_ = far.Close()
	}()
	go func() { _, _ = io.Copy(io.Discard, w) }()
	if _, err := w.extended(t.Context(), ownersExtension, nil); err == nil {
		t.Error("no error")
	}
}

// What nobody asked for reaches the library as it came, in whatever pieces.
func FuzzWireRead(f *testing.F) {
	f.Add([]byte{0, 0, 0, 5, 2, 0, 0, 0, 3, 0, 0, 0, 1, 9, 0, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 9, 201, 128, 0, 0, 0, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, sent []byte) {
		got, _ := io.ReadAll(newWire(iotest.OneByteReader(bytes.NewReader(sent)), nil))
		if !bytes.HasPrefix(sent, got) {
			t.Errorf("got %x of %x", got, sent)
		}
	})
}

// Whatever a server says of owners, reading it ends.
func FuzzNames(f *testing.F) {
	f.Add(packString([]byte("root")))
	f.Fuzz(func(t *testing.T, names []byte) {
		known := map[uint32]string{}
		if err := takeNames(known, []uint32{0, 1}, names); err == nil && len(known) != 2 {
			t.Errorf("got %v of %x", known, names)
		}
	})
}
