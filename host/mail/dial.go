package mail

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// dial connects, with TLS if the settings want it from the start.
func (c *Client) dial(ctx context.Context) (net.Conn, error) {
	dialer := net.Dialer{Timeout: c.timeout()}
	plain, err := dialer.DialContext(ctx, "tcp", c.address())
	if err != nil {
		return nil, c.dialError(err)
	}
	conn := steadyConn{plain, c.timeout()}
	if !c.Settings.SSL {
		return conn, nil
	}
	encrypted := tls.Client(conn, c.tlsConfig())
	if err := encrypted.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, c.stepError("TLS", err)
	}
	return encrypted, nil
}

func (c *Client) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return defaultTimeout
}

func (c *Client) tlsConfig() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLS != nil {
		config = c.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = c.Settings.Server
	}
	return config
}

// steadyConn is a connection that ends when its peer pauses for longer than a time.
type steadyConn struct {
	net.Conn
	pause time.Duration
}

func (c steadyConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.pause)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	c.endOn(err)
	return n, err
}

func (c steadyConn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.pause)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	c.endOn(err)
	return n, err
}

// endOn closes the connection after an error, so that no further step waits for
// the time once more.
func (c steadyConn) endOn(err error) {
	if err != nil {
		c.Close()
	}
}
