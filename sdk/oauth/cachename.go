package oauth

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode"
)

const (
	tokenPrefix = "token"
	tokenSuffix = ".txt"
	lockPrefix  = ".token-"
	lockSuffix  = ".lock"
	// maxName bounds the name of a file, bytes: less than any file system's
	// limit, with room for the suffix that an atomic write adds.
	maxName = 200
)

// fileName is the name that 4.21 gives the file of an id (spec/cli.md 5.3). Both
// names are read, and this one is written: 4.21 does not find the other, while
// a later version that does not find its own only asks for one more token.
func fileName(id []string) string {
	return bounded(strings.ToLower(strings.Map(func(r rune) rune {
		if isForbidden(r) && r != '|' || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, joined(id))))
}

// laterFileName is the name of 4.24 and after.
func laterFileName(id []string) string {
	var name strings.Builder
	last := rune(0)
	for _, r := range strings.ToLower(joined(id)) {
		if isForbidden(r) || unicode.IsControl(r) {
			r = '_'
		}
		if r != '_' || last != '_' {
			name.WriteRune(r)
		}
		last = r
	}
	return bounded(strings.TrimRight(name.String(), " ._"))
}

// lockName has no part of the id, which may hold an API key.
func lockName(id []string) string { return lockPrefix + digest(fileName(id)) + lockSuffix }

func joined(id []string) string {
	var parts []string
	for _, part := range id {
		if u, err := url.Parse(part); err == nil && strings.HasPrefix(part, "https://") {
			part = u.Hostname()
		}
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "_")
}

func isForbidden(r rune) bool { return strings.ContainsRune(`/:"<>\*?.|`, r) }

func bounded(name string) string {
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "") + "_" + digest(name)
	}
	return name + tokenSuffix
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
