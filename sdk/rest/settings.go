package rest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// settings is the value of option http_options (spec/cli.md 9.3).
type settings struct {
	// A time-out of zero is none.
	openTimeout, readTimeout, writeTimeout time.Duration
	// tlsTimeout bounds the handshake, openTimeout when it is not given.
	tlsTimeout        *time.Duration
	keepAlive, expect time.Duration

	// localHost and localPort are this end of the connections.
	localHost net.IP
	localPort int

	userAgent     string
	partialSuffix string
	retries       retries
}

func defaultSettings() settings {
	return settings{
		openTimeout: time.Minute, readTimeout: time.Minute, writeTimeout: time.Minute,
		keepAlive: 2 * time.Second, expect: time.Second,
		userAgent: "ascli", partialSuffix: ".http_partial",
		retries: defaultRetries(),
	}
}

// otherSettings are the keys of http_options that are read elsewhere: by
// [tlsOptions] and by the OAuth client.
func otherSettings() []string {
	return []string{
		"ssl_options", "min_version", "max_version", "ssl_version", "token_cache_max_age", "token_refresh_threshold",
		"jwt_accepted_offset_sec", "jwt_expiry_offset_sec",
	}
}

// inapplicable are the attributes that an HTTP connection of the original has
// besides, and which mean nothing here.
func inapplicable() []string {
	return []string{
		"ca_file", "ca_path", "cert", "cert_store", "ciphers", "close_on_empty_response", "extra_chain_cert", "ignore_eof",
		"key", "proxy_address", "proxy_from_env", "proxy_pass", "proxy_port", "proxy_use_ssl", "proxy_user",
		"response_body_encoding", "use_ssl", "verify_callback", "verify_depth", "verify_hostname", "verify_mode",
	}
}

func readSettings(options *record.Object, log *slog.Logger) (settings, error) {
	s := defaultSettings()
	if options == nil {
		return s, nil
	}
	for key, value := range options.All() {
		known, err := s.set(key, value)
		switch {
		case err != nil:
			return s, failure.Argumentf("http_options: %s: %w", key, err)
		case known, slices.Contains(otherSettings(), key):
		case slices.Contains(inapplicable(), key):
			log.Warn("http_options: " + key + " has no effect in this program")
		default:
			log.Error("no such HTTP session attribute: " + key)
		}
	}
	return s, nil
}

// set takes one key; known is false when it is none of these.
func (s *settings) set(key string, value any) (known bool, err error) {
	switch key {
	case "open_timeout":
		s.openTimeout, err = timeout(value)
	case "read_timeout":
		s.readTimeout, err = timeout(value)
	case "write_timeout":
		s.writeTimeout, err = timeout(value)
	case "ssl_timeout":
		var handshake time.Duration
		handshake, err = timeout(value)
		s.tlsTimeout = &handshake
	case "keep_alive_timeout":
		s.keepAlive, err = timeout(value)
	case "continue_timeout":
		s.expect, err = timeout(value)
	case "local_host":
		s.localHost, err = localAddress(value)
	case "local_port":
		s.localPort, err = count(value, 65535)
	case "user_agent":
		s.userAgent, err = words(value)
	case "download_partial_suffix":
		s.partialSuffix, err = suffix(value)
	default:
		return s.retries.set(key, value)
	}
	return true, err
}

func (s *settings) handshakeTimeout() time.Duration {
	if s.tlsTimeout != nil {
		return *s.tlsTimeout
	}
	return s.openTimeout
}

// timeout is a number of seconds; null is none.
func timeout(v any) (time.Duration, error) {
	if v == nil {
		return 0, nil
	}
	return seconds(v)
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

func count(v any, limit int) (int, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, unfit(v, "a whole number")
	}
	i, err := n.Int64()
	if err != nil || i < 0 || i > int64(limit) {
		return 0, unfit(v, fmt.Sprintf("a whole number up to %d", limit))
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

// suffix is the end of a file name: a download stays in its folder.
func suffix(v any) (string, error) {
	s, err := words(v)
	if err == nil && "x"+s != fileName("x"+s) {
		return "", unfit(v, "the end of a file name")
	}
	return s, err
}

func localAddress(v any) (net.IP, error) {
	s, err := words(v)
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(s)
	if ip == nil {
		return nil, unfit(v, "an IP address of this computer")
	}
	return ip, nil
}

func unfit(v any, wanted string) error {
	return fmt.Errorf("expecting %s, but have (%s)%s", wanted, record.TypeName(v), record.JSON(v))
}
