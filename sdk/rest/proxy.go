package rest

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"

	"golang.org/x/net/http/httpproxy"

	"github.com/ascli-go/ascli/sdk/failure"
)

// ProxyFinder finds the proxy for an address, such as a proxy
// auto-configuration script does. nil means that it names none. It may be
// called by several goroutines, for each request.
type ProxyFinder func(ctx context.Context, target *url.URL) (*url.URL, error)

// proxies chooses the proxy of a request (spec/cli.md 9.5): none for loopback
// targets, else what the finder says, else that of option http_proxy or of the
// environment variable of this name, unless no_proxy lists the target.
type proxies struct {
	find ProxyFinder
	// fixed and source are the proxy of http_proxy and where it was given.
	fixed  func(*url.URL) (*url.URL, error)
	source string
}

// route is the way that a request takes: the proxy, nil for none, and the
// option or variable that named it.
type route struct {
	proxy  *url.URL
	source string
}

// viaProxy tells whether a proxy is on the way.
func (r *route) viaProxy() bool { return r != nil && r.proxy != nil }

type routeKey struct{}

// withRoute returns a context whose request tells its route: the transport
// sets it, perhaps while an earlier dial still reads it.
func withRoute(ctx context.Context) (context.Context, *atomic.Pointer[route]) {
	slot := &atomic.Pointer[route]{}
	return context.WithValue(ctx, routeKey{}, slot), slot
}

func routeOf(ctx context.Context) *route {
	if slot, ok := ctx.Value(routeKey{}).(*atomic.Pointer[route]); ok {
		return slot.Load()
	}
	return nil
}

const (
	optionProxy = "option http_proxy"
	scriptProxy = "option fpac"
)

func readProxies(options map[string]any, log *slog.Logger) (*proxies, error) {
	p := &proxies{source: optionProxy}
	address, _ := options["http_proxy"].(string)
	for _, variable := range []string{"http_proxy", "HTTP_PROXY"} {
		if address != "" {
			break
		}
		if address = os.Getenv(variable); address == "" {
			continue
		}
		p.source = "environment variable " + variable
		if variable == "HTTP_PROXY" {
			log.Warn("The environment variable HTTP_PROXY is discouraged. Use http_proxy.")
		}
	}
	if address == "" {
		return p, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, failure.Otherf("URI::InvalidURIError", "bad URI (is not URI?): %q", withoutUser(address)).
			Hint("%s: a proxy is given as http://[user:password@]host:port", p.source)
	}
	config := &httpproxy.Config{HTTPProxy: address, HTTPSProxy: address, NoProxy: noProxy()}
	p.fixed = config.ProxyFunc()
	return p, nil
}

// noProxy is the list of exceptions, which may also be separated by blanks.
func noProxy() string {
	list := os.Getenv("no_proxy")
	if list == "" {
		list = os.Getenv("NO_PROXY")
	}
	return strings.Join(strings.Fields(list), ",")
}

// choose serves [http.Transport.Proxy].
func (p *proxies) choose(r *http.Request) (*url.URL, error) {
	taken, err := p.route(r.Context(), r.URL)
	if err != nil {
		return nil, err
	}
	if slot, ok := r.Context().Value(routeKey{}).(*atomic.Pointer[route]); ok {
		slot.Store(taken)
	}
	return taken.proxy, nil
}

func (p *proxies) route(ctx context.Context, target *url.URL) (*route, error) {
	if isLoopback(target.Hostname()) {
		return &route{}, nil
	}
	if p.find != nil {
		if found, err := p.find(ctx, target); found != nil || err != nil {
			return &route{found, scriptProxy}, err
		}
	}
	if p.fixed == nil {
		return &route{}, nil
	}
	found, err := p.fixed(target)
	return &route{found, p.source}, err
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// withoutUser keeps the credentials of a proxy out of messages.
func withoutUser(address string) string {
	return address[strings.LastIndex(address, "@")+1:]
}

// proxyAnswered turns a proxy's refusal to connect to an https server into an
// error that names it.
func proxyAnswered(ctx context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	taken := routeOf(ctx)
	if !taken.viaProxy() {
		taken = &route{proxy, optionProxy}
	}
	return taken.refusal(answer)
}

// refusal is the error for an answer that is known to be the proxy's own.
func (r *route) refusal(answer *http.Response) error {
	e := failure.Otherf("Net::HTTPClientException", "the proxy %s refused to connect: %s", r.proxy.Host, answer.Status)
	switch {
	case answer.StatusCode != http.StatusProxyAuthRequired && answer.StatusCode != http.StatusUnauthorized:
		return e.Hint("check that the proxy of %s may connect to this server, or bypass it with the environment variable no_proxy", r.source)
	case r.proxy.User == nil && r.source == scriptProxy:
		return e.Hint("give the user and password of the proxy in %s", r.credentials())
	case r.proxy.User == nil:
		return e.Hint("give the user and password of the proxy in %s: http://user:password@host:port", r.credentials())
	}
	return e.Hint("check the user and password of the proxy in %s", r.credentials())
}

// credentials is where the user gives those of the proxy.
func (r *route) credentials() string {
	if r.source == scriptProxy {
		return "option proxy_credentials"
	}
	return r.source
}

// suspect adds to an error that came over plain http that the proxy may be the
// one who answered: some answer a wrong password with 401, as a server does.
func (r *route) suspect(e *failure.Error, status int) {
	if !r.viaProxy() {
		return
	}
	switch {
	case status == http.StatusUnauthorized:
		e.Hint("this may be the answer of the proxy %s: check the user and password of the proxy in %s", r.proxy.Host, r.credentials())
	case status == http.StatusForbidden, status >= 500:
		e.Hint("this may be the answer of the proxy %s of %s", r.proxy.Host, r.source)
	}
}

// blame tells in an error of the connection that it is the one to the proxy.
func (r *route) blame(err error) error {
	if labelled := failure.As(err); r.viaProxy() && labelled != nil {
		labelled.Hint("%s is the proxy of %s: check its address, and that it runs", r.proxy.Host, r.source)
	}
	return err
}
