package management

import (
	"errors"
	"net"
	"sync"
	"time"
)

// writeTimeout is how long a session may leave a command unread.
const writeTimeout = 5 * time.Second

// Sessions are the connections of the sessions that run: a command goes to all
// of them. The zero value has none. Its methods may be called from any goroutine.
type Sessions struct {
	mu   sync.Mutex
	open []net.Conn
}

// Join adds a session, until leave is called.
func (s *Sessions) Join(conn net.Conn) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, conn)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for i, c := range s.open {
			if c == conn {
				s.open = append(s.open[:i:i], s.open[i+1:]...)
				return
			}
		}
	}
}

// Send sends a command to all sessions and returns how many took it. The errors
// of the others are joined.
func (s *Sessions) Send(command Message) (sent int, err error) {
	wire, err := command.Append(nil)
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	open := s.open[:len(s.open):len(s.open)]
	s.mu.Unlock()
	var failed []error
	for _, conn := range open {
		if err := write(conn, wire); err != nil {
			failed = append(failed, err)
			continue
		}
		sent++
	}
	return sent, errors.Join(failed...)
}

// write sends a whole message. Of messages that are written at the same time
// none tears another one apart: net.Conn writes one after the other.
func write(conn net.Conn, wire []byte) error {
	if err := conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := conn.Write(wire)
	return err
}
