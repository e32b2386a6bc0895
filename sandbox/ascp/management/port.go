package management

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

const (
	connectTimeout = 5 * time.Second
	// writeTimeout is how long a supervisor may leave events unread.
	writeTimeout = 10 * time.Second
)

// garbage is neither a header, a field nor the end of a message (spec
// management.md section 2).
const garbage = "this line is no management message\n"

// Port is a connection to the supervising program.
type Port struct {
	conn   net.Conn
	reader *Reader

	mu     sync.Mutex
	buffer []byte
}

// Connect connects to the supervisor's listener: "port" or "host:port", the
// values of ascp's argument -M. Only this computer is accepted as host.
func Connect(ctx context.Context, address string) (*Port, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = "127.0.0.1", address
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("management port %s: only a listener on this computer is accepted", address)
	}
	dialer := net.Dialer{Timeout: connectTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("connect to the management port: %w", err)
	}
	return &Port{conn: conn, reader: NewReader(conn)}, nil
}

// Send sends one message; it may be called from any goroutine.
func (p *Port) Send(message *Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.buffer = message.appendTo(p.buffer[:0])
	return p.write()
}

// SendGarbage sends a line that is none of the protocol, to rehearse that.
func (p *Port) SendGarbage() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.buffer = append(p.buffer[:0], garbage...)
	return p.write()
}

// write sends the buffer; p.mu is held.
func (p *Port) write() error {
	if err := p.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("management port: %w", err)
	}
	if _, err := p.conn.Write(p.buffer); err != nil {
		return fmt.Errorf("management port: %w", err)
	}
	return nil
}

// Read waits for a command. It must be called from one goroutine only, and
// returns an error once the port is closed by either side.
func (p *Port) Read() (*Message, error) { return p.reader.Read() }

// Close closes the connection, which tells the supervisor that all events were
// sent.
func (p *Port) Close() error { return p.conn.Close() }
