package issuer_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/ascli-go/ascli/sandbox/issuer"
)

// assert signs an assertion of jane with some claims changed; nil removes one.
func (s *site) assert(change map[string]any) string {
	s.t.Helper()
	claims := jwt.MapClaims{
		"iss": "cid", "sub": "jane", "aud": "aud", "jti": rand.Text(),
		"exp": s.now.Add(time.Hour).Unix(), "nbf": s.now.Add(-5 * time.Minute).Unix(),
	}
	for name, value := range change {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key(s.t))
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

func TestAssertions(t *testing.T) {
	type claims = map[string]any
	now := time.Now()
	for _, c := range []struct {
		name   string
		change claims
		status int
		want   string
	}{
		{"good", nil, 200, ""},
		{"several audiences", claims{"aud": []string{"x", "aud"}}, 200, ""},
		{"expired", claims{"exp": now.Add(-time.Minute).Unix()}, 400, "invalid_grant: Signature has expired"},
		{"too early", claims{"nbf": now.Add(time.Minute).Unix()}, 400, "invalid_grant: Signature nbf has not been reached"},
		{"without end", claims{"exp": nil}, 400, "invalid_grant"},
		{"without beginning", claims{"nbf": nil}, 400, "invalid_grant"},
		{"without id", claims{"jti": nil}, 400, "has no jti"},
		{"other audience", claims{"aud": "x"}, 400, "invalid_grant: Invalid audience"},
		{"unknown client", claims{"iss": "x"}, 401, "invalid_client: unknown client"},
		{"client without JWT", claims{"iss": "plain"}, 400, "unauthorized_client"},
		{"unknown user", claims{"sub": "joe"}, 400, "invalid_grant: Invalid subject."},
		{"user without key", claims{"sub": "keyless"}, 400, "no public key"},
		{"client itself", claims{"iss": "public", "sub": "public"}, 200, ""},
		{"client itself without key", claims{"sub": "cid"}, 400, "Invalid subject."},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, nil)
			s.is(s.token("grant_type", issuer.GrantJWT, "assertion", s.assert(c.change)), c.status, c.want)
		})
	}
}

func TestForgedAssertions(t *testing.T) {
	s := newSite(t, nil)
	good := s.assert(nil)
	parts := strings.Split(good, ".")
	other := strings.Split(s.assert(map[string]any{"sub": "keyless"}), ".")
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"iss": "cid", "sub": "jane", "aud": "aud"}).
		SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	// The public key taken for the secret of a symmetric method.
	symmetric, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": "cid", "sub": "jane", "aud": "aud"}).
		SignedString([]byte(publicPEM(t)))
	if err != nil {
		t.Fatal(err)
	}
	for name, assertion := range map[string]string{
		"claims of another":  parts[0] + "." + parts[1] + "." + other[2],
		"unsigned":           unsigned,
		"symmetric":          symmetric,
		"without signature":  parts[0] + "." + parts[1] + ".",
		"not a JWT":          "x",
		"nothing":            "",
		"claims not decoded": parts[0] + ".!." + parts[2],
	} {
		t.Run(name, func(t *testing.T) {
			s.is(s.token("grant_type", issuer.GrantJWT, "assertion", assertion), 400, "invalid_grant")
		})
	}
	s.is(s.token("grant_type", issuer.GrantJWT, "assertion", good), 200, "")
}

func TestAssertionIsGoodOnce(t *testing.T) {
	s := newSite(t, nil)
	assertion := s.assert(nil)
	s.is(s.token("grant_type", issuer.GrantJWT, "assertion", assertion), 200, "")
	s.is(s.token("grant_type", issuer.GrantJWT, "assertion", assertion), 400, "used before")
}

func TestAssertionsOfFaspex(t *testing.T) {
	s := newSite(t, func(c *issuer.Config) {
		c.Assertion = issuer.Assertion{Audience: issuer.ClientAudience, SubjectPrefix: "user:"}
		c.TokenStatus = http.StatusCreated
		c.Refreshable = []string{issuer.GrantJWT}
	})
	ask := func(change map[string]any) reply {
		return s.token("client_id", "cid", "grant_type", issuer.GrantJWT, "assertion", s.assert(change))
	}
	good := ask(map[string]any{"aud": "cid", "sub": "user:jane"})
	s.is(good, 201, "")
	if good.field("refresh_token") == "" {
		t.Errorf("no refresh token: %s", good.text)
	}
	s.is(ask(map[string]any{"aud": "cid", "sub": "jane"}), 400, "Invalid subject.")
	s.is(ask(map[string]any{"aud": "public", "sub": "user:jane"}), 400, "Invalid audience")
	s.is(ask(map[string]any{"aud": "cid", "iss": "public", "sub": "user:jane"}), 400, "client_id is not the issuer")
}

func TestAssertionInQuery(t *testing.T) {
	s := newSite(t, func(c *issuer.Config) { c.Assertion = issuer.Assertion{} })
	assertion := s.assert(map[string]any{"aud": nil, "iss": "public", "sub": "public"})
	for _, body := range []struct{ kind, text string }{{"application/x-www-form-urlencoded", ""}, {"application/json", "null"}} {
		query := url.Values{"client_id": {"public"}, "grant_type": {issuer.GrantJWT}, "assertion": {assertion}}
		r := httptest.NewRequest(http.MethodPost, "/oauth2/org/token?"+query.Encode(), strings.NewReader(body.text))
		r.Header.Set("Content-Type", body.kind)
		s.is(s.do(r), 200, "")
		assertion = s.assert(map[string]any{"aud": nil, "iss": "public", "sub": "public"})
	}
}
