package sshclient

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// fingerprint is what a host key must hash to.
type fingerprint struct {
	sum  []byte
	hash func(key []byte) []byte
}

// parseFingerprint reads SHA-1 or SHA-256 in hexadecimal digits, with or without
// colons or blanks between them, as ascp does, and what OpenSSH prints,
// "SHA256:<base64>".
func parseFingerprint(text string) (fingerprint, error) {
	if digest, isOpenSSH := strings.CutPrefix(strings.TrimSpace(text), "SHA256:"); isOpenSSH {
		sum, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(digest, "="))
		if err == nil && len(sum) == sha256.Size {
			return fingerprint{sum, sumSHA256}, nil
		}
		return fingerprint{}, wrongFingerprint(text)
	}
	sum, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(text))
	switch {
	case err == nil && len(sum) == sha1.Size:
		return fingerprint{sum, sumSHA1}, nil
	case err == nil && len(sum) == sha256.Size:
		return fingerprint{sum, sumSHA256}, nil
	}
	return fingerprint{}, wrongFingerprint(text)
}

func wrongFingerprint(text string) *Error {
	return errorf(Configuration, "%q is no fingerprint of a host key: give SHA-1 as 40 hexadecimal digits, or SHA256:<base64> as ssh-keygen -l prints it", text)
}

func (f fingerprint) matches(key ssh.PublicKey) bool {
	return slices.Equal(f.sum, f.hash(key.Marshal()))
}

func sumSHA1(key []byte) []byte   { sum := sha1.Sum(key); return sum[:] }
func sumSHA256(key []byte) []byte { sum := sha256.Sum256(key); return sum[:] }
