// Package nodetoken reads and makes the bearer tokens of the Node API: claims
// about a user of an access key, signed by the owner of that key (node.md 10.2).
//
//	token  = base64( zlib( payload LF "==SIGNATURE==" LF signature lines ) )
//
// The signature is RSA PKCS #1 v1.5 over the SHA-512 of the payload, in base64.
package nodetoken

import (
	"bytes"
	"compress/zlib"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	separator = "\n==SIGNATURE==\n"
	// signatureLine is the most characters of a line of the signature.
	signatureLine = 60
	// maxSize bounds a token, packed and unpacked: bytes. Real ones have a few
	// hundred; it also ends what would unpack to gigabytes.
	maxSize = 64 << 10
	// timeLayout is that of Claims.ExpiresAt.
	timeLayout = time.RFC3339
)

// Claims are what the payload says (node.md 10.3).
type Claims struct {
	UserID    string   `json:"user_id"`
	GroupIDs  []string `json:"group_ids"`
	Scope     string   `json:"scope"`      // node.<access key>:<role>
	AuthType  string   `json:"auth_type"`  // access_key or node_user
	ExpiresAt string   `json:"expires_at"` // UTC, such as 2026-11-22T02:41:24Z
}

// Token is a decoded token whose signature was not checked yet.
type Token struct {
	Claims
	payload   []byte
	signature []byte
}

// Decode reads a token. It looks neither at the signature nor at the claims.
func Decode(text string) (*Token, error) {
	if len(text) > maxSize {
		return nil, fmt.Errorf("the bearer token is longer than %d characters", maxSize)
	}
	// DecodeString passes over line breaks, as the format asks.
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("the bearer token is not base64: %w", err)
	}
	unpacked, err := inflate(packed)
	if err != nil {
		return nil, fmt.Errorf("the bearer token is not zlib data: %w", err)
	}
	payload, lines, found := bytes.Cut(unpacked, []byte(separator))
	if !found {
		return nil, errors.New("the bearer token has no signature")
	}
	t := &Token{payload: payload}
	if err := json.Unmarshal(payload, &t.Claims); err != nil {
		return nil, fmt.Errorf("the payload of the bearer token: %w", err)
	}
	if t.signature, err = base64.StdEncoding.DecodeString(string(lines)); err != nil {
		return nil, fmt.Errorf("the signature of the bearer token is not base64: %w", err)
	}
	return t, nil
}

func inflate(packed []byte) ([]byte, error) {
	in, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	unpacked, err := io.ReadAll(io.LimitReader(in, maxSize+1))
	if err != nil {
		return nil, err
	}
	if len(unpacked) > maxSize {
		return nil, fmt.Errorf("it unpacks to more than %d bytes", maxSize)
	}
	return unpacked, nil
}

// Verify checks the signature against a public key.
func (t *Token) Verify(key *rsa.PublicKey) error {
	digest := sha512.Sum512(t.payload)
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA512, digest[:], t.signature); err != nil {
		return fmt.Errorf("the signature of the bearer token: %w", err)
	}
	return nil
}

// AccessKey returns the access key and the role in the scope.
func (c Claims) AccessKey() (id, role string, err error) {
	rest, isNode := strings.CutPrefix(c.Scope, "node.")
	id, role, found := strings.Cut(rest, ":")
	if !isNode || !found || id == "" {
		return "", "", fmt.Errorf("the scope of the bearer token is %q; expect node.<access key>:<role>", c.Scope)
	}
	return id, role, nil
}

// Expired tells whether the token is no longer valid at now. An expiry that is
// no time is an error.
func (c Claims) Expired(now time.Time) (bool, error) {
	end, err := time.Parse(timeLayout, c.ExpiresAt)
	if err != nil {
		return false, fmt.Errorf("expires_at of the bearer token is %q; expect a time such as 2026-11-22T02:41:24Z", c.ExpiresAt)
	}
	return !end.After(now), nil
}

// Sign makes the token of a payload.
func Sign(payload []byte, key *rsa.PrivateKey) (string, error) {
	digest := sha512.Sum512(payload)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA512, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign a bearer token: %w", err)
	}
	var packed bytes.Buffer
	out := zlib.NewWriter(&packed)
	// A bytes.Buffer takes everything: nothing fails from here.
	_, _ = out.Write(payload)
	_, _ = io.WriteString(out, separator)
	for text := base64.StdEncoding.EncodeToString(signature); text != ""; {
		line := text[:min(signatureLine, len(text))]
		_, _ = io.WriteString(out, line+"\n")
		text = text[len(line):]
	}
	_ = out.Close()
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}

// ParsePublicKey reads the PEM of a token verification key: a
// SubjectPublicKeyInfo, or the older form for RSA alone.
func ParsePublicKey(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("not a PEM text")
	}
	if block.Type == "RSA PUBLIC KEY" {
		return x509.ParsePKCS1PublicKey(block.Bytes)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	public, isRSA := key.(*rsa.PublicKey)
	if !isRSA {
		return nil, fmt.Errorf("a key of type %T, not RSA", key)
	}
	return public, nil
}
