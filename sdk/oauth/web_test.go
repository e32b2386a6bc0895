package oauth_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/oauth"
)

// browser is a person and a browser: it is shown the login page and goes where
// the test wants.
type browser struct {
	// shown is the page that was opened.
	shown *url.URL
	// status and page are what the callback answered at last.
	status int
	page   string
}

// visit goes to the redirect URI with other values of its query, "" removing one.
func (b *browser) visit(ctx context.Context, method, path string, query ...string) error {
	redirect, err := url.Parse(b.shown.Query().Get("redirect_uri"))
	if err != nil {
		return err
	}
	values := url.Values{"state": {b.shown.Query().Get("state")}}
	for i := 0; i+1 < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	if path != "" {
		redirect.Path = path
	}
	redirect.RawQuery = values.Encode()
	r, err := http.NewRequestWithContext(ctx, method, redirect.String(), nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	b.status, b.page = answer.StatusCode, string(page)
	return err
}

// login runs the grant with a person who does what the test says.
func login(t *testing.T, grant oauth.Web, endpoint oauth.Endpoint, person func(ctx context.Context, b *browser) error) (*browser, *tokenServer, error) {
	t.Helper()
	server := newTokenServer(t, numbered)
	endpoint.API = client(t, server.URL+"/auth", nil)
	b := &browser{}
	visited := make(chan error, 1)
	grant.Open = func(ctx context.Context, page string) error {
		shown, err := url.Parse(page)
		if err != nil {
			return err
		}
		b.shown = shown
		go func() { visited <- person(ctx, b) }()
		return nil
	}
	_, err := oauth.NewSource(oauth.Config{Endpoint: endpoint, Grant: grant}).Token(t.Context())
	if problem := <-visited; problem != nil {
		t.Fatalf("the browser: %v", problem)
	}
	return b, server, err
}

func returnWith(query ...string) func(context.Context, *browser) error {
	return func(ctx context.Context, b *browser) error { return b.visit(ctx, http.MethodGet, "", query...) }
}

func TestWebLogin(t *testing.T) {
	for _, c := range []struct{ name, redirect string }{
		{"http", "http://127.0.0.1:0"},
		{"path", "http://127.0.0.1:0/some/path"},
		{"name", "http://localhost:0/"},
		{"https", "https://localhost:0/callback"},
	} {
		t.Run(c.name, func(t *testing.T) {
			endpoint := oauth.Endpoint{ClientID: "cid", ClientSecret: "cs", Scope: "user:all"}
			b, server, err := login(t, oauth.Web{RedirectURI: c.redirect, Version: "4.21.0"}, endpoint, returnWith("code", "c1"))
			if err != nil {
				t.Fatal(err)
			}
			redirect := b.shown.Query().Get("redirect_uri")
			order := regexp.MustCompile(`^scope=user%3Aall&client_id=cid&response_type=code&redirect_uri=[^&]+&state=[0-9a-f-]{36}$`)
			if b.shown.Path != "/auth/authorize" || !order.MatchString(b.shown.RawQuery) {
				t.Errorf("page %s", b.shown)
			}
			want := "scope=user%3Aall&client_id=cid&client_secret=cs&grant_type=authorization_code&code=c1&redirect_uri=" + url.QueryEscape(redirect)
			if got := server.requests()[0].body; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			for _, text := range []string{"<title>Close Now</title>", "<h1>Thank You!</h1>", "You can close this window.", "ascli v4.21.0"} {
				if b.status != http.StatusOK || !strings.Contains(b.page, text) {
					t.Errorf("%d, no %q in %s", b.status, text, b.page)
				}
			}
			if strings.Contains(b.page, "://") {
				t.Errorf("the page needs something from elsewhere:\n%s", b.page)
			}
		})
	}
}

func TestWebLoginWithPKCE(t *testing.T) {
	b, server, err := login(t, oauth.Web{RedirectURI: "http://127.0.0.1:0", PKCE: true}, oauth.Endpoint{}, returnWith("code", "c1"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := url.ParseQuery(server.requests()[0].body)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body.Get("code_verifier")))
	shown := b.shown.Query()
	if got := shown.Get("code_challenge"); shown.Get("code_challenge_method") != "S256" || got != base64.RawURLEncoding.EncodeToString(sum[:]) {
		t.Errorf("the verifier does not prove challenge %q", got)
	}
}

func TestWebLoginRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		query []string
		want  string
	}{
		{"other state", []string{"code", "c1", "state", "x"}, "wrong received state"},
		{"refusal", []string{"error", "access_denied"}, "the authorization server refused the login: access_denied"},
		{"refusal with a reason", []string{"error", "access_denied", "error_description", "<b>no</b>"}, "the authorization server refused the login: access_denied: <b>no</b>"},
		{"no code", nil, "the authorization server sent no code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, server, err := login(t, oauth.Web{RedirectURI: "http://127.0.0.1:0"}, oauth.Endpoint{}, returnWith(c.query...))
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if len(server.requests()) != 0 {
				t.Error("a token was requested")
			}
			if !strings.Contains(b.page, "<h1>Login failed</h1>") || strings.Contains(b.page, "<b>") {
				t.Errorf("page: %s", b.page)
			}
		})
	}
}

