// Package oauth obtains, keeps and renews the bearer tokens of the products'
// APIs (spec/cli.md 9.6, 9.7).
//
//	tokens := oauth.NewSource(oauth.Config{
//		Endpoint: oauth.Endpoint{API: authAPI, ClientID: id},
//		Grant:    oauth.JWT{Key: key, Claims: record.New("iss", id, "sub", user, "aud", id)},
//		Cache:    oauth.NewFolderCache(filepath.Join(inv.Home, oauth.StoreFolder), settings.CacheMaxAge),
//	})
//	api, err := session.Client(url, tokens)
//
// A [Grant] is a way to get a token: [JWT], [Web], [Link], [Generic], [Boot],
// or one of a plugin's own. The method boot of Faspex 5, which is an
// Authorization header copied from a browser, needs no token and no more than
// [rest.Verbatim].
package oauth

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/secret"
)

const bearer = "Bearer "

// Grant is a way to obtain a token.
type Grant interface {
	// Identity tells whose token it is: the name of the method and what else
	// tells tokens of one endpoint and scope apart. The name of the file in
	// which the token is kept is made of it (spec/cli.md 5.5).
	Identity() []string
	// Token obtains a new token and returns the answer of the server that has it.
	Token(ctx context.Context, endpoint *Endpoint) (*record.Object, error)
}

// Config tells how the tokens of one identity and scope are obtained and kept.
type Config struct {
	Endpoint
	Grant Grant
	// Cache keeps tokens between calls and runs. Without one (option
	// cache_tokens=no) every call of the API takes a token of its own.
	Cache Cache
	// Log may be nil.
	Log *slog.Logger
}

// Source gives the tokens of one identity and scope. It is the credentials of
// an API ([rest.Auth], [rest.Renewer]) and safe for use by several goroutines.
type Source struct {
	config Config
	id     []string

	mu sync.Mutex
	// flights are the requests under way, by the token that they replace.
	flights map[string]*flight
}

var _ rest.Renewer = (*Source)(nil)

// NewSource returns a source. No token is requested before one is needed.
func NewSource(config Config) *Source {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	return &Source{config: config, id: config.id(config.Grant), flights: map[string]*flight{}}
}

// Authorize sets the token of a request that has no Authorization header yet.
func (s *Source) Authorize(r *http.Request) error {
	if r.Header.Get("Authorization") != "" {
		return nil
	}
	token, err := s.Token(r.Context())
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", bearer+token)
	return nil
}

// Renew replaces the token that the server refused on r, unless another caller
// has done so since.
func (s *Source) Renew(r *http.Request) error {
	if s.config.Cache == nil {
		return nil // the repeated call takes a new one
	}
	_, err := s.Replace(r.Context(), strings.TrimPrefix(r.Header.Get("Authorization"), bearer))
	return err
}

// Token returns a token that is good for a while.
func (s *Source) Token(ctx context.Context) (string, error) { return s.Replace(ctx, "") }

// Replace returns a token that is good for a while and not the given one, which
// a server refused. APIs that refuse by another status than 401, which
// [rest.Client] handles by itself, call it and repeat their call.
func (s *Source) Replace(ctx context.Context, refused string) (string, error) {
	if s.config.Cache == nil {
		answer, err := s.config.Grant.Token(ctx, &s.config.Endpoint)
		if err != nil {
			return "", err
		}
		return s.config.token(answer)
	}
	answer, err := s.config.Cache.Load(s.id)
	if err != nil {
		return "", err
	}
	if s.config.isUsable(answer, refused) {
		return s.config.token(answer)
	}
	return s.share(ctx, refused)
}

// obtain gets a token in place of the one kept, alone among all processes.
func (s *Source) obtain(ctx context.Context, refused string) (string, error) {
	answer, err := s.config.Cache.Exchange(ctx, s.id, func(kept *record.Object) (*record.Object, error) {
		if s.config.isUsable(kept, refused) {
			return kept, nil // another process was faster
		}
		if fresh := s.refresh(ctx, kept); fresh != nil {
			return fresh, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return s.config.Grant.Token(ctx, &s.config.Endpoint)
	})
	if err != nil {
		return "", err
	}
	return s.config.token(answer)
}

// refresh gets a token by the refresh token of the one kept; nil when there is
// none or it is refused.
func (s *Source) refresh(ctx context.Context, kept *record.Object) *record.Object {
	refreshToken := refreshToken(kept)
	if refreshToken == "" {
		return nil
	}
	fresh, err := s.config.Refresh(ctx, refreshToken)
	if err != nil {
		s.config.Log.WarnContext(ctx, "refresh failed", "error", secret.NewMasker(refreshToken).Mask(err.Error()))
		return nil
	}
	return fresh
}

func refreshToken(answer *record.Object) string {
	if answer == nil {
		return ""
	}
	// AoC's way of saying that there is none.
	if token := answer.Text("refresh_token"); token != "not_supported" {
		return token
	}
	return ""
}
