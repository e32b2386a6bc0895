package webserver_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/webserver"
)

func parse(t *testing.T, text string) *record.Object {
	t.Helper()
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// serve runs a server until the test ends, and checks that it ends well. It
// tells paths: "in" for its own, "out" for others.
func serve(t *testing.T, parameters string) *webserver.Server {
	t.Helper()
	settings, err := webserver.Parse(parse(t, parameters))
	if err != nil {
		t.Fatal(err)
	}
	server, err := settings.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tell := func(where string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, where, " ", r.URL.Path) })
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, tell("in"), tell("out")) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return server
}

func get(t *testing.T, client *http.Client, r *http.Request) string {
	t.Helper()
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", answer.StatusCode, strings.TrimSpace(string(body)))
}

func request(t *testing.T, method, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPaths(t *testing.T) {
	base := serve(t, `{"url":"http://127.0.0.1:0/a/b/"}`).URL()
	if !strings.HasSuffix(base, "/a/b") || strings.Contains(base, ":0/") {
		t.Fatalf("the URL is %s", base)
	}
	root := strings.TrimSuffix(base, "/a/b")
	for _, c := range []struct{ address, want string }{
		{base + "/info", "200 in /info"},
		{base + "/", "200 in /"},
		{base, "200 in"},
		{base + "c/info", "200 out /a/bc/info"},
		{root + "/info", "200 out /info"},
	} {
		if got := get(t, http.DefaultClient, request(t, http.MethodGet, c.address)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.address, got, c.want)
		}
	}
}

func TestOnlyThisMachineAndNoPages(t *testing.T) {
	base := serve(t, `{"url":"http://127.0.0.1:0"}`).URL()
	for _, c := range []struct {
		name, method, host, site string
		refused                  bool
	}{
		{"a program", http.MethodPost, "", "", false},
		{"by another name of this machine", http.MethodPost, "localhost:1", "", false},
		{"by IPv6", http.MethodGet, "[::1]:1", "", false},
		{"a name that leads here", http.MethodGet, "evil.example:8080", "", true},
		{"a page of another site", http.MethodPost, "", "cross-site", true},
		{"a link on a page", http.MethodGet, "", "cross-site", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request(t, c.method, base+"/x")
			r.Host = c.host
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			if got := get(t, http.DefaultClient, r); strings.HasPrefix(got, "403 ") != c.refused {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestSelfSigned(t *testing.T) {
	base := serve(t, `{"url":"https://127.0.0.1:0"}`).URL()
	var shown *x509.Certificate
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			shown = s.PeerCertificates[0]
			return nil
		},
	}}}
	defer client.CloseIdleConnections()
	if got := get(t, client, request(t, http.MethodGet, base+"/x")); got != "200 in /x" {
		t.Error(got)
	}
	if shown == nil || shown.VerifyHostname("127.0.0.1") != nil || shown.Subject.CommonName != "127.0.0.1" {
		t.Errorf("the certificate is %v", shown)
	}
}

func TestStopLetsRequestsEnd(t *testing.T) {
	settings, err := webserver.Parse(parse(t, `{"url":"http://127.0.0.1:0"}`))
	if err != nil {
		t.Fatal(err)
	}
	server, err := settings.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stop()
		if r.Context().Err() != nil {
			t.Error("the request is cancelled")
		}
		fmt.Fprint(w, "done")
	})
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, handler, handler) }()
	if got := get(t, http.DefaultClient, request(t, http.MethodGet, server.URL())); got != "200 done" {
		t.Error(got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	_, err = http.DefaultClient.Do(request(t, http.MethodGet, server.URL()))
	var refused *url.Error
	if !errors.As(err, &refused) {
		t.Errorf("it still answers: %v", err)
	}
}

func TestPortInUse(t *testing.T) {
	base := serve(t, `{"url":"http://127.0.0.1:0"}`).URL()
	settings, err := webserver.Parse(record.New("url", base))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := settings.Listen(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "cannot serve at "+base+": ") {
		t.Errorf("got %v", err)
	}
}

func TestWrongParameters(t *testing.T) {
	for _, c := range []struct{ parameters, want string }{
		{`{"zoo":1}`, "unexpected parameters: [:zoo]"},
		{`{"pkcs12":"x"}`, "unexpected parameters: [:pkcs12]"},
		{`{"url":5}`, "url shall be a String, not Integer"},
		{`{"url":"ftp://h"}`, "url shall begin with http:// or https://, got ftp://h"},
		{`{"url":"localhost:80"}`, "url shall begin with http:// or https://, got localhost:80"},
		{`{"url":"http://:8080"}`, "url has no host: localhost serves this machine alone, 0.0.0.0 everybody who can reach it"},
		{`{"url":"http://u:secret@h"}`, "url of a server is scheme, host, port and path, nothing else: http://u:xxxxx@h"},
		{`{"url":"http://u:secret@h:x"}`, `url: invalid port ":x" after host`},
		{`{"url":"http://h:99999"}`, "url has the port 99999, which is none"},
		{`{"certificate":{"zoo":1}}`, "unexpected key in certificate config: only: key, cert, chain, pkcs12"},
		{`{"certificate":1}`, "certificate shall be a Hash, not Integer"},
		{`{"key":1}`, "key of the certificate shall be a String, not Integer"},
	} {
		t.Run(c.parameters, func(t *testing.T) {
			if _, err := webserver.Parse(parse(t, c.parameters)); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestParameters(t *testing.T) {
	for _, c := range []struct {
		parameters string
		own        []string
		loopback   bool
	}{
		{`{}`, nil, true},
		{`{"url":"http://localhost","credentials":"x"}`, nil, true},
		{`{"url":"http://[::1]:80","processing":{}}`, []string{"processing"}, true},
		{`{"url":"http://0.0.0.0:80"}`, nil, false},
		{`{"url":"http://node.example.com"}`, nil, false},
	} {
		t.Run(c.parameters, func(t *testing.T) {
			settings, err := webserver.Parse(parse(t, c.parameters), c.own...)
			if err != nil || settings.IsLoopback() != c.loopback {
				t.Errorf("got %v, %v", settings, err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"url":"http://localhost:8080/x"}`, `{"url":"https://h","key":"-----BEGIN RSA PRIVATE KEY-----\nAA\n-----END RSA PRIVATE KEY-----"}`,
		`{"certificate":{"pkcs12":"/dev/null","key":"x"},"url":"https://h"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := record.ParseObject([]byte(text))
		if err != nil || strings.Contains(text, "https") && !strings.Contains(text, "BEGIN") {
			return // a key of 4096 bits takes long to make
		}
		_, err = webserver.Parse(o)
		if err != nil && strings.Contains(err.Error(), "-----BEGIN") {
			t.Errorf("the error shows a key: %v", err)
		}
	})
}
