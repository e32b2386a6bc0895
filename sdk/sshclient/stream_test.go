package sshclient

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"slices"
	"sync/atomic"
	"testing"
)

// slowConn counts the calls, and holds the first one until it is let go.
type slowConn struct {
	net.Conn
	calls   atomic.Int64
	entered chan struct{}
	proceed chan struct{}
}

func (c *slowConn) Write(b []byte) (int, error) {
	if c.calls.Add(1) == 1 {
		close(c.entered)
		<-c.proceed
	}
	return c.Conn.Write(b)
}

func TestStreamGathersWhileTheSocketIsBusy(t *testing.T) {
	ours, theirs := net.Pipe()
	slow := &slowConn{Conn: ours, entered: make(chan struct{}), proceed: make(chan struct{})}
	s := newStream(slow)
	defer s.Close()
	content := make([]byte, 64<<10)
	_, _ = rand.Read(content)
	writeAll := func(b []byte) {
		for part := range slices.Chunk(b, 1000) {
			if n, err := s.Write(part); err != nil || n != len(part) {
				t.Fatal(n, err)
			}
			clear(part) // a buffer may be used again at once
		}
	}
	sent := bytes.Clone(content)
	writeAll(sent[:1000])
	<-slow.entered
	writeAll(sent[1000:])
	close(slow.proceed)
	got := make([]byte, len(content))
	if _, err := io.ReadFull(theirs, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, content) {
		t.Error("other bytes arrive than were written")
	}
	if calls := slow.calls.Load(); calls != 2 {
		t.Errorf("%d calls of the socket, want 2: what was written while it was busy goes together", calls)
	}
}

func TestStreamEndsWithTheConnection(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(s *stream, peer net.Conn)
		want error
	}{
		{"closed by the server", func(_ *stream, peer net.Conn) { _ = peer.Close() }, io.ErrClosedPipe},
		{"closed by us", func(s *stream, _ net.Conn) { _ = s.Close() }, net.ErrClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			s := newStream(ours)
			defer s.Close()
			written := make(chan error)
			go func() {
				// Nobody reads: the writer waits for room when the end comes.
				var err error
				for err == nil {
					_, err = s.Write(make([]byte, writeBehind/2))
				}
				written <- err
			}()
			// The socket takes the first bytes, and no more.
			if _, err := io.ReadFull(theirs, make([]byte, 1000)); err != nil {
				t.Fatal(err)
			}
			c.end(s, theirs)
			if err := <-written; !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}
