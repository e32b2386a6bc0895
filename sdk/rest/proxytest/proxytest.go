//go:build unix

// Package proxytest runs a real forward proxy for tests: tinyproxy, on loopback,
// asking for a user and password. Loopback targets bypass a proxy, so tests give
// their servers names below .test or addresses of TEST-NET-1 (192.0.2.0/24),
// which lead nowhere but through the proxy: it passes them on to a second proxy,
// made here, that knows them.
package proxytest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
)

// The credentials that the proxy asks for.
const (
	User     = "alice"
	Password = "pr0xy-pass"
)

// HTTPOptions are those for sessions of tests: on a busy machine tinyproxy 1.11
// now and then closes a connection before it has answered CONNECT, several times
// in a row. A request is sent again then (max_retries).
func HTTPOptions() *record.Object { return record.New("max_retries", 20) }

// patience bounds the waiting for the proxy.
const patience = 10 * time.Second

// Proxy is a running tinyproxy.
type Proxy struct {
	// Address is its host:port.
	Address string

	log string
}

// Start runs tinyproxy until the test ends. names leads such targets, written
// host:port, or host alone for port 80, to the host:port of servers of the test.
func Start(t testing.TB, names map[string]string) *Proxy {
	t.Helper()
	program, err := exec.LookPath("tinyproxy")
	if err != nil {
		t.Fatal("this test needs the program tinyproxy: install the package of that name")
	}
	upstream := httptest.NewServer(nameServer(names))
	t.Cleanup(upstream.Close)
	folder := t.TempDir()
	p := &Proxy{Address: freeAddress(t), log: filepath.Join(folder, "log")}
	_, port, _ := net.SplitHostPort(p.Address)
	config := filepath.Join(folder, "tinyproxy.conf")
	content := fmt.Sprintf("Port %s\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 30\nMaxClients 100\nLogLevel Connect\nLogFile %q\n"+
		"BasicAuth %s %s\nViaProxyName \"tinyproxy\"\nUpstream http %[5]s \".test\"\nUpstream http %[5]s \"192.0.2.0/24\"\n",
		port, p.log, User, Password, upstream.Listener.Addr())
	if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, program, "-d", "-c", config)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		// It is killed in the end, which is no failure.
		_ = command.Wait()
	}()
	t.Cleanup(func() { stop(); <-ended })
	p.await(t, ended)
	return p
}

// URL is the address of the proxy, with credentials; an empty user gives none.
func (p *Proxy) URL(user, password string) string {
	u := url.URL{Scheme: "http", Host: p.Address}
	if user != "" {
		u.User = url.UserPassword(user, password)
	}
	return u.String()
}

// Log returns the lines of the proxy's log that tell of a request, e.g.
// "CONNECT secure.test:443 HTTP/1.1".
func (p *Proxy) Log(t testing.TB) string {
	t.Helper()
	content, err := os.ReadFile(p.log)
	if err != nil {
		t.Fatal(err)
	}
	var requests []string
	for line := range strings.Lines(string(content)) {
		if strings.Contains(line, "Request (") {
			requests = append(requests, line)
		}
	}
	return strings.Join(requests, "")
}

func (p *Proxy) await(t testing.TB, ended <-chan struct{}) {
	t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := net.Dial("tcp", p.Address)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case <-again.C:
		case <-ended:
			t.Fatal("tinyproxy ended at once")
		case <-deadline:
			t.Fatalf("tinyproxy does not listen: %v", err)
		}
	}
}

// freeAddress is a loopback address that is free now.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// nameServer is a proxy that leads names to servers.
func nameServer(names map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server, known := names[strings.TrimSuffix(r.Host, ":80")]
		plain := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Host = server }}
		switch {
		case !known:
			http.Error(w, "no such server", http.StatusBadGateway)
		case r.Method == http.MethodConnect:
			tunnel(w, server)
		default:
			plain.ServeHTTP(w, r)
		}
	})
}

// tunnel connects the caller to a server until either side closes.
func tunnel(w http.ResponseWriter, server string) {
	there, err := net.Dial("tcp", server)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	w.WriteHeader(http.StatusOK)
	here, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	go func() {
		_, _ = io.Copy(there, here)
		there.Close()
	}()
	_, _ = io.Copy(here, there)
}
