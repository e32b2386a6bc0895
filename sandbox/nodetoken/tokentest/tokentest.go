// Package tokentest makes bearer tokens for tests.
package tokentest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/nodetoken"
)

// key signs all tokens; making one takes long.
var key = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// VerificationKey returns the PEM by which the tokens of [Sign] are verified.
func VerificationKey(t testing.TB) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&signer(t).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// Sign makes the token of claims.
func Sign(t testing.TB, claims nodetoken.Claims) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	token, err := nodetoken.Sign(payload, signer(t))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// Claims returns the claims of a user of an access key, valid for an hour from
// now. The role is user:all or admin:all.
func Claims(accessKey, role, user string, groups ...string) nodetoken.Claims {
	return nodetoken.Claims{
		UserID: user, GroupIDs: groups, Scope: "node." + accessKey + ":" + role, AuthType: "access_key",
		ExpiresAt: time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
	}
}

func signer(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	k, err := key()
	if err != nil {
		t.Fatal(err)
	}
	return k
}
