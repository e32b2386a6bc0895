package sshclient

import (
	"bufio"
	"net"
	"sync"
)

const (
	// readAhead is how much is taken from the socket at once.
	readAhead = 128 << 10
	// writeBehind is how much may wait for the socket.
	writeBehind = 256 << 10
)

// stream makes few large calls of the system out of the many small ones of the
// ssh library, which reads and writes every packet in two parts. While the socket
// takes one part, the next packets are encrypted and gathered.
//
// Nothing is held back: bytes are written as soon as the socket takes them. An
// error of the socket is that of the next Write. Close does not wait for bytes
// that were not taken yet: who needs them to arrive waits for their answer.
type stream struct {
	net.Conn
	reader *bufio.Reader

	mutex sync.Mutex
	// changed tells that there are bytes to write, or room for more, or an error.
	changed *sync.Cond
	waiting []byte
	err     error
}

func newStream(conn net.Conn) *stream {
	s := &stream{Conn: conn, reader: bufio.NewReaderSize(conn, readAhead)}
	s.changed = sync.NewCond(&s.mutex)
	go s.drain()
	return s
}

func (s *stream) Read(b []byte) (int, error) { return s.reader.Read(b) }

// Write implements [net.Conn]. b may be used again at once.
func (s *stream) Write(b []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for s.err == nil && len(s.waiting) > 0 && len(s.waiting)+len(b) > writeBehind {
		s.changed.Wait()
	}
	if s.err != nil {
		return 0, s.err
	}
	s.waiting = append(s.waiting, b...)
	s.changed.Broadcast()
	return len(b), nil
}

// Close implements [net.Conn].
func (s *stream) Close() error {
	s.fail(net.ErrClosed)
	return s.Conn.Close()
}

func (s *stream) fail(err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.err == nil {
		s.err = err
	}
	s.changed.Broadcast()
}

// drain writes what waits, until the connection ends.
func (s *stream) drain() {
	var writing []byte
	for {
		s.mutex.Lock()
		for s.err == nil && len(s.waiting) == 0 {
			s.changed.Wait()
		}
		if s.err != nil {
			s.mutex.Unlock()
			return
		}
		writing, s.waiting = s.waiting, writing[:0]
		s.changed.Broadcast()
		s.mutex.Unlock()
		if _, err := s.Conn.Write(writing); err != nil {
			s.fail(err)
			return
		}
	}
}
