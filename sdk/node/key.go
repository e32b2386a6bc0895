package node

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// SigningKey reads the RSA private key that signs the tokens of an access key:
// PEM text of PKCS#1 or PKCS#8, without passphrase.
func SigningKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text)))
	switch {
	case block == nil:
		return nil, noKey()
	case isPublic(block):
		return nil, failure.Argumentf("private key is needed")
	case block.Type == "OPENSSH PRIVATE KEY":
		return nil, noKey().Hint("a key in OpenSSH format is converted with: ssh-keygen -p -m PEM -f key.pem")
	case block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
		return nil, protectedKey()
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, isRSA := parsed.(*rsa.PrivateKey)
	if err != nil || !isRSA {
		return nil, noKey()
	}
	return key, nil
}

// VerificationKey returns the public part of an RSA key, private or public, in
// the form that an access key keeps it: PEM of SubjectPublicKeyInfo
// (spec/plugins/node.md 10.4).
func VerificationKey(text string) (string, error) {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text)))
	if block == nil || !isPublic(block) {
		key, err := SigningKey(text)
		if err != nil {
			return "", err
		}
		return publicPEM(&key.PublicKey)
	}
	if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return publicPEM(key)
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	key, isRSA := parsed.(*rsa.PublicKey)
	if err != nil || !isRSA {
		return "", noKey()
	}
	return publicPEM(key)
}

func publicPEM(key *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", noKey()
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

func isPublic(block *pem.Block) bool { return strings.HasSuffix(block.Type, "PUBLIC KEY") }

// noKey never has the text: a mistyped key is a secret too.
func noKey() *failure.Error {
	return failure.Otherf("OpenSSL::PKey::RSAError", "the value is not an RSA key in PEM format").
		Hint("give the content of a file, not its path: @file:/path/to/key.pem")
}

func protectedKey() error {
	return failure.Argumentf("the private key is protected by a passphrase").
		Hint("give a copy without passphrase: openssl rsa -in key.pem -out open.pem")
}
