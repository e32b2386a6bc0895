package world

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
)

// tokens are the transfer tokens given out and not expired. They are opaque:
// all that a token allows is held here, and ends with the process.
type tokens struct {
	now func() time.Time

	mu    sync.Mutex
	given map[string]transferToken
}

type transferToken struct {
	issuer    string          // principal that asked for it
	direction grant.Direction // "" for both
	allows    grant.Grant
	expires   time.Time
}

func newTokens(now func() time.Time) *tokens {
	return &tokens{now: now, given: map[string]transferToken{}}
}

// issue returns a new token. Transfer tokens begin with AT and end with TA
// (node.md S3.2).
func (ts *tokens) issue(t transferToken, life time.Duration) string {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	now := ts.now()
	for text, old := range ts.given {
		if !old.expires.After(now) {
			delete(ts.given, text)
		}
	}
	t.expires = now.Add(life)
	text := "ATM2_" + rand.Text() + "_2MTA"
	ts.given[text] = t
	return text
}

func (ts *tokens) find(text string) (transferToken, bool) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	// Looking up 130 random bits in a hash table leaks nothing of use.
	t, known := ts.given[text]
	return t, known && t.expires.After(ts.now())
}

// revoke ends the tokens of an issuer.
func (ts *tokens) revoke(issuer string) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for text, t := range ts.given {
		if t.issuer == issuer {
			delete(ts.given, text)
		}
	}
}

// UploadToken gives out a transfer token to write below destination, a path
// that need not exist.
func (v *View) UploadToken(destination string, life time.Duration) (string, error) {
	where, err := localize(destination)
	if err != nil {
		return "", err
	}
	return v.issue(grant.Send, grant.Grant{Destination: absolute(where)}, life)
}

// DownloadToken gives out a transfer token to read what is at, and below, the
// given paths.
func (v *View) DownloadToken(sources []string, life time.Duration) (string, error) {
	allowed := make([]string, len(sources))
	for i, source := range sources {
		where, err := localize(source)
		if err != nil {
			return "", err
		}
		allowed[i] = absolute(where)
	}
	return v.issue(grant.Receive, grant.Grant{Sources: allowed}, life)
}

// SyncToken gives out a transfer token to read and write below a folder, which
// need not exist.
func (v *View) SyncToken(folder string, life time.Duration) (string, error) {
	where, err := localize(folder)
	if err != nil {
		return "", err
	}
	both := absolute(where)
	return v.issue("", grant.Grant{Destination: both, Sources: []string{both}}, life)
}

func (v *View) issue(direction grant.Direction, allows grant.Grant, life time.Duration) (string, error) {
	root, err := v.folderOnDisk(".")
	if err != nil {
		return "", err
	}
	allows.Owner, allows.Root, allows.Disk = v.caller.Account(), root, v.world.disk
	return v.world.tokens.issue(transferToken{issuer: v.caller.Name, direction: direction, allows: allows}, life), nil
}
