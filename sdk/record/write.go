package record

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Append appends the compact JSON text of a value: no blanks, non-ASCII and
// "/" as they are, as in the json format of spec/cli.md 6.4.
func Append(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		if v {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case json.Number:
		return append(b, v...)
	case string:
		return appendString(b, v)
	case []any:
		b = append(b, '[')
		for i, x := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = Append(b, x)
		}
		return append(b, ']')
	case *Object:
		b = append(b, '{')
		for i, m := range v.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, m.key), ':')
			b = Append(b, m.value)
		}
		return append(b, '}')
	}
	return Append(b, Of(v))
}

// JSON returns the compact JSON text of a value.
func JSON(v any) []byte { return Append(nil, v) }

// MarshalJSON makes an object usable with encoding/json.
func (o *Object) MarshalJSON() ([]byte, error) { return JSON(o), nil }

// UnmarshalJSON makes an object usable with encoding/json.
func (o *Object) UnmarshalJSON(data []byte) error {
	p, err := ParseObject(data)
	if err == nil {
		*o = *p
	}
	return err
}

// Pretty returns JSON text with an indent of two blanks; empty containers stay
// on their line (format jsonpp, spec/cli.md 6.4).
func Pretty(v any) []byte { return appendPretty(nil, v, "\n") }

func appendPretty(b []byte, v any, newline string) []byte {
	inner := newline + "  "
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return append(b, "[]"...)
		}
		b = append(b, '[')
		for i, x := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendPretty(append(b, inner...), x, inner)
		}
		return append(append(b, newline...), ']')
	case *Object:
		if v.Len() == 0 {
			return append(b, "{}"...)
		}
		b = append(b, '{')
		for i, m := range v.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(append(b, inner...), m.key), ": "...)
			b = appendPretty(b, m.value, inner)
		}
		return append(append(b, newline...), '}')
	}
	return Append(b, v)
}

// appendString quotes as JSON does, without the HTML escapes of encoding/json.
func appendString(b []byte, s string) []byte {
	if isPlain(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	// A string always encodes: invalid UTF-8 becomes U+FFFD.
	_ = e.Encode(s)
	return append(b, strings.TrimSuffix(buf.String(), "\n")...)
}

func isPlain(s string) bool {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c == '"' || c == '\\':
			return false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	// U+2028 and U+2029 are escaped by encoding/json; leave them to it.
	return ascii || utf8.ValidString(s) && !strings.Contains(s, "\u2028") && !strings.Contains(s, "\u2029")
}
