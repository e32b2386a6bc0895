package smtpsink

import (
	"context"
	"crypto/tls"
	"net"
)

// boundListener closes the connections that it accepted when ctx ends.
type boundListener struct {
	net.Listener
	ctx context.Context
}

func (l boundListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return boundConn{conn, context.AfterFunc(l.ctx, func() { conn.Close() })}, nil
}

// boundConn is a connection whose end no context has to remember.
type boundConn struct {
	net.Conn
	forget func() bool
}

func (c boundConn) Close() error {
	c.forget()
	return c.Conn.Close()
}

// cut closes a connection without a word to the client.
func cut(conn net.Conn) {
	if encrypted, ok := conn.(*tls.Conn); ok {
		conn = encrypted.NetConn()
	}
	conn.Close()
}
