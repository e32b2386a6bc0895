// Package webserver is the HTTP server of a command that serves others until
// the user stops it: it listens where the user says, with the certificate that
// the user gives, and below the path of the URL (spec/plugins/node.md 17,
// spec/plugins/faspex5.md 9).
package webserver

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

const (
	// DefaultURL is where a server is without a word of the user (4.22).
	DefaultURL = "http://localhost:8080"

	// headerTimeout bounds the wait for a request, bodyTimeout that for its end.
	headerTimeout = 10 * time.Second
	bodyTimeout   = time.Minute
	idleTimeout   = 2 * time.Minute
	// goodbye is how long requests may last once the user stops the server. It
	// is shorter than what a plugin has when its host is gone.
	goodbye = time.Second
)

// Settings say where a server is.
type Settings struct {
	url *url.URL
	// pair is what the server shows of itself with https, nil with http.
	pair *tls.Certificate
}

// Parse reads the parameters of a server: url and those of its certificate.
// Other keys than those and own, which are of the caller, are refused.
func Parse(parameters *record.Object, own ...string) (*Settings, error) {
	material, err := readMaterial(parameters)
	if err != nil {
		return nil, err
	}
	for _, key := range parameters.Keys() {
		if key != keyURL && key != keyCertificate && key != keyCredentials && !slices.Contains(flatKeys(), key) && !slices.Contains(own, key) {
			return nil, failure.Argumentf("unexpected parameters: [:%s]", key)
		}
	}
	address := DefaultURL
	if v, given := parameters.Get(keyURL); given {
		if address, given = v.(string); !given {
			return nil, failure.Argumentf("url shall be a String, not %s", record.TypeName(v))
		}
	}
	s := &Settings{}
	if s.url, err = parseURL(address); err != nil {
		return nil, err
	}
	if s.url.Scheme == "https" {
		s.pair, err = material.pair(s.url.Hostname())
	}
	return s, err
}

// parseURL insists on a host: without one, a server would listen everywhere.
func parseURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		// The text of the URL may have a password.
		var wrong *url.Error
		if errors.As(err, &wrong) {
			err = wrong.Err
		}
		return nil, failure.Argumentf("url: %w", err)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, failure.Argumentf("url shall begin with http:// or https://, got %s", u.Redacted())
	case u.Hostname() == "":
		return nil, failure.Argumentf("url has no host: localhost serves this machine alone, 0.0.0.0 everybody who can reach it")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, failure.Argumentf("url of a server is scheme, host, port and path, nothing else: %s", u.Redacted())
	}
	if u.Port() == "" {
		ports := map[string]string{"http": "80", "https": "443"}
		u.Host = net.JoinHostPort(u.Hostname(), ports[u.Scheme])
	}
	if port, err := strconv.Atoi(u.Port()); err != nil || port > 65535 {
		return nil, failure.Argumentf("url has the port %s, which is none", u.Port())
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

// IsLoopback tells that only this machine reaches the server.
func (s *Settings) IsLoopback() bool { return isLoopback(s.url.Hostname()) }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Server is a server that listens.
type Server struct {
	settings *Settings
	listener net.Listener
}

// Listen begins to listen. With port 0 it finds a free one.
func (s *Settings) Listen(ctx context.Context) (*Server, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.url.Host)
	if err != nil {
		return nil, failure.New(failure.Network, "cannot serve at %s: %w", s.url, err)
	}
	return &Server{settings: s, listener: l}, nil
}

// URL is where clients find the server.
func (s *Server) URL() string {
	u := *s.settings.url
	u.Host = net.JoinHostPort(u.Hostname(), strconv.Itoa(s.listener.Addr().(*net.TCPAddr).Port))
	return u.String()
}

// Serve answers requests until ctx is done, which is no error. The handler gets
// paths below that of the URL; other paths are not its own: outside answers them.
func (s *Server) Serve(ctx context.Context, handler, outside http.Handler) error {
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := &http.Server{
		Handler:           s.guard(s.below(handler, outside)),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, IdleTimeout: idleTimeout,
		BaseContext: func(net.Listener) context.Context { return requests },
		// Clients that break off, or do not trust the certificate, are no news.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	stopped := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		defer close(stopped)
		farewell, done := context.WithTimeout(requests, goodbye)
		defer done()
		if server.Shutdown(farewell) != nil {
			_ = server.Close()
		}
	})()
	listener := s.listener
	if s.settings.pair != nil {
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*s.settings.pair}, MinVersion: tls.VersionTLS12})
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return failure.New(failure.Network, "serve at %s: %w", s.URL(), err)
	}
	<-stopped
	return nil
}

// below takes the path of the URL away.
func (s *Server) below(handler, outside http.Handler) http.Handler {
	mount := s.settings.url.Path
	stripped := http.StripPrefix(mount, handler)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, within := strings.CutPrefix(r.URL.Path, mount); !within || rest != "" && rest[0] != '/' {
			outside.ServeHTTP(w, r)
			return
		}
		stripped.ServeHTTP(w, r)
	})
}

// guard keeps the pages that the user has open in a browser from using a server
// that asks nobody for a password: a page may send requests to this machine, and
// name this machine as its own (DNS rebinding).
func (s *Server) guard(handler http.Handler) http.Handler {
	handler = http.NewCrossOriginProtection().Handler(handler)
	if !s.settings.IsLoopback() {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if !isLoopback(strings.Trim(host, "[]")) {
			http.Error(w, "this server is at "+s.URL()+" only", http.StatusForbidden)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

// Schema describes the parameters of a server to users.
func Schema() []sdk.Field {
	return []sdk.Field{
		{Name: keyURL, Type: "string", Description: "Where to listen; its path is that of the server.\nDefault: " + DefaultURL + "."},
		{Name: keyKey, Type: "string", Description: "Private key of the certificate: PEM, or the path of a file with it; with PKCS12 the password."},
		{Name: keyCert, Type: "string", Description: "Certificate for https: PEM, or the path of a file with it, or of a PKCS12 file (.p12, .pfx).\nDefault: one is made, signed by itself."},
		{Name: keyChain, Type: "string", Description: "Certificates of the issuers: PEM, or the path of a file with them."},
		{Name: keyCertificate, Type: "object", Description: "The same as one object (4.21): key, cert, chain, pkcs12."},
	}
}
