package output

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Control sequences of terminals (ECMA-48, select graphic rendition).
const (
	sgrDim     = "\x1b[2m"
	sgrReverse = "\x1b[7m"
	sgrRed     = "\x1b[41m"
	sgrReset   = "\x1b[0m"
)

func onRed(s string) string { return sgrRed + s + sgrReset }

func dim(s string) string { return sgrDim + s + sgrReset }

// mark writes a mark such as <empty>, dim on a terminal.
func (p *Printer) mark(text string) string {
	if p.settings.Terminal {
		return dim(text)
	}
	return text
}

// emphasis writes a mark other than those of missing data, in reverse video on a terminal.
func (p *Printer) emphasis(text string) string {
	if p.settings.Terminal {
		return sgrReverse + text + sgrReset
	}
	return text
}

// clean returns a text fit for the writer: a terminal gets no control characters.
func (p *Printer) clean(text string) string {
	if p.settings.Terminal {
		return harmless(text)
	}
	return text
}

// harmless replaces what would steer a terminal or reorder its text (control
// characters, directional overrides) by JSON escapes, which keep JSON valid.
// Newlines and tabs stay.
func harmless(s string) string {
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
