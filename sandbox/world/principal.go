package world

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"

	"github.com/ascli-go/ascli/sandbox/grant"
)

// Principal is who asks: a node user or an access key whose secret was checked,
// or a user of an access key with a bearer token.
type Principal struct {
	Name   string // of the node user, or id of the access key
	kind   kind
	rootID string
	bearer *bearer // nil for a node user and for an access key itself
}

type kind int

const (
	nodeUser kind = iota
	accessKey
)

// IsAccessKey tells an access key, or a user of one, from a node user: only the
// former may use calls by file id.
func (p Principal) IsAccessKey() bool { return p.kind == accessKey }

// Authenticate checks the name and secret of a node user or access key. The
// error wraps [grant.ErrDenied] and does not tell an unknown name from a wrong
// secret.
func (w *World) Authenticate(name, secret string) (Principal, error) {
	p, expected, known := w.accounts.find(name)
	// Compare in any case, so that the time taken says nothing of the name.
	if same := sameSecret(secret, expected); !known || !same {
		return Principal{}, fmt.Errorf("%w: wrong user name or password", grant.ErrDenied)
	}
	return p, nil
}

// NodeUser returns the name and password of the node user of this world.
func (w *World) NodeUser() (name, password string) {
	_, password, _ = w.accounts.find(defaultNodeUser)
	return defaultNodeUser, password
}

// DefaultAccessKey returns the id and secret of the access key that a new world
// has. It reports false once that key was deleted.
func (w *World) DefaultAccessKey() (id, secret string, exists bool) {
	_, secret, exists = w.accounts.find(defaultAccessKey)
	return defaultAccessKey, secret, exists
}

// sameSecret compares in a time that depends neither on the content nor on the
// lengths.
func sameSecret(given, expected string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(expected))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// newUUID returns a random UUID (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
