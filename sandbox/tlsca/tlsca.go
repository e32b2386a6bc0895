// Package tlsca is the certificate authority of a sandbox. It is made once per
// data folder, so that clients which were told to trust it keep doing so.
package tlsca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/sandbox/world/atomicfile"
)

const (
	caLife = 10 * 365 * 24 * time.Hour
	// Several TLS libraries refuse server certificates valid for longer than
	// 398 days, whoever signed them.
	serverLife = 397 * 24 * time.Hour
	// renewBefore is how long before its end a certificate is replaced.
	renewBefore = 30 * 24 * time.Hour
)

// CA is a certificate authority and the server certificate that it signed.
type CA struct {
	caFile string
	server tls.Certificate
}

// Open reads the authority kept in folder, making it at the first call. The
// folder is created if missing. A server certificate near its end is renewed.
func Open(folder string) (*CA, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the certificate folder: %w", err)
	}
	caFile := filepath.Join(folder, "ca.pem")
	authority, err := loadOrIssue(caFile, filepath.Join(folder, "ca-key.pem"), caTemplate, nil)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	server, err := loadOrIssue(filepath.Join(folder, "server.pem"), filepath.Join(folder, "server-key.pem"), serverTemplate, &authority)
	if err != nil {
		return nil, fmt.Errorf("server certificate: %w", err)
	}
	return &CA{caFile: caFile, server: server}, nil
}

// File returns the path of the authority's certificate (PEM), which clients
// must trust.
func (ca *CA) File() string { return ca.caFile }

// ServerConfig returns the TLS settings of a server on loopback.
func (ca *CA) ServerConfig() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{ca.server}, MinVersion: tls.VersionTLS12}
}

func caTemplate() *x509.Certificate {
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: "ascli sandbox CA"},
		NotAfter:              time.Now().Add(caLife),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

func serverTemplate() *x509.Certificate {
	return &x509.Certificate{
		Subject:     pkix.Name{CommonName: "localhost"},
		NotAfter:    time.Now().Add(serverLife),
		DNSNames:    []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

// loadOrIssue reads a certificate and its key, or issues and keeps new ones if
// there are none, if they end soon, or if parent did not sign them. A nil
// parent stands for a certificate that signs itself.
func loadOrIssue(certFile, keyFile string, template func() *x509.Certificate, parent *tls.Certificate) (tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return issue(certFile, keyFile, template(), parent)
	case err != nil:
		return pair, fmt.Errorf("%w; remove %s and %s to have new ones made", err, certFile, keyFile)
	}
	stale := time.Until(pair.Leaf.NotAfter) < renewBefore
	if parent != nil && pair.Leaf.CheckSignatureFrom(parent.Leaf) != nil {
		stale = true
	}
	if stale {
		return issue(certFile, keyFile, template(), parent)
	}
	return pair, nil
}

func issue(certFile, keyFile string, template *x509.Certificate, parent *tls.Certificate) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return tls.Certificate{}, err
	}
	template.SerialNumber = serial
	// An hour of tolerance for clients whose clock is late.
	template.NotBefore = time.Now().Add(-time.Hour)

	signer, signerKey := template, any(key)
	if parent != nil {
		signer, signerKey = parent.Leaf, parent.PrivateKey
	}
	certDER, err := x509.CreateCertificate(rand.Reader, template, signer, key.Public(), signerKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return tls.Certificate{}, err
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certDER})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	// Key first: a certificate file without its key would be an error at the
	// next start, a key without its certificate is just replaced.
	if err := atomicfile.Write(keyFile, keyPEM); err != nil {
		return tls.Certificate{}, err
	}
	if err := atomicfile.Write(certFile, certPEM); err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certPEM, keyPEM)
}
