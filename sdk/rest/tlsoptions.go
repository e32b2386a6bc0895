package rest

import (
	"crypto/tls"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// tlsOptions carries out the keys of http_options that concern TLS: ssl_options
// and the versions (spec/cli.md 9.3).
func tlsOptions(c *tls.Config, httpOptions *record.Object, log *slog.Logger) error {
	if httpOptions == nil {
		return nil
	}
	if err := versionLimits(c, httpOptions); err != nil {
		return err
	}
	if value, given := httpOptions.Get("ssl_options"); given {
		return sslOptions(c, value, log)
	}
	return nil
}

// versionLimits takes min_version, max_version and ssl_version, e.g. "TLS1_2".
func versionLimits(c *tls.Config, httpOptions *record.Object) error {
	for _, limit := range []struct {
		key string
		set func(version uint16)
	}{
		{"min_version", func(v uint16) { c.MinVersion = v }},
		{"max_version", func(v uint16) { c.MaxVersion = v }},
		{"ssl_version", func(v uint16) { c.MinVersion, c.MaxVersion = v, v }},
	} {
		value, given := httpOptions.Get(limit.key)
		if !given || value == nil {
			continue
		}
		name := strings.TrimPrefix(strings.Replace(inspect.Plain(value), "TLSv", "TLS", 1), ":")
		i := slices.IndexFunc(protocols(), func(p protocol) bool { return p.name == name })
		if i < 0 {
			return failure.Argumentf("http_options: %s: %w", limit.key, unfit(value, "TLS1, TLS1_1, TLS1_2 or TLS1_3"))
		}
		limit.set(protocols()[i].version)
	}
	if c.MaxVersion != 0 && c.MinVersion > c.MaxVersion {
		return failure.Argumentf("http_options: min_version and max_version leave no version of TLS")
	}
	return nil
}

// protocol is a version of TLS, oldest first in [protocols].
type protocol struct {
	name    string
	version uint16
	off     uint64
}

func protocols() []protocol {
	return []protocol{
		{"TLS1", tls.VersionTLS10, opNoTLS1},
		{"TLS1_1", tls.VersionTLS11, opNoTLS11},
		{"TLS1_2", tls.VersionTLS12, opNoTLS12},
		{"TLS1_3", tls.VersionTLS13, opNoTLS13},
	}
}

// sslOptions takes names of OpenSSL without SSL_OP_, "-" before a name clears
// it, an integer sets the whole mask. Names without counterpart in Go's TLS do
// nothing. IGNORE_UNEXPECTED_EOF is one of them because it always holds: a
// connection that ends without close_notify is an ordinary end for crypto/tls.
func sslOptions(c *tls.Config, value any, log *slog.Logger) error {
	list, ok := value.([]any)
	if !ok {
		return failure.Argumentf("http_options: ssl_options: %w", unfit(value, "an array of names"))
	}
	var mask, cleared uint64
	for _, item := range list {
		if n, isNumber := item.(json.Number); isNumber {
			bits, err := n.Int64()
			if err != nil || bits < 0 {
				return failure.Argumentf("http_options: ssl_options: %w", unfit(item, "a mask of options"))
			}
			mask, cleared = uint64(bits), 0
			continue
		}
		name, clears := strings.CutPrefix(inspect.Plain(item), "-")
		bits, known := openSSLOptions()[name]
		switch {
		case !known:
			return failure.Argumentf("Unknown ssl_option: OP_%s, use one of: %s", name, strings.Join(optionNames(), ", "))
		case clears:
			mask, cleared = mask&^bits, cleared|bits
		default:
			mask, cleared = mask|bits, cleared&^bits
		}
		if bits&effective == 0 {
			log.Debug("ssl_options: " + name + " changes nothing in this program")
		}
	}
	c.SessionTicketsDisabled = mask&opNoTicket != 0
	return limitVersions(c, mask, cleared)
}

// limitVersions narrows the versions by mask. TLS 1.0 and 1.1 are off unless
// they are cleared by name.
func limitVersions(c *tls.Config, mask, cleared uint64) error {
	var lowest, highest uint16
	for _, p := range protocols() {
		allowed := (p.version >= c.MinVersion || cleared&p.off != 0) && (c.MaxVersion == 0 || p.version <= c.MaxVersion)
		if !allowed || mask&p.off != 0 {
			continue
		}
		if lowest == 0 {
			lowest = p.version
		}
		highest = p.version
	}
	if lowest == 0 {
		return failure.Argumentf("http_options: ssl_options: no version of TLS is left, remove one of NO_TLSv1_2 and NO_TLSv1_3")
	}
	c.MinVersion, c.MaxVersion = lowest, highest
	return nil
}
