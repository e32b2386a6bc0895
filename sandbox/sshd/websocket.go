package sshd

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// webSocketHeaderTimeout is how long a client may take to ask for its WebSocket.
const webSocketHeaderTimeout = 10 * time.Second

// ServeWebSocket serves the same as Serve to clients that tunnel SSH through a
// WebSocket over TLS (spec transfer.md section 8.5), and ends like it. As there
// are no SSH keys then, user xfer logs in without; a transfer token must follow
// all the same.
func (s *Server) ServeWebSocket(ctx context.Context, listener net.Listener, config *tls.Config) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	tunnel := *s
	tunnel.ssh = s.sshConfig()
	tunnel.ssh.NoClientAuth = true
	tunnel.ssh.NoClientAuthCallback = allowTransferUser
	tunnels := &tunnels{ctx: ctx, slots: make(chan struct{}, maxConnections)}
	var http1 http.Protocols // a WebSocket begins with HTTP/1.1
	http1.SetHTTP1(true)
	server := &http.Server{
		TLSConfig: config, Protocols: &http1, ReadHeaderTimeout: webSocketHeaderTimeout,
		ErrorLog: slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !tunnels.enter() {
				http.Error(w, "too many connections", http.StatusServiceUnavailable)
				return
			}
			defer tunnels.leave()
			tunnel.serveTunnel(ctx, w, r)
		}),
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	err := server.ServeTLS(listener, "", "")
	ended := ctx.Err() != nil
	cancel()
	tunnels.wait()
	if ended {
		return nil
	}
	return fmt.Errorf("accept SSH connections by WebSocket: %w", err)
}

// tunnels counts the connections: the HTTP server does not know of those that
// have become something else.
type tunnels struct {
	ctx   context.Context
	slots chan struct{}

	mu   sync.Mutex // no connection is counted after wait has begun
	open sync.WaitGroup
}

func (t *tunnels) enter() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx.Err() != nil {
		return false
	}
	select {
	case t.slots <- struct{}{}:
		t.open.Add(1)
		return true
	default:
		return false
	}
}

func (t *tunnels) leave() {
	<-t.slots
	t.open.Done()
}

// wait waits for all connections. The context must have ended.
func (t *tunnels) wait() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open.Wait()
}

func allowTransferUser(meta ssh.ConnMetadata) (*ssh.Permissions, error) {
	if meta.User() != wire.TransferUser {
		return nil, fmt.Errorf("login of %q without a password: %w", meta.User(), grant.ErrDenied)
	}
	return &ssh.Permissions{}, nil
}

func (s *Server) serveTunnel(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.WebSocketProtocol}})
	if err != nil {
		s.config.Log.Debug("no WebSocket", "client", r.RemoteAddr, "error", err)
		return
	}
	client := net.Addr(&net.TCPAddr{})
	if address, err := net.ResolveTCPAddr("tcp", r.RemoteAddr); err == nil {
		client = address
	}
	s.serveConn(ctx, tunnelConn{wire.NetConn(socket), client})
}

// tunnelConn tells who is at the other end.
type tunnelConn struct {
	net.Conn
	client net.Addr
}

func (c tunnelConn) RemoteAddr() net.Addr { return c.client }
