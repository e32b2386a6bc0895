package issuer

import (
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Access is what a token allows.
type Access struct {
	// User is who the token is for; "" for a client or a public link.
	User string
	// Client is who asked for it.
	Client string
	// Link is the token of the public link that it came by, else "".
	Link  string
	Scope string

	ends time.Time
}

// accessClaims is the content of an access token.
type accessClaims struct {
	jwt.RegisteredClaims
	Client string `json:"client_id,omitempty"`
	Scope  string `json:"scope,omitempty"`
}

// tokenAnswer is the answer of the token endpoint (RFC 6749 section 5.1).
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"` // seconds
	Scope        string `json:"scope,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
}

// issue makes the token of an access, and a refresh token if it may have one.
func (i *Issuer) issue(access Access, refreshable bool) (tokenAnswer, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.now()
	maps.DeleteFunc(i.access, func(_ string, a Access) bool { return now.After(a.ends) })
	access.ends = now.Add(i.lifetime)
	id := rand.Text()
	subject := access.User
	if subject == "" {
		subject = access.Client
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, accessClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: i.config.Name, Subject: subject, ID: id,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(access.ends),
		},
		Client: access.Client, Scope: access.Scope,
	}).SignedString(i.config.Key)
	if err != nil {
		return tokenAnswer{}, err
	}
	i.access[id] = access
	answer := tokenAnswer{AccessToken: token, TokenType: "bearer", ExpiresIn: int(i.lifetime.Seconds()), Scope: access.Scope}
	// Who does not say which client it is cannot use a refresh token.
	if refreshable && access.Client != "" {
		answer.RefreshToken = rand.Text()
		i.refresh[answer.RefreshToken] = access
	}
	return answer, nil
}

// Authenticate returns what the bearer token of a request allows. The error is
// for [Issuer.Refuse].
func (i *Issuer) Authenticate(r *http.Request) (Access, error) {
	text, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !isBearer {
		return Access{}, invalidToken("a bearer token is needed")
	}
	var claims accessClaims
	_, err := jwt.ParseWithClaims(text, &claims, func(*jwt.Token) (any, error) { return &i.config.Key.PublicKey, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}), jwt.WithIssuer(i.config.Name),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(i.now))
	if errors.Is(err, jwt.ErrTokenExpired) {
		return Access{}, invalidToken("the token has expired")
	}
	if err != nil {
		return Access{}, invalidToken("the token is not one of this issuer")
	}
	i.mu.Lock()
	access, active := i.access[claims.ID]
	i.mu.Unlock()
	if !active || !i.stands(access) {
		return Access{}, invalidToken("the token was revoked")
	}
	return access, nil
}

// stands tells whether those for whom an access was given still exist.
func (i *Issuer) stands(a Access) bool {
	if a.User != "" {
		if _, found := i.config.Directory.User(a.User); !found {
			return false
		}
	}
	if a.Client == "" {
		return true
	}
	_, found := i.config.Directory.Client(a.Client)
	return found
}
