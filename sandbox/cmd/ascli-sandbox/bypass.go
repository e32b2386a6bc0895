package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/pem"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// bypassSeed is where the key comes from.
const bypassSeed = "ascli sandbox: SSH key of transfers by token"

// bypassKey returns the PEM of the key which, with a transfer token, lets SSH
// user xfer in. Products of Aspera all share one such key, so that each can
// transfer with each; so do all sandboxes. It protects nothing: the token does.
func bypassKey() ([]byte, error) {
	seed := sha256.Sum256([]byte(bypassSeed))
	block, err := ssh.MarshalPrivateKey(ed25519.NewKeyFromSeed(seed[:]), "ascli sandbox")
	if err != nil {
		return nil, fmt.Errorf("make the bypass key: %w", err)
	}
	return pem.EncodeToMemory(block), nil
}
