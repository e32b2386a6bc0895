package oauth

import (
	"context"
	"strings"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// Link is the grant of public links (url_json): who has the link is let in.
type Link struct {
	// Secret is the token in the link.
	Secret string
	// Password is that of a protected link, else "".
	Password string
	// Query is sent before the scope, e.g. grant_type=url_token.
	Query *record.Object
}

// Identity is the link's token.
func (g Link) Identity() []string { return []string{"url_json", g.Secret} }

// Token sends the link's token as JSON, with the client's id and secret as
// basic credentials (spec/plugins/aoc.md 4.5).
func (g Link) Token(ctx context.Context, endpoint *Endpoint) (*record.Object, error) {
	query := record.New()
	add(query, g.Query)
	add(query, texts("scope", endpoint.Scope))
	add(query, endpoint.Extra)
	body := texts("url_token", g.Secret, "password", g.Password)
	api := endpoint.API.WithAuth(rest.Basic(endpoint.ClientID, endpoint.ClientSecret))
	answer, err := endpoint.post(ctx, api, rest.Request{Query: query, Body: body})
	return answer, withoutSecrets(err, body)
}

// Generic is a grant that needs nothing but parameters: the API key of IBM
// Cloud, or "password" and "client_credentials" with basic credentials, which
// are those of the endpoint's API.
type Generic struct {
	GrantType string
	// ResponseType, APIKey and Receivers (receiver_client_ids) are sent when
	// they are not empty.
	ResponseType, APIKey, Receivers string
	// User is whose token it is, where the parameters do not tell: the user of
	// the grant "password". It is not sent.
	User string
}

// Identity is the last part of the grant type and what tells users apart.
func (g Generic) Identity() []string {
	kind := g.GrantType[strings.LastIndex(g.GrantType, ":")+1:]
	return []string{"generic", kind, g.APIKey, g.User, g.ResponseType}
}

// Token sends the parameters.
func (g Generic) Token(ctx context.Context, endpoint *Endpoint) (*record.Object, error) {
	return endpoint.Request(ctx, texts("grant_type", g.GrantType, "response_type", g.ResponseType,
		"apikey", g.APIKey, "receiver_client_ids", g.Receivers))
}
