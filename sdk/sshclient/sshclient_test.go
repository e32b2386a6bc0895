package sshclient_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sdk/sshclient"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

func config(s *sshdtest.Server) sshclient.Config {
	return sshclient.Config{
		Host: s.Host, Port: s.Port, User: s.User,
		Keys:     []sshclient.Key{{PEM: s.Key}},
		HostKeys: sshclient.HostKeys{Files: []string{s.KnownHosts}},
	}
}

// talk runs a command by a connection.
func talk(t *testing.T, c sshclient.Config) {
	t.Helper()
	client, err := sshclient.Dial(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := session.Output("echo hello"); err != nil || string(out) != "hello\n" {
		t.Errorf("the server says %q, %v", out, err)
	}
}

func fails(t *testing.T, c sshclient.Config, kind sshclient.Kind, parts ...string) *sshclient.Error {
	t.Helper()
	client, err := sshclient.Dial(t.Context(), c)
	var failed *sshclient.Error
	if !errors.As(err, &failed) || client != nil {
		t.Fatalf("got %v, %v", client, err)
	}
	if failed.Kind != kind {
		t.Errorf("kind %d of %v", failed.Kind, err)
	}
	for _, part := range parts {
		if !strings.Contains(failed.Message+"\n"+strings.Join(failed.Hints, "\n"), part) {
			t.Errorf("no %q in %q, hints %q", part, failed.Message, failed.Hints)
		}
	}
	return failed
}

func TestKeys(t *testing.T) {
	server := sshdtest.Start(t, sshdtest.Options{})
	for _, kind := range []string{sshdtest.RSA, sshdtest.ECDSA, sshdtest.Ed25519} {
		for _, passphrase := range []string{"", "open sesame"} {
			t.Run(kind+" "+passphrase, func(t *testing.T) {
				signer, text, err := sshdtest.NewKey(kind, passphrase)
				if err != nil {
					t.Fatal(err)
				}
				if err := server.Authorize(signer.PublicKey()); err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(t.TempDir(), "key")
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				c := config(server)
				c.Keys = []sshclient.Key{{Path: path, Passphrase: passphrase}}
				talk(t, c)
				if passphrase != "" {
					c.Keys[0].Passphrase = "wrong"
					fails(t, c, sshclient.Configuration, "the passphrase does not open the private key")
					c.Keys[0].Passphrase = ""
					fails(t, c, sshclient.Configuration, path+": the private key is protected")
				}
			})
		}
	}
}

func TestRefusedUser(t *testing.T) {
	server := sshdtest.Start(t, sshdtest.Options{Config: []string{"PasswordAuthentication yes"}})
	_, stranger, err := sshdtest.NewKey(sshdtest.Ed25519, "")
	if err != nil {
		t.Fatal(err)
	}
	c := config(server)
	c.Keys = []sshclient.Key{{PEM: stranger}}
	fails(t, c, sshclient.Authentication, "Authentication failure", "with this key")
	c.Keys, c.Password = nil, "s3cret"
	if err := fails(t, c, sshclient.Authentication, "with this password"); strings.Contains(err.Error(), "s3cret") {
		t.Error("the error shows the password")
	}
	c.Password = ""
	fails(t, c, sshclient.Authentication, "wants a password or a key")
	c.Keys = []sshclient.Key{{PEM: "nonsense"}}
	fails(t, c, sshclient.Configuration, "no private key that SSH knows")
	c.Keys = []sshclient.Key{{Path: filepath.Join(t.TempDir(), "none")}}
	fails(t, c, sshclient.Configuration, "cannot read the private key")
}

func TestHostKeys(t *testing.T) {
	server := sshdtest.Start(t, sshdtest.Options{})
	sum := ssh.FingerprintSHA256(server.HostKeys[sshdtest.RSA])
	sha1 := sha1Of(server.HostKeys[sshdtest.ECDSA])
	with := func(keys sshclient.HostKeys) sshclient.Config {
		c := config(server)
		c.HostKeys = keys
		return c
	}
	t.Run("fingerprints of any of its keys", func(t *testing.T) {
		for _, text := range []string{sum, sha1, strings.ToUpper(sha1), colons(sha1)} {
			talk(t, with(sshclient.HostKeys{Fingerprint: text}))
		}
	})
	t.Run("another fingerprint", func(t *testing.T) {
		fails(t, with(sshclient.HostKeys{Fingerprint: strings.Repeat("0", 40)}), sshclient.HostKey,
			"Remote host is not who we expected", sum, "ssh-ed25519", "ecdsa-sha2-nistp256")
		fails(t, with(sshclient.HostKeys{Fingerprint: "zoo"}), sshclient.Configuration, `"zoo" is no fingerprint`)
	})
	t.Run("one known kind of key among others", func(t *testing.T) {
		for kind, key := range server.HostKeys {
			for _, host := range []string{knownName(server), hashed(server)} {
				t.Run(kind, func(t *testing.T) {
					talk(t, with(sshclient.HostKeys{Files: []string{knownHosts(t, host, key)}}))
				})
			}
		}
	})
	t.Run("unknown", func(t *testing.T) {
		err := fails(t, with(sshclient.HostKeys{Files: []string{filepath.Join(t.TempDir(), "none")}}), sshclient.HostKey,
			"is not a known host", "SHA256:", "ssh-keyscan -p", "sshfp")
		if err.Retryable() || !err.Unknown {
			t.Error("an unknown host is no reason to try again")
		}
	})
	t.Run("changed", func(t *testing.T) {
		other, _, err := sshdtest.NewKey(sshdtest.Ed25519, "")
		if err != nil {
			t.Fatal(err)
		}
		file := knownHosts(t, knownName(server), other.PublicKey())
		for _, policy := range []sshclient.Policy{sshclient.Strict, sshclient.AcceptNew} {
			fails(t, with(sshclient.HostKeys{Files: []string{file}, Policy: policy}), sshclient.HostKey,
				"Remote host is not who we expected", file+":1", "ssh-keygen -R")
		}
	})
	t.Run("accept any", func(t *testing.T) {
		talk(t, with(sshclient.HostKeys{Policy: sshclient.AcceptAny}))
	})
	t.Run("damaged file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(file, []byte("host ssh-rsa zoo\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		fails(t, with(sshclient.HostKeys{Files: []string{file}}), sshclient.Configuration, file+":1")
	})
}

