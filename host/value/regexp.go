package value

import (
	"regexp"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// regexpFlags make "." match a newline, and "^" and "$" match at lines, as in
// the original (spec/cli.md 4.2 `@re:`, 4.6).
const regexpFlags = "(?ms)"

// compileRegexp takes the syntax of the original where RE2 has the means: not
// look-around, back references and possessive repetition.
func compileRegexp(text string) (any, error) {
	re, err := regexp.Compile(regexpFlags + translateEscapes(text))
	if err != nil {
		return nil, failure.Otherf("RegexpError", "%w", err)
	}
	return re, nil
}

// translateEscapes rewrites \h, \H (hexadecimal digit) and \Z (end but for a
// last newline), which RE2 does not know.
func translateEscapes(text string) string {
	var b strings.Builder
	inClass := false
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
			b.WriteString(translateEscape(text[i], inClass))
			continue
		}
		switch text[i] {
		case '[':
			inClass = true
		case ']':
			inClass = false
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func translateEscape(letter byte, inClass bool) string {
	switch {
	case letter == 'h' && inClass:
		return "0-9a-fA-F"
	case letter == 'h':
		return "[0-9a-fA-F]"
	case letter == 'H' && !inClass:
		return "[^0-9a-fA-F]"
	case letter == 'Z' && !inClass:
		return `(?:\n?\z)`
	}
	return `\` + string([]byte{letter})
}
