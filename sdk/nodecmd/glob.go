package nodecmd

import (
	"regexp"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// compileGlob makes the regular expression of a shell pattern for a whole name:
// * any run, ? one character, [a-z] [^a] [!a] a class, \x x itself. A dot is
// ordinary and there are no braces (spec/plugins/node.md 7.1).
func compileGlob(glob string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for rest := glob; rest != ""; {
		var piece string
		piece, rest = nextPiece(rest)
		b.WriteString(piece)
	}
	b.WriteString(`\z`)
	pattern, err := regexp.Compile(b.String())
	if err != nil {
		return nil, failure.Argumentf("%q is not a valid pattern for names", glob)
	}
	return pattern, nil
}

// nextPiece translates the first element of a pattern.
func nextPiece(glob string) (piece, rest string) {
	switch glob[0] {
	case '*':
		return ".*", glob[1:]
	case '?':
		return ".", glob[1:]
	case '[':
		return class(glob)
	case '\\':
		if len(glob) > 1 {
			glob = glob[1:]
		}
	}
	end := 1
	for end < len(glob) && !strings.ContainsRune(`*?[\`, rune(glob[end])) {
		end++
	}
	return regexp.QuoteMeta(glob[:end]), glob[end:]
}

// class translates "[...]"; without its end, it is left invalid.
func class(glob string) (piece, rest string) {
	body := glob[1:]
	b := strings.Builder{}
	b.WriteByte('[')
	if body != "" && (body[0] == '!' || body[0] == '^') {
		b.WriteByte('^')
		body = body[1:]
	}
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == ']' && i > 0:
			return b.String() + "]", body[i+1:]
		case c == '\\' && i+1 < len(body):
			i++
			writeInClass(&b, body[i])
		case c == '-':
			b.WriteByte(c)
		default:
			writeInClass(&b, c)
		}
	}
	return b.String(), ""
}

// writeInClass writes a byte that stands for itself.
func writeInClass(b *strings.Builder, c byte) {
	if strings.IndexByte(`[]^-\&~`, c) >= 0 {
		b.WriteByte('\\')
	}
	b.WriteByte(c)
}
