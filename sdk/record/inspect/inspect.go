// Package inspect writes values as the original shows them to programmers:
// {"a"=>1, "b"=>[nil, true]} (spec/cli.md 6.3, "Inspected text"). Tables, error
// messages, query strings and @extend: contain it.
//
// A value is what a record holds, or a *regexp.Regexp.
package inspect

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ascli-go/ascli/sdk/record"
)

// Text returns the inspected form of a value, on one line.
func Text(v any) string {
	var b strings.Builder
	write(&b, v)
	return b.String()
}

// Plain is Text for containers and the bare text of everything else: null is
// empty, a string has no quotes, a pattern is (?m-ix:abc).
func Plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case *regexp.Regexp:
		return regexpText(v)
	}
	return Text(v)
}

func write(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("nil")
	case string:
		writeString(b, v)
	case json.Number:
		b.WriteString(v.String())
	case *regexp.Regexp:
		writeRegexp(b, v)
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, x)
		}
		b.WriteByte(']')
	case *record.Object:
		b.WriteByte('{')
		first := true
		for k, x := range v.All() {
			if !first {
				b.WriteString(", ")
			}
			first = false
			writeString(b, k)
			b.WriteString("=>")
			write(b, x)
		}
		b.WriteByte('}')
	default:
		fmt.Fprint(b, v)
	}
}

func writeString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(b, `\x%02X`, s[i])
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '#' && i+1 < len(s) && strings.IndexByte("{$@", s[i+1]) >= 0:
			b.WriteString(`\#`)
		case strings.ContainsRune("\a\b\t\n\v\f\r\x1b", r):
			b.WriteByte('\\')
			b.WriteByte("abtnvfre"[strings.IndexRune("\a\b\t\n\v\f\r\x1b", r)])
		case r == 0x7F:
			b.WriteString(`\x7F`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(b, `\u{%X}`, r)
		default:
			fmt.Fprintf(b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
}
