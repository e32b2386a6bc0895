package issuer

import (
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// byAssertion gives access to the subject of a signed JWT (RFC 7523 section 3).
func (i *Issuer) byAssertion(p parameters) (Access, error) {
	var claims jwt.RegisteredClaims
	access := Access{Scope: p.get("scope")}
	audience := i.config.Assertion.Audience
	// The key depends on the claims. They count only once it has verified them.
	keyOf := func(*jwt.Token) (key any, err error) {
		access.Client, access.User, key, err = i.asserter(claims)
		return key, err
	}
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}), jwt.WithExpirationRequired(),
		jwt.WithNotBeforeRequired(), jwt.WithTimeFunc(i.now),
	}
	if audience == ClientAudience {
		audience = p.get("client_id")
	}
	if audience != "" {
		options = append(options, jwt.WithAudience(audience))
	}
	if _, err := jwt.ParseWithClaims(p.get("assertion"), &claims, keyOf, options...); err != nil {
		return Access{}, assertionRefusal(err)
	}
	if id := p.get("client_id"); id != "" && id != claims.Issuer {
		return Access{}, invalidGrant("client_id is not the issuer of the assertion")
	}
	return access, i.spend(claims.ID, claims.ExpiresAt.Time)
}

// asserter returns whose assertion it is, and the key that tells whether it is.
func (i *Issuer) asserter(claims jwt.RegisteredClaims) (clientID, user string, key any, err error) {
	client, found := i.config.Directory.Client(claims.Issuer)
	if !found {
		return "", "", nil, invalidClient("unknown client")
	}
	if !client.JWT {
		return "", "", nil, unauthorizedClient("the client may not use JWT")
	}
	if claims.Subject == client.ID && client.PublicKey != "" {
		key, err = parseKey(client.PublicKey)
		return client.ID, "", key, err
	}
	name, prefixed := strings.CutPrefix(claims.Subject, i.config.Assertion.SubjectPrefix)
	u, found := i.config.Directory.User(name)
	if !prefixed || !found {
		return "", "", nil, invalidGrant("Invalid subject.")
	}
	key, err = parseKey(u.PublicKey)
	return client.ID, u.Name, key, err
}

func parseKey(text string) (any, error) {
	if text == "" {
		return nil, invalidGrant("no public key is registered for the subject")
	}
	key, err := jwt.ParseRSAPublicKeyFromPEM([]byte(text))
	if err != nil {
		return nil, invalidGrant("the public key registered for the subject is no RSA key")
	}
	return key, nil
}

func assertionRefusal(err error) error {
	var known *refusal
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, jwt.ErrTokenExpired):
		return invalidGrant("Signature has expired")
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return invalidGrant("Signature nbf has not been reached")
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return invalidGrant("Invalid audience")
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return invalidGrant("Signature verification failed")
	}
	return invalidGrant("the assertion is not a JWT with all claims")
}

// spend notes that an assertion was used: it is good once.
func (i *Issuer) spend(id string, ends time.Time) error {
	if id == "" {
		return invalidGrant("the assertion has no jti")
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.now()
	maps.DeleteFunc(i.assertions, func(_ string, ends time.Time) bool { return now.After(ends) })
	if _, used := i.assertions[id]; used {
		return invalidGrant("the assertion was used before")
	}
	i.assertions[id] = ends
	return nil
}
