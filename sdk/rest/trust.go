package rest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// trust says whose certificates are accepted (spec/cli.md 9.4).
type trust struct {
	log *slog.Logger
	// roots nil means those of the operating system.
	roots *x509.CertPool
	// all hosts go unverified, or those listed as host:port.
	all   bool
	hosts []string
	warn  bool
}

// systemStore is the item of cert_stores that stands for the system's own.
const systemStore = "DEF"

func readTrust(options map[string]any, log *slog.Logger) (*trust, error) {
	t := &trust{log: log, warn: true}
	t.all, _ = options["insecure"].(bool)
	// silent_insecure was named warn_insecure in 4.24: the meaning is the same.
	for _, name := range []string{"silent_insecure", "warn_insecure"} {
		if warn, given := options[name].(bool); given && !warn {
			t.warn = false
		}
	}
	for _, address := range textList(options["ignore_certificate"]) {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" {
			return nil, failure.Argumentf("Expecting https scheme: %s", address)
		}
		t.hosts = append(t.hosts, origin(u))
	}
	var err error
	t.roots, err = readStores(textList(options["cert_stores"]))
	return t, err
}

func (t *trust) config() *tls.Config {
	return &tls.Config{RootCAs: t.roots, MinVersion: tls.VersionTLS12}
}

func (t *trust) ignores(u *url.URL) bool { return t.all || slices.Contains(t.hosts, origin(u)) }

// origin is host:port, the port always written.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = impliedPort(u.Scheme)
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

func textList(v any) []string {
	var list []string
	switch v := v.(type) {
	case string:
		list = append(list, v)
	case []any:
		for _, item := range v {
			if s, ok := item.(string); ok {
				list = append(list, s)
			}
		}
	}
	return list
}

// readStores reads the places of cert_stores. They replace the system's store
// unless it is among them; no place at all gives nil, the system's store.
func readStores(places []string) (*x509.CertPool, error) {
	if len(places) == 0 {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if slices.Contains(places, systemStore) {
		system, err := x509.SystemCertPool()
		if err != nil {
			return nil, failure.New(failure.SSL, "cannot read the system's certificates: %w", err)
		}
		pool = system
	}
	for _, place := range places {
		if place == systemStore {
			continue
		}
		if err := addPlace(pool, place); err != nil {
			return nil, err
		}
	}
	return pool, nil
}

// addPlace adds the certificates of a file or folder. A folder may also hold
// other things, such as keys and lists of revoked certificates.
func addPlace(pool *x509.CertPool, place string) error {
	files, err := certificateFiles(place)
	if err != nil {
		return err
	}
	single := len(files) == 1 && files[0] == place
	for _, file := range files {
		err := addCertificates(pool, file)
		if err != nil && (single || !errors.Is(err, errNoCertificate)) {
			return failure.New(failure.SSL, "cert_stores: %w", err).
				Hint("give PEM or DER files of certificates, or folders that hold such files")
		}
	}
	return nil
}

func certificateFiles(place string) ([]string, error) {
	info, err := os.Stat(place)
	if err != nil {
		return nil, failure.Otherf("RuntimeError", "No such file or folder: %s", place)
	}
	if !info.IsDir() {
		return []string{place}, nil
	}
	entries, err := os.ReadDir(place)
	if err != nil {
		return nil, fmt.Errorf("cert_stores: %w", err)
	}
	var files []string
	for _, e := range entries {
		path := filepath.Join(place, e.Name())
		// A link is followed, one that leads nowhere is no certificate.
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && isCertificateName(e.Name()) {
			files = append(files, path)
		}
	}
	return files, nil
}

// isCertificateName tells the names that count in a folder: by their extension,
// or made by OpenSSL's rehash, as in 5ed36f99.0.
func isCertificateName(name string) bool {
	ext := filepath.Ext(name)
	switch strings.ToLower(ext) {
	case ".crt", ".cer", ".pem", ".der":
		return true
	}
	hash, err := hex.DecodeString(strings.TrimSuffix(name, ext))
	return err == nil && len(hash) == 4 && len(ext) > 1 && strings.Trim(ext[1:], "0123456789") == ""
}

// errNoCertificate tells that a file is readable but holds something else.
var errNoCertificate = errors.New("holds no certificate")

func addCertificates(pool *x509.CertPool, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if block, _ := pem.Decode(content); block != nil {
		if !pool.AppendCertsFromPEM(content) {
			return fmt.Errorf("%s %w", file, errNoCertificate)
		}
		return nil
	}
	certificates, err := x509.ParseCertificates(content)
	if err != nil {
		return fmt.Errorf("%s %w (%v)", file, errNoCertificate, err)
	}
	for _, c := range certificates {
		pool.AddCert(c)
	}
	return nil
}
