package oauth

import (
	"context"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Boot is the grant for a user who logged in with a browser and copied the
// Cookie header of AoC from it (spec/plugins/aoc.md 4.6). It cannot make a
// token, only keep one alive.
type Boot struct {
	subject string
	// answer is what a token endpoint would have answered; nil without cookie.
	answer *record.Object
}

// NewBoot takes the value of a Cookie header. username, if given, must be the
// subject of its token. Without cookie, the token kept for username is used.
func NewBoot(cookie, username string) (Boot, error) {
	if cookie == "" {
		if username == "" {
			return Boot{}, failure.Argumentf("Provide --password (cookie) on first use, or --username for cache lookup")
		}
		return Boot{subject: username}, nil
	}
	values := parseCookie(cookie)
	token := values["aoc.token"]
	if token == "" {
		return Boot{}, failure.Argumentf("--password cookie does not contain aoc.token").
			Hint("copy the complete value of header Cookie of a request to AoC, from the network tab of the browser's tools")
	}
	claims, err := Decode(token)
	if err != nil {
		return Boot{}, failure.Argumentf("--password cookie: aoc.token: %w", err)
	}
	subject := claims.Text("sub")
	switch {
	case username != "" && subject != username:
		return Boot{}, failure.Argumentf("Boot: --username %s does not match token subject %s", username, subject)
	case subject == "":
		return Boot{}, failure.Argumentf("--password cookie: aoc.token does not tell its subject")
	}
	return Boot{subject, texts("access_token", token, "refresh_token", values["aoc.refresh"])}, nil
}

// Identity is the subject of the token.
func (g Boot) Identity() []string { return []string{"boot", g.subject} }

// Token returns the token of the cookie while it is good, then one that its
// refresh token gives.
func (g Boot) Token(ctx context.Context, endpoint *Endpoint) (*record.Object, error) {
	if endpoint.isUsable(g.answer, "") {
		return g.answer, nil
	}
	if refresh := refreshToken(g.answer); refresh != "" {
		if answer, err := endpoint.Refresh(ctx, refresh); err == nil || ctx.Err() != nil {
			return answer, err
		}
	}
	return nil, failure.Otherf("RuntimeError", "Boot: token expired and no refresh available — re-authenticate in browser").
		Hint("then give the new cookie with option password")
}

// parseCookie returns the values of a Cookie header by name.
func parseCookie(text string) map[string]string {
	values := map[string]string{}
	for part := range strings.SplitSeq(text, "; ") {
		if name, value, ok := strings.Cut(part, "="); ok {
			values[name] = value
		}
	}
	return values
}
