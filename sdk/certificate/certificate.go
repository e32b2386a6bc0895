// Package certificate makes certificates for servers that have none: signed by
// themselves, for whoever knows the server to accept.
package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"time"
)

// ForHost makes a certificate, with its key, for a server that runs for a while
// on a host: a name or an address.
func ForHost(host string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: host},
		NotBefore:   now.Add(-time.Hour),
		NotAfter:    now.Add(24 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := sign(template, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// Of makes the certificate of a key that has none, in DER, for one year. It
// names nobody: /C=FR/O=Test/OU=Test/CN=Test (spec/transfer.md 8.3).
func Of(key crypto.Signer) ([]byte, error) {
	id, err := keyID(key.Public())
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return sign(&x509.Certificate{
		Subject:   pkix.Name{Country: []string{"FR"}, Organization: []string{"Test"}, OrganizationalUnit: []string{"Test"}, CommonName: "Test"},
		NotBefore: now, NotAfter: now.AddDate(1, 0, 0),
		BasicConstraintsValid: true, IsCA: true, SubjectKeyId: id, AuthorityKeyId: id,
	}, key)
}

// sign gives a certificate a random serial number, not 0 as in the original:
// issuer and serial number shall tell certificates apart.
func sign(template *x509.Certificate, key crypto.Signer) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	return x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
}

// keyID names a key as RFC 7093 section 2, method 4, does.
func keyID(key crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(der)
	return sum[:20], nil
}
