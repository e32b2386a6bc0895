package oauth_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/oauth"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

const form = "application/x-www-form-urlencoded"

// TestRequests shows what each product is sent.
func TestRequests(t *testing.T) {
	key, err := oauth.ParsePrivateKey(readKey(t, "pkcs1.pem"), "")
	if err != nil {
		t.Fatal(err)
	}
	const jwtGrant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=<JWT>"
	for _, c := range []struct {
		name     string
		endpoint oauth.Endpoint
		auth     rest.Auth
		grant    oauth.Grant
		want     tokenRequest
	}{
		{
			"AoC jwt (spec/plugins/aoc.md 4.3)",
			oauth.Endpoint{ClientID: "cid", ClientSecret: "unused", Scope: "user:all"}, nil,
			oauth.JWT{Key: key, Claims: record.New("iss", "cid", "sub", "me@x", "aud", "https://aud", "org", "o")},
			tokenRequest{"POST /auth/token", form, "", "scope=user%3Aall&client_id=cid&" + jwtGrant},
		},
		{
			"AoC node token with a right more (4.7)",
			oauth.Endpoint{ClientID: "cid", Scope: "node.ak:admin:all", Extra: record.New("owner_access", true)}, nil,
			oauth.JWT{Key: key, Claims: record.New("sub", "me@x")},
			tokenRequest{"POST /auth/token", form, "", "scope=node.ak%3Aadmin%3Aall&client_id=cid&" + jwtGrant + "&owner_access=true"},
		},
		{
			"faspio jwt",
			oauth.Endpoint{ClientID: "cid", InQuery: true}, nil,
			oauth.JWT{Key: key, Claims: record.New("iss", "cid", "sub", "cid")},
			tokenRequest{"POST /auth/token?client_id=cid&" + jwtGrant, form, "", ""},
		},
		{
			"AoC public link (4.5)",
			oauth.Endpoint{ClientID: "cid", ClientSecret: "cs", Scope: "user:all"}, nil,
			oauth.Link{Secret: "tok", Password: "pass", Query: record.New("grant_type", "url_token")},
			tokenRequest{
				"POST /auth/token?grant_type=url_token&scope=user%3Aall", "application/json", "Basic Y2lkOmNz",
				`{"url_token":"tok","password":"pass"}`,
			},
		},
		{
			"AoC public link without password",
			oauth.Endpoint{ClientID: "cid", ClientSecret: "cs", Scope: "self"}, nil,
			oauth.Link{Secret: "tok", Query: record.New("grant_type", "url_token")},
			tokenRequest{"POST /auth/token?grant_type=url_token&scope=self", "application/json", "Basic Y2lkOmNz", `{"url_token":"tok"}`},
		},
		{
			"IBM Cloud API key (spec/plugins/cos.md)",
			oauth.Endpoint{}, nil,
			oauth.Generic{GrantType: "urn:ibm:params:oauth:grant-type:apikey", ResponseType: "cloud_iam", APIKey: "k"},
			tokenRequest{"POST /auth/token", form, "", "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&response_type=cloud_iam&apikey=k"},
		},
		{
			"Faspex 4 (spec/plugins/faspex.md)",
			oauth.Endpoint{Scope: "admin", TokenPath: "oauth2/token"}, rest.Basic("me", "pw"),
			oauth.Generic{GrantType: "password", User: "me"},
			tokenRequest{"POST /auth/oauth2/token", form, "Basic bWU6cHc=", "scope=admin&grant_type=password"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := newTokenServer(t, numbered)
			c.endpoint.API = client(t, server.URL+"/auth", c.auth)
			source := oauth.NewSource(oauth.Config{Endpoint: c.endpoint, Grant: c.grant})
			if got := token(t, t.Context(), source); got != "token-1" {
				t.Errorf("token %q", got)
			}
			got := server.requests()[0]
			assertion := regexp.MustCompile(`assertion=[\w-]+\.[\w-]+\.[\w-]+`)
			got.line = assertion.ReplaceAllString(got.line, "assertion=<JWT>")
			got.body = assertion.ReplaceAllString(got.body, "assertion=<JWT>")
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestAssertion(t *testing.T) {
	key, err := oauth.ParsePrivateKey(readKey(t, "pkcs1.pem"), "")
	if err != nil {
		t.Fatal(err)
	}
	server := newTokenServer(t, numbered)
	config := config(t, server, nil)
	config.Settings = &oauth.Settings{JWTAcceptedOffset: 10 * time.Minute, JWTExpiryOffset: 20 * time.Minute}
	config.Grant = oauth.JWT{
		Key: key, Header: record.New("typ", "JWT"),
		Claims: record.New("iss", "cid", "aud", "cid", "sub", "user:me"),
	}
	before := time.Now().Unix()
	token(t, t.Context(), oauth.NewSource(config))
	values, err := url.ParseQuery(server.requests()[0].body)
	if err != nil {
		t.Fatal(err)
	}
	assertion := values.Get("assertion")
	if _, err := jwt.Parse(assertion, func(*jwt.Token) (any, error) { return &key.PublicKey, nil }, jwt.WithValidMethods([]string{"RS256"})); err != nil {
		t.Errorf("the signature or the times are wrong: %v", err)
	}
	header, _, _ := strings.Cut(assertion, ".")
	if text, err := base64.RawURLEncoding.DecodeString(header); err != nil || string(text) != `{"typ":"JWT","alg":"RS256"}` {
		t.Errorf("header %s, %v", text, err)
	}
	claims, err := oauth.Decode(assertion)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"exp", "nbf", "iat", "jti", "iss", "aud", "sub"}; !slices.Equal(claims.Keys(), want) {
		t.Errorf("claims %q, want %q", claims.Keys(), want)
	}
	for name, offset := range map[string]int64{"exp": 1200, "nbf": -600, "iat": -599} {
		got, _ := claims.Int(name)
		if late := got - offset - before; late < 0 || late > 60 {
			t.Errorf("%s is %d seconds from where it should be", name, late)
		}
	}
}

func TestIdentities(t *testing.T) {
	for _, c := range []struct {
		name  string
		grant oauth.Grant
		want  string
	}{
		{"jwt", oauth.JWT{Claims: record.New("sub", "user:me")}, "jwt user:me"},
		{"jwt of an organization", oauth.JWT{Claims: record.New("sub", "me"), Subject: []string{"org", "me"}}, "jwt org me"},
		{"web", oauth.Web{}, "web"},
		{"link", oauth.Link{Secret: "tok"}, "url_json tok"},
		{"API key", oauth.Generic{GrantType: "urn:ibm:params:oauth:grant-type:apikey", APIKey: "k", ResponseType: "cloud_iam"}, "generic apikey k  cloud_iam"},
		{"password", oauth.Generic{GrantType: "password", User: "me"}, "generic password  me "},
	} {
		if got := strings.Join(c.grant.Identity(), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestReadSettings(t *testing.T) {
	options, err := record.ParseObject([]byte(`{"token_cache_max_age":60,"token_refresh_threshold":1.5,
		"jwt_accepted_offset_sec":7,"jwt_expiry_offset_sec":8,"read_timeout":1}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := oauth.ReadSettings(options)
	want := oauth.Settings{
		CacheMaxAge: time.Minute, RefreshThreshold: 1500 * time.Millisecond,
		JWTAcceptedOffset: 7 * time.Second, JWTExpiryOffset: 8 * time.Second,
	}
	if err != nil || *got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := oauth.ReadSettings(nil); err != nil || *got != oauth.DefaultSettings() {
		t.Errorf("without option: %+v, %v", got, err)
	}
	for _, bad := range []any{"60", -1, true, nil} {
		_, err := oauth.ReadSettings(record.New("token_cache_max_age", bad))
		if e := failure.As(err); e == nil || e.Label != failure.Argument || !strings.Contains(e.Message, "token_cache_max_age") {
			t.Errorf("%v: got %v", bad, err)
		}
	}
}

func TestBoot(t *testing.T) {
	good, past := jwtFor(time.Hour, "sub", "me"), jwtFor(-time.Hour, "sub", "me")
	for _, c := range []struct {
		name, cookie, username, kept string
		token, err                   string
	}{
		{name: "cookie", cookie: "a=b; aoc.token=" + good + "; c=d=e", token: good},
		{name: "cookie of the user", cookie: "aoc.token=" + good, username: "me", token: good},
		{name: "kept", username: "me", kept: good, token: good},
		{name: "kept one first", cookie: "aoc.token=" + past, kept: good, token: good},
		{name: "past with refresh", cookie: "aoc.token=" + past + "; aoc.refresh=r1", token: "token-1"},
		{name: "past", cookie: "aoc.token=" + past, err: "Boot: token expired and no refresh available — re-authenticate in browser"},
		{name: "past with refused refresh", cookie: "aoc.token=" + past + "; aoc.refresh=bad", err: "Boot: token expired and no refresh available"},
		{name: "nothing kept", username: "me", err: "Boot: token expired and no refresh available"},
		{name: "nothing given", err: "Provide --password (cookie) on first use, or --username for cache lookup"},
		{name: "another cookie", cookie: "a=b", err: "--password cookie does not contain aoc.token"},
		{name: "no JWT", cookie: "aoc.token=opaque", err: "aoc.token: neither a JWT nor a node token"},
		{name: "another user", cookie: "aoc.token=" + good, username: "you", err: "Boot: --username you does not match token subject me"},
		{name: "nobody", cookie: "aoc.token=" + jwtFor(time.Hour), err: "does not tell its subject"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := newTokenServer(t, func(n int, r tokenRequest) (int, string) {
				if strings.Contains(r.body, "refresh_token=bad") {
					return http.StatusBadRequest, `{"error":"invalid_grant"}`
				}
				return numbered(n, r)
			})
			_, cache := folderCache(t)
			config := config(t, server, cache)
			boot, err := oauth.NewBoot(c.cookie, c.username)
			got := ""
			if err == nil {
				config.Grant = boot
				if c.kept != "" {
					keep(t, cache, config, `{"access_token":"`+c.kept+`"}`)
				}
				got, err = oauth.NewSource(config).Token(t.Context())
			}
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v, want %s", err, c.err)
				}
				return
			}
			if err != nil || got != c.token {
				t.Errorf("got %q, %v; want %q", got, err, c.token)
			}
		})
	}
}

func FuzzNewBoot(f *testing.F) {
	f.Add("aoc.token="+jwtFor(time.Hour, "sub", "me")+"; aoc.refresh=r", "me")
	f.Add("a=b; aoc.token", "")
	f.Add("", "me")
	f.Fuzz(func(t *testing.T, cookie, username string) {
		boot, err := oauth.NewBoot(cookie, username)
		if err == nil && username != "" && boot.Identity()[1] != username {
			t.Errorf("the token of %q is taken for that of %q", boot.Identity()[1], username)
		}
	})
}
