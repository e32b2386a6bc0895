package oauth

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sdk/record"
)

// JWT is the grant in which the client asserts who the user is, signing with
// the private key of the user or of itself (RFC 7523).
type JWT struct {
	Key *rsa.PrivateKey
	// Header holds fields besides "alg", before it; nil for none.
	Header *record.Object
	// Claims follow exp, nbf, iat and jti: iss, sub, aud and those of the
	// product.
	Claims *record.Object
	// Subject is who the token is for, as the name of the kept token tells it;
	// nil for claim sub. AoC puts the organization before the user.
	Subject []string
}

// Identity is that of the subject.
func (g JWT) Identity() []string {
	if g.Subject != nil {
		return append([]string{"jwt"}, g.Subject...)
	}
	return []string{"jwt", g.Claims.Text("sub")}
}

// Token signs an assertion and trades it for a token.
func (g JWT) Token(ctx context.Context, endpoint *Endpoint) (*record.Object, error) {
	assertion, err := g.assertion(time.Now(), endpoint.settings())
	if err != nil {
		return nil, err
	}
	return endpoint.Request(ctx, record.New("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", assertion))
}

// assertion writes the parts itself, as jwt.Token sorts them by name and the
// original has an order (spec/cli.md 9.6).
func (g JWT) assertion(now time.Time, times Settings) (string, error) {
	header := record.New()
	add(header, g.Header)
	header.Set("alg", jwt.SigningMethodRS256.Alg())
	notBefore := now.Add(-times.JWTAcceptedOffset).Unix()
	claims := record.New("exp", now.Add(times.JWTExpiryOffset).Unix(), "nbf", notBefore, "iat", notBefore+1, "jti", uuid.NewString())
	add(claims, g.Claims)
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode(record.JSON(header)) + "." + encode(record.JSON(claims))
	signature, err := jwt.SigningMethodRS256.Sign(signed, g.Key)
	if err != nil {
		return "", fmt.Errorf("sign with the private key: %w", err)
	}
	return signed + "." + encode(signature), nil
}
