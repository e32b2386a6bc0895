// Package grant says what the bearer of a transfer credential may touch. The
// Node API hands credentials out, the SSH server and the HTTP gateway honour them.
package grant

import (
	"errors"
	"strings"

	"github.com/ascli-go/ascli/sandbox/quota"
)

// ErrDenied is the answer to a credential that is unknown, expired, or meant
// for the other direction.
var ErrDenied = errors.New("authorization refused")

// Direction of a transfer as the client sees it.
type Direction string

// The two directions (transfer spec field "direction").
const (
	Send    Direction = "send"
	Receive Direction = "receive"
)

// Grant is what an accepted credential allows.
type Grant struct {
	// Owner is the account whose credential this is: see [SplitAccount].
	Owner string
	// Root is the absolute folder on disk that the client sees as "/".
	Root string
	// Destination is the folder below Root (slash path, "/" for all) that a
	// send may write to. Empty for a receive.
	Destination string
	// Sources are the paths below Root that a receive may read; nil means all.
	Sources []string
	// Disk bounds what may be written; nil is no bound.
	Disk *quota.Disk
}

// SplitAccount tells who an account is: a node user or access key, by its name,
// or "<access key>:<user>" for a user of an access key with a bearer token.
// Names hold no colon.
func SplitAccount(account string) (name, user string) {
	name, user, _ = strings.Cut(account, ":")
	return name, user
}

// Authority checks transfer credentials. Its methods may be called from any
// goroutine; they return an error that wraps ErrDenied to refuse.
type Authority interface {
	// AuthorizeToken checks a transfer spec token: one made by upload_setup or
	// download_setup ("AT..."), "Basic <base64 of access key:secret>", or
	// "Bearer <node token>". tags is the JSON of transfer spec field "tags": with
	// an access key or a bearer it names the folder (aspera.node.file_id) that
	// becomes Root, with a bearer its access key too (aspera.node.access_key).
	AuthorizeToken(token string, tags []byte, direction Direction) (Grant, error)
	// AuthorizePassword checks the name and password of a node user.
	AuthorizePassword(user, password string) (Grant, error)
}
