// Package keys makes and reads the RSA keys with which users sign
// (spec/plugins/config.md 12).
package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/host/atomicfile"
	"github.com/ascli-go/ascli/sdk/failure"
)

// DefaultBits is the size of a new key.
const DefaultBits = 4096

// The sizes that a new key may have, bits.
const (
	minBits = 1024
	maxBits = 16384
)

// Generate writes a new private key to path (PKCS#1, without passphrase) and its
// public key to path.pub (SPKI), both as PEM that only the user can read. It
// returns the public one.
func Generate(path string, bits int) (publicPEM string, err error) {
	if bits < minBits || bits > maxBits {
		return "", failure.Argumentf("an RSA key of %d bits: expecting %d to %d", bits, minBits, maxBits)
	}
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return "", failure.Otherf("OpenSSL::PKey::PKeyError", "%w", err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if publicPEM, err = encodePublic(&key.PublicKey); err != nil {
		return "", err
	}
	if err := atomicfile.Write(path, private); err != nil {
		return "", failure.Otherf("Errno::ENOENT", "cannot write the private key: %w", err)
	}
	if err := atomicfile.Write(path+".pub", []byte(publicPEM)); err != nil {
		return "", failure.Otherf("Errno::ENOENT", "cannot write the public key: %w", err)
	}
	return publicPEM, nil
}

// Public returns the public key (SPKI PEM) of a private or public key given as
// PEM text. passphrase is called for a key that is protected.
func Public(text string, passphrase func() (string, error)) (string, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return "", notAKey()
	}
	if public := parsePublic(block); public != nil {
		return encodePublic(public)
	}
	private, err := ssh.ParseRawPrivateKey([]byte(text))
	var protected *ssh.PassphraseMissingError
	if errors.As(err, &protected) {
		typed, askErr := passphrase()
		if askErr != nil {
			return "", askErr
		}
		if private, err = ssh.ParseRawPrivateKeyWithPassphrase([]byte(text), []byte(typed)); err != nil {
			return "", failure.Otherf("OpenSSL::PKey::PKeyError", "the passphrase does not open the key")
		}
	}
	signer, ok := private.(crypto.Signer)
	if err != nil || !ok {
		return "", notAKey()
	}
	return encodePublic(signer.Public())
}

// parsePublic returns nil for a block that is no public key.
func parsePublic(block *pem.Block) crypto.PublicKey {
	if key, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
		return key
	}
	if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return key
	}
	return nil
}

func encodePublic(key crypto.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", failure.Otherf("OpenSSL::PKey::PKeyError", "%w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// notAKey gets its hints from the table of advice (spec/cli.md 7.2).
func notAKey() error {
	return failure.Otherf("OpenSSL::PKey::PKeyError", "Neither PUB key nor PRIV key")
}
