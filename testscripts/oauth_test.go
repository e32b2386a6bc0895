package testscripts

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/issuer"
	"github.com/ascli-go/ascli/sandbox/tlsca"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/oauth"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// janeKey is the key pair that Jane made, for all tests.
var janeKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// authority is the sandbox's issuer behind TLS, and a client session that trusts it.
type authority struct {
	*issuer.Issuer
	t testing.TB
	// ctx is that of the calls.
	ctx     context.Context
	url     string
	session *rest.Session
	key     *rsa.PrivateKey
	// asked counts the requests to the token endpoint.
	asked atomic.Int32
	log   bytes.Buffer
}

func newAuthority(t testing.TB, change func(*issuer.Config)) *authority {
	t.Helper()
	key, err := janeKey()
	if err != nil {
		t.Fatal(err)
	}
	ca, err := tlsca.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, ctx: t.Context(), key: key}
	config := issuer.Config{
		Name: "sandbox", Directory: people(t, key), Key: key,
		Paths: issuer.Paths{
			Authorize: []string{"/auth/authorize"}, Token: []string{"/auth/token"}, Self: []string{"/api/self"},
		},
		Refreshable: []string{issuer.GrantCode, issuer.GrantPassword},
	}
	if change != nil {
		change(&config)
	}
	if a.Issuer, err = issuer.New(config); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/auth/token" {
			a.asked.Add(1)
		}
		a.ServeHTTP(w, r)
	}))
	server.TLS = ca.ServerConfig()
	// Connections that a client opens and does not need are no news.
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	a.url = server.URL
	trace := slog.New(slog.NewTextHandler(&a.log, &slog.HandlerOptions{Level: sdk.LevelTrace2}))
	if a.session, err = rest.NewSession(map[string]any{"cert_stores": []any{ca.File()}}, trace); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.session.Close)
	return a
}

// people are those who may log in.
func people(t testing.TB, key *rsa.PrivateKey) *issuer.Directory {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	d := issuer.NewDirectory()
	d.PutUser(issuer.User{Name: "jane@example.com", Password: "open sesame", PublicKey: public, APIKeys: []string{"cloud-key"}})
	d.PutClient(issuer.Client{
		ID: "ascli", Secret: "client-s3cr3t", JWT: true, PublicKey: public,
		RedirectURIs: []string{"http://127.0.0.1:12345/", "http://localhost:12345", "https://localhost:12345/done"},
	})
	d.PutLink(issuer.Link{Token: "link-t0ken", Password: "link-pass"})
	return d
}

func (a *authority) api(path string, auth rest.Auth) *rest.Client {
	a.t.Helper()
	api, err := a.session.Client(a.url+path, auth)
	if err != nil {
		a.t.Fatal(err)
	}
	return api
}

// config is that of Jane's password, the shortest way to a token.
func (a *authority) config() oauth.Config {
	a.t.Helper()
	return oauth.Config{
		Endpoint: oauth.Endpoint{
			API: a.api("/auth", nil), ClientID: "ascli", ClientSecret: "client-s3cr3t",
			Extra: record.New("client_secret", "client-s3cr3t", "username", "jane@example.com", "password", "open sesame"),
		},
		Grant: oauth.Generic{GrantType: "password", User: "jane@example.com"},
		Cache: oauth.NewFolderCache(filepath.Join(a.t.TempDir(), oauth.StoreFolder), time.Hour),
	}
}

// self asks the protected API who the user is.
func (a *authority) self(auth rest.Auth) (*record.Object, error) {
	response, err := a.api("/api", auth).Get(a.ctx, "self", nil)
	if err != nil {
		return nil, err
	}
	return response.Object()
}

func (a *authority) is(auth rest.Auth, user string, asked int) {
	a.t.Helper()
	self, err := a.self(auth)
	if err != nil {
		a.t.Fatal(err)
	}
	if got := self.Text("username"); got != user {
		a.t.Errorf("logged in as %q, want %q", got, user)
	}
	if got := int(a.asked.Load()); got != asked {
		a.t.Errorf("%d token requests, want %d", got, asked)
	}
}

