package rest_test

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// tlsServer answers the version of TLS and tells the tests nothing of failed
// handshakes.
func tlsServer(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, tls.VersionName(r.TLS.Version))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS10}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestTLSOptions(t *testing.T) {
	server := tlsServer(t)
	for options, want := range map[string]string{
		`{}`:                             "TLS 1.3",
		`{"ssl_options":["NO_TLSv1_3"]}`: "TLS 1.2",
		`{"ssl_options":["NO_TLSv1_3","IGNORE_UNEXPECTED_EOF","NO_SSLv2"]}`: "TLS 1.2",
		`{"ssl_options":["NO_TLSv1_3","-NO_TLSv1_3"]}`:                      "TLS 1.3",
		`{"ssl_options":[536870912]}`:                                       "TLS 1.2",
		`{"ssl_options":["NO_TLSv1_3",0]}`:                                  "TLS 1.3",
		`{"ssl_options":["-NO_TLSv1_1","NO_TLSv1_2","NO_TLSv1_3"]}`:         "TLS 1.1",
		`{"max_version":"TLS1_2"}`:                                          "TLS 1.2",
		`{"ssl_version":"TLSv1_2"}`:                                         "TLS 1.2",
		`{"min_version":"TLS1_3"}`:                                          "TLS 1.3",
	} {
		t.Run(options, func(t *testing.T) {
			api := client(t, server, map[string]any{"insecure": true, "http_options": parse(t, options)})
			if answer, err := api.Get(t.Context(), "x", nil); err != nil || answer.Value != want {
				t.Errorf("got %v, %v, want %s", answer, err, want)
			}
		})
	}
}

