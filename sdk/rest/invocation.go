package rest

import (
	"context"
	"net/url"

	"github.com/ascli-go/ascli/sdk"
)

// For returns a session with the options that a command was given:
// certificates, proxies, time limits, logs. The caller closes it.
func For(inv *sdk.Invocation) (*Session, error) {
	setups := []Setup{WithHome(inv.Home)}
	if inv.Host != nil {
		setups = append(setups, WithWarnings(func(text string) {
			// What cannot be said is no reason to fail the request.
			_ = inv.Host.Message(context.Background(), sdk.Trouble, "WARNING: "+text)
		}))
	}
	if inv.Options["fpac"] != nil && inv.Host != nil {
		setups = append(setups, WithProxyFinder(askHost(inv.Host)))
	}
	return NewSession(inv.Options, inv.Log, setups...)
}

// askHost finds proxies by the script of option fpac, which the host runs. Of
// the address it is told only what the script may know.
func askHost(host sdk.Host) ProxyFinder {
	return func(ctx context.Context, target *url.URL) (*url.URL, error) {
		proxy, err := host.Proxy(ctx, (&url.URL{Scheme: target.Scheme, Host: target.Host}).String())
		if err != nil || proxy == "" {
			return nil, err
		}
		return url.Parse(proxy)
	}
}
