package sshclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
)

// Kind says what a failure is about, and so whether trying again can help.
type Kind int

const (
	// Connection failures may pass: no route, refused, reset.
	Connection Kind = iota
	// Timeout failures may pass, too.
	Timeout
	// Authentication failures need another password or key.
	Authentication
	// HostKey failures: the server is not known, or another one.
	HostKey
	// Configuration failures: a key or a file of known hosts that cannot be used.
	Configuration
)

// Error is a failure to connect. Hints are what to do about it, one a line.
type Error struct {
	Kind    Kind
	Message string
	Hints   []string
	// Unknown tells that a host key would do with policy AcceptNew.
	Unknown bool
	Cause   error
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Retryable tells whether the same may succeed later.
func (e *Error) Retryable() bool { return e.Kind == Connection || e.Kind == Timeout }

func errorf(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Cause: errors.Unwrap(err)}
}

func (e *Error) hint(format string, args ...any) *Error {
	e.Hints = append(e.Hints, fmt.Sprintf(format, args...))
	return e
}

// classify tells what a failed connection means. The library has no types for
// its errors of authentication and negotiation.
func (c Config) classify(ctx context.Context, err error, verifier *verifier) error {
	var own *Error
	var network net.Error
	var unanswered *askError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case verifier.refusal != nil:
		return verifier.refusal
	case errors.As(err, &own):
		return own
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return errorf(Timeout, "no SSH connection to %s within %v", c.address(), c.ConnectTimeout)
	case errors.As(err, &unanswered):
		return errorf(Authentication, "Authentication failure: %s wants to know more of user %s: %w", c.address(), c.User, unanswered.err)
	case isRefusal(err.Error()), errors.Is(err, errNoMore):
		return c.refused(err)
	case strings.Contains(err.Error(), "no common algorithm"):
		return errorf(Configuration, "%s and this program have no way to talk in common: %w", c.address(), err)
	}
	return errorf(Connection, "cannot connect to %s by SSH: %w", c.address(), err)
}

// isRefusal tells whether the library means that the server did not let the user
// in: it ran out of ways, the server of patience, or the latter refused to ask
// interactively (message 51 is a failure, RFC 4252 section 6).
func isRefusal(message string) bool {
	for _, text := range []string{"unable to authenticate", "authentication failures", "unexpected message type 51"} {
		if strings.Contains(message, text) {
			return true
		}
	}
	return false
}

func (c Config) refused(err error) *Error {
	var offered []string
	if len(c.Keys) > 0 {
		offered = append(offered, "key")
	}
	if c.Agent {
		offered = append(offered, "keys of the ssh-agent")
	}
	if c.Password != "" {
		offered = append(offered, "password")
	}
	if len(offered) == 0 {
		return errorf(Authentication, "Authentication failure: %s wants a password or a key of user %s, and there is none", c.address(), c.User)
	}
	refused := errorf(Authentication, "Authentication failure: %s does not accept user %s with this %s", c.address(), c.User, strings.Join(offered, ", "))
	refused.Cause = err
	return refused
}
