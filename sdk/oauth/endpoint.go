package oauth

import (
	"context"
	"net/http"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/secret"
)

// Endpoint is the token endpoint of an authorization server, as one of its
// clients calls it.
type Endpoint struct {
	// API is the base of the authorization server. Its credentials, if any, go
	// with every token request: those of the user for the grant "password".
	API *rest.Client
	// TokenPath is below the base; "" stands for "token".
	TokenPath string
	// ClientID, ClientSecret and Scope are sent when they are not empty.
	ClientID, ClientSecret, Scope string
	// Extra parameters end every token request; nil for none.
	Extra *record.Object
	// InQuery sends the parameters in the query instead of the body, as faspio
	// wants it.
	InQuery bool
	// TokenField is the field of the answer that has the token; "" stands for
	// "access_token".
	TokenField string
	// Settings holds the user's times; nil for the usual ones.
	Settings *Settings
}

// Request asks for a token: it sends scope, client_id and then the parameters
// of the grant. The answer is known to have the token.
func (e *Endpoint) Request(ctx context.Context, parameters *record.Object) (*record.Object, error) {
	all := texts("scope", e.Scope, "client_id", e.ClientID)
	add(all, parameters)
	add(all, e.Extra)
	request := rest.Request{Body: rest.Form{Fields: all}}
	if e.InQuery {
		request = rest.Request{Query: all, Body: rest.Form{Fields: record.New()}}
	}
	answer, err := e.post(ctx, e.API, request)
	return answer, withoutSecrets(err, all)
}

// Refresh asks for a token by the refresh token that came with a former one.
func (e *Endpoint) Refresh(ctx context.Context, refreshToken string) (*record.Object, error) {
	parameters := texts("client_secret", e.ClientSecret, "grant_type", "refresh_token", "refresh_token", refreshToken)
	answer, err := e.Request(ctx, parameters)
	if err != nil {
		return nil, err
	}
	// A server that does not rotate may leave it out (RFC 6749 section 6).
	if !answer.Has("refresh_token") {
		answer.Set("refresh_token", refreshToken)
	}
	return answer, nil
}

func (e *Endpoint) post(ctx context.Context, api *rest.Client, request rest.Request) (*record.Object, error) {
	request.Method = http.MethodPost
	request.Path = e.TokenPath
	if request.Path == "" {
		request.Path = "token"
	}
	response, err := api.Do(ctx, request)
	if err != nil {
		return nil, err
	}
	answer, err := response.Object()
	if err != nil {
		return nil, err
	}
	if _, err := e.token(answer); err != nil {
		return nil, err
	}
	return answer, nil
}

// token returns the token of an answer.
func (e *Endpoint) token(answer *record.Object) (string, error) {
	field := e.TokenField
	if field == "" {
		field = "access_token"
	}
	if token := answer.Text(field); token != "" {
		return token, nil
	}
	return "", failure.Otherf("RuntimeError", "API error: No such field in answer: %s", field).
		Hint("%s answered a token request without it: check that it is the authorization server", e.API.BaseURL())
}

// isUsable tells whether an answer, nil for none, has a token that may be sent.
// One whose expiry is not known may; the refused one may not.
func (e *Endpoint) isUsable(answer *record.Object, refused string) bool {
	if answer == nil {
		return false
	}
	token, err := e.token(answer)
	if err != nil || token == refused {
		return false
	}
	content, err := Decode(token)
	if err != nil {
		return true
	}
	expiry, known := Expiry(content)
	return !known || time.Until(expiry) >= e.settings().RefreshThreshold
}

func (e *Endpoint) settings() Settings {
	if e.Settings == nil {
		return DefaultSettings()
	}
	return *e.Settings
}

// id names what a grant gets from the endpoint (spec/cli.md 5.5).
func (e *Endpoint) id(grant Grant) []string {
	id := append([]string{"token", e.API.BaseURL()}, grant.Identity()...)
	return append(id, e.Scope)
}

// withoutSecrets hides in a refusal what the server repeats of the request.
func withoutSecrets(err error, parameters *record.Object) error {
	refusal := failure.As(err)
	if refusal == nil {
		return err
	}
	var secrets []string
	for name, value := range parameters.All() {
		if text, ok := value.(string); ok && isSecret(name) {
			secrets = append(secrets, text)
		}
	}
	shown := *refusal
	shown.Message = secret.NewMasker(secrets...).Mask(shown.Message)
	return &shown
}

func isSecret(parameter string) bool {
	switch parameter {
	case "assertion", "code", "code_verifier":
		return true
	}
	return secret.IsName(parameter)
}

// texts makes parameters of name, value pairs, without those whose value is
// empty.
func texts(pairs ...string) *record.Object {
	o := record.New()
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			o.Set(pairs[i], pairs[i+1])
		}
	}
	return o
}

func add(to, from *record.Object) {
	if from == nil {
		return
	}
	for name, value := range from.All() {
		to.Set(name, value)
	}
}