func TestAcceptNew(t *testing.T) {
	server := sshdtest.Start(t, sshdtest.Options{})
	file := filepath.Join(t.TempDir(), "new", "known_hosts")
	c := config(server)
	c.HostKeys = sshclient.HostKeys{Files: []string{file}, Policy: sshclient.AcceptNew}
	// Connections at the same time add one line.
	results := make(chan error)
	for range 4 {
		go func() {
			client, err := sshclient.Dial(t.Context(), c)
			if err == nil {
				err = client.Close()
			}
			results <- err
		}()
	}
	for range 4 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), "\n") != 1 || !strings.HasPrefix(string(text), knownName(server)+" ") {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
	c.HostKeys.Policy = sshclient.Strict
	talk(t, c)
}

func TestCertificateAuthority(t *testing.T) {
	server := sshdtest.Start(t, sshdtest.Options{HostKeys: []string{sshdtest.Ed25519}, Certified: true})
	c := config(server)
	c.HostKeys.Files = []string{server.Authority}
	talk(t, c)
}

func TestNoConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	address := listener.Addr().(*net.TCPAddr)
	c := sshclient.Config{
		Host: "127.0.0.1", Port: address.Port, User: "u", Password: "p",
		HostKeys: sshclient.HostKeys{Policy: sshclient.AcceptAny}, ConnectTimeout: 50 * time.Millisecond,
	}
	if err := fails(t, c, sshclient.Timeout, "no SSH connection"); !err.Retryable() {
		t.Error("a timeout is worth a retry")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	c.ConnectTimeout = time.Minute
	c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		cancel(errors.New("enough"))
		return conn, err
	}
	if _, err := sshclient.Dial(ctx, c); err == nil || err.Error() != "enough" {
		t.Errorf("a cancelled connection gives %v", err)
	}
	c.Dial = nil
	listener.Close()
	if err := fails(t, c, sshclient.Connection, "cannot connect"); !err.Retryable() {
		t.Error("a refused connection is worth a retry")
	}
}
