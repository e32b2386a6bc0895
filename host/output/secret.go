package output

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/record"
)

// Hidden stands in place of a secret.
const Hidden = "🔑"

// IsSecret tells whether the name of a field is that of a secret (spec/cli.md 6.9).
func IsSecret(name string) bool {
	if name == "access_key" || name == "fallback_private_key" {
		return false
	}
	for _, part := range [...]string{
		"password", "secret", "passphrase", "_key", "apikey", "crn", "token", "Authorization",
		"ASPERA_SCP_PASS", "ASPERA_SCP_KEY", "ASPERA_SCP_FILEPASS", "ASPERA_PROXY_PASS", "ASPERA_SCP_TOKEN",
	} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

func (p *Printer) hidesSecrets() bool {
	return !p.settings.ShowSecrets && p.settings.Display != "data"
}

// hide returns a value without its secrets. It never changes v: a value that
// holds secrets is copied. Unlike the original it looks into arrays too.
func (p *Printer) hide(v any) any {
	if !p.hidesSecrets() || !p.holdsSecret(v) {
		return v
	}
	v = record.Clone(v)
	p.mask(v)
	return v
}

func (p *Printer) isSecret(name string) bool {
	return IsSecret(name) || slices.Contains(p.secrets, name)
}

func (p *Printer) holdsSecret(v any) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, p.holdsSecret)
	case *record.Object:
		for key, x := range v.All() {
			if _, ok := x.(string); ok {
				if p.isSecret(key) {
					return true
				}
			} else if p.holdsSecret(x) {
				return true
			}
		}
	}
	return false
}

func (p *Printer) mask(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			p.mask(x)
		}
	case *record.Object:
		for _, key := range v.Keys() {
			x, _ := v.Get(key)
			if _, ok := x.(string); !ok {
				p.mask(x)
			} else if p.isSecret(key) {
				v.Set(key, Hidden)
			}
		}
	}
}

var privateKey = regexp.MustCompile(`(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----)`)

// hideKeys hides the PEM private keys of a text.
func hideKeys(text string) string {
	return privateKey.ReplaceAllString(text, "${1}"+Hidden+"${2}")
}
