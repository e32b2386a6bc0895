package oauth

import (
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/youmark/pkcs8"
	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sdk/failure"
)

// ParsePrivateKey reads an RSA private key: PEM text (PKCS#1, PKCS#8 or
// OpenSSH), protected or not. The passphrase is not looked at when the key is
// not protected.
func ParsePrivateKey(text, passphrase string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text)))
	if block == nil {
		return nil, noKey()
	}
	if strings.HasSuffix(block.Type, "PUBLIC KEY") || block.Type == "CERTIFICATE" {
		return nil, failure.Argumentf("private key is needed, this one is public").
			Hint("option private_key takes the file that begins with: -----BEGIN PRIVATE KEY-----")
	}
	key, err := parseBlock(block, passphrase)
	switch {
	case err != nil:
		return nil, err
	case key == nil:
		return nil, noKey()
	}
	private, isRSA := key.(*rsa.PrivateKey)
	if !isRSA {
		return nil, failure.Argumentf("private key must be an RSA key: tokens are signed with RS256").
			Hint("generate one with: ascli config genkey <path>")
	}
	return private, nil
}

// parseBlock returns nil for what is no key at all.
func parseBlock(block *pem.Block, passphrase string) (any, error) {
	if block.Type == "ENCRYPTED PRIVATE KEY" {
		if passphrase == "" {
			return nil, needsPassphrase()
		}
		// The library tells a wrong passphrase from a damaged file by guess only.
		key, _, err := pkcs8.ParsePrivateKey(block.Bytes, []byte(passphrase))
		if err != nil {
			return nil, wrongPassphrase()
		}
		return key, nil
	}
	text := pem.EncodeToMemory(block)
	key, err := ssh.ParseRawPrivateKey(text)
	var protected *ssh.PassphraseMissingError
	switch {
	case err == nil:
		return key, nil
	case !errors.As(err, &protected):
		return nil, nil
	case passphrase == "":
		return nil, needsPassphrase()
	}
	key, err = ssh.ParseRawPrivateKeyWithPassphrase(text, []byte(passphrase))
	if err != nil {
		return nil, wrongPassphrase()
	}
	return key, nil
}

// noKey never has the text: a mistyped key is a secret too. Its advice is that
// of package failure.
func noKey() error {
	return failure.Otherf("OpenSSL::PKey::RSAError", "Neither PUB key nor PRIV key")
}

func needsPassphrase() error {
	return failure.Argumentf("the private key is protected by a passphrase").Hint("give it with option passphrase")
}

func wrongPassphrase() error {
	return failure.Argumentf("the passphrase does not open the private key").Hint("check option passphrase")
}
