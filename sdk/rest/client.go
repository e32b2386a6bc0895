// Package rest is the HTTP client of the products' APIs: JSON in and out with
// the order of keys and all digits kept, authentication, retries, error
// messages composed as spec/cli.md 7.3 says, and the TLS, proxy and time-out
// settings that the user gave as global options.
//
//	session, err := rest.NewSession(inv.Options, inv.Log)
//	api, err := session.Client("https://node.example.com:9092", rest.Basic("user", "secret"))
//	answer, err := api.Get(ctx, "info", nil)
package rest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Client calls one API. It is safe for use by several goroutines.
type Client struct {
	session *Session
	base    string
	auth    Auth
	header  http.Header
}

// Client returns a client for the API at a base URL. auth nil sends no
// credentials.
func (s *Session) Client(baseURL string, auth Auth) (*Client, error) {
	base, err := NormalizeURL(baseURL)
	if err != nil {
		return nil, err
	}
	if auth == nil {
		auth = None()
	}
	return &Client{session: s, base: base, auth: auth, header: http.Header{}}, nil
}

// WithHeader returns a client that also sends a header with every request.
func (c *Client) WithHeader(name, value string) *Client {
	other := *c
	other.header = maps.Clone(c.header)
	other.header.Set(name, value)
	return &other
}

// WithAuth returns a client of the same API with other credentials.
func (c *Client) WithAuth(auth Auth) *Client {
	other := *c
	other.auth = auth
	return &other
}

// BaseURL returns the normalised base URL.
func (c *Client) BaseURL() string { return c.base }

// Header returns a header sent with every request, "" when there is none.
func (c *Client) Header(name string) string { return c.header.Get(name) }

// Headers returns those sent with every request, besides the credentials.
func (c *Client) Headers() http.Header { return c.header.Clone() }

// Renews tells whether the credentials come from an authorization server.
func (c *Client) Renews() bool {
	_, renews := c.auth.(Renewer)
	return renews
}

// Authorization returns the value of the Authorization header that the
// client's credentials make, "" when they use none.
func (c *Client) Authorization(ctx context.Context) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base, nil)
	if err != nil {
		return "", err
	}
	if err := c.auth.Authorize(r); err != nil {
		return "", err
	}
	return r.Header.Get("Authorization"), nil
}

