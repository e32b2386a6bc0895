package rest

import (
	"crypto/tls"
	"log/slog"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// applyTLSOptions carries out http_options.ssl_options: names of OpenSSL
// without SSL_OP_, "-" before a name clears it (spec/cli.md 9.3). What has no
// counterpart in Go's TLS is warned of and left out.
func applyTLSOptions(c *tls.Config, httpOptions *record.Object, log *slog.Logger) error {
	if httpOptions == nil || !httpOptions.Has("ssl_options") {
		return nil
	}
	value, _ := httpOptions.Get("ssl_options")
	list, ok := value.([]any)
	if !ok {
		return failure.Argumentf("http_options: ssl_options: %w", unfit(value, "an array of names"))
	}
	set := map[string]bool{}
	for _, item := range list {
		name, clears := strings.CutPrefix(inspect.Plain(item), "-")
		switch name {
		case "NO_TLSv1_2", "NO_TLSv1_3", "NO_TICKET":
			set[name] = !clears
		default:
			log.Warn("ssl_options: " + name + " has no effect in this program")
		}
	}
	if set["NO_TLSv1_2"] && set["NO_TLSv1_3"] {
		return failure.Argumentf("http_options: ssl_options: NO_TLSv1_2 and NO_TLSv1_3 leave no version of TLS")
	}
	if set["NO_TLSv1_2"] {
		c.MinVersion = tls.VersionTLS13
	}
	if set["NO_TLSv1_3"] {
		c.MaxVersion = tls.VersionTLS12
	}
	c.SessionTicketsDisabled = set["NO_TICKET"]
	return nil
}
