//go:build unix

package pac_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/pac"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/rest/proxytest"
)

// A session that asks a script goes through a real proxy, with and without TLS.
func TestScriptLeadsToARealProxy(t *testing.T) {
	for _, name := range []string{"http_proxy", "HTTP_PROXY"} {
		t.Setenv(name, "")
	}
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "through") })
	plain, secure := httptest.NewServer(answer), httptest.NewTLSServer(answer)
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	proxy := proxytest.Start(t, map[string]string{
		"192.0.2.1":     plain.Listener.Addr().String(),
		"192.0.2.1:443": secure.Listener.Addr().String(),
	})
	get := func(address, password string) (*rest.Response, error) {
		e := evaluator(t, returning(fmt.Sprintf(`isInNet(host, "192.0.2.0", "255.255.255.0") ? "PROXY %s; DIRECT" : "DIRECT"`, proxy.Address)),
			pac.Options{Credentials: []string{proxytest.User, password}})
		session, err := rest.NewSession(map[string]any{"insecure": true, "http_options": proxytest.HTTPOptions()}, nil, rest.WithProxyFinder(e.Proxy))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(session.Close)
		api, err := session.Client(address, nil)
		if err != nil {
			t.Fatal(err)
		}
		return api.Get(t.Context(), "x", nil)
	}
	for address, request := range map[string]string{
		"http://192.0.2.1":  "GET http://192.0.2.1/x",
		"https://192.0.2.1": "CONNECT 192.0.2.1:443",
	} {
		t.Run(address, func(t *testing.T) {
			if answer, err := get(address, proxytest.Password); err != nil || answer.Value != "through" {
				t.Fatalf("got %v, %v", answer, err)
			}
			if log := proxy.Log(t); !strings.Contains(log, request) {
				t.Errorf("no %q in the log of the proxy: %s", request, log)
			}
			_, err := get(address, "wr0ng")
			e := failure.As(err)
			if e == nil || !strings.Contains(strings.Join(e.Hints, "\n"), "option proxy_credentials") {
				t.Errorf("wrong password: %v %+v", err, e)
			}
		})
	}
}
