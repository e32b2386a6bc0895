package record

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds nesting, so that hostile input cannot exhaust the stack.
const maxDepth = 1000

// Parse reads one JSON value. Text after it is an error. Of duplicate keys the
// last value wins (spec/cli.md 4.2). It reads what encoding/json reads: strict
// JSON, with U+FFFD for invalid UTF-8 and for half a surrogate pair. Text that
// ends too early is [io.ErrUnexpectedEOF].
//
// Strings and numbers of the value share one copy of data: keeping one of them
// keeps that copy.
func Parse(data []byte) (any, error) { return parse(data, nil) }

func parse(data []byte, wanted func(key string) bool) (any, error) {
	p := parser{text: string(data), validUTF8: utf8.Valid(data)}
	if p.next() == '[' {
		p.wanted = wanted
	}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(p.text) {
		return nil, fmt.Errorf("unexpected text after the JSON value, at byte %d", p.at)
	}
	return v, nil
}

// ParseOnly is Parse, but if the value is an array, the objects in it keep only the members that are
// wanted, which costs less than to drop them later. All of data is checked.
func ParseOnly(data []byte, wanted func(key string) bool) (any, error) {
	return parse(data, wanted)
}

// ParseObject reads one JSON object; any other JSON value is an error.
func ParseObject(data []byte) (*Object, error) {
	v, err := Parse(data)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*Object)
	if !ok {
		return nil, fmt.Errorf("expecting a JSON object, got %s", TypeName(v))
	}
	return o, nil
}

// parser reads text from at on.
type parser struct {
	text string
	at   int
	// validUTF8 tells that strings can be taken from text as they are.
	validUTF8 bool
	// wanted, when set, chooses the members of objects right in the outermost array.
	wanted func(key string) bool
	// members and items are those of the containers under way, innermost last:
	// a container gets memory once its size is known.
	members []member
	items   []any
}

// next skips blanks and returns the byte that follows, 0 at the end of the text.
func (p *parser) next() byte {
	p.space()
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// take skips blanks and then c; it tells whether c was there.
func (p *parser) take(c byte) bool {
	if p.next() != c {
		return false
	}
	p.at++
	return true
}

// unexpected is the error about the byte at the parser's place.
func (p *parser) unexpected(wanted string) error {
	if p.at >= len(p.text) {
		return io.ErrUnexpectedEOF
	}
	c, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return fmt.Errorf("invalid character %q at byte %d, expecting %s", c, p.at, wanted)
}

func (p *parser) value(depth int) (any, error) {
	switch c := p.next(); c {
	case '"':
		return p.string()
	case '{', '[':
		if depth >= maxDepth {
			return nil, fmt.Errorf("JSON nested deeper than %d levels", maxDepth)
		}
		p.at++
		if c == '{' {
			return p.object(depth)
		}
		return p.array(depth)
	case 't':
		return true, p.word("true")
	case 'f':
		return false, p.word("false")
	case 'n':
		return nil, p.word("null")
	}
	return p.number()
}

func (p *parser) word(word string) error {
	for i := range len(word) {
		if p.at >= len(p.text) || p.text[p.at] != word[i] {
			return p.unexpected(word)
		}
		p.at++
	}
	return nil
}

func (p *parser) object(depth int) (any, error) {
	first := len(p.members)
	for more := !p.take('}'); more; {
		if p.next() != '"' {
			return nil, p.unexpected("a key")
		}
		key, err := p.string()
		if err != nil {
			return nil, err
		}
		if !p.take(':') {
			return nil, p.unexpected(`":"`)
		}
		if p.wanted != nil && depth == 1 && !p.wanted(key) {
			err = p.skipValue(depth + 1)
		} else {
			var v any
			v, err = p.value(depth + 1)
			p.members = append(p.members, member{key, v})
		}
		if err != nil {
			return nil, err
		}
		if more = p.take(','); !more && !p.take('}') {
			return nil, p.unexpected(`"," or "}"`)
		}
	}
	o := ofMembers(p.members[first:])
	p.members = p.members[:first]
	return o, nil
}

func (p *parser) array(depth int) (any, error) {
	first := len(p.items)
	for more := !p.take(']'); more; {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		p.items = append(p.items, v)
		if more = p.take(','); !more && !p.take(']') {
			return nil, p.unexpected(`"," or "]"`)
		}
	}
	list := append([]any{}, p.items[first:]...)
	p.items = p.items[:first]
	return list, nil
}

// string reads a string from its opening quote on.
func (p *parser) string() (string, error) {
	start := p.at
	p.at++
	plain := true
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			if plain {
				return p.text[start+1 : p.at-1], nil
			}
			return p.unquote(start)
		case c == '\\':
			plain = false
			// What follows is no closing quote.
			p.at++
		case c < ' ':
			return "", p.unexpected("no control character in a string")
		case c >= utf8.RuneSelf && !p.validUTF8:
			plain = false
		}
	}
	return "", io.ErrUnexpectedEOF
}

// unquote decodes what is rare in the string from start to here: escapes and
// invalid UTF-8.
func (p *parser) unquote(start int) (s string, err error) {
	if err = json.Unmarshal([]byte(p.text[start:p.at]), &s); err != nil {
		return "", fmt.Errorf("string at byte %d: %w", start, err)
	}
	return s, nil
}

// number reads -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?
func (p *parser) number() (any, error) {
	start := p.at
	if err := p.skipNumber(); err != nil {
		return nil, err
	}
	return json.Number(p.text[start:p.at]), nil
}

func (p *parser) skipNumber() error {
	p.skip("-")
	if !p.skip("0") && !p.digits() {
		return p.unexpected("a value")
	}
	if p.skip(".") && !p.digits() {
		return p.unexpected("a digit")
	}
	if p.skip("eE") {
		p.skip("-+")
		if !p.digits() {
			return p.unexpected("a digit")
		}
	}
	return nil
}

// skip skips one byte of set if it is there.
func (p *parser) skip(set string) bool {
	if p.at < len(p.text) && strings.IndexByte(set, p.text[p.at]) >= 0 {
		p.at++
		return true
	}
	return false
}

func (p *parser) digits() bool {
	start := p.at
	for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}
