package product

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestKey(t *testing.T) {
	root := t.TempDir()
	system := System{OS: runtime.GOOS, Home: t.TempDir()}
	ascp := touch(t, root, "bin", "ascp")
	key := touch(t, root, "etc", "aspera_tokenauth_id_rsa")
	found, err := Search{System: system, AscpPath: ascp}.Locate()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := found.Key(KeyRSA); err != nil || got != key {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := found.Key(KeyDSA); err == nil {
		t.Errorf("got %q for a key that is not there", got)
	}
	if got := found.License(); got != "" {
		t.Errorf("licence %q", got)
	}
	if _, err := found.Sibling("ascp4"); err == nil {
		t.Error("found an ascp4 that is not there")
	}
	sibling := touch(t, root, "bin", system.Program("ascp4"))
	if got, err := found.Sibling("ascp4"); err != nil || got != sibling {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestEnsureConfKeepsTheUsersOwn(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new")
	path, err := EnsureConf(folder)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != conf {
		t.Errorf("made %q, %v", text, err)
	}
	write(t, "mine", path)
	if _, err := EnsureConf(folder); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
		t.Errorf("it is now %q, %v", text, err)
	}
}

func TestEnsureFallback(t *testing.T) {
	folder := t.TempDir()
	f, err := EnsureFallback(folder)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pair.Leaf
	if !cert.IsCA || len(cert.SubjectKeyId) == 0 || cert.Subject.String() != "CN=Test,OU=Test,O=Test,C=FR" || cert.CheckSignatureFrom(cert) != nil {
		t.Errorf("certificate of %s, CA %t, key id %x", cert.Subject, cert.IsCA, cert.SubjectKeyId)
	}
	if cert.SignatureAlgorithm != x509.SHA256WithRSA {
		t.Errorf("signed with %s", cert.SignatureAlgorithm)
	}
	if info, err := os.Stat(f.Key); err != nil || runtime.GOOS != windows && info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %s, %v", info.Mode(), err)
	}
	before, err := os.ReadFile(f.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := EnsureFallback(folder); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(f.Certificate); err != nil || string(after) != string(before) {
		t.Errorf("the certificate changed, %v", err)
	}
	if err := os.Remove(f.Certificate); err != nil {
		t.Fatal(err)
	}
	if f, err = EnsureFallback(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := tls.LoadX509KeyPair(f.Certificate, f.Key); err != nil {
		t.Errorf("the new certificate does not fit the key: %v", err)
	}
}
