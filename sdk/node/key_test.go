package node_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/youmark/pkcs8"
	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
)

func armour(kind string, der []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// keyForms are the ways in which the same key, or another one, may be written.
func keyForms(t *testing.T) map[string]string {
	t.Helper()
	key := signer()
	modern, err := x509.MarshalPKCS8PrivateKey(key)
	public, publicErr := x509.MarshalPKIXPublicKey(&key.PublicKey)
	sealed, sealedErr := pkcs8.MarshalPrivateKey(key, []byte("pass"), nil)
	openSSH, sshErr := ssh.MarshalPrivateKey(key, "")
	curve, curveErr := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	for _, err := range []error{sshErr, curveErr} {
		if err != nil {
			t.Fatal(err)
		}
	}
	other, otherErr := x509.MarshalPKCS8PrivateKey(curve)
	otherPublic, otherPublicErr := x509.MarshalPKIXPublicKey(&curve.PublicKey)
	return map[string]string{
		"PKCS#1":                 armour("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil),
		"PKCS#8":                 armour("PRIVATE KEY", modern, err),
		"OpenSSH":                string(pem.EncodeToMemory(openSSH)),
		"text before":            "\n comment\n" + armour("PRIVATE KEY", modern, err),
		"public":                 armour("PUBLIC KEY", public, publicErr),
		"public PKCS#1":          armour("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&key.PublicKey), nil),
		"PKCS#8 with passphrase": armour("ENCRYPTED PRIVATE KEY", sealed, sealedErr),
		"PEM with passphrase":    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0102030405060708090A0B0C0D0E0F10\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
		"elliptic":               armour("PRIVATE KEY", other, otherErr),
		"elliptic public":        armour("PUBLIC KEY", otherPublic, otherPublicErr),
		"damaged":                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"damaged public":         "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
		"path":                   "/home/me/key.pem",
		"nothing":                "",
	}
}

func TestKeys(t *testing.T) {
	const (
		noKey     = "the value is not an RSA key in PEM format"
		protected = "the private key is protected by a passphrase"
	)
	public := keyForms(t)["public"]
	for _, c := range []struct{ form, signing, verification string }{
		{"PKCS#1", "", ""},
		{"PKCS#8", "", ""},
		{"OpenSSH", noKey, noKey},
		{"text before", "", ""},
		{"public", "private key is needed", ""},
		{"public PKCS#1", "private key is needed", ""},
		{"PKCS#8 with passphrase", protected, protected},
		{"PEM with passphrase", protected, protected},
		{"elliptic", noKey, noKey},
		{"elliptic public", "private key is needed", noKey},
		{"damaged", noKey, noKey},
		{"damaged public", "private key is needed", noKey},
		{"path", noKey, noKey},
		{"nothing", noKey, noKey},
	} {
		t.Run(c.form, func(t *testing.T) {
			text := keyForms(t)[c.form]
			key, err := node.SigningKey(text)
			if message(err) != c.signing || err == nil && !key.Equal(signer()) {
				t.Errorf("signing key %v, want error %q", err, c.signing)
			}
			verification, err := node.VerificationKey(text)
			if message(err) != c.verification || err == nil && verification != public {
				t.Errorf("verification key %q, %v, want error %q", verification, err, c.verification)
			}
			if e := failure.As(err); message(err) == noKey && (len(e.Hints) == 0 || !strings.Contains(e.Hints[0], "@file:")) {
				t.Errorf("hints %q", e.Hints)
			}
		})
	}
	if !strings.HasPrefix(public, "-----BEGIN PUBLIC KEY-----\n") || !strings.HasSuffix(public, "\n-----END PUBLIC KEY-----\n") {
		t.Errorf("form of the key: %q", public)
	}
}

func FuzzKey(f *testing.F) {
	f.Add("-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n")
	f.Add("-----BEGIN OPENSSH PRIVATE KEY-----\nMAA=\n-----END OPENSSH PRIVATE KEY-----\n")
	f.Add("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := node.SigningKey(text); err == nil {
			if _, err := node.VerificationKey(text); err != nil {
				t.Errorf("a signing key without public part: %v", err)
			}
		}
	})
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
