package sftp

import (
	"net"
	"sync"
	"testing"
)

// cutter passes bytes between the agent and a server, counts them, and cuts.
type cutter struct {
	listener net.Listener
	target   string

	mutex sync.Mutex
	conns []net.Conn
	// passed counts the bytes since the last reset, each way apart.
	up, down int64
	// at is after how many bytes, of the way that has more, what is done; nil: never.
	at   int64
	then func()
}

// through puts a cutter before the server of a bench.
func through(t *testing.T, b *bench) *cutter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{listener: listener, target: b.server.Address()}
	b.port = listener.Addr().(*net.TCPAddr).Port
	t.Cleanup(func() { listener.Close(); c.cut() })
	go c.accept()
	return c
}

func (c *cutter) accept() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", c.target)
		if err != nil {
			client.Close()
			continue
		}
		c.mutex.Lock()
		c.conns = append(c.conns, client, server)
		c.mutex.Unlock()
		go c.pass(server, client, &c.up)
		go c.pass(client, server, &c.down)
	}
}

func (c *cutter) pass(to, from net.Conn, count *int64) {
	defer to.Close()
	defer from.Close()
	for buffer := make([]byte, 16<<10); ; {
		n, err := from.Read(buffer)
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
			c.count(count, n)
		}
		if err != nil {
			return
		}
	}
}

func (c *cutter) count(count *int64, n int) {
	c.mutex.Lock()
	*count += int64(n)
	var then func()
	if c.then != nil && max(c.up, c.down) >= c.at {
		then, c.then = c.then, nil
	}
	c.mutex.Unlock()
	if then != nil {
		then()
	}
}

// after arranges that something happens when so many bytes have passed from now.
func (c *cutter) after(bytes int64, then func()) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.up, c.down = 0, 0
	c.at, c.then = bytes, then
}

// passed returns how many bytes passed the way that has more.
func (c *cutter) passed() int64 {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return max(c.up, c.down)
}

// cut resets the connections.
func (c *cutter) cut() {
	c.mutex.Lock()
	conns := c.conns
	c.conns = nil
	c.mutex.Unlock()
	for _, conn := range conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		conn.Close()
	}
}
