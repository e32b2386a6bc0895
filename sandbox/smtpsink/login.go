package smtpsink

import (
	"crypto/sha256"
	"crypto/subtle"

	"github.com/emersion/go-sasl"
)

// loginServer is the server's side of AUTH LOGIN (draft-murchison-sasl-login),
// of which go-sasl has the client's side only.
type loginServer struct {
	logIn func(user, password string) error
	user  string
	named bool
}

// Next takes the answer to the challenge before; nil at the start, or the user
// name if the client sent it at once.
func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case l.named && response == nil:
		return nil, false, sasl.ErrUnexpectedClientResponse
	case l.named:
		return nil, true, l.logIn(l.user, string(response))
	case response == nil:
		return []byte("Username:"), false, nil
	}
	l.user, l.named = string(response), true
	return []byte("Password:"), false, nil
}

// matches compares without telling by its time how much of a password is right.
func matches(accounts map[string]string, user, password string) bool {
	known, exists := accounts[user]
	want, got := sha256.Sum256([]byte(known)), sha256.Sum256([]byte(password))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1 && exists
}
