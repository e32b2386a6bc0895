// Package secret knows which values must not be shown (spec/cli.md 6.9, 8.3).
package secret

import (
	"regexp"
	"strings"
)

// Hidden stands in place of a secret.
const Hidden = "🔑"

// nameParts mark the name of a field or option as that of a secret.
func nameParts() []string {
	return []string{
		"password", "secret", "passphrase", "_key", "apikey", "crn", "token", "Authorization",
		"ASPERA_SCP_PASS", "ASPERA_SCP_KEY", "ASPERA_SCP_FILEPASS", "ASPERA_PROXY_PASS", "ASPERA_SCP_TOKEN",
	}
}

// IsName tells whether the name of a field, option or variable is that of a secret.
func IsName(name string) bool {
	if name == "access_key" || name == "fallback_private_key" {
		return false
	}
	for _, part := range nameParts() {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// Masker hides known values and secret-looking parts of free text.
type Masker struct {
	values []string
	forms  []form
}

type form struct {
	pattern *regexp.Regexp
	with    string
}

// NewMasker returns a masker for texts in which the given values may stand.
// Values under four characters are left alone: hiding them would tear texts
// apart and give them away.
func NewMasker(values ...string) *Masker {
	m := &Masker{forms: []form{
		{regexp.MustCompile(`(?s)(-----BEGIN [A-Z ]*KEY-----).*?(-----END [A-Z ]*KEY-----)`), "${1}" + Hidden + "${2}"},
		{regexp.MustCompile(`(?i)(authorization: *)[^\r\n\\]+`), "${1}" + Hidden},
		{regexp.MustCompile(`("[^"]*(?:password|secret|passphrase|_key|apikey|crn|token|Authorization)[^"]*" *(?:=>|:) *")[^"]*(")`), "${1}" + Hidden + "${2}"},
		{regexp.MustCompile(`\b(Basic|Bearer) [A-Za-z0-9+/=._-]{8,}`), "${1} " + Hidden},
	}}
	for _, v := range values {
		if len(v) >= 4 {
			m.values = append(m.values, v)
		}
	}
	return m
}

// Mask returns text without secrets.
func (m *Masker) Mask(text string) string {
	for _, v := range m.values {
		text = strings.ReplaceAll(text, v, Hidden)
	}
	for _, f := range m.forms {
		if f.pattern.MatchString(text) {
			text = f.pattern.ReplaceAllString(text, f.with)
		}
	}
	return text
}
