package sshclient

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// lifeConn notes when the server was last heard: any byte is a sign of life.
type lifeConn struct {
	net.Conn
	heard atomic.Int64 // nanoseconds since start
	start time.Time
}

func newLifeConn(conn net.Conn) *lifeConn { return &lifeConn{Conn: conn, start: time.Now()} }

func (c *lifeConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.heard.Store(int64(time.Since(c.start)))
	return n, err
}

func (c *lifeConn) silence() time.Duration {
	return time.Since(c.start) - time.Duration(c.heard.Load())
}

// life asks a silent server whether it is still there.
type life struct {
	stopped chan struct{}
	once    sync.Once
	mutex   sync.Mutex
	lost    error
}

func watch(client *ssh.Client, conn *lifeConn, interval time.Duration, misses int) *life {
	l := &life{stopped: make(chan struct{})}
	go func() {
		_ = client.Wait()
		l.stop()
	}()
	go l.run(client, conn, interval, misses)
	return l
}

func (l *life) run(client *ssh.Client, conn *lifeConn, interval time.Duration, misses int) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	asking := make(chan struct{}, 1)
	for {
		select {
		case <-l.stopped:
			return
		case <-ticker.C:
		}
		silence := conn.silence()
		switch {
		case silence >= time.Duration(misses)*interval:
			l.giveUp(silence)
			// Not client.Close, which sends a farewell that nobody would take.
			_ = conn.Close()
			return
		case silence >= interval:
			select {
			case asking <- struct{}{}:
				go func() {
					// Any answer will do, a refusal too (RFC 4254 section 4).
					_, _, _ = client.SendRequest("keepalive@openssh.com", true, nil)
					<-asking
				}()
			default: // the last question is still open
			}
		}
	}
}

func (l *life) giveUp(silence time.Duration) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.lost = &Error{Kind: Timeout, Message: "the server has been silent for " + silence.Round(time.Second).String()}
}

func (l *life) reason() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.lost
}

func (l *life) stop() { l.once.Do(func() { close(l.stopped) }) }