func TestWrongTLSOptions(t *testing.T) {
	const unknown = "Unknown ssl_option: OP_X, use one of: ALL, ALLOW_CLIENT_RENEGOTIATION, "
	for options, want := range map[string]string{
		`{"ssl_options":["X"]}`:                                 unknown,
		`{"ssl_options":["-X"]}`:                                unknown,
		`{"ssl_options":["NO_SSL_MASK"]}`:                       "http_options: ssl_options: no version of TLS is left",
		`{"ssl_options":"NO_TICKET"}`:                           "http_options: ssl_options: expecting an array of names",
		`{"ssl_options":[-1]}`:                                  "http_options: ssl_options: expecting a mask of options",
		`{"min_version":"SSLv3"}`:                               "http_options: min_version: expecting TLS1, TLS1_1, TLS1_2 or TLS1_3",
		`{"min_version":"TLS1_3","max_version":"TLS1_2"}`:       "http_options: min_version and max_version leave no version of TLS",
		`{"min_version":"TLS1_3","ssl_options":["NO_TLSv1_3"]}`: "http_options: ssl_options: no version of TLS is left",
	} {
		t.Run(options, func(t *testing.T) {
			_, err := rest.NewSession(map[string]any{"http_options": parse(t, options)}, nil)
			if e := failure.As(err); e == nil || e.Label != failure.Argument || !strings.HasPrefix(e.Message, want) {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// A server that closes without the farewell of TLS: no error, as with
// IGNORE_UNEXPECTED_EOF (spec/cli.md 7.2).
func TestUnexpectedEndOfTLS(t *testing.T) {
	certificate := tlsServer(t).TLS.Certificates[0]
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		raw, err := listener.Accept()
		if err != nil {
			return
		}
		defer raw.Close()
		conn := tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{certificate}})
		buffer := make([]byte, 4096)
		if _, err := conn.Read(buffer); err != nil {
			t.Error(err)
			return
		}
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it")
	}()
	options := map[string]any{"insecure": true, "http_options": parse(t, `{"ssl_options":["IGNORE_UNEXPECTED_EOF"]}`)}
	answer, err := clientAt(t, "https://"+listener.Addr().String(), options).Get(t.Context(), "x", nil)
	if err != nil || answer.Value != "all of it" {
		t.Errorf("got %v, %v", answer, err)
	}
}

func TestFolderOfCertificates(t *testing.T) {
	server := tlsServer(t)
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	key := []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
	for _, c := range []struct {
		name    string
		files   map[string][]byte
		trusted bool
	}{
		{"hashed name", map[string][]byte{"5ed36f99.0": own}, true},
		{"DER", map[string][]byte{"ca.CER": server.Certificate().Raw}, true},
		{"beside other things", map[string][]byte{"key.pem": key, "ca.crt": own, "empty.der": nil}, true},
		{"several in a file", map[string][]byte{"bundle.pem": append(otherCertificate(t), own...)}, true},
		{"other names do not count", map[string][]byte{"ca.txt": own, "5ed36f99.r0": own, "5ed36f9.0": own}, false},
		{"empty", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			for name, content := range c.files {
				if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := client(t, server, map[string]any{"cert_stores": folder}).Get(t.Context(), "x", nil)
			if c.trusted != (err == nil) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("a key is no certificate", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "key.pem")
		if err := os.WriteFile(file, key, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := rest.NewSession(map[string]any{"cert_stores": file}, nil)
		if e := failure.As(err); e == nil || e.Label != failure.SSL || !strings.Contains(e.Message, "holds no certificate") {
			t.Errorf("got %v", err)
		}
	})
}

func otherCertificate(t *testing.T) []byte {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

func TestIgnoredCertificateIsWarnedOfOnce(t *testing.T) {
	server := tlsServer(t)
	for _, c := range []struct {
		name    string
		options map[string]any
		times   int
	}{
		{"all", map[string]any{"insecure": true}, 1},
		{"this one", map[string]any{"ignore_certificate": []any{server.URL + "/any/path"}}, 1},
		{"silent_insecure=no", map[string]any{"insecure": true, "silent_insecure": false, "warn_insecure": true}, 0},
		{"warn_insecure=no", map[string]any{"insecure": true, "silent_insecure": true, "warn_insecure": false}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			session, logged := logging(t, c.options)
			api, err := session.Client(server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, err := api.Get(t.Context(), "x", nil); err != nil {
					t.Fatal(err)
				}
			}
			warning := "level=WARN msg=\"Ignoring certificate for: " + server.URL + ". Do not deactivate certificate verification in production.\""
			if got := strings.Count(logged(), warning); got != c.times {
				t.Errorf("%d warnings in %s", got, logged())
			}
		})
	}
}

func TestCertificates(t *testing.T) {
	server := tlsServer(t)
	session, err := rest.NewSession(map[string]any{"insecure": true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := session.Certificates(t.Context(), server.URL+"/path")
	if err != nil || len(chain) != 1 || !chain[0].Equal(server.Certificate()) {
		t.Errorf("got %v, %v", chain, err)
	}
	_, err = session.Certificates(t.Context(), "http://127.0.0.1:1")
	checkFailure(t, err, failure.Other, "RuntimeError", "No certificate found for http://127.0.0.1:1")
	_, err = session.Certificates(t.Context(), "ftp://127.0.0.1")
	checkFailure(t, err, failure.Argument, "", "REST endpoint shall be http/s not ftp")
	strict, err := rest.NewSession(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = strict.Certificates(t.Context(), server.URL)
	if e := failure.As(err); e == nil || e.Label != failure.SSL || !strings.Contains(e.Message, "certificate verify failed") {
		t.Errorf("got %v", err)
	}
}

func TestHTTPOptionsThatAreNotKnown(t *testing.T) {
	_, logged := logging(t, map[string]any{"http_options": record.New("zoo", 1, "verify_depth", 2, "jwt_expiry_offset_sec", 3)})
	for _, want := range []string{"level=ERROR msg=\"no such HTTP session attribute: zoo\"", "level=WARN msg=\"http_options: verify_depth has no effect"} {
		if !strings.Contains(logged(), want) {
			t.Errorf("no %s in %s", want, logged())
		}
	}
	if strings.Count(logged(), "\n") != 2 {
		t.Errorf("too much is logged: %s", logged())
	}
}
