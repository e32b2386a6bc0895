package sshclient_test

import (
	"crypto/sha1"
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

func sha1Of(key ssh.PublicKey) string {
	sum := sha1.Sum(key.Marshal())
	return hex.EncodeToString(sum[:])
}

// colons puts a colon between the bytes of a fingerprint.
func colons(digits string) string {
	var pairs []string
	for i := 0; i < len(digits); i += 2 {
		pairs = append(pairs, digits[i:i+2])
	}
	return strings.Join(pairs, ":")
}

// knownName is how files of known hosts name a server.
func knownName(s *sshdtest.Server) string { return knownhosts.Normalize(s.Address()) }

func hashed(s *sshdtest.Server) string { return knownhosts.HashHostname(knownName(s)) }

func knownHosts(t *testing.T, host string, key ssh.PublicKey) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "known_hosts")
	line := host + " " + string(ssh.MarshalAuthorizedKey(key))
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// serve runs a server in Go on loopback that lets in whom config does, hands
// requests to answer, and returns its address. sshd can check passwords of the
// system's users only.
func serve(t *testing.T, config *ssh.ServerConfig, answer func(<-chan *ssh.Request)) *net.TCPAddr {
	t.Helper()
	signer, _, err := sshdtest.NewKey(sshdtest.Ed25519, "")
	if err != nil {
		t.Fatal(err)
	}
	config.AddHostKey(signer)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				server, channels, requests, err := ssh.NewServerConn(conn, config)
				if err != nil {
					return
				}
				go answer(requests)
				go func() {
					for channel := range channels {
						_ = channel.Reject(ssh.Prohibited, "this server only lets in")
					}
				}()
				_ = server.Wait()
			}()
		}
	}()
	return listener.Addr().(*net.TCPAddr)
}
