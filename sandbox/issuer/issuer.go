// Package issuer is an OAuth 2 authorization server: people log in with a
// password on a page, clients with a secret or a signed assertion, and what they
// get are signed tokens that end. It stands for the login of every product of
// the sandbox; which paths, audiences and subjects a product wants is
// configuration (aoc.md S2, faspex5.md and faspio.md "Server side", cos.md).
package issuer

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Config is what a product's login is like.
type Config struct {
	// Name is the issuer claim of access tokens.
	Name      string
	Paths     Paths
	Directory *Directory
	Assertion Assertion
	// Lifetime is that of access tokens; 0 stands for an hour.
	Lifetime time.Duration
	// Refreshable lists the grant types whose answers have a refresh token.
	Refreshable []string
	// TokenStatus is that of a good answer with a token; 0 stands for 200.
	TokenStatus int
	// Key signs access tokens; nil makes one.
	Key *rsa.PrivateKey
	Log *slog.Logger
}

// Paths are patterns of [http.ServeMux] without method, such as
// "/api/v1/oauth2/{org}/token".
type Paths struct {
	// Authorize is the page where people log in, Token where clients get tokens.
	Authorize, Token []string
	// Self answers who the bearer of a token is.
	Self []string
}

// Assertion is what a product wants of the JWT of the grant jwt-bearer, besides
// a good signature and times.
type Assertion struct {
	// Audience is the claim aud; "" stands for none, [ClientAudience] for the
	// id of the client.
	Audience string
	// SubjectPrefix stands in claim sub before the name of the user.
	SubjectPrefix string
}

// ClientAudience is the audience of assertions that name the client itself.
const ClientAudience = "{client}"

// The grant types of the token endpoint.
const (
	GrantJWT         = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	GrantCode        = "authorization_code"
	GrantRefresh     = "refresh_token"
	GrantPassword    = "password"
	GrantCredentials = "client_credentials"
	GrantAPIKey      = "urn:ibm:params:oauth:grant-type:apikey"
	GrantLink        = "url_token"
)

// Issuer is an authorization server.
type Issuer struct {
	config Config
	mux    *http.ServeMux
	now    func() time.Time

	mu       sync.Mutex
	lifetime time.Duration
	codes    map[string]code
	access   map[string]Access // by jti
	refresh  map[string]Access
	// assertions holds the jti of those used, until they end.
	assertions map[string]time.Time
}

// New returns an issuer.
func New(config Config) (*Issuer, error) {
	if config.Key == nil {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fmt.Errorf("make the key of the issuer: %w", err)
		}
		config.Key = key
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.TokenStatus == 0 {
		config.TokenStatus = http.StatusOK
	}
	if config.Lifetime == 0 {
		config.Lifetime = time.Hour
	}
	i := &Issuer{
		config: config, mux: http.NewServeMux(), now: time.Now, lifetime: config.Lifetime,
		codes: map[string]code{}, access: map[string]Access{}, refresh: map[string]Access{}, assertions: map[string]time.Time{},
	}
	for _, path := range config.Paths.Authorize {
		i.mux.HandleFunc("GET "+path, i.showLogin)
		i.mux.HandleFunc("POST "+path, i.logIn)
	}
	for _, path := range config.Paths.Token {
		i.mux.HandleFunc("POST "+path, i.token)
	}
	for _, path := range config.Paths.Self {
		i.mux.HandleFunc("GET "+path, i.self)
	}
	return i, nil
}

// ServeHTTP serves the configured paths.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) { i.mux.ServeHTTP(w, r) }

// SetLifetime sets the life of the access tokens to come.
func (i *Issuer) SetLifetime(lifetime time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.lifetime = lifetime
}

// ExpireAccess ends the access tokens of a user, or of all for "". Refresh
// tokens stay good.
func (i *Issuer) ExpireAccess(user string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	forget(i.access, user)
}

// Revoke ends all tokens of a user, or of all for "".
func (i *Issuer) Revoke(user string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	forget(i.access, user)
	forget(i.refresh, user)
}

func forget(tokens map[string]Access, user string) {
	for id, a := range tokens {
		if user == "" || a.User == user {
			delete(tokens, id)
		}
	}
}

// self answers who the bearer of the token is.
func (i *Issuer) self(w http.ResponseWriter, r *http.Request) {
	access, err := i.Authenticate(r)
	if err != nil {
		i.Refuse(w, err)
		return
	}
	answer(w, http.StatusOK, struct {
		User   string `json:"username,omitempty"`
		Client string `json:"client_id,omitempty"`
		Scope  string `json:"scope,omitempty"`
	}{access.User, access.Client, access.Scope})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
