package mail

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"unicode"

	"github.com/ascli-go/ascli/sdk/failure"
)

// The reply codes of RFC 4954 section 6 that refuse a login.
const (
	replyCredentialsInvalid = 535
	replyMechanismTooWeak   = 534
)

func (c *Client) dialError(err error) error {
	var dns *net.DNSError
	var e *failure.Error
	switch {
	case errors.As(err, &dns):
		e = failure.New(failure.Network, "Failed to open TCP connection to %s (getaddrinfo: Name or service not known)", c.address())
		e.Cause = err
	case isTimeout(err):
		e = failure.Otherf("Net::OpenTimeout", "no connection to mail server %s in %s: %w", c.address(), c.timeout(), err)
	default:
		e = failure.Otherf("RuntimeError", "no connection to mail server %s: %w", c.address(), err)
	}
	return e.Hint("check server and port of option smtp, and whether a firewall blocks that port")
}

// stepError is about a step of the dialogue: what the server was asked for.
func (c *Client) stepError(step string, err error) error {
	if failure.As(err) != nil {
		return err
	}
	var reply *textproto.Error
	var broken *net.OpError
	server := "mail server " + c.address()
	switch {
	case errors.As(err, &reply):
		return c.refusal(step, reply)
	case isTimeout(err):
		return failure.Otherf("Net::ReadTimeout", "%s is silent for %s at %s: %w", server, c.timeout(), step, err).
			Hint(`check port of option smtp: a server that starts with TLS needs "ssl":true`)
	case tlsReason(err) != "":
		e := failure.New(failure.SSL, "%s: %s", server, tlsReason(err))
		e.Cause = err
		return e
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &broken):
		return failure.Otherf("EOFError", "%s hung up during %s: %w", server, step, err)
	}
	return failure.Otherf("RuntimeError", "%s, at %s: %w", server, step, err)
}

// refusal is about a reply that ends the dialogue.
func (c *Client) refusal(step string, reply *textproto.Error) error {
	kind := "Net::SMTPFatalError"
	if reply.Code < 500 {
		kind = "Net::SMTPServerBusy"
	}
	isLogin := reply.Code == replyCredentialsInvalid || reply.Code == replyMechanismTooWeak
	if isLogin {
		kind = "Net::SMTPAuthenticationError"
	}
	e := failure.Otherf(kind, "mail server %s refused %s: %d %s", c.address(), step, reply.Code, printable(reply.Msg))
	e.Cause = reply
	switch {
	case isLogin:
		e.Hint("check username and password of option smtp")
	case reply.Code < 500:
		e.Hint("try again later")
	}
	return e
}

// printable takes line breaks and what could steer a terminal out of a text.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// tlsReason words a failed handshake; "" when the error is another one.
func tlsReason(err error) string {
	var verification *tls.CertificateVerificationError
	var alert tls.AlertError
	var head tls.RecordHeaderError
	switch {
	case errors.As(err, &verification):
		return fmt.Sprintf("certificate verify failed (%v)", verification.Err)
	case errors.As(err, &alert):
		return alert.Error()
	case errors.As(err, &head):
		return "the server does not speak TLS on this port: check port, tls and ssl of option smtp"
	}
	return ""
}
