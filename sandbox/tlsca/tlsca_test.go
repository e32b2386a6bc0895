package tlsca_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/tlsca"
)

func open(t *testing.T, folder string) *tlsca.CA {
	t.Helper()
	ca, err := tlsca.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func TestClientTrustsTheServerThroughTheCAFileAlone(t *testing.T) {
	ca := open(t, t.TempDir())
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "hello")
	}))
	server.TLS = ca.ServerConfig()
	server.StartTLS()
	defer server.Close()

	caPEM, err := os.ReadFile(ca.File())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(caPEM) {
		t.Fatalf("no certificate in %s", ca.File())
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost"} {
		t.Run(host, func(t *testing.T) {
			answer, err := client.Get("https://" + net.JoinHostPort(host, port))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if body, _ := io.ReadAll(answer.Body); string(body) != "hello" {
				t.Errorf("body = %q", body)
			}
		})
	}
}

func TestServerCertificateCoversTheIPv6Loopback(t *testing.T) {
	leaf := open(t, t.TempDir()).ServerConfig().Certificates[0].Leaf
	if err := leaf.VerifyHostname("::1"); err != nil {
		t.Error(err)
	}
	if err := leaf.VerifyHostname("example.com"); err == nil {
		t.Error("the certificate is good for example.com")
	}
}

func TestOpenKeepsWhatItMade(t *testing.T) {
	folder := t.TempDir()
	first := open(t, folder).ServerConfig().Certificates[0]
	second := open(t, folder).ServerConfig().Certificates[0]
	if !bytes.Equal(first.Certificate[0], second.Certificate[0]) {
		t.Error("a second Open made another server certificate")
	}
}

func TestOpenRenewsAServerCertificateOfAnotherAuthority(t *testing.T) {
	folder := t.TempDir()
	first := open(t, folder).ServerConfig().Certificates[0]
	for _, name := range []string{"ca.pem", "ca-key.pem"} {
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	second := open(t, folder).ServerConfig().Certificates[0]
	if bytes.Equal(first.Certificate[0], second.Certificate[0]) {
		t.Error("the server certificate of the lost authority is still in use")
	}
}

func TestKeysAreForTheirOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	folder := t.TempDir()
	open(t, folder)
	for _, name := range []string{"ca-key.pem", "server-key.pem"} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", name, info.Mode())
		}
	}
}

func TestOpenSaysWhatToDoWithADamagedKey(t *testing.T) {
	folder := t.TempDir()
	open(t, folder)
	key := filepath.Join(folder, "ca-key.pem")
	if err := os.WriteFile(key, []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tlsca.Open(folder); err == nil || !strings.Contains(err.Error(), "remove") {
		t.Errorf("error = %v, want one that says what to remove", err)
	}
}
