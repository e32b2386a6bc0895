package node

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

const (
	bearerPrefix = "Bearer "
	// scopePrefix stands before the access key in the scope of a token.
	scopePrefix = "node."
	// signatureMark separates the payload of a token from its signature.
	signatureMark = "==SIGNATURE=="
	// maxToken bounds the size of an inflated token, bytes.
	maxToken = 1 << 20
)

// IsBearer tells a bearer authorization from a password.
func IsBearer(password string) bool { return strings.HasPrefix(password, bearerPrefix) }

// BearerAccessKey returns the id of the access key that a bearer authorization
// ("Bearer <token>") is for. It is in the scope of the token
// (spec/plugins/node.md 2).
func BearerAccessKey(authorization string) (string, error) {
	payload, err := DecodeToken(strings.TrimPrefix(authorization, bearerPrefix))
	if err != nil {
		return "", failure.Argumentf("option password is not a node bearer token: %w", err)
	}
	scope := payload.Text("scope")
	name, _, complete := strings.Cut(scope, ":")
	accessKey, isNode := strings.CutPrefix(name, scopePrefix)
	if !complete || !isNode {
		return "", failure.Argumentf("invalid scope: %s", scope)
	}
	return accessKey, nil
}

// DecodeToken returns the payload of a node bearer token, which is base64 of
// zlib of JSON and a signature. The signature is not checked: only the server
// has the key (spec/plugins/node.md 10.2).
func DecodeToken(token string) (*record.Object, error) {
	compressed, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return nil, err
	}
	inflater, err := zlib.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(inflater, maxToken+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxToken {
		return nil, fmt.Errorf("more than %d bytes", maxToken)
	}
	// A text of the payload may hold the mark; base64 of a signature cannot.
	mark := bytes.LastIndex(text, []byte(signatureMark))
	if mark < 0 {
		return nil, fmt.Errorf("no signature")
	}
	return record.ParseObject(text[:mark])
}
