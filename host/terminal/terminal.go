// Package terminal is about texts from elsewhere that a terminal shows.
package terminal

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Harmless replaces what would steer a terminal or reorder its text (control
// characters, directional overrides) by JSON escapes, which keep JSON valid.
// Newlines and tabs stay.
func Harmless(s string) string {
	if isHarmless(s) {
		return s
	}
	var b strings.Builder
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		if isControl(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isHarmless(s string) bool {
	for i, r := range s {
		if isControl(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return false
		}
	}
	return true
}

func isControl(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < ' ', r >= 0x7f && r <= 0x9f:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true // directional embeddings, overrides and isolates
	}
	return false
}
