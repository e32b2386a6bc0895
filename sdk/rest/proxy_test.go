//go:build unix

package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/rest/proxytest"
)

// site is a server with and without TLS behind a proxy, and the options to
// trust it.
type site struct {
	proxy   *proxytest.Proxy
	plain   string
	secure  string
	options map[string]any
}

func startSite(t *testing.T) *site {
	t.Helper()
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "" {
			t.Error("the server sees the credentials of the proxy")
		}
		w.Header().Set("X-Via", r.Header.Get("Via"))
		fmt.Fprint(w, "through")
	})
	plain, secure := httptest.NewServer(answer), httptest.NewTLSServer(answer)
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	names := map[string]string{"plain.test": plain.Listener.Addr().String(), "secure.test:443": secure.Listener.Addr().String()}
	for _, name := range []string{"http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"} {
		t.Setenv(name, "")
	}
	return &site{
		proxy: proxytest.Start(t, names), plain: "http://plain.test", secure: "https://secure.test",
		options: map[string]any{"ignore_certificate": []any{"https://secure.test"}},
	}
}

func (s *site) get(t *testing.T, address string, options map[string]any, setups ...rest.Setup) (*rest.Response, error) {
	t.Helper()
	session, err := rest.NewSession(merged(s.options, map[string]any{"http_options": proxytest.HTTPOptions()}, options), nil, setups...)
	if err != nil {
		return nil, err
	}
	t.Cleanup(session.Close)
	api, err := session.Client(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return api.Get(t.Context(), "x", nil)
}

func merged(maps ...map[string]any) map[string]any {
	all := map[string]any{}
	for _, m := range maps {
		for name, value := range m {
			all[name] = value
		}
	}
	return all
}

func TestRequestsPassARealProxy(t *testing.T) {
	s := startSite(t)
	right := s.proxy.URL(proxytest.User, proxytest.Password)
	finder := rest.WithProxyFinder(func(_ context.Context, target *url.URL) (*url.URL, error) {
		if target.Hostname() != "plain.test" {
			return nil, nil
		}
		return url.Parse(right)
	})
	for _, c := range []struct {
		name, variable, address string
		options                 map[string]any
		setups                  []rest.Setup
	}{
		{"http, option", "", s.plain, map[string]any{"http_proxy": right}, nil},
		{"https, option", "", s.secure, map[string]any{"http_proxy": right}, nil},
		{"http, environment", "http_proxy", s.plain, nil, nil},
		{"https, environment", "http_proxy", s.secure, nil, nil},
		{"https, discouraged variable", "HTTP_PROXY", s.secure, nil, nil},
		{"http, finder before option", "", s.plain, map[string]any{"http_proxy": "http://127.0.0.1:1"}, []rest.Setup{finder}},
		{"https, finder falls back to option", "", s.secure, map[string]any{"http_proxy": right}, []rest.Setup{finder}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.variable != "" {
				t.Setenv(c.variable, right)
			}
			before := len(s.proxy.Log(t))
			answer, err := s.get(t, c.address, c.options, c.setups...)
			if err != nil || answer.Value != "through" {
				t.Fatalf("got %v, %v", answer, err)
			}
			want := "GET http://plain.test/x"
			if c.address == s.secure {
				want = "CONNECT secure.test:443"
			} else if via := answer.Header.Get("X-Via"); !strings.Contains(via, "tinyproxy") {
				t.Errorf("Via: %q", via)
			}
			if log := s.proxy.Log(t)[before:]; !strings.Contains(log, want) {
				t.Errorf("no %q in the log of the proxy: %s", want, log)
			}
		})
	}
}

func TestProxyRefuses(t *testing.T) {
	s := startSite(t)
	for _, c := range []struct{ name, user, source, hint string }{
		{"no credentials", "", "option", "give the user and password of the proxy in option http_proxy"},
		{"wrong password", proxytest.User, "option", "check the user and password of the proxy in option http_proxy"},
		{"wrong password, environment", proxytest.User, "environment", "the proxy in environment variable http_proxy"},
		{"no credentials, script", "", "script", "give the user and password of the proxy in option proxy_credentials"},
		{"wrong password, script", proxytest.User, "script", "check the user and password of the proxy in option proxy_credentials"},
	} {
		for _, address := range []string{s.plain, s.secure} {
			t.Run(c.name+" "+address, func(t *testing.T) {
				proxy := s.proxy.URL(c.user, "wr0ng-pass")
				options := map[string]any{}
				var setups []rest.Setup
				switch c.source {
				case "option":
					options["http_proxy"] = proxy
				case "environment":
					t.Setenv("http_proxy", proxy)
				case "script":
					setups = append(setups, rest.WithProxyFinder(func(context.Context, *url.URL) (*url.URL, error) { return url.Parse(proxy) }))
				}
				_, err := s.get(t, address, options, setups...)
				message := "the proxy " + s.proxy.Address + " refused to connect: 40"
				if address == s.plain && c.user != "" {
					// tinyproxy then answers as if it were the server.
					message = "plain.test 401 Unauthorized"
				}
				checkProxyFailure(t, err, message, c.hint)
			})
		}
	}
}

