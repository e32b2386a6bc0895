package direct

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Files of the SDK folder that ascp presents in a transfer over HTTP.
const (
	fallbackCert = "aspera_fallback_cert.pem"
	fallbackKey  = "aspera_fallback_cert_private_key.pem"
)

// fallbackArgs names the certificate of the HTTP fallback, which is made when it
// is missing (spec/transfer.md 8.3).
func fallbackArgs(spec *record.Object, sdkFolder string) ([]string, error) {
	if value, _ := spec.Get(transfer.FieldHTTPFallback); value != true && value != "force" {
		return nil, nil
	}
	if sdkFolder == "" {
		return nil, failure.Argumentf("http_fallback needs option sdk_folder, where its certificate is kept")
	}
	cert, key := filepath.Join(sdkFolder, fallbackCert), filepath.Join(sdkFolder, fallbackKey)
	if err := ensureFallback(cert, key); err != nil {
		return nil, fmt.Errorf("cannot make the certificate of the HTTP fallback: %w", err)
	}
	return []string{"-I", cert, "-Y", key}, nil
}

// ensureFallback makes what is missing. Of two processes that do so at once the
// first to place its key wins, and both make a certificate of that key.
func ensureFallback(certPath, keyPath string) error {
	if exists(certPath) && exists(keyPath) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(keyPath), 0o700); err != nil {
		return err
	}
	if !exists(keyPath) {
		if err := placeKey(keyPath); err != nil {
			return err
		}
	}
	key, err := readKey(keyPath)
	if err != nil {
		return err
	}
	name := pkix.Name{Country: []string{"FR"}, Organization: []string{"Test"}, OrganizationalUnit: []string{"Test"}, CommonName: "Test"}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: name, Issuer: name, NotBefore: now, NotAfter: now.AddDate(1, 0, 0),
		SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	temporary, err := writeTemporary(certPath, "CERTIFICATE", der)
	if err != nil {
		return err
	}
	return os.Rename(temporary, certPath)
}

// placeKey makes a key, unless another process places one meanwhile.
func placeKey(path string) error {
	key, err := rsa.GenerateKey(rand.Reader, 4096)
	if err != nil {
		return err
	}
	temporary, err := writeTemporary(path, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary) }()
	if err := os.Link(temporary, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func readKey(path string) (*rsa.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is no PEM file: remove it, it will be made again", path)
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s is no RSA key: remove it, it will be made again", path)
	}
	return key, nil
}

// writeTemporary writes PEM beside its final place, readable by the user only.
func writeTemporary(path, kind string, der []byte) (string, error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return "", err
	}
	err = errors.Join(pem.Encode(file, &pem.Block{Type: kind, Bytes: der}), file.Close())
	return file.Name(), err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
