package oauth

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
)

// Decode returns the content of a token: the claims of a JWT, or the payload of
// a node bearer token (spec/plugins/config.md 14). No signature is checked: a
// client of the API does not have the key. Other tokens are opaque, which is an
// error here and normal everywhere else.
func Decode(token string) (*record.Object, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		content, err := node.DecodeToken(token)
		if err != nil {
			return nil, fmt.Errorf("neither a JWT nor a node token: %w", err)
		}
		return content, nil
	}
	// Some servers pad, or use the alphabet that is not for URLs.
	text := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(parts[1], "="))
	claims, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("not a JWT: %w", err)
	}
	content, err := record.ParseObject(claims)
	if err != nil {
		return nil, errors.New("not a JWT: its claims are not a JSON object")
	}
	return content, nil
}

// Expiry returns when a token ends, by its content: field expires_at, a date,
// else exp, seconds since 1970. Unknown is false.
func Expiry(content *record.Object) (expiry time.Time, known bool) {
	if text := content.Text("expires_at"); text != "" {
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05 MST", time.DateTime} {
			if expiry, err := time.Parse(layout, text); err == nil {
				return expiry, true
			}
		}
		return time.Time{}, false
	}
	value, _ := content.Get("exp")
	number, isNumber := value.(json.Number)
	if !isNumber {
		return time.Time{}, false
	}
	// A NumericDate may have decimals (RFC 7519 section 2).
	seconds, err := number.Float64()
	if err != nil || seconds < 0 || seconds > maxEpoch {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}

// maxEpoch is the end of the year 9999, seconds since 1970: later is no date.
const maxEpoch = 253402300799
