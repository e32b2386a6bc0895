package gateway

import (
	"errors"
	"net"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ascli-go/ascli/sandbox/fault"
)

// trouble is what goes wrong in a conversation on demand.
type trouble struct {
	rule fault.WebSocket
	// pending: it has not happened yet.
	pending bool
	came    int64 // bytes of data
	// mute: nothing is acknowledged any more.
	mute bool
}

// data counts bytes, and does the trouble when it is time.
func (t *trouble) data(u *upload, n int64) error {
	t.came += n
	if !t.pending || t.rule.AtClose || t.came < t.rule.AfterBytes {
		return nil
	}
	return t.happen(u)
}

// atClose does the trouble that waits for the client's close frame, and tells
// whether there was one.
func (t *trouble) atClose(u *upload) (bool, error) {
	if t.pending && t.rule.AtClose {
		u.abandon()
		return true, t.happen(u)
	}
	return false, nil
}

// errTrouble ends a conversation on demand: its client is told nothing more.
var errTrouble = gone{errors.New("a fault was asked for")}

// happen does the trouble. It returns no error if the conversation goes on.
func (t *trouble) happen(u *upload) error {
	t.pending = false
	message := t.rule.Message
	if message == "" {
		message = "Fault asked for by a rule of the sandbox"
	}
	switch t.rule.Do {
	case fault.Unacknowledged:
		t.mute = true
		return nil
	case fault.Silence:
		u.abandon()
		u.listenOnly()
	case fault.Refuse:
		t.sayAndClose(u, quoted(message))
	case fault.RefusePlainly:
		t.sayAndClose(u, plain(message))
	case fault.Babble:
		t.sayAndClose(u, message)
	case fault.Close:
		_ = u.close()
	case fault.CloseInTrouble:
		frame := websocket.FormatCloseMessage(websocket.CloseInternalServerErr, message)
		_ = u.conn.WriteControl(websocket.CloseMessage, frame, time.Now().Add(writeTimeout))
	case fault.Reset:
		if tcp, ok := underTLS(u.conn.NetConn()).(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
			_ = tcp.Close()
		}
	case fault.CutOff:
		_ = underTLS(u.conn.NetConn()).Close()
	}
	return errTrouble
}

// sayAndClose tells something; a client that is gone does not mind.
func (t *trouble) sayAndClose(u *upload, text string) {
	if u.say(text) == nil {
		_ = u.close()
	}
}

// listenOnly takes what comes, until the client goes away or sends nothing for long.
func (u *upload) listenOnly() {
	u.conn.SetCloseHandler(func(int, string) error { return nil })
	for u.conn.SetReadDeadline(time.Now().Add(idleTimeout)) == nil {
		if _, _, err := u.conn.NextReader(); err != nil {
			return
		}
	}
}

// underTLS is the connection of a TLS connection: to close that says nothing to
// the other side.
func underTLS(conn net.Conn) net.Conn {
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok {
		return wrapped.NetConn()
	}
	return conn
}
