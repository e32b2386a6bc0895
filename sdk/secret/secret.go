// Package secret knows which values must not be shown (spec/cli.md 6.9, 8.3).
package secret

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Hidden stands in place of a secret.
const Hidden = "🔑"

// header is that of HTTP requests through which credentials go.
const header = "Authorization"

// nameParts mark the name of a field or option as that of a secret.
func nameParts() []string {
	return append(append(keyParts(), header), variables()...)
}

// keyParts mark the names of fields and options.
func keyParts() []string {
	return []string{"password", "secret", "passphrase", "_key", "apikey", "crn", "token"}
}

// variables are those of the environment through which ascp gets secrets.
func variables() []string {
	return []string{"ASPERA_SCP_PASS", "ASPERA_SCP_KEY", "ASPERA_SCP_FILEPASS", "ASPERA_PROXY_PASS", "ASPERA_SCP_TOKEN"}
}

// IsName tells whether the name of a field, option or variable is that of a secret.
func IsName(name string) bool {
	if name == "access_key" || name == "fallback_private_key" {
		return false
	}
	marks := func(part string) bool { return strings.Contains(name, part) }
	return slices.ContainsFunc(keyParts(), marks) || marks(header) || slices.ContainsFunc(variables(), marks)
}

// MaskKeys hides the PEM private keys of a text (spec/cli.md 6.9).
func MaskKeys(text string) string { return privateKeys().apply(text) }

// Masker hides known values and secret-looking parts of free text.
type Masker struct{ values []string }

// NewMasker returns a masker for texts in which the given values may stand.
// Values under four characters are left alone: hiding them would tear texts
// apart and give them away.
func NewMasker(values ...string) *Masker {
	m := &Masker{}
	for _, v := range values {
		if len(v) >= 4 {
			m.values = append(m.values, v)
		}
	}
	// A value that is part of another one must not leave the rest of that.
	slices.SortStableFunc(m.values, func(a, b string) int { return len(b) - len(a) })
	return m
}

// Mask returns text without secrets.
func (m *Masker) Mask(text string) string {
	for _, v := range m.values {
		text = strings.ReplaceAll(text, v, Hidden)
	}
	text = maskHeader(privateKeys().apply(text))
	for _, f := range namedValues() {
		text = f.apply(text)
	}
	return credentials().apply(text)
}

// form is a way in which secrets stand in texts. The pattern is costly: it is
// tried only on texts that hold one of the marks.
type form struct {
	marks   []string
	pattern *regexp.Regexp
	with    string
}

func (f form) apply(text string) string {
	holds := func(mark string) bool { return strings.Contains(text, mark) }
	if !slices.ContainsFunc(f.marks, holds) {
		return text
	}
	return f.pattern.ReplaceAllString(text, f.with)
}

// privateKeys are those in PEM form; a public key is no secret.
var privateKeys = sync.OnceValue(func() form {
	return form{
		[]string{"PRIVATE KEY-----"},
		regexp.MustCompile(`(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----)`),
		"${1}" + Hidden + "${2}",
	}
})

// keyBlocks are keys in PEM form of all kinds, as logs hide them.
var keyBlocks = sync.OnceValue(func() form {
	return form{
		[]string{"--BEGIN "},
		regexp.MustCompile(`(?s)(--+BEGIN [^-\n]*KEY--+).*?(--+END [^-\n]*KEY--+)`),
		"${1}" + Hidden + "${2}",
	}
})

// namedValues follow spec/cli.md 8.3, where a name needs "=" or quotes around its
// value: errors pass here too, and must stay readable.
var namedValues = sync.OnceValue(func() []form {
	names := strings.Join(nameParts(), "|")
	return []form{
		{
			nameParts(),
			regexp.MustCompile(`((?:"[^"]*(?:` + names + `)[^"]*"|:\w*(?:` + names + `)\w*) *(?:=>|:) *")[^"]*(")`),
			"${1}" + Hidden + "${2}",
		},
		{nameParts(), regexp.MustCompile(`((?:` + names + `)[A-Za-z0-9_-]*=)[^\s&"'>][^\s&"']*`), "${1}" + Hidden},
	}
})

// credentials are those of an Authorization header, also elsewhere.
var credentials = sync.OnceValue(func() form {
	return form{
		[]string{"Basic ", "Bearer "},
		regexp.MustCompile(`\b(Basic|Bearer) [A-Za-z0-9+/=._-]{8,}`), "${1} " + Hidden,
	}
})
