package product

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ascli-go/ascli/sdk/certificate"
)

// fallbackKeySize is that of spec/plugins/config.md 10.2, bits.
const fallbackKeySize = 4096

// Fallback holds the paths of what ascp presents in a transfer over HTTP.
type Fallback struct{ Certificate, Key string }

// EnsureFallback returns the certificate of an SDK folder and its key, which are
// made when one of them is missing. Of two processes that do so at once, the
// first to place its key wins, and both make a certificate of that key.
func EnsureFallback(folder string) (Fallback, error) {
	f := Fallback{Certificate: filepath.Join(folder, fallbackCertFile), Key: filepath.Join(folder, fallbackKeyFile)}
	if isFile(f.Certificate) && isFile(f.Key) {
		return f, nil
	}
	if err := f.make(); err != nil {
		return Fallback{}, fmt.Errorf("cannot make the certificate of the HTTP fallback: %w", err)
	}
	return f, nil
}

func (f Fallback) make() error {
	if err := os.MkdirAll(filepath.Dir(f.Key), 0o755); err != nil {
		return err
	}
	if !isFile(f.Key) {
		if err := placeKey(f.Key); err != nil {
			return err
		}
	}
	key, err := readKey(f.Key)
	if err != nil {
		return err
	}
	der, err := certificate.Of(key)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return replace(f.Certificate, 0o644, text)
}

// placeKey makes a key, unless another process places one meanwhile.
func placeKey(path string) error {
	key, err := rsa.GenerateKey(rand.Reader, fallbackKeySize)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	temporary, err := writeBeside(path, 0o600, text)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary) }()
	if err := os.Link(temporary, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// readKey accepts RSA keys in both forms of PEM: users may bring their own.
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
