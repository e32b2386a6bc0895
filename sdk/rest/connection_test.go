package rest_test

import (
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
	"sync/atomic"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

func TestRetries(t *testing.T) {
	for _, c := range []struct {
		name, method, options string
		status                int
		answer                string
		calls                 int32
	}{
		{"503 not, as in 4.21", "GET", `{}`, 503, `{}`, 1},
		{"503 if wanted", "GET", `{"retry_on_unavailable":true,"retry_sleep":0}`, 503, `{}`, 2},
		{"503 of a creation", "POST", `{"retry_on_unavailable":true,"retry_sleep":0}`, 503, `{}`, 2},
		{"503 does not concern others", "GET", `{"retry_on_unavailable":true}`, 500, `{}`, 1},
		{"500 not", "GET", `{}`, 500, `{}`, 1},
		{"any error, count of 4.21", "GET", `{"retry_on_error":3}`, 500, `{}`, 4},
		{"any error, no count", "GET", `{"retry_on_error":0}`, 500, `{}`, 1},
		{"any error, flag of 4.22", "GET", `{"retry_on_error":true,"retry_max":2,"retry_sleep":0.001}`, 404, `{}`, 3},
		{"timeout behind the server", "GET", `{}`, 500, `{"message":"failed: connect timed out"}`, 5},
		{"timeout, fewer tries", "GET", `{"retry_max":1}`, 500, `{"message":"failed: connect timed out"}`, 2},
		{"timeout not wanted", "GET", `{"retry_on_timeout":false}`, 500, `{"message":"failed: connect timed out"}`, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var calls atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				if content, _ := io.ReadAll(r.Body); string(content) != `{"a":1}` {
					t.Errorf("body %q", content)
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.answer)
			}))
			defer server.Close()
			api := client(t, server, map[string]any{"http_options": parse(t, c.options)})
			_, err := api.Do(t.Context(), rest.Request{Method: c.method, Path: "x", Body: record.New("a", 1)})
			if failure.As(err) == nil || calls.Load() != c.calls {
				t.Errorf("%d calls, want %d; %v", calls.Load(), c.calls, err)
			}
		})
	}
}