// NormalizeURL checks a base URL and drops what is superfluous: slashes at the
// end and the port that the scheme implies (spec/cli.md 9.1).
func NormalizeURL(text string) (string, error) {
	text = strings.TrimRight(text, "/")
	u, err := url.Parse(text)
	if err != nil || u.Host == "" && u.Opaque == "" && u.Scheme != "" {
		return "", failure.Otherf("URI::InvalidURIError", "bad URI (is not URI?): %q", withoutUser(text))
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		wrong := failure.Argumentf("REST endpoint shall be http/s not %s", u.Scheme)
		if !strings.Contains(text, "://") {
			wrong.Hint("give the URL with its scheme, e.g. https://%s", withoutUser(text))
		}
		return "", wrong
	}
	if u.Port() == impliedPort(u.Scheme) {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return u.String(), nil
}

func impliedPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// Request is one call of an API.
type Request struct {
	Method string
	// Path below the base URL, sent as it is: escape what comes from users.
	Path string
	// Query is an object, an array of pairs, or nil (see [EncodeQuery]).
	Query any
	// Body is sent as JSON, unless it is a [Form] or [Raw] text; nil sends none.
	Body any
	// Header overrides the headers of the client.
	Header http.Header
	// Redirects is how many redirections are followed, none by default.
	Redirects int
	// Wanted, when set, chooses the members that the objects of a JSON array keep;
	// the others are not decoded.
	Wanted func(key string) bool
	// ListAsText leaves a JSON array of a good answer as it came, in Text of the
	// response, for callers that read it themselves (see [record.Scan]).
	ListAsText bool
	// Patient sends the request again when the server is too busy (429, 503),
	// after the pause that it asks for, else after growing ones: up to six times.
	Patient bool
	// Progress is told the bytes of a download that are saved so far, and how
	// many there are in all, -1 when the server does not say.
	Progress func(received, total int64)
}

// Form is a body sent as application/x-www-form-urlencoded.
type Form struct{ Fields *record.Object }

// Raw is a body sent as it is, text/plain unless it says otherwise.
type Raw struct {
	ContentType string
	Content     []byte
}

// Response is a successful answer.
type Response struct {
	Status int
	Header http.Header
	// Value is the decoded JSON, the text of any other answer, or nil for one
	// without content.
	Value any
	// Text is a list that was asked for as text, "" else.
	Text string
	// URL is where the answer comes from, after redirections.
	URL *url.URL

	request string
	invalid error
}

// Get reads a resource.
func (c *Client) Get(ctx context.Context, path string, query any) (*Response, error) {
	return c.Do(ctx, Request{Method: http.MethodGet, Path: path, Query: query})
}

// Post creates a resource, or calls an operation.
func (c *Client) Post(ctx context.Context, path string, body any) (*Response, error) {
	return c.Do(ctx, Request{Method: http.MethodPost, Path: path, Body: body})
}

// Put changes a resource.
func (c *Client) Put(ctx context.Context, path string, body any) (*Response, error) {
	return c.Do(ctx, Request{Method: http.MethodPut, Path: path, Body: body})
}

// Delete removes a resource.
func (c *Client) Delete(ctx context.Context, path string, query any) (*Response, error) {
	return c.Do(ctx, Request{Method: http.MethodDelete, Path: path, Query: query})
}

// Do calls the API. A refusal by the server is a failure labelled Rest that
// wraps an [*Error].
func (c *Client) Do(ctx context.Context, request Request) (*Response, error) {
	if request.Header.Get("Accept") == "" && c.header.Get("Accept") == "" {
		request.Header = cloneHeader(request.Header)
		request.Header.Set("Accept", "application/json")
	}
	x, err := c.exchange(ctx, request, false)
	if err != nil {
		return nil, err
	}
	x.cancel(nil)
	return x.answer(), nil
}

// Object returns the answer as an object; anything else is an error that
// tells what came instead.
func (r *Response) Object() (*record.Object, error) {
	if o, ok := r.Value.(*record.Object); ok {
		return o, nil
	}
	return nil, r.unexpected("an object")
}

// List returns the answer as an array; anything else is an error that tells
// what came instead.
func (r *Response) List() ([]any, error) {
	if l, ok := r.Value.([]any); ok {
		return l, nil
	}
	return nil, r.unexpected("an array")
}

func (r *Response) unexpected(wanted string) error {
	if r.invalid != nil {
		return failure.Otherf("JSON::ParserError", "%s: the answer is not valid JSON: %w", r.request, r.invalid)
	}
	got := record.TypeName(r.Value)
	if _, isText := r.Value.(string); isText || r.Value == nil {
		got = mediaType(r.Header)
	}
	return failure.Otherf("RuntimeError", "%s: expecting %s in JSON, got %s", r.request, wanted, got).
		Hint("check that option url is the address of this product's API")
}

// newRequest makes the HTTP request, without credentials.
func (c *Client) newRequest(ctx context.Context, request Request) (*http.Request, error) {
	query, err := EncodeQuery(request.Query)
	if err != nil {
		return nil, err
	}
	address := c.base
	if path := strings.TrimLeft(request.Path, "/"); path != "" || request.Path == "/" {
		address += "/" + path
	}
	u, err := url.Parse(address)
	if err != nil || strings.ContainsAny(address, " <>\"") {
		return nil, failure.Otherf("URI::InvalidURIError", "bad URI (is not URI?): %q", request.Path)
	}
	if query != "" {
		u.RawQuery = query
	}
	content, contentType := encodeBody(request.Body)
	var body io.Reader
	if request.Body != nil {
		body = bytes.NewReader(content)
	}
	r, err := http.NewRequestWithContext(ctx, request.Method, u.String(), body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", request.Method, request.Path, err)
	}
	r.Header.Set("User-Agent", c.session.settings.userAgent)
	r.Header.Set("Accept", "*/*")
	r.Header.Set("Accept-Encoding", acceptEncoding)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for _, headers := range []http.Header{c.header, request.Header} {
		maps.Copy(r.Header, headers)
	}
	return r, nil
}

func encodeBody(body any) (content []byte, contentType string) {
	switch b := body.(type) {
	case nil:
		return nil, ""
	case Form:
		return []byte(encodeForm(b.Fields)), "application/x-www-form-urlencoded"
	case Raw:
		return b.Content, cmp.Or(b.ContentType, "text/plain")
	}
	return record.JSON(record.Of(body)), "application/json"
}

func cloneHeader(h http.Header) http.Header {
	if h == nil {
		return http.Header{}
	}
	return h.Clone()
}
