package issuer_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/issuer"
)

const redirectURI = "http://127.0.0.1:12345/cb"

// rsaKey makes one key for all tests.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func key(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	k, err := rsaKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func publicPEM(t testing.TB) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&key(t).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// site is an issuer with a user, clients and a link, as a test may want it.
type site struct {
	*issuer.Issuer
	t         testing.TB
	directory *issuer.Directory
	now       time.Time
}

func newSite(t testing.TB, change func(*issuer.Config)) *site {
	t.Helper()
	s := &site{t: t, directory: issuer.NewDirectory(), now: time.Now()}
	s.directory.PutUser(issuer.User{Name: "jane", Password: "open sesame", PublicKey: publicPEM(t), APIKeys: []string{"k3y"}})
	s.directory.PutUser(issuer.User{Name: "keyless", Password: "x"})
	s.directory.PutClient(issuer.Client{ID: "cid", Secret: "cs", RedirectURIs: []string{redirectURI, "https://app.example.com/cb"}, JWT: true})
	s.directory.PutClient(issuer.Client{ID: "public", RedirectURIs: []string{redirectURI}, PublicKey: publicPEM(t), JWT: true})
	s.directory.PutClient(issuer.Client{ID: "plain", Secret: "ps"})
	s.directory.PutLink(issuer.Link{Token: "lnk"})
	s.directory.PutLink(issuer.Link{Token: "closed", Password: "pass"})
	config := issuer.Config{
		Name: "https://issuer", Directory: s.directory, Key: key(t),
		Paths: issuer.Paths{
			Authorize: []string{"/auth/authorize"}, Token: []string{"/auth/token", "/oauth2/{org}/token"}, Self: []string{"/api/self"},
		},
		Assertion:   issuer.Assertion{Audience: "aud"},
		Refreshable: []string{issuer.GrantCode, issuer.GrantPassword},
	}
	if change != nil {
		change(&config)
	}
	i, err := issuer.New(config)
	if err != nil {
		t.Fatal(err)
	}
	i.SetClock(func() time.Time { return s.now })
	s.Issuer = i
	return s
}

// reply is an answer, its JSON decoded.
type reply struct {
	status int
	header http.Header
	text   string
	fields map[string]any
}

func (r reply) field(name string) string {
	text, _ := r.fields[name].(string)
	return text
}

