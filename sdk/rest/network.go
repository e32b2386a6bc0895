package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
)

// What ends a request that stalls: in waiting for a connection through a proxy,
// or in reading the answer.
var (
	errOpenTimeout = errors.New("the proxy does not connect")
	errReadTimeout = errors.New("no more data")
)

// watchedBody is an answer whose reading must not pause longer than a time.
type watchedBody struct {
	io.ReadCloser
	pause  time.Duration
	cancel context.CancelCauseFunc
}

func (b *watchedBody) Read(p []byte) (int, error) {
	if b.pause > 0 {
		defer time.AfterFunc(b.pause, func() { b.cancel(errReadTimeout) }).Stop()
	}
	return b.ReadCloser.Read(p)
}

// isBroken tells a connection that broke from one that was never made, which
// another try does not mend.
func isBroken(err error) bool {
	if isDial(err) {
		return false
	}
	for _, broken := range append(brokenConnection(), io.EOF, io.ErrUnexpectedEOF, net.ErrClosed) {
		if errors.Is(err, broken) {
			return true
		}
	}
	return false
}

// networkError words an error of the connection as the original does
// (spec/cli.md 7.1). The result never shows the query of the URL.
func (s *Session) networkError(r *http.Request, err error) error {
	// http.Client wraps every error with the whole URL.
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	way := routeOf(r.Context())
	server, next := peerAt(r.URL), peerAt(r.URL)
	if way.viaProxy() {
		next = peerAt(way.proxy)
	}
	switch cause := context.Cause(r.Context()); {
	case errors.Is(cause, errReadTimeout):
		return readTimeout(s.settings, server)
	case errors.Is(cause, errOpenTimeout):
		return way.blame(openTimeout(next))
	case cause != nil:
		return fmt.Errorf("%s %s: %w", r.Method, r.URL.Host, cause)
	}
	if failure.As(err) != nil {
		return err
	}
	if e := tlsError(server, err); e != nil {
		return e
	}
	if e := timeoutError(s.settings, server, next, err); e != nil {
		return e
	}
	if e := dialError(next, err); e != nil {
		return way.blame(e)
	}
	if isBroken(err) {
		return failure.Otherf("EOFError", "%s closed the connection before its answer was complete: %w", next.text(), err)
	}
	return failure.Otherf("RuntimeError", "%s: %w", next.text(), err)
}

// peer is an end of a connection: the server or the proxy.
type peer struct{ host, port string }

func peerAt(u *url.URL) peer {
	p := peer{u.Hostname(), u.Port()}
	if p.port == "" {
		p.port = impliedPort(u.Scheme)
	}
	return p
}

func (p peer) text() string { return net.JoinHostPort(p.host, p.port) }

func (p peer) failedToOpen() string { return "Failed to open TCP connection to " + p.text() }

func dialError(p peer, err error) error {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		reason := "Name or service not known"
		if dns.IsTemporary || dns.IsTimeout {
			reason = "Temporary failure in name resolution"
		}
		e := failure.New(failure.Network, "%s (getaddrinfo: %s)", p.failedToOpen(), reason)
		e.Cause = err
		return e
	}
	if !isDial(err) {
		return nil
	}
	for _, known := range dialFailures() {
		if errors.Is(err, known.err) {
			e := failure.Otherf(known.kind, "%s (%s - connect(2) for %q port %s)", p.failedToOpen(), known.text, p.host, p.port)
			e.Cause = err
			return e
		}
	}
	return failure.Otherf("RuntimeError", "%s: %w", p.failedToOpen(), err)
}

// isDial tells that no connection was made, to the server or to the proxy.
func isDial(err error) bool {
	for op := (*net.OpError)(nil); errors.As(err, &op); err = op.Err {
		if op.Op == "dial" {
			return true
		}
	}
	return false
}

// refusedKind is the kind of the error about an address where nobody listens.
const refusedKind = "Errno::ECONNREFUSED"

// IsRefused tells that nobody listens at the address.
func IsRefused(err error) bool {
	e := failure.As(err)
	return e != nil && e.Kind == refusedKind
}

// dialFailure is a reason of the operating system for not connecting.
type dialFailure struct {
	err        error
	kind, text string
}

func timeoutError(set settings, server, next peer, err error) error {
	var timeout interface{ Timeout() bool }
	isTimeout := errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
	var op *net.OpError
	var e *failure.Error
	switch {
	case !isTimeout:
		return nil
	case isDial(err):
		e = openTimeout(next)
	case strings.Contains(err.Error(), "TLS handshake"):
		e = openTimeout(server)
	case errors.As(err, &op) && op.Op == "write":
		e = failure.Otherf("Net::WriteTimeout", "%s takes no data for %s", next.text(), set.writeTimeout).
			Hint(`wait longer: --http-options=@json:'{"write_timeout":<seconds>}'`)
	default:
		e = readTimeout(set, server)
	}
	e.Cause = err
	return e
}

func openTimeout(p peer) *failure.Error {
	return failure.Otherf("Net::OpenTimeout", "%s (execution expired)", p.failedToOpen()).
		Hint(`wait longer: --http-options=@json:'{"open_timeout":<seconds>}'`)
}

func readTimeout(set settings, p peer) *failure.Error {
	return failure.Otherf("Net::ReadTimeout", "%s sent nothing for %s", p.text(), set.readTimeout).
		Hint(`wait longer: --http-options=@json:'{"read_timeout":<seconds>}'`)
}

func tlsError(p peer, err error) error {
	reason := tlsReason(err)
	if reason == "" {
		return nil
	}
	e := failure.New(failure.SSL, "SSL_connect returned=1 errno=0 peeraddr=%s state=error: %s", p.text(), reason)
	e.Cause = err
	return e
}

// tlsReason words a failed handshake; "" when the error is another one.
func tlsReason(err error) string {
	var verification *tls.CertificateVerificationError
	if errors.As(err, &verification) {
		return verificationReason(verification)
	}
	var alert tls.AlertError
	var head tls.RecordHeaderError
	switch {
	case errors.As(err, &alert):
		return alert.Error()
	case errors.As(err, &head), errors.Is(err, http.ErrSchemeMismatch):
		return "wrong version number (the server does not speak TLS on this port)"
	case strings.HasPrefix(err.Error(), "tls: "):
		return err.Error()
	}
	return ""
}

func verificationReason(err *tls.CertificateVerificationError) string {
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.As(err, &hostname):
		return fmt.Sprintf("certificate verify failed (hostname %q does not match the server certificate)", hostname.Host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "certificate verify failed (certificate has expired or is not yet valid)"
	case errors.As(err, &authority):
		return "certificate verify failed (" + authorityReason(err.UnverifiedCertificates) + ")"
	}
	return fmt.Sprintf("certificate verify failed (%v)", err.Err)
}

func authorityReason(chain []*x509.Certificate) string {
	if len(chain) == 0 {
		return "unable to get issuer certificate"
	}
	last := chain[len(chain)-1]
	selfSigned := last.CheckSignatureFrom(last) == nil || last.Subject.String() == last.Issuer.String()
	switch {
	case selfSigned && len(chain) == 1:
		return "self-signed certificate"
	case selfSigned:
		return "self-signed certificate in certificate chain"
	}
	return "unable to get local issuer certificate"
}
