package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/ascli-go/ascli/sandbox/world/atomicfile"
)

// bypassKey returns the PEM of the key which, with a transfer token, lets SSH
// user xfer in. Products of Aspera all share one such key; a sandbox makes its
// own, once.
func bypassKey(file string) ([]byte, error) {
	kept, err := os.ReadFile(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return kept, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make the bypass key: %w", err)
	}
	made := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return made, atomicfile.Write(file, made)
}