func checkProxyFailure(t *testing.T, err error, message, hint string) {
	t.Helper()
	e := failure.As(err)
	if e == nil {
		t.Fatalf("no labelled error: %v", err)
	}
	hints := strings.Join(e.Hints, "\n")
	if !strings.HasPrefix(e.Message, message) || !strings.Contains(hints, hint) {
		t.Errorf("got %q with hints %q, want %q with %q", e.Message, hints, message, hint)
	}
	if strings.Contains(fmt.Sprintf("%v %+v", err, hints), "wr0ng-pass") {
		t.Error("the error shows the password")
	}
}

func TestProxyIsOutOfReach(t *testing.T) {
	s := startSite(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	listener.Close()
	for _, c := range []struct{ name, proxy, message string }{
		{"refused", closed, "Failed to open TCP connection to " + closed + " (Connection refused"},
		{"unknown name", "proxy.invalid:3128", "Failed to open TCP connection to proxy.invalid:3128 (getaddrinfo: "},
	} {
		for _, address := range []string{s.plain, s.secure} {
			t.Run(c.name+" "+address, func(t *testing.T) {
				_, err := s.get(t, address, map[string]any{"http_proxy": "http://me:wr0ng-pass@" + c.proxy})
				checkProxyFailure(t, err, c.message, c.proxy+" is the proxy of option http_proxy")
			})
		}
	}
}

// A proxy that takes the connection and says nothing.
func TestProxyStalls(t *testing.T) {
	s := startSite(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	proxy := listener.Addr().String()
	_, err = s.get(t, s.secure, map[string]any{"http_proxy": "http://" + proxy, "http_options": parse(t, `{"open_timeout":0.05}`)})
	checkProxyFailure(t, err, "Failed to open TCP connection to "+proxy+" (execution expired)", proxy+" is the proxy")
}

func TestBypass(t *testing.T) {
	s := startSite(t)
	server := answering(t, 200, "text/plain", "direct")
	unreachable := map[string]any{"http_proxy": "http://127.0.0.1:1"}
	failing := rest.WithProxyFinder(func(context.Context, *url.URL) (*url.URL, error) { return nil, errors.New("not to be asked") })
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)} {
		answer, err := s.get(t, address, unreachable, failing)
		if err != nil || answer.Value != "direct" {
			t.Errorf("%s: got %v, %v", address, answer, err)
		}
	}
	for _, list := range []string{"plain.test", "other.example.com test", ".test,x"} {
		t.Run(list, func(t *testing.T) {
			t.Setenv("no_proxy", list)
			_, err := s.get(t, s.plain, unreachable)
			if e := failure.As(err); e == nil || e.Label != failure.Network || !strings.Contains(e.Message, "plain.test:80") {
				t.Errorf("did not go directly: %v", err)
			}
		})
	}
}

func TestFinderFails(t *testing.T) {
	s := startSite(t)
	wrong := failure.Otherf("RuntimeError", "the script is wrong")
	_, err := s.get(t, s.plain, nil, rest.WithProxyFinder(func(context.Context, *url.URL) (*url.URL, error) { return nil, wrong }))
	if !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
}

func TestBadProxyAddress(t *testing.T) {
	for _, address := range []string{"127.0.0.1:18080", "me:wr0ng-pass@127.0.0.1:18080", "ftp://h:1", "http://", filepath.Join("a", "b")} {
		_, err := rest.NewSession(map[string]any{"http_proxy": address}, nil)
		checkFailure(t, err, failure.Other, "URI::InvalidURIError", fmt.Sprintf("bad URI (is not URI?): %q", address[strings.LastIndex(address, "@")+1:]))
	}
}
