package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Certificates returns those that the server at a URL presents, its own first.
// They are verified as for a request, so an untrusted server is an error unless
// the user accepts it (spec/plugins/config.md 12).
func (s *Session) Certificates(ctx context.Context, address string) ([]*x509.Certificate, error) {
	base, err := NormalizeURL(address)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "https" {
		return nil, failure.Otherf("RuntimeError", "No certificate found for %s", withoutUser(address))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var connected atomic.Pointer[tls.ConnectionState]
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if c, ok := info.Conn.(*tls.Conn); ok {
			state := c.ConnectionState()
			connected.Store(&state)
		}
	}}
	ctx, _ = withRoute(ctx)
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodHead, base, nil)
	if err != nil {
		return nil, err
	}
	r = r.WithContext(s.watchConnection(r.Context(), r, cancel))
	// A connection of its own, so that there is a handshake to look at.
	transport := s.TransportTo(base)
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err == nil {
		answer.Body.Close()
	}
	// What the server says to the request does not matter.
	if state := connected.Load(); state != nil {
		return state.PeerCertificates, nil
	}
	return nil, s.networkError(r, err)
}
