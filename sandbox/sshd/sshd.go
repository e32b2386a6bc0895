// Package sshd is the SSH server of the sandbox: the remote end of the stand-in
// ascp and of any SFTP client. It serves subsystem "sftp" inside what a
// transfer token or a node user's password allows (packages grant, docroot);
// package wire says how a client presents its token.
package sshd

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

const (
	handshakeTimeout  = 15 * time.Second
	keepaliveInterval = 30 * time.Second
	keepaliveTimeout  = 15 * time.Second
	maxConnections    = 256
	// maxSessions bounds the open session channels of one connection.
	maxSessions = 16
)

// Config is what a Server needs; Authority, HostKey and Log are mandatory.
type Config struct {
	Authority grant.Authority
	HostKey   ssh.Signer
	// BypassKey is the public key that lets user xfer in; a transfer token must
	// follow. Nil: passwords only.
	BypassKey ssh.PublicKey
	// DynamicKey tells whether a client registered a key, which then serves as
	// the bypass key does. Nil: there are none.
	DynamicKey func(ssh.PublicKey) bool
	// CutFirst, if more than 0, rehearses a fault: the first connection that
	// moves file data is cut after that many bytes of it.
	CutFirst int64
	// Transfers records the transfers; nil: nobody does.
	Transfers *activity.Journal
	Log       *slog.Logger
}

// Server serves SSH connections.
type Server struct {
	config Config
	ssh    *ssh.ServerConfig
	fault  *fault
}

// New makes a server that listens on nothing yet.
func New(config Config) *Server {
	s := &Server{config: config, fault: &fault{after: config.CutFirst}}
	s.ssh = s.sshConfig()
	return s
}

func (s *Server) sshConfig() *ssh.ServerConfig {
	config := &ssh.ServerConfig{
		ServerVersion:               "SSH-2.0-ascli_sandbox",
		PasswordCallback:            s.checkPassword,
		KeyboardInteractiveCallback: s.askPassword,
	}
	if s.config.BypassKey != nil || s.config.DynamicKey != nil {
		config.PublicKeyCallback = s.checkKey
	}
	config.AddHostKey(s.config.HostKey)
	return config
}

// Serve accepts connections until ctx ends, then closes the listener and all
// connections, waits until their files are closed, and returns nil.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()

	var connections sync.WaitGroup
	defer connections.Wait()
	slots := make(chan struct{}, maxConnections)
	for {
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			cancel()
			return fmt.Errorf("accept SSH connections: %w", err)
		}
		select {
		case slots <- struct{}{}:
		default:
			s.config.Log.Warn("too many SSH connections, one more is refused", "limit", maxConnections)
			conn.Close()
			continue
		}
		connections.Go(func() {
			defer func() { <-slots }()
			s.serveConn(ctx, conn)
		})
	}
}

func (s *Server) serveConn(ctx context.Context, conn net.Conn) {
	log := s.config.Log.With("client", conn.RemoteAddr().String())
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	if err := conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return
	}
	serverConn, channels, requests, err := ssh.NewServerConn(conn, s.ssh)
	if err != nil {
		log.Debug("SSH handshake failed", "error", err)
		return
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return
	}
	log.Debug("SSH login", "user", serverConn.User())
	go ssh.DiscardRequests(requests)
	gone, closed := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() { keepAlive(gone, conn, serverConn) })
	s.serveChannels(log, conn, serverConn, channels)
	closed()
	background.Wait()
}

