package webserver

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/ascli-go/ascli/sdk/certificate"
	"github.com/ascli-go/ascli/sdk/record"
)

// identity is a key and its certificate, in the forms that users have.
type identity struct {
	der             []byte
	keyPEM, certPEM string
	// files with the same.
	key, cert, p12 string
}

func newIdentity(t *testing.T) identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	der, err := certificate.Of(key)
	check(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	check(t, err)
	own, err := x509.ParseCertificate(der)
	check(t, err)
	folder := t.TempDir()
	i := identity{
		der:     der,
		keyPEM:  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})),
		certPEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		key:     filepath.Join(folder, "key.pem"), cert: filepath.Join(folder, "cert.pem"), p12: filepath.Join(folder, "id.P12"),
	}
	bundle, err := pkcs12.Modern.Encode(key, own, []*x509.Certificate{own}, "pass")
	check(t, err)
	for path, text := range map[string][]byte{i.key: []byte(i.keyPEM), i.cert: []byte(i.certPEM), i.p12: bundle} {
		check(t, os.WriteFile(path, text, 0o600))
	}
	return i
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCertificates(t *testing.T) {
	me, other := newIdentity(t), newIdentity(t)
	const https = "https://localhost:0"
	nested := func(pairs ...any) *record.Object {
		return record.New(keyURL, https, keyCertificate, record.New(pairs...))
	}
	for _, c := range []struct {
		name       string
		parameters *record.Object
		// certificates of the server: those of der, "new" for one made here.
		want [][]byte
		err  string
	}{
		{"PEM files", record.New(keyURL, https, keyKey, me.key, keyCert, me.cert), [][]byte{me.der}, ""},
		{"PEM texts", record.New(keyURL, https, keyKey, me.keyPEM, keyCert, me.certPEM), [][]byte{me.der}, ""},
		{"of 4.21", nested(keyKey, me.key, keyCert, me.cert), [][]byte{me.der}, ""},
		{"chain of several", nested(keyKey, me.key, keyCert, me.cert, keyChain, other.certPEM+me.certPEM), [][]byte{me.der, other.der, me.der}, ""},
		{"PKCS12", record.New(keyURL, https, keyKey, "pass", keyCert, me.p12), [][]byte{me.der, me.der}, ""},
		{"PKCS12 of 4.21", nested(keyKey, "pass", keyPKCS12, me.p12), [][]byte{me.der, me.der}, ""},
		{"key alone", nested(keyKey, me.key), nil, ""},
		{"nothing of 4.21", nested(), nil, ""},
		{"PKCS12 without password", nested(keyPKCS12, me.p12), nil, "pkcs12 requires a key (password)"},
		{"PKCS12 with a wrong password", nested(keyPKCS12, me.p12, keyKey, "no"), nil, "cannot read " + me.p12 + ": "},
		{"no PKCS12", nested(keyPKCS12, me.cert, keyKey, "no"), nil, "cannot read " + me.cert + ": "},
		{"certificate alone", nested(keyCert, me.cert), nil, "cert requires a key"},
		{"key of another one", nested(keyKey, other.key, keyCert, me.cert), nil, "key and cert do not match"},
		{"no such file", nested(keyKey, "/none"), nil, "key of the certificate: open /none: "},
		{"no key", nested(keyKey, me.cert), nil, "key of the certificate: it is no private key in PEM format"},
		{"no certificate", nested(keyKey, me.key, keyCert, me.key), nil, "certificate: "},
		{"empty chain", nested(keyKey, me.key, keyCert, me.cert, keyChain, me.key), nil, "chain of the certificate has no certificate in PEM format"},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings, err := Parse(c.parameters)
			if c.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), c.err) || strings.Contains(err.Error(), "BEGIN") {
					t.Errorf("got %v, want %s", err, c.err)
				}
				return
			}
			check(t, err)
			if c.want == nil {
				own, err := x509.ParseCertificate(settings.pair.Certificate[0])
				check(t, err)
				signer := settings.pair.PrivateKey.(crypto.Signer)
				if own.Subject.String() != "CN=Test,OU=Test,O=Test,C=FR" || !own.IsCA || !own.PublicKey.(interface{ Equal(crypto.PublicKey) bool }).Equal(signer.Public()) {
					t.Errorf("got the certificate %s", own.Subject)
				}
				return
			}
			if len(settings.pair.Certificate) != len(c.want) {
				t.Fatalf("%d certificates", len(settings.pair.Certificate))
			}
			for i, der := range settings.pair.Certificate {
				if !bytes.Equal(der, c.want[i]) {
					t.Errorf("certificate %d is another one", i)
				}
			}
		})
	}
}
