package rest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// settings is the value of option http_options (spec/cli.md 9.3).
type settings struct {
	openTimeout, readTimeout, writeTimeout, tlsTimeout, keepAlive, expect time.Duration

	userAgent     string
	partialSuffix string

	// connectionRetries is how often an idempotent request is sent again after
	// a broken connection; retryMax how often after an answer that allows it.
	connectionRetries, retryMax                  int
	retrySleep                                   time.Duration
	retryOnError, retryOnTimeout, retryOnUnavail bool
}

func defaultSettings() settings {
	return settings{
		openTimeout: time.Minute, readTimeout: time.Minute, writeTimeout: time.Minute, tlsTimeout: time.Minute,
		keepAlive: 2 * time.Second, expect: time.Second,
		userAgent: "ascli", partialSuffix: ".http_partial",
		connectionRetries: 1, retryMax: 1, retrySleep: 4 * time.Second,
		retryOnTimeout: true, retryOnUnavail: true,
	}
}

// otherSettings are the keys of http_options that are read elsewhere: by
// [applyTLSOptions] and by the OAuth client.
func otherSettings() []string {
	return []string{
		"ssl_options", "token_cache_max_age", "token_refresh_threshold",
		"jwt_accepted_offset_sec", "jwt_expiry_offset_sec",
	}
}

func readSettings(options *record.Object, log *slog.Logger) (settings, error) {
	s := defaultSettings()
	if options == nil {
		return s, nil
	}
	for key, value := range options.All() {
		if err := s.set(key, value, log); err != nil {
			return s, failure.Argumentf("http_options: %s: %w", key, err)
		}
	}
	return s, nil
}

func (s *settings) set(key string, value any, log *slog.Logger) (err error) {
	switch key {
	case "open_timeout":
		s.openTimeout, err = seconds(value)
	case "read_timeout":
		s.readTimeout, err = seconds(value)
	case "write_timeout":
		s.writeTimeout, err = seconds(value)
	case "ssl_timeout":
		s.tlsTimeout, err = seconds(value)
	case "keep_alive_timeout":
		s.keepAlive, err = seconds(value)
	case "continue_timeout":
		s.expect, err = seconds(value)
	case "retry_sleep":
		s.retrySleep, err = seconds(value)
	case "max_retries":
		s.connectionRetries, err = count(value)
	case "retry_max":
		s.retryMax, err = count(value)
	case "retry_on_error":
		err = s.setRetryOnError(value)
	case "retry_on_timeout":
		s.retryOnTimeout, err = flag(value)
	case "retry_on_unavailable":
		s.retryOnUnavail, err = flag(value)
	case "user_agent":
		s.userAgent, err = words(value)
	case "download_partial_suffix":
		s.partialSuffix, err = words(value)
	default:
		if !slices.Contains(otherSettings(), key) {
			log.Error("no such HTTP session attribute: " + key)
		}
	}
	return err
}

// setRetryOnError takes the number of retries of 4.21, or the flag of 4.22.
func (s *settings) setRetryOnError(value any) (err error) {
	if _, isNumber := value.(json.Number); isNumber {
		s.retryMax, err = count(value)
		s.retryOnError = s.retryMax > 0
		return err
	}
	s.retryOnError, err = flag(value)
	return err
}

func seconds(v any) (time.Duration, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, unfit(v, "a number of seconds")
	}
	f, err := n.Float64()
	if err != nil || f < 0 || f > 1e9 {
		return 0, unfit(v, "a number of seconds")
	}
	return time.Duration(f * float64(time.Second)), nil
}

func count(v any) (int, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, unfit(v, "a whole number")
	}
	i, err := n.Int64()
	if err != nil || i < 0 || i > 1000 {
		return 0, unfit(v, "a whole number up to 1000")
	}
	return int(i), nil
}

func flag(v any) (bool, error) {
	if b, ok := v.(bool); ok {
		return b, nil
	}
	return false, unfit(v, "true or false")
}

func words(v any) (string, error) {
	if s, ok := v.(string); ok {
		return s, nil
	}
	return "", unfit(v, "a text")
}

func unfit(v any, wanted string) error {
	return fmt.Errorf("expecting %s, but have (%s)%s", wanted, record.TypeName(v), record.JSON(v))
}
