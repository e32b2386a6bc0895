package oauth

import (
	"context"
	"fmt"
	"net"
	"net/url"

	"github.com/google/uuid"
	"golang.org/x/oauth2"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// Web is the grant in which the user logs in with a browser, which brings a
// code to a listener on this machine (RFC 6749 section 4.1).
//
// Of golang.org/x/oauth2 it takes PKCE only: that package sorts parameters by
// name and calls the token endpoint without the user's HTTP options, the
// product's error messages and the trace.
type Web struct {
	// RedirectURI is where the server sends the browser: http or https, with a
	// port, as registered for the client. Port 0 takes a free one, for servers
	// that allow it (RFC 8252 section 7.3).
	RedirectURI string
	// Open shows a URL to the user. It returns when ctx is done.
	Open func(ctx context.Context, url string) error
	// PKCE proves at the token endpoint that it was this client who opened the
	// page (RFC 7636), for servers that know it.
	PKCE bool
	// AuthorizePath is the page below the endpoint's base; "" stands for
	// "authorize".
	AuthorizePath string
	// AnyHost allows a redirect URI that is not of the loopback interface: others
	// on the network can reach the listener then.
	AnyHost bool
	// Version stands on the page that ends the login.
	Version string
}

// Identity is that of the method alone (spec/cli.md 5.5).
func (g Web) Identity() []string { return []string{"web"} }

// Token lets the user log in, without limit of time but that of ctx.
func (g Web) Token(ctx context.Context, endpoint *Endpoint) (*record.Object, error) {
	redirect, err := g.redirect()
	if err != nil {
		return nil, err
	}
	state := uuid.NewString()
	callback, err := listen(ctx, redirect, state, g.Version)
	if err != nil {
		return nil, err
	}
	defer callback.close()
	proof := ""
	if g.PKCE {
		proof = oauth2.GenerateVerifier()
	}
	page, err := g.page(endpoint, redirect.String(), state, proof)
	if err != nil {
		return nil, err
	}
	if err := g.Open(ctx, page); err != nil {
		return nil, fmt.Errorf("show the login page: %w", err)
	}
	code, err := callback.await(ctx)
	if err != nil {
		return nil, err
	}
	return endpoint.Request(ctx, texts("client_secret", endpoint.ClientSecret, "grant_type", "authorization_code",
		"code", code, "redirect_uri", redirect.String(), "code_verifier", proof))
}

// page is the URL at which the user logs in.
func (g Web) page(endpoint *Endpoint, redirect, state, proof string) (string, error) {
	query := texts("scope", endpoint.Scope, "client_id", endpoint.ClientID, "response_type", "code",
		"redirect_uri", redirect, "state", state)
	if proof != "" {
		add(query, texts("code_challenge", oauth2.S256ChallengeFromVerifier(proof), "code_challenge_method", "S256"))
	}
	encoded, err := rest.EncodeQuery(query)
	if err != nil {
		return "", err
	}
	path := g.AuthorizePath
	if path == "" {
		path = "authorize"
	}
	return endpoint.API.BaseURL() + "/" + path + "?" + encoded, nil
}

func (g Web) redirect() (*url.URL, error) {
	u, err := url.Parse(g.RedirectURI)
	switch {
	case err != nil:
		return nil, failure.Argumentf("redirect_uri is not a URL: %q", g.RedirectURI)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, failure.Argumentf("redirect_uri scheme must be http or https").Hint("e.g. http://localhost:12345")
	case u.Port() == "":
		return nil, failure.Argumentf("redirect_uri must have a port").Hint("e.g. http://localhost:12345")
	case !g.AnyHost && !isLoopback(u.Hostname()):
		return nil, failure.Argumentf("redirect_uri must be on this machine's loopback interface, not %s", u.Hostname()).
			Hint("use localhost or 127.0.0.1, and register that URI for the client")
	}
	return u, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
