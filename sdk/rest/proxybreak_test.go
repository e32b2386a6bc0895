package rest_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/ascli-go/ascli/sdk/rest"
)

// A proxy that breaks off before it has connected is asked again, as a server is
// (spec/cli.md 9.3, max_retries).
func TestProxyThatBreaksOffOnceIsAskedAgain(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "through") }))
	t.Cleanup(server.Close)
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		if asked.Add(1) == 1 {
			return
		}
		there, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer there.Close()
		fmt.Fprint(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
		join(conn, there)
	}))
	t.Cleanup(proxy.Close)
	session, err := rest.NewSession(map[string]any{"http_proxy": proxy.URL, "insecure": true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	api, err := session.Client("https://secure.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := api.Get(t.Context(), "x", nil)
	if err != nil || answer.Value != "through" || asked.Load() != 2 {
		t.Errorf("got %v, %v after %d requests", answer, err, asked.Load())
	}
}

// join passes what each side sends to the other until one closes.
func join(a, b net.Conn) {
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			ended <- struct{}{}
		}()
	}
	<-ended
}
