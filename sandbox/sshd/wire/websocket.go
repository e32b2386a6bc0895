package wire

import (
	"context"
	"net"

	"github.com/coder/websocket"
)

const (
	// WebSocketProtocol is the subprotocol of a WebSocket that carries the bytes
	// of an SSH connection as binary messages, of no meaning in their sizes.
	WebSocketProtocol = "ssh.ascli-sandbox"

	// maxMessage bounds one message, which holds one write of SSH.
	maxMessage = 1 << 20
)

// NetConn makes a connection of a WebSocket. It is closed like one of TCP: at
// once, without a farewell.
func NetConn(socket *websocket.Conn) net.Conn {
	socket.SetReadLimit(maxMessage)
	return abrupt{websocket.NetConn(context.Background(), socket, websocket.MessageBinary), socket}
}

type abrupt struct {
	net.Conn
	socket *websocket.Conn
}

func (a abrupt) Close() error { return a.socket.CloseNow() }