func TestRetrySucceeds(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls++; calls == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"ok":true}`)
	}))
	defer server.Close()
	answer, err := client(t, server, map[string]any{"http_options": parse(t, `{"retry_on_unavailable":true,"retry_sleep":0}`)}).Get(t.Context(), "x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := answer.Object(); err != nil || !o.Bool("ok") {
		t.Errorf("got %v, %v", answer.Value, err)
	}
}

// A connection cut without answer: only what may be repeated safely is.
func TestBrokenConnection(t *testing.T) {
	for _, c := range []struct {
		method string
		calls  int32
	}{{"GET", 2}, {"PUT", 2}, {"DELETE", 2}, {"POST", 1}, {"CANCEL", 1}} {
		t.Run(c.method, func(t *testing.T) {
			var calls atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				conn.Close()
			}))
			defer server.Close()
			_, err := client(t, server, nil).Do(t.Context(), rest.Request{Method: c.method, Path: "x"})
			if e := failure.As(err); e == nil || e.Kind != "EOFError" {
				t.Errorf("got %v", err)
			}
			if calls.Load() != c.calls {
				t.Errorf("%d calls, want %d", calls.Load(), c.calls)
			}
		})
	}
}

func TestConnectionsAreReused(t *testing.T) {
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, strings.Repeat(" ", 1<<20)+`{}`)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	api := client(t, server, nil)
	for range 5 {
		if _, err := api.Get(t.Context(), "x", nil); failure.As(err) == nil {
			t.Fatal(err)
		}
	}
	if connections.Load() != 1 {
		t.Errorf("%d connections", connections.Load())
	}
}

func TestConnectionErrors(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(closed)

	t.Run("refused", func(t *testing.T) {
		_, err := clientAt(t, "http://"+closed, nil).Get(t.Context(), "x", nil)
		checkFailure(t, err, failure.Other, "Errno::ECONNREFUSED",
			fmt.Sprintf(`Failed to open TCP connection to %s (Connection refused - connect(2) for "127.0.0.1" port %s)`, closed, port))
	})
	t.Run("unknown name", func(t *testing.T) {
		t.Setenv("http_proxy", "")
		t.Setenv("HTTP_PROXY", "")
		_, err := clientAt(t, "http://nohost.invalid", nil).Get(t.Context(), "x", nil)
		e := failure.As(err)
		if e == nil || e.Label != failure.Network || !strings.HasPrefix(e.Message, "Failed to open TCP connection to nohost.invalid:80 (getaddrinfo: ") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no TLS there", func(t *testing.T) {
		server := answering(t, 200, "", "")
		_, err := clientAt(t, strings.Replace(server.URL, "http:", "https:", 1), nil).Get(t.Context(), "x", nil)
		if e := failure.As(err); e == nil || e.Label != failure.SSL || !strings.Contains(e.Message, "wrong version number") {
			t.Errorf("got %v", err)
		}
	})
}

func TestTimeouts(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/half" {
			fmt.Fprint(w, "half")
			w.(http.Flusher).Flush()
		}
		<-release
	}))
	defer server.Close()
	defer close(release)
	host := strings.TrimPrefix(server.URL, "http://")
	api := client(t, server, map[string]any{"http_options": parse(t, `{"read_timeout":0.05}`)})
	for _, path := range []string{"none", "half"} {
		t.Run(path, func(t *testing.T) {
			_, err := api.Get(t.Context(), path, nil)
			checkFailure(t, err, failure.Other, "Net::ReadTimeout", host+" sent nothing for 50ms")
		})
	}
	t.Run("download", func(t *testing.T) {
		_, err := api.Copy(t.Context(), rest.Request{Method: "GET", Path: "half"}, io.Discard)
		checkFailure(t, err, failure.Other, "Net::ReadTimeout", host+" sent nothing for 50ms")
	})
}

func TestHandshakeTimeout(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	api := clientAt(t, "https://"+listener.Addr().String(), map[string]any{"http_options": parse(t, `{"ssl_timeout":0.05}`)})
	_, err = api.Get(t.Context(), "x", nil)
	checkFailure(t, err, failure.Other, "Net::OpenTimeout",
		fmt.Sprintf("Failed to open TCP connection to %s (execution expired)", listener.Addr()))
}

// A server that takes no more data.
func TestWriteTimeout(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	api := clientAt(t, "http://"+listener.Addr().String(), map[string]any{"http_options": parse(t, `{"write_timeout":0.05,"read_timeout":null}`)})
	_, err = api.Post(t.Context(), "x", rest.Raw{Content: make([]byte, 32<<20)})
	checkFailure(t, err, failure.Other, "Net::WriteTimeout", listener.Addr().String()+" takes no data for 50ms")
}

func TestKeepAliveOfZero(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.RemoteAddr, " ", r.Header.Get("Connection"))
	}))
	defer server.Close()
	api := client(t, server, map[string]any{"http_options": parse(t, `{"keep_alive_timeout":0,"local_host":"127.0.0.1"}`)})
	answer, err := api.Get(t.Context(), "x", nil)
	if text, _ := answer.Value.(string); err != nil || !strings.HasPrefix(text, "127.0.0.1:") || !strings.HasSuffix(text, " close") {
		t.Errorf("got %v, %v", answer, err)
	}
}

func TestTrust(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	folder := t.TempDir()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("ca.pem", certificate)
	der := write("ca.der", server.Certificate().Raw)
	write("notes.txt", []byte("no certificate"))
	for _, c := range []struct {
		name    string
		options map[string]any
		trusted bool
	}{
		{"system store", nil, false},
		{"insecure", map[string]any{"insecure": true}, true},
		{"ignored", map[string]any{"ignore_certificate": []any{server.URL}}, true},
		{"another is ignored", map[string]any{"ignore_certificate": []any{"https://127.0.0.1:1"}}, false},
		{"file", map[string]any{"cert_stores": file}, true},
		{"DER file", map[string]any{"cert_stores": []any{der}}, true},
		{"folder beside the system's", map[string]any{"cert_stores": []any{"DEF", folder}}, true},
		{"only the system's", map[string]any{"cert_stores": []any{"DEF"}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := client(t, server, c.options).Get(t.Context(), "x", nil)
			if c.trusted {
				if err != nil {
					t.Error(err)
				}
				return
			}
			e := failure.As(err)
			if e == nil || e.Label != failure.SSL || !strings.Contains(e.Message, "certificate verify failed (") {
				t.Errorf("got %v (%#v)", err, e)
			}
		})
	}
	t.Run("other name", func(t *testing.T) {
		address := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
		_, err := clientAt(t, address, map[string]any{"cert_stores": file}).Get(t.Context(), "x", nil)
		if e := failure.As(err); e == nil || !strings.Contains(e.Message, `hostname "localhost" does not match the server certificate`) {
			t.Errorf("got %v", err)
		}
	})
}

func TestWrongOptions(t *testing.T) {
	for _, c := range []struct {
		name    string
		options map[string]any
		want    string
	}{
		{"http certificate", map[string]any{"ignore_certificate": []any{"http://h:1"}}, "Expecting https scheme: http://h:1"},
		{"no store", map[string]any{"cert_stores": "/no/such/place"}, "No such file or folder: /no/such/place"},
		{"proxy", map[string]any{"http_proxy": "me:pw@127.0.0.1:18080"}, `bad URI (is not URI?): "127.0.0.1:18080"`},
		{"suffix", map[string]any{"http_options": record.New("download_partial_suffix", "/../x")}, `http_options: download_partial_suffix: expecting the end of a file name, but have (String)"/../x"`},
		{"local host", map[string]any{"http_options": record.New("local_host", "h")}, `http_options: local_host: expecting an IP address of this computer, but have (String)"h"`},
		{"local port", map[string]any{"http_options": record.New("local_port", 65536)}, `http_options: local_port: expecting a whole number up to 65535, but have (Integer)65536`},
		{"retries", map[string]any{"http_options": record.New("retry_max", "x")}, `http_options: retry_max: expecting a whole number, but have (String)"x"`},
		{"timeout", map[string]any{"http_options": record.New("read_timeout", "x")}, `http_options: read_timeout: expecting a number of seconds, but have (String)"x"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := rest.NewSession(c.options, nil)
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
