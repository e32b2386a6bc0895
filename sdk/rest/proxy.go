package rest

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/ascli-go/ascli/sdk/failure"
)

// readProxy finds the proxy in option http_proxy, else in the environment
// variable of that name. It serves http and https targets alike; those of
// no_proxy and loopback ones bypass it (spec/cli.md 9.5).
func readProxy(options map[string]any, log *slog.Logger) (func(*http.Request) (*url.URL, error), error) {
	address, _ := options["http_proxy"].(string)
	if address == "" {
		address = os.Getenv("http_proxy")
	}
	if address == "" {
		if address = os.Getenv("HTTP_PROXY"); address != "" {
			log.Warn("The environment variable HTTP_PROXY is discouraged. Use http_proxy.")
		}
	}
	if address == "" {
		return nil, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return nil, failure.Otherf("URI::InvalidURIError", "bad URI (is not URI?): %q", withoutUser(address)).
			Hint("a proxy is given as http://[user:password@]host:port")
	}
	noProxy := os.Getenv("no_proxy")
	if noProxy == "" {
		noProxy = os.Getenv("NO_PROXY")
	}
	choose := (&httpproxy.Config{HTTPProxy: address, HTTPSProxy: address, NoProxy: noProxy}).ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return choose(r.URL) }, nil
}

// withoutUser keeps the credentials of a proxy out of messages.
func withoutUser(address string) string {
	return address[strings.LastIndex(address, "@")+1:]
}

// proxyAnswered turns a proxy's refusal to connect into an error that names it.
func proxyAnswered(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return failure.Otherf("Net::HTTPClientException", "the proxy %s refused to connect: %s", proxy.Host, answer.Status).
		Hint("check option http_proxy, and the user and password in it")
}
