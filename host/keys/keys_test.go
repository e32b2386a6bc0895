package keys_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/host/keys"
)

func noPassphrase() (string, error) { return "", errors.New("asked for a passphrase") }

func TestGenerateAndPublic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key.pem")
	public, err := keys.Generate(path, 2048)
	if err != nil {
		t.Fatal(err)
	}
	private, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(private), "-----BEGIN RSA PRIVATE KEY-----\n") {
		t.Fatalf("private key %.40q, %v", private, err)
	}
	written, err := os.ReadFile(path + ".pub")
	if err != nil || string(written) != public || !strings.HasPrefix(public, "-----BEGIN PUBLIC KEY-----\n") {
		t.Fatalf("public key %.40q, %v", written, err)
	}
	for _, text := range []string{string(private), public} {
		if got, err := keys.Public(text, noPassphrase); err != nil || got != public {
			t.Errorf("public key of %.30q: %.40q, %v", text, got, err)
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	for _, file := range []string{path, path + ".pub"} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
}

func TestPublicOfProtectedKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte("opensesame"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(block))
	got, err := keys.Public(text, func() (string, error) { return "opensesame", nil })
	if err != nil || !strings.HasPrefix(got, "-----BEGIN PUBLIC KEY-----") {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := keys.Public(text, func() (string, error) { return "wrong", nil }); err == nil || strings.Contains(err.Error(), "wrong") {
		t.Errorf("wrong passphrase: %v", err)
	}
}

func TestErrors(t *testing.T) {
	for _, text := range []string{"", "/home/joe/key.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		if _, err := keys.Public(text, noPassphrase); err == nil || err.Error() != "Neither PUB key nor PRIV key" {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := keys.Generate(filepath.Join(t.TempDir(), "no", "folder"), 2048); err == nil {
		t.Error("folder that does not exist: no error")
	}
	if _, err := keys.Generate(filepath.Join(t.TempDir(), "key"), 12); err == nil {
		t.Error("12 bits: no error")
	}
}

func FuzzPublic(f *testing.F) {
	f.Add("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n")
	f.Fuzz(func(t *testing.T, text string) { _, _ = keys.Public(text, noPassphrase) })
}
