package testscripts

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestInternetScripts runs the scripts of commands whose addresses are fixed ones
// on the internet. There is none: a proxy leads to what lies in the script's
// folder internet/HOST, by https.
func TestInternetScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "internet"), RequireExplicitExec: true, ContinueOnError: true,
		Setup: func(env *testscript.Env) error {
			if err := setup(env); err != nil {
				return err
			}
			return startInternet(env)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits},
	})
}

// startInternet serves the hosts of a script, and sets the options that lead there.
func startInternet(env *testscript.Env) error {
	folder := filepath.Join(env.WorkDir, "internet")
	certificate, err := certificateFor(folder)
	if err != nil {
		return err
	}
	// Only this certificate is trusted.
	store := filepath.Join(env.WorkDir, "internet.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})
	if err := os.WriteFile(store, text, 0o600); err != nil {
		return err
	}
	site := httptest.NewUnstartedServer(hosts(folder))
	site.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	// Clients that do not trust the certificate are no news.
	site.Config.ErrorLog = log.New(io.Discard, "", 0)
	site.StartTLS()
	env.Defer(site.Close)
	proxy := httptest.NewServer(proxyTo(site.Listener.Addr(), folder))
	env.Defer(proxy.Close)
	env.Setenv("ASCLI_CERT_STORES", store)
	env.Setenv("ASCLI_HTTP_PROXY", proxy.URL)
	return nil
}

// certificateFor makes a certificate for the hosts of a folder.
func certificateFor(folder string) (tls.Certificate, error) {
	items, err := os.ReadDir(folder)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "the internet"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range items {
		template.DNSNames = append(template.DNSNames, host.Name())
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// hosts serves the files of each host. A file NAME.location holds the address
// that NAME redirects to.
func hosts(folder string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		root, err := os.OpenRoot(filepath.Join(folder, r.Host))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer root.Close()
		if target, err := root.ReadFile(filepath.FromSlash(r.URL.Path[1:]) + ".location"); err == nil {
			http.Redirect(w, r, strings.TrimSpace(string(target)), http.StatusFound)
			return
		}
		http.FileServerFS(root.FS()).ServeHTTP(w, r)
	})
}

// proxyTo makes tunnels to a server that stands for all hosts of a folder.
func proxyTo(site net.Addr, folder string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.Host)
		if _, err := os.Stat(filepath.Join(folder, host)); r.Method != http.MethodConnect || err != nil {
			http.Error(w, "no such host", http.StatusBadGateway)
			return
		}
		server, err := net.Dial(site.Network(), site.String())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer server.Close()
		w.WriteHeader(http.StatusOK)
		client, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer client.Close()
		go io.Copy(server, buffered)
		io.Copy(client, server)
	})
}