func (s *site) do(r *http.Request) reply {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	text, err := io.ReadAll(w.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	answer := reply{status: w.Code, header: w.Header(), text: string(text)}
	if w.Header().Get("Content-Type") == "application/json" {
		if err := json.Unmarshal(text, &answer.fields); err != nil {
			s.t.Fatal(err)
		}
	}
	return answer
}

func formRequest(path string, pairs ...string) *http.Request {
	form := url.Values{}
	for n := 0; n+1 < len(pairs); n += 2 {
		form.Set(pairs[n], pairs[n+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// token asks the token endpoint.
func (s *site) token(pairs ...string) reply {
	s.t.Helper()
	return s.do(formRequest("/auth/token", pairs...))
}

// self asks who the bearer of a token is.
func (s *site) self(token string) reply {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/api/self", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return s.do(r)
}

// is checks the error of an answer, or with "" that it has a token that works.
func (s *site) is(r reply, status int, problem string) {
	s.t.Helper()
	got := r.field("error") + ": " + r.field("error_description")
	if r.status != status || problem != "" && !strings.Contains(got, problem) {
		s.t.Errorf("got %d %s, want %d %s", r.status, r.text, status, problem)
		return
	}
	if problem == "" {
		if self := s.self(r.field("access_token")); self.status != http.StatusOK {
			s.t.Errorf("the token does not work: %d %s", self.status, self.text)
		}
	}
}

func TestOtherGrants(t *testing.T) {
	for _, c := range []struct {
		name, user, password string
		pairs                []string
		status               int
		want                 string
	}{
		{"password", "", "", []string{"grant_type", "password", "username", "jane", "password", "open sesame", "client_id", "public"}, 200, ""},
		{"password as credentials", "jane", "open sesame", []string{"grant_type", "password", "scope", "admin"}, 200, ""},
		{"wrong password", "jane", "x", []string{"grant_type", "password"}, 400, "invalid_grant: wrong user name or password"},
		{"password of a client with a wrong secret", "", "", []string{"grant_type", "password", "username", "jane", "password", "open sesame", "client_id", "cid"}, 401, "invalid_client"},
		{"client", "cid", "cs", []string{"grant_type", "client_credentials"}, 200, ""},
		{"client in the form", "", "", []string{"grant_type", "client_credentials", "client_id", "cid", "client_secret", "cs"}, 200, ""},
		{"client with a wrong secret", "cid", "x", []string{"grant_type", "client_credentials"}, 401, "invalid_client"},
		{"client without secret", "", "", []string{"grant_type", "client_credentials", "client_id", "public"}, 400, "unauthorized_client"},
		{"API key", "", "", []string{"grant_type", issuer.GrantAPIKey, "apikey", "k3y", "response_type", "cloud_iam"}, 200, ""},
		{"link", "cid", "cs", []string{"grant_type", "url_token", "url_token", "lnk"}, 200, ""},
		{"link of a wrong client", "cid", "x", []string{"grant_type", "url_token", "url_token", "lnk"}, 401, "invalid_client"},
		{"unknown link", "cid", "cs", []string{"grant_type", "url_token", "url_token", "x"}, 400, "invalid_grant: unknown link"},
		{"link with password", "cid", "cs", []string{"grant_type", "url_token", "url_token", "closed", "password", "pass"}, 200, ""},
		{"link with a wrong password", "cid", "cs", []string{"grant_type", "url_token", "url_token", "closed", "password", "x"}, 400, "invalid_grant"},
		{"unknown", "", "", []string{"grant_type", "x"}, 400, "unsupported_grant_type"},
		{"none", "", "", nil, 400, "unsupported_grant_type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, nil)
			r := formRequest("/auth/token", c.pairs...)
			if c.user != "" {
				r.SetBasicAuth(c.user, c.password)
			}
			s.is(s.do(r), c.status, c.want)
		})
	}
}

func TestLinkAsJSON(t *testing.T) {
	s := newSite(t, nil)
	for body, want := range map[string]int{`{"url_token":"closed","password":"pass"}`: 200, `{"url_token":1}`: 400, `{`: 400} {
		r := httptest.NewRequest(http.MethodPost, "/auth/token?grant_type=url_token&scope=self", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.SetBasicAuth("cid", "cs")
		answer := s.do(r)
		if answer.status != want || want == 200 && answer.field("scope") != "self" {
			t.Errorf("%s: %d %s", body, answer.status, answer.text)
		}
	}
}

func TestDelegatedToken(t *testing.T) {
	s := newSite(t, nil)
	good := s.token("grant_type", issuer.GrantAPIKey, "apikey", "k3y", "response_type", "delegated_refresh_token", "receiver_client_ids", "aspera_ats")
	if good.status != 200 || good.field("delegated_refresh_token") == "" || good.field("access_token") != "" {
		t.Errorf("%d %s", good.status, good.text)
	}
	bad := s.token("grant_type", issuer.GrantAPIKey, "apikey", "x")
	if bad.status != 400 || bad.field("errorCode") != "BXNIM0415E" || bad.field("errorMessage") == "" {
		t.Errorf("%d %s", bad.status, bad.text)
	}
}

func TestRefreshTokenIsGoodOnce(t *testing.T) {
	s := newSite(t, nil)
	first := s.token("grant_type", "password", "username", "jane", "password", "open sesame", "client_id", "public", "scope", "user:all")
	refresh := func(token, client string) reply {
		return s.token("grant_type", "refresh_token", "refresh_token", token, "client_id", client)
	}
	s.is(refresh(first.field("refresh_token"), "plain"), 401, "invalid_client")
	s.is(s.token("grant_type", "refresh_token", "refresh_token", first.field("refresh_token"), "client_id", "plain", "client_secret", "ps"), 400, "invalid_grant")
	second := refresh(first.field("refresh_token"), "public")
	s.is(second, 200, "")
	if second.field("scope") != "user:all" || second.field("refresh_token") == first.field("refresh_token") {
		t.Errorf("answer %s", second.text)
	}
	s.is(refresh(first.field("refresh_token"), "public"), 400, "invalid_grant")
	s.is(refresh(second.field("refresh_token"), "public"), 200, "")
}

func TestEndOfTokens(t *testing.T) {
	for _, c := range []struct {
		name      string
		end       func(*site)
		want      string
		refreshes bool
	}{
		{"time", func(s *site) { s.now = s.now.Add(time.Hour + time.Second) }, "expired", true},
		{"access expired by order", func(s *site) { s.ExpireAccess("jane") }, "revoked", true},
		{"revoked", func(s *site) { s.Revoke("jane") }, "revoked", false},
		{"all revoked", func(s *site) { s.Revoke("") }, "revoked", false},
		{"user gone", func(s *site) { s.directory.RemoveUser("jane") }, "revoked", false},
		{"client gone", func(s *site) { s.directory.RemoveClient("public") }, "revoked", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, nil)
			token := s.token("grant_type", "password", "username", "jane", "password", "open sesame", "client_id", "public")
			s.is(token, 200, "")
			c.end(s)
			refused := s.self(token.field("access_token"))
			s.is(refused, 401, "invalid_token: the token")
			if !strings.Contains(refused.text, c.want) || !strings.HasPrefix(refused.header.Get("WWW-Authenticate"), "Bearer error=") {
				t.Errorf("%s, %q", refused.text, refused.header.Get("WWW-Authenticate"))
			}
			refreshed := s.token("grant_type", "refresh_token", "refresh_token", token.field("refresh_token"), "client_id", "public")
			if (refreshed.status == 200) != c.refreshes {
				t.Errorf("refresh: %d %s", refreshed.status, refreshed.text)
			}
		})
	}
}

func TestLifetime(t *testing.T) {
	s := newSite(t, nil)
	s.SetLifetime(90 * time.Second)
	answer := s.token("grant_type", "client_credentials", "client_id", "cid", "client_secret", "cs")
	if answer.fields["expires_in"] != 90.0 {
		t.Errorf("answer %s", answer.text)
	}
	s.now = s.now.Add(91 * time.Second)
	s.is(s.self(answer.field("access_token")), 401, "expired")
}

func TestSelf(t *testing.T) {
	s := newSite(t, nil)
	answer := s.token("grant_type", "password", "username", "jane", "password", "open sesame", "client_id", "public", "scope", "s")
	self := s.self(answer.field("access_token"))
	if self.field("username") != "jane" || self.field("client_id") != "public" || self.field("scope") != "s" {
		t.Errorf("self %s", self.text)
	}
	other := newSite(t, func(c *issuer.Config) { c.Name = "https://other" })
	s.is(other.self(answer.field("access_token")), 401, "not one of this issuer")
	s.is(s.self("x"), 401, "not one of this issuer")
	s.is(s.do(httptest.NewRequest(http.MethodGet, "/api/self", nil)), 401, "a bearer token is needed")
}

// FuzzToken sends anything to the token endpoint: it refuses, and does not fail.
func FuzzToken(f *testing.F) {
	f.Add("grant_type=password&username=jane&password=x", "", "application/x-www-form-urlencoded")
	f.Add(`{"url_token":"lnk"}`, "grant_type=url_token", "application/json")
	f.Add("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=e30.eyJpc3MiOiJjaWQifQ.c2ln", "", "application/x-www-form-urlencoded")
	s := newSite(f, nil)
	f.Fuzz(func(t *testing.T, body, query, kind string) {
		r := httptest.NewRequest(http.MethodPost, "/auth/token", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}
