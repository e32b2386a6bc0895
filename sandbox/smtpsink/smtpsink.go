// Package smtpsink is the mail server of the sandbox: it takes every message,
// keeps it in a folder and delivers nothing.
package smtpsink

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

const (
	maxMessageBytes = 32 << 20
	// maxLineLength is that of RFC 5321 section 4.5.3.1.6, CRLF included: a
	// client that sends longer lines fails here as it does with strict servers.
	maxLineLength = 1000
	idleTimeout   = 5 * time.Minute
)

// Config is what a Sink needs; Folder and Log are mandatory.
type Config struct {
	// Folder receives a file NAME.eml for each message, readable by its owner
	// only. It is made if missing.
	Folder string
	// TLS is for STARTTLS and for ServeTLS. Nil: neither is possible.
	TLS *tls.Config
	// WithoutStartTLS makes Serve offer no STARTTLS although TLS is set.
	WithoutStartTLS bool
	// Accounts are passwords by user name. None: no login is needed or offered.
	// Where STARTTLS is offered, logins are taken after it only.
	Accounts map[string]string
	Log      *slog.Logger
}

// Faults are failures to rehearse. The zero value is none.
type Faults struct {
	// RefuseRecipient is the reply code (450, 550) to every recipient; 0: accepted.
	RefuseRecipient int
	// CutData closes the connection in the middle of a message.
	CutData bool
}

// Message is one that was taken.
type Message struct {
	// Domain is what the client called itself in EHLO.
	Domain string
	// User is who logged in; empty without login.
	User string
	// TLS tells that the message came encrypted.
	TLS bool
	// From and To are the addresses of the envelope.
	From string
	To   []string
	// Data is the message as it came, dots unstuffed, lines ending with CRLF.
	Data []byte
	// File is where it is kept, headers Return-Path and Delivered-To added.
	File string
}

// Sink takes messages. Its methods may be called from any goroutine.
type Sink struct {
	config Config

	mu       sync.Mutex
	faults   Faults
	messages []Message
	// arrived is closed at the next message.
	arrived chan struct{}
}

// New makes a sink that listens on nothing yet.
func New(config Config) (*Sink, error) {
	if err := os.MkdirAll(config.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the mail folder: %w", err)
	}
	return &Sink{config: config, arrived: make(chan struct{})}, nil
}

// Serve takes mail, offering STARTTLS if it can, until ctx ends. Then it closes
// the listener and all connections, waits until they are done, and returns nil.
func (s *Sink) Serve(ctx context.Context, listener net.Listener) error {
	if s.config.WithoutStartTLS {
		return s.serve(ctx, listener, nil, nil)
	}
	return s.serve(ctx, listener, s.config.TLS, nil)
}

// ServeTLS is Serve for clients that start with TLS.
func (s *Sink) ServeTLS(ctx context.Context, listener net.Listener) error {
	if s.config.TLS == nil {
		return errors.New("serve mail over TLS: no certificate is set")
	}
	return s.serve(ctx, listener, nil, s.config.TLS)
}

// serve has TLS settings for STARTTLS and for the start; nil: not offered.
func (s *Sink) serve(ctx context.Context, listener net.Listener, startTLS, fromStart *tls.Config) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()

	server := smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &session{sink: s, conn: conn}, nil
	}))
	server.Domain = "ascli-sandbox"
	server.TLSConfig = startTLS
	server.AllowInsecureAuth = startTLS == nil
	server.EnableSMTPUTF8 = true
	server.MaxMessageBytes = maxMessageBytes
	server.MaxLineLength = maxLineLength
	server.ReadTimeout, server.WriteTimeout = idleTimeout, idleTimeout
	server.ErrorLog = log.New(io.Discard, "", 0)

	var accepting net.Listener = boundListener{listener, ctx}
	if fromStart != nil {
		accepting = tls.NewListener(accepting, fromStart)
	}
	err := server.Serve(accepting)
	ended := ctx.Err() != nil
	cancel()
	// The connections are being closed: this waits for those who handle them.
	_ = server.Shutdown(context.WithoutCancel(ctx))
	if ended {
		return nil
	}
	return fmt.Errorf("accept mail connections: %w", err)
}

// Rehearse sets the failures that clients meet from now on.
func (s *Sink) Rehearse(faults Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = faults
}

// Messages returns those taken so far, oldest first.
func (s *Sink) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Wait returns all messages once there are n of them or more.
func (s *Sink) Wait(ctx context.Context, n int) ([]Message, error) {
	for {
		s.mu.Lock()
		messages, arrived := slices.Clone(s.messages), s.arrived
		s.mu.Unlock()
		if len(messages) >= n {
			return messages, nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for mail %d of %d: %w", len(messages)+1, n, context.Cause(ctx))
		}
	}
}

func (s *Sink) currentFaults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}
