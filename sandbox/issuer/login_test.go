package issuer_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// query is that of the login page with some parameters changed; "" removes one.
func query(change ...string) url.Values {
	q := url.Values{
		"client_id": {"public"}, "response_type": {"code"}, "redirect_uri": {redirectURI}, "state": {"st&te"}, "scope": {"user:all"},
	}
	for n := 0; n+1 < len(change); n += 2 {
		q.Set(change[n], change[n+1])
		if change[n+1] == "" {
			q.Del(change[n])
		}
	}
	return q
}

func (s *site) show(q url.Values) reply {
	s.t.Helper()
	return s.do(httptest.NewRequest(http.MethodGet, "/auth/authorize?"+q.Encode(), nil))
}

// logIn sends the form, and returns the query with which the browser comes back.
func (s *site) logIn(q url.Values, form ...string) (reply, url.Values) {
	s.t.Helper()
	answer := s.do(formRequest("/auth/authorize?"+q.Encode(), form...))
	back, err := url.Parse(answer.header.Get("Location"))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer, back.Query()
}

func TestLoginPage(t *testing.T) {
	for _, c := range []struct {
		name   string
		change []string
		status int
		want   string
	}{
		{"form", nil, 200, `name="password"`},
		{"asks for the scope", nil, 200, "<code>user:all</code>"},
		{"any port on loopback", []string{"redirect_uri", "http://127.0.0.1:9/cb"}, 200, `name="password"`},
		{"unknown client", []string{"client_id", "x"}, 400, "client_id"},
		{"other path", []string{"redirect_uri", "http://127.0.0.1:12345/x"}, 400, "redirect_uri"},
		{"other host", []string{"redirect_uri", "http://evil.example.com:12345/cb"}, 400, "redirect_uri"},
		{"other scheme", []string{"redirect_uri", "https://127.0.0.1:12345/cb"}, 400, "redirect_uri"},
		{"other port elsewhere", []string{"client_id", "cid", "redirect_uri", "https://app.example.com:9/cb"}, 400, "redirect_uri"},
		{"nowhere", []string{"redirect_uri", ""}, 400, "redirect_uri"},
		{"no URL", []string{"redirect_uri", "http://["}, 400, "redirect_uri"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := newSite(t, nil).show(query(c.change...))
			if answer.status != c.status || !strings.Contains(answer.text, c.want) {
				t.Errorf("%d %s", answer.status, answer.text)
			}
		})
	}
}

func TestOtherResponseTypeGoesBackAsAnError(t *testing.T) {
	answer := newSite(t, nil).show(query("response_type", "token"))
	want := redirectURI + "?error=unsupported_response_type&error_description=response_type+must+be+code&state=st%26te"
	if got := answer.header.Get("Location"); answer.status != http.StatusSeeOther || got != want {
		t.Errorf("%d %s", answer.status, got)
	}
}

func TestLogin(t *testing.T) {
	s := newSite(t, nil)
	answer, back := s.logIn(query(), "username", "jane", "password", "open sesame")
	if answer.status != http.StatusSeeOther || back.Get("state") != "st&te" || back.Get("code") == "" {
		t.Fatalf("%d %s", answer.status, answer.header.Get("Location"))
	}
	token := s.token("grant_type", "authorization_code", "code", back.Get("code"), "redirect_uri", redirectURI, "client_id", "public")
	s.is(token, 200, "")
	if self := s.self(token.field("access_token")); self.field("username") != "jane" || self.field("scope") != "user:all" {
		t.Errorf("self %s", self.text)
	}
	if token.field("refresh_token") == "" {
		t.Errorf("no refresh token: %s", token.text)
	}
}

func TestRefusedLogin(t *testing.T) {
	s := newSite(t, nil)
	answer, _ := s.logIn(query(), "username", "<jane>", "password", "x")
	if answer.status != http.StatusUnauthorized || !strings.Contains(answer.text, "Wrong user name or password.") ||
		!strings.Contains(answer.text, `value="&lt;jane&gt;"`) {
		t.Errorf("%d %s", answer.status, answer.text)
	}
	answer, back := s.logIn(query(), "cancel", "yes")
	if answer.status != http.StatusSeeOther || back.Get("error") != "access_denied" || back.Get("code") != "" {
		t.Errorf("%d %s", answer.status, answer.header.Get("Location"))
	}
	answer, _ = s.logIn(query("redirect_uri", "https://evil.example.com"), "username", "jane", "password", "open sesame")
	if answer.status != http.StatusBadRequest || answer.header.Get("Location") != "" {
		t.Errorf("%d, to %q", answer.status, answer.header.Get("Location"))
	}
}

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(*site)
		change []string
		status int
		want   string
	}{
		{"good", nil, nil, 200, ""},
		{"other redirect URI", nil, []string{"redirect_uri", "http://127.0.0.1:9/cb"}, 400, "redirect_uri is not that"},
		{"other code", nil, []string{"code", "x"}, 400, "unknown, used or too old"},
		{"other client", nil, []string{"client_id", "plain", "client_secret", "ps"}, 400, "another client"},
		{"too late", func(s *site) { s.now = s.now.Add(61 * time.Second) }, nil, 400, "unknown, used or too old"},
		{"proof that was not announced", nil, []string{"code_verifier", "x"}, 400, "code_verifier"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, nil)
			_, back := s.logIn(query(), "username", "jane", "password", "open sesame")
			if c.before != nil {
				c.before(s)
			}
			form := append([]string{"grant_type", "authorization_code", "code", back.Get("code"), "redirect_uri", redirectURI, "client_id", "public"}, c.change...)
			s.is(s.token(form...), c.status, c.want)
			s.is(s.token("grant_type", "authorization_code", "code", back.Get("code"), "redirect_uri", "x", "client_id", "public"), 400, "invalid_grant")
		})
	}
}

func TestCodeIsGoodOnce(t *testing.T) {
	s := newSite(t, nil)
	_, back := s.logIn(query("client_id", "cid"), "username", "jane", "password", "open sesame")
	form := []string{"grant_type", "authorization_code", "code", back.Get("code"), "redirect_uri", redirectURI, "client_id", "cid"}
	s.is(s.token(form...), 401, "invalid_client")
	form = append(form, "client_secret", "cs")
	s.is(s.token(form...), 200, "")
	s.is(s.token(form...), 400, "unknown, used or too old")
}

func TestProofKey(t *testing.T) {
	sum := sha256.Sum256([]byte("verifier"))
	hashed := base64.RawURLEncoding.EncodeToString(sum[:])
	for _, c := range []struct {
		name, method, challenge, verifier string
		status                            int
	}{
		{"hashed", "S256", hashed, "verifier", 200},
		{"hashed, wrong", "S256", hashed, "x", 400},
		{"hashed, missing", "S256", hashed, "", 400},
		{"the challenge itself", "S256", hashed, hashed, 400},
		{"plain", "plain", "verifier", "verifier", 200},
		{"plain by default", "", "verifier", "verifier", 200},
		{"plain, wrong", "plain", "verifier", "x", 400},
		{"unknown method", "MD5", "verifier", "verifier", 400},
		{"method without challenge", "S256", "", "", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, nil)
			_, back := s.logIn(query("code_challenge_method", c.method, "code_challenge", c.challenge), "username", "jane", "password", "open sesame")
			answer := s.token("grant_type", "authorization_code", "code", back.Get("code"), "redirect_uri", redirectURI,
				"client_id", "public", "code_verifier", c.verifier)
			if answer.status != c.status {
				t.Errorf("%d %s", answer.status, answer.text)
			}
		})
	}
}