func TestWebLoginWaitsForTheRightRequest(t *testing.T) {
	_, _, err := login(t, oauth.Web{RedirectURI: "http://127.0.0.1:0/cb"}, oauth.Endpoint{}, func(ctx context.Context, b *browser) error {
		for _, c := range []struct {
			method, path string
			status       int
		}{
			{http.MethodGet, "/favicon.ico", http.StatusNotFound},
			{http.MethodPost, "", http.StatusMethodNotAllowed},
			{http.MethodGet, "", http.StatusOK},
		} {
			if err := b.visit(ctx, c.method, c.path, "code", "c1"); err != nil {
				return err
			}
			if b.status != c.status {
				t.Errorf("%s %s: %d, want %d", c.method, c.path, b.status, c.status)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWebLoginEndsWithItsContext(t *testing.T) {
	server := newTokenServer(t, numbered)
	ctx, cancel := context.WithCancel(t.Context())
	var address string
	grant := oauth.Web{RedirectURI: "http://127.0.0.1:0", Open: func(_ context.Context, page string) error {
		shown, err := url.Parse(page)
		if err != nil {
			return err
		}
		address = strings.TrimPrefix(shown.Query().Get("redirect_uri"), "http://")
		cancel()
		return nil
	}}
	_, err := oauth.NewSource(oauth.Config{Endpoint: oauth.Endpoint{API: client(t, server.URL, nil)}, Grant: grant}).Token(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// The port is free again.
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestRedirectURIs(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	opened := errors.New("opened")
	for _, c := range []struct {
		name, redirect string
		anyHost        bool
		want           string
	}{
		{"other scheme", "ftp://localhost:1", false, "redirect_uri scheme must be http or https"},
		{"no port", "http://localhost/", false, "redirect_uri must have a port"},
		{"no URL", "http://[", false, "redirect_uri is not a URL"},
		{"everywhere", "http://0.0.0.0:0", false, "loopback"},
		{"other host", "http://login.example.com:0", false, "loopback"},
		{"name that begins like one", "http://localhost.example.com:0", false, "loopback"},
		{"port in use", "http://" + taken.Addr().String(), false, "cannot wait for the end of the login"},
		{"other host allowed", "http://0.0.0.0:0", true, opened.Error()},
		{"loopback", "http://127.0.0.1:0", false, opened.Error()},
	} {
		t.Run(c.name, func(t *testing.T) {
			grant := oauth.Web{RedirectURI: c.redirect, AnyHost: c.anyHost, Open: func(context.Context, string) error { return opened }}
			_, err := grant.Token(t.Context(), &oauth.Endpoint{API: client(t, "https://h", nil)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
