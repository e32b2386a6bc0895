package world

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// ErrPublicKey: a text is not a public key in the form of OpenSSH.
var ErrPublicKey = errors.New("not a public key in the form of OpenSSH")

// publicKeys are the dynamic SSH keys: those that clients make for a transfer or
// register for some time. They end with the process.
type publicKeys struct {
	now func() time.Time

	mu    sync.Mutex
	given map[string]publicKey // by key, in wire format
}

type publicKey struct {
	issuer  string // principal that registered it
	expires time.Time
}

func newPublicKeys(now func() time.Time) *publicKeys {
	return &publicKeys{now: now, given: map[string]publicKey{}}
}

func (ks *publicKeys) add(key ssh.PublicKey, issuer string, life time.Duration) {
	ks.mu.Lock()
	defer ks.mu.Unlock()
	now := ks.now()
	for text, old := range ks.given {
		if !old.expires.After(now) {
			delete(ks.given, text)
		}
	}
	ks.given[string(key.Marshal())] = publicKey{issuer: issuer, expires: now.Add(life)}
}

func (ks *publicKeys) has(key ssh.PublicKey) bool {
	ks.mu.Lock()
	defer ks.mu.Unlock()
	k, known := ks.given[string(key.Marshal())]
	return known && k.expires.After(ks.now())
}

// revoke ends the keys of an issuer.
func (ks *publicKeys) revoke(issuer string) {
	ks.mu.Lock()
	defer ks.mu.Unlock()
	for text, k := range ks.given {
		if k.issuer == issuer {
			delete(ks.given, text)
		}
	}
}

// RegisterPublicKey lets an SSH key in for some time: it may log in for
// transfers, which then need a token as always. The text is a line of OpenSSH;
// the result is that line without options and comment.
func (w *World) RegisterPublicKey(p Principal, text string, life time.Duration) (string, error) {
	key, _, _, rest, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil || len(rest) > 0 {
		return "", fmt.Errorf("%w: expect one line such as \"ssh-rsa AAAA...\"", ErrPublicKey)
	}
	w.keys.add(key, p.Name, life)
	line := ssh.MarshalAuthorizedKey(key)
	return string(line[:len(line)-1]), nil
}

// AcceptsPublicKey tells whether an SSH key is registered.
func (w *World) AcceptsPublicKey(key ssh.PublicKey) bool { return w.keys.has(key) }