const (
	jane        = "jane@example.com"
	aocAudience = "https://api.asperafiles.com/api/v1/oauth2/token"
)

// productLogin is how a product wants its users to log in.
type productLogin struct {
	name   string
	issuer func(*issuer.Config)
	login  func(*authority) oauth.Config
	user   string
}

func productLogins() []productLogin {
	return []productLogin{
		{"AoC jwt", func(c *issuer.Config) { c.Assertion.Audience = aocAudience }, func(a *authority) oauth.Config {
			return oauth.Config{
				Endpoint: oauth.Endpoint{ClientID: "ascli", Scope: "user:all"},
				Grant:    oauth.JWT{Key: a.key, Claims: record.New("iss", "ascli", "sub", jane, "aud", aocAudience, "org", "o"), Subject: []string{"o", jane}},
			}
		}, jane},
		{"AoC public link", nil, func(*authority) oauth.Config {
			return oauth.Config{
				Endpoint: oauth.Endpoint{ClientID: "ascli", ClientSecret: "client-s3cr3t", Scope: "user:all"},
				Grant:    oauth.Link{Secret: "link-t0ken", Password: "link-pass", Query: record.New("grant_type", "url_token")},
			}
		}, ""},
		{"Faspex 5 jwt", func(c *issuer.Config) {
			c.Assertion = issuer.Assertion{Audience: issuer.ClientAudience, SubjectPrefix: "user:"}
			c.TokenStatus = http.StatusCreated
		}, func(a *authority) oauth.Config {
			return oauth.Config{
				Endpoint: oauth.Endpoint{ClientID: "ascli"},
				Grant:    oauth.JWT{Key: a.key, Header: record.New("typ", "JWT"), Claims: record.New("iss", "ascli", "aud", "ascli", "sub", "user:"+jane)},
			}
		}, jane},
		{"faspio jwt", nil, func(a *authority) oauth.Config {
			return oauth.Config{
				Endpoint: oauth.Endpoint{ClientID: "ascli", InQuery: true},
				Grant:    oauth.JWT{Key: a.key, Header: record.New("typ", "JWT"), Claims: record.New("iss", "ascli", "sub", "ascli")},
			}
		}, ""},
		{"Faspex 4 password", nil, func(a *authority) oauth.Config {
			return oauth.Config{
				Endpoint: oauth.Endpoint{API: a.api("/auth", rest.Basic(jane, "open sesame")), Scope: "admin"},
				Grant:    oauth.Generic{GrantType: "password", User: jane},
			}
		}, jane},
		{"IBM Cloud API key", nil, func(*authority) oauth.Config {
			return oauth.Config{Grant: oauth.Generic{GrantType: issuer.GrantAPIKey, ResponseType: "cloud_iam", APIKey: "cloud-key"}}
		}, jane},
		{"client credentials", nil, func(a *authority) oauth.Config {
			return oauth.Config{
				Endpoint: oauth.Endpoint{API: a.api("/auth", rest.Basic("ascli", "client-s3cr3t"))},
				Grant:    oauth.Generic{GrantType: "client_credentials"},
			}
		}, ""},
	}
}

func TestLoginOfEachProduct(t *testing.T) {
	secrets := regexp.MustCompile(`client-s3cr3t|link-t0ken|link-pass|open sesame|cloud-key|eyJ[\w-]+\.[\w-]+\.[\w-]+`)
	for _, p := range productLogins() {
		t.Run(p.name, func(t *testing.T) {
			a := newAuthority(t, p.issuer)
			config := p.login(a)
			if config.API == nil {
				config.API = a.api("/auth", nil)
			}
			folder := t.TempDir()
			config.Cache = oauth.NewFolderCache(folder, time.Hour)
			source := oauth.NewSource(config)
			a.is(source, p.user, 1)
			a.is(source, p.user, 1)
			// Another process finds the token in the folder.
			config.Cache = oauth.NewFolderCache(folder, time.Hour)
			a.is(oauth.NewSource(config), p.user, 1)
			a.ExpireAccess("")
			a.is(source, p.user, 2)
			if found := secrets.FindString(a.log.String()); found != "" {
				t.Errorf("the log shows %q", found)
			}
		})
	}
}

