package webserver

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/ascli-go/ascli/sdk/certificate"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Parameters of a server. In 4.21 the certificate's are keys of certificate, in
// 4.22 they stand beside url. credentials is not used.
const (
	keyURL         = "url"
	keyCertificate = "certificate"
	keyCredentials = "credentials"
	keyKey         = "key"
	keyCert        = "cert"
	keyChain       = "chain"
	keyPKCS12      = "pkcs12"
)

func flatKeys() []string { return []string{keyKey, keyCert, keyChain} }

// newKeySize is that of a key that the user does not bring, bits.
const newKeySize = 4096

// material is what the user gives of a certificate: each a path of a file or,
// except for pkcs12, the PEM text itself. key is the password with pkcs12.
type material struct {
	given                    bool
	key, cert, chain, pkcs12 string
}

func readMaterial(parameters *record.Object) (material, error) {
	var m material
	var source *record.Object
	known := flatKeys()
	if v, nested := parameters.Get(keyCertificate); nested {
		if source, nested = v.(*record.Object); !nested {
			return m, failure.Argumentf("certificate shall be a Hash, not %s", record.TypeName(v))
		}
		m.given = true
		known = append(known, keyPKCS12)
		for _, key := range source.Keys() {
			if !slices.Contains(known, key) {
				return m, failure.Argumentf("unexpected key in certificate config: only: %s", strings.Join(known, ", "))
			}
		}
	} else {
		source = parameters
	}
	for key, target := range map[string]*string{keyKey: &m.key, keyCert: &m.cert, keyChain: &m.chain, keyPKCS12: &m.pkcs12} {
		v, given := source.Get(key)
		if !given || v == nil || !slices.Contains(known, key) {
			continue
		}
		text, isText := v.(string)
		if !isText {
			return m, failure.Argumentf("%s of the certificate shall be a String, not %s", key, record.TypeName(v))
		}
		*target = text
		m.given = true
	}
	switch strings.ToLower(filepath.Ext(m.cert)) {
	case ".p12", ".pfx":
		m.pkcs12, m.cert = m.cert, ""
	}
	return m, nil
}

// pair makes what a server on a host shows of itself.
func (m material) pair(host string) (*tls.Certificate, error) {
	if !m.given {
		own, err := certificate.ForHost(host)
		return &own, err
	}
	pair, err := m.own()
	if err != nil || m.chain == "" {
		return pair, err
	}
	issuers, err := chain(m.chain)
	if err != nil {
		return nil, err
	}
	pair.Certificate = append(pair.Certificate, issuers...)
	return pair, nil
}

func (m material) own() (*tls.Certificate, error) {
	if m.pkcs12 != "" {
		return m.ofPKCS12()
	}
	if m.cert != "" && m.key == "" {
		return nil, failure.Argumentf("cert requires a key: the private key of that certificate")
	}
	keyText, err := m.keyText()
	if err != nil {
		return nil, err
	}
	if m.cert == "" {
		return selfSigned(keyText)
	}
	certText, err := content(keyCert, m.cert)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certText, keyText)
	if err != nil {
		if strings.Contains(err.Error(), "private key does not match") || strings.Contains(err.Error(), "private key type does not match") {
			return nil, failure.Argumentf("key and cert do not match")
		}
		return nil, failure.Argumentf("certificate: %w", err)
	}
	return &pair, nil
}

func (m material) keyText() ([]byte, error) {
	if m.key != "" {
		return content(keyKey, m.key)
	}
	key, err := rsa.GenerateKey(rand.Reader, newKeySize)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}), nil
}

// selfSigned makes a certificate for a key in PEM.
func selfSigned(keyText []byte) (*tls.Certificate, error) {
	key, err := privateKey(keyText)
	if err != nil {
		return nil, failure.Argumentf("key of the certificate: %w", err)
	}
	der, err := certificate.Of(key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// privateKey never tells the text: a mistyped key is a secret too.
func privateKey(text []byte) (crypto.Signer, error) {
	key, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		return nil, errors.New("it is no private key in PEM format, or it is protected by a passphrase")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a %T cannot sign", key)
	}
	return signer, nil
}

func (m material) ofPKCS12() (*tls.Certificate, error) {
	if m.key == "" {
		return nil, failure.Argumentf("pkcs12 requires a key (password)")
	}
	text, err := os.ReadFile(m.pkcs12)
	if err != nil {
		return nil, failure.Argumentf("pkcs12: %w", err)
	}
	key, own, issuers, err := pkcs12.DecodeChain(text, m.key)
	if err != nil {
		return nil, failure.Argumentf("cannot read %s: %w", m.pkcs12, err)
	}
	pair := &tls.Certificate{Certificate: [][]byte{own.Raw}, PrivateKey: key}
	for _, c := range issuers {
		pair.Certificate = append(pair.Certificate, c.Raw)
	}
	return pair, nil
}

// chain reads all certificates of a PEM text, in DER.
func chain(given string) ([][]byte, error) {
	text, err := content(keyChain, given)
	if err != nil {
		return nil, err
	}
	var list [][]byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, failure.Argumentf("chain of the certificate: %w", err)
		}
		list = append(list, block.Bytes)
	}
	if len(list) == 0 {
		return nil, failure.Argumentf("chain of the certificate has no certificate in PEM format")
	}
	return list, nil
}

// content is a PEM text, given as such or as the path of a file.
func content(what, given string) ([]byte, error) {
	if strings.Contains(given, "-----BEGIN") || strings.Contains(given, "\n") {
		return []byte(given), nil
	}
	text, err := os.ReadFile(given)
	if err != nil {
		return nil, failure.Argumentf("%s of the certificate: %w", what, err)
	}
	return text, nil
}
