package rest

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// redirection is where the server sends a request to, "" when it does not.
func (x *exchange) redirection() string {
	if x.response == nil || !isRedirect(x.response.StatusCode) {
		return ""
	}
	return x.response.Header.Get("Location")
}

// redirected is a request to another place, with the same method, body and
// headers (spec/cli.md 9.1). Basic credentials stay behind, and so does a token
// when the place is another server.
func redirected(ctx context.Context, r *http.Request, location string) (*http.Request, error) {
	u, err := url.Parse(location)
	if err != nil {
		return nil, failure.Otherf("URI::InvalidURIError", "%s redirects to a place that is no URL", r.URL.Host)
	}
	if !u.IsAbs() {
		if !strings.HasPrefix(location, "/") {
			return nil, failure.Otherf("RuntimeError", "redirect location is relative: %s, but does not start with /.", u.Path)
		}
		u = r.URL.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, failure.Argumentf("REST endpoint shall be http/s not %s", u.Scheme)
	}
	if u.RawQuery == "" {
		u.RawQuery = r.URL.RawQuery
	}
	next := r.Clone(ctx)
	next.URL, next.Host = u, ""
	authorization := next.Header.Get("Authorization")
	if origin(u) != origin(r.URL) || u.Scheme != r.URL.Scheme || strings.HasPrefix(authorization, "Basic ") {
		next.Header.Del("Authorization")
	}
	if r.GetBody != nil {
		if next.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	return next, nil
}
