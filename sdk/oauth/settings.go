package oauth

import (
	"encoding/json"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Settings are the times of tokens that option http_options sets
// (spec/cli.md 9.3).
type Settings struct {
	// CacheMaxAge is the age at which a kept token is not used any more
	// (token_cache_max_age).
	CacheMaxAge time.Duration
	// RefreshThreshold is the life that a token must have left to be used
	// (token_refresh_threshold).
	RefreshThreshold time.Duration
	// JWTAcceptedOffset is how late the server's clock may be, JWTExpiryOffset
	// the life of an assertion (jwt_accepted_offset_sec, jwt_expiry_offset_sec).
	JWTAcceptedOffset, JWTExpiryOffset time.Duration
}

// DefaultSettings are those of a user who sets none.
func DefaultSettings() Settings {
	return Settings{
		CacheMaxAge: 30 * time.Minute, RefreshThreshold: 2 * time.Minute,
		JWTAcceptedOffset: 5 * time.Minute, JWTExpiryOffset: time.Hour,
	}
}

// ReadSettings takes the settings from option http_options, which may be nil.
func ReadSettings(httpOptions *record.Object) (*Settings, error) {
	s := DefaultSettings()
	if httpOptions == nil {
		return &s, nil
	}
	for key, target := range map[string]*time.Duration{
		"token_cache_max_age":     &s.CacheMaxAge,
		"token_refresh_threshold": &s.RefreshThreshold,
		"jwt_accepted_offset_sec": &s.JWTAcceptedOffset,
		"jwt_expiry_offset_sec":   &s.JWTExpiryOffset,
	} {
		value, given := httpOptions.Get(key)
		if !given {
			continue
		}
		number, _ := value.(json.Number)
		seconds, err := number.Float64()
		if err != nil || seconds < 0 || seconds > 1e9 {
			return nil, failure.Argumentf("http_options: %s: expecting a number of seconds, but have (%s)%s",
				key, record.TypeName(value), record.JSON(value))
		}
		*target = time.Duration(seconds * float64(time.Second))
	}
	return &s, nil
}