func (s *Server) serveChannels(log *slog.Logger, conn net.Conn, client *ssh.ServerConn, channels <-chan ssh.NewChannel) {
	var sessions sync.WaitGroup
	defer sessions.Wait()
	slots := make(chan struct{}, maxSessions)
	for offered := range channels {
		if offered.ChannelType() != "session" {
			reject(log, offered, ssh.UnknownChannelType, "only sessions are served")
			continue
		}
		select {
		case slots <- struct{}{}:
		default:
			reject(log, offered, ssh.ResourceShortage, "too many sessions")
			continue
		}
		channel, requests, err := offered.Accept()
		if err != nil {
			<-slots
			log.Debug("SSH session not accepted", "error", err)
			continue
		}
		sessions.Go(func() {
			defer func() { <-slots }()
			session := &session{
				server: s, log: log, conn: conn, channel: channel, user: client.User(), login: loginGrant(client.Permissions),
			}
			session.serve(requests)
		})
	}
}

func reject(log *slog.Logger, offered ssh.NewChannel, reason ssh.RejectionReason, text string) {
	if err := offered.Reject(reason, text); err != nil {
		log.Debug("SSH channel not rejected", "error", err)
	}
}

// keepAlive closes a connection whose other end no longer answers.
func keepAlive(ctx context.Context, conn net.Conn, serverConn *ssh.ServerConn) {
	ticker := time.NewTicker(keepaliveInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		late := time.AfterFunc(keepaliveTimeout, func() { conn.Close() })
		_, _, err := serverConn.SendRequest("keepalive@openssh.com", true, nil)
		late.Stop()
		if err != nil {
			return
		}
	}
}

// grantKey is the place of a password login's grant in ssh.Permissions.
type grantKey struct{}

func (s *Server) checkPassword(meta ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
	granted, err := s.config.Authority.AuthorizePassword(meta.User(), string(password))
	if err != nil {
		return nil, fmt.Errorf("login of %q: %w", meta.User(), err)
	}
	return &ssh.Permissions{ExtraData: map[any]any{grantKey{}: granted}}, nil
}

// askPassword asks for the password as servers do that ask in words.
func (s *Server) askPassword(meta ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
	answers, err := ask("", "", []string{"Password: "}, []bool{false})
	if err != nil {
		return nil, err
	}
	if len(answers) != 1 {
		return nil, fmt.Errorf("login of %q: %d answers to one question", meta.User(), len(answers))
	}
	return s.checkPassword(meta, []byte(answers[0]))
}

func (s *Server) checkKey(meta ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	if meta.User() != wire.TransferUser || !s.knows(key) {
		return nil, fmt.Errorf("login of %q by key: %w", meta.User(), grant.ErrDenied)
	}
	return &ssh.Permissions{}, nil
}

func (s *Server) knows(key ssh.PublicKey) bool {
	bypass, dynamic := s.config.BypassKey, s.config.DynamicKey
	if bypass != nil && subtle.ConstantTimeCompare(key.Marshal(), bypass.Marshal()) == 1 {
		return true
	}
	return dynamic != nil && dynamic(key)
}

// loginGrant gives the grant of a password login, nil after a login by key.
func loginGrant(login *ssh.Permissions) *grant.Grant {
	if granted, ok := login.ExtraData[grantKey{}].(grant.Grant); ok {
		return &granted
	}
	return nil
}

// authorize opens the folder that a session may use: that of its token, or of
// its login by password when it has no token.
func (s *Server) authorize(login *grant.Grant, env map[string]string) (*docroot.Folder, error) {
	token, ok := env[wire.EnvToken]
	if !ok {
		if login == nil {
			return nil, errors.New("a login by key needs a transfer token")
		}
		return docroot.Open(*login, docroot.Both)
	}
	direction := grant.Direction(env[wire.EnvDirection])
	access, err := docroot.For(direction)
	if err != nil {
		return nil, err
	}
	tags, err := base64.StdEncoding.DecodeString(env[wire.EnvTags])
	if err != nil {
		return nil, fmt.Errorf("%s is not base64: %w", wire.EnvTags, err)
	}
	granted, err := s.config.Authority.AuthorizeToken(token, tags, direction)
	if err != nil {
		return nil, err
	}
	if err := s.config.Transfers.Admit(granted.Owner, tags); err != nil {
		return nil, err
	}
	return docroot.Open(granted, access)
}