func TestDelegatedTokenOfIBMCloud(t *testing.T) {
	a := newAuthority(t, nil)
	token, err := oauth.NewSource(oauth.Config{
		Endpoint: oauth.Endpoint{API: a.api("/auth", nil), TokenField: "delegated_refresh_token"},
		Grant: oauth.Generic{
			GrantType: issuer.GrantAPIKey, ResponseType: "delegated_refresh_token", APIKey: "cloud-key", Receivers: "aspera_ats",
		},
		Cache: oauth.NewFolderCache(t.TempDir(), time.Hour),
	}).Token(t.Context())
	if err != nil || token == "" {
		t.Errorf("got %q, %v", token, err)
	}
}

func TestManyCallsShareOneLogin(t *testing.T) {
	a := newAuthority(t, nil)
	source := oauth.NewSource(a.config())
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if _, err := a.self(source); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := a.asked.Load(); n != 1 {
		t.Errorf("%d token requests, want 1", n)
	}
}

func TestManyRefusedCallsShareOneRenewal(t *testing.T) {
	a := newAuthority(t, nil)
	source := oauth.NewSource(a.config())
	a.is(source, jane, 1)
	a.ExpireAccess(jane)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := a.self(source); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := a.asked.Load(); n != 2 {
		t.Errorf("%d token requests, want 2", n)
	}
}

func TestTokenIsRefreshedBeforeItEnds(t *testing.T) {
	a := newAuthority(t, nil)
	a.SetLifetime(time.Minute)
	config := a.config()
	var grants []string
	config.Grant = listening{config.Grant, &grants}
	source := oauth.NewSource(config)
	// A minute is less than the two that a token must have left. The issuer
	// rotates the refresh tokens.
	for asked := 1; asked <= 3; asked++ {
		a.is(source, jane, asked)
	}
	a.SetLifetime(time.Hour)
	a.is(source, jane, 4)
	a.is(source, jane, 4)
	if len(grants) != 1 {
		t.Errorf("logged in %d times, want once and refreshed then", len(grants))
	}
	// Neither token is good any more: a new login.
	a.Revoke(jane)
	a.is(source, jane, 6)
	if len(grants) != 2 {
		t.Errorf("logged in %d times, want 2", len(grants))
	}
}

// listening is a grant that notes when it is used.
type listening struct {
	oauth.Grant
	used *[]string
}

func (g listening) Token(ctx context.Context, endpoint *oauth.Endpoint) (*record.Object, error) {
	*g.used = append(*g.used, fmt.Sprint(g.Identity()))
	return g.Grant.Token(ctx, endpoint)
}

func TestWithoutCacheEveryCallLogsIn(t *testing.T) {
	a := newAuthority(t, nil)
	config := a.config()
	config.Cache = nil
	source := oauth.NewSource(config)
	for asked := 1; asked <= 3; asked++ {
		a.is(source, jane, asked)
	}
}

func TestRefusedLogin(t *testing.T) {
	a := newAuthority(t, nil)
	config := a.config()
	config.Extra.Set("password", "not it")
	_, err := a.self(oauth.NewSource(config))
	server, parseErr := url.Parse(a.url)
	if parseErr != nil {
		t.Fatal(parseErr)
	}
	want := strings.Join([]string{
		"invalid_grant", "error_description: wrong user name or password",
		"wrong user name or password", "error: invalid_grant", server.Host + " 400 Bad Request",
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
