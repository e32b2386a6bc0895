package record

import (
	"fmt"
	"unicode/utf8"
)

// Member is the JSON text of a value, "" for none.
type Member string

// Text returns a string or a number as text, as identifiers are written; "" for
// any other value.
func (m Member) Text() string {
	p := parser{text: string(m), validUTF8: utf8.ValidString(string(m))}
	switch {
	case m == "":
		return ""
	case m[0] == '"':
		text, err := p.string()
		if err != nil {
			return ""
		}
		return text
	case m[0] == '-' || '0' <= m[0] && m[0] <= '9':
		return string(m)
	}
	return ""
}

// Scan reads a JSON array of objects without making records of them: each is
// called with the text of an object and of its members named keys, in that
// order. All of data is checked as [Parse] does; an item that is no object is
// an error. What each gets shares the memory of data.
func Scan(data string, keys []string, each func(text string, members []Member) error) error {
	p := parser{text: data, validUTF8: utf8.ValidString(data)}
	if !p.take('[') {
		return p.unexpected("an array")
	}
	members := make([]Member, len(keys))
	for more := !p.take(']'); more; {
		if p.next() != '{' {
			return p.unexpected("an object")
		}
		start := p.at
		clear(members)
		if err := p.scanObject(keys, members); err != nil {
			return err
		}
		if err := each(data[start:p.at], members); err != nil {
			return err
		}
		if more = p.take(','); !more && !p.take(']') {
			return p.unexpected(`"," or "]"`)
		}
	}
	if p.space(); p.at < len(p.text) {
		return fmt.Errorf("unexpected text after the JSON value, at byte %d", p.at)
	}
	return nil
}

// scanObject reads an object from its brace on, and notes the members of it
// that are asked for.
func (p *parser) scanObject(keys []string, members []Member) error {
	return p.skipObject(1, func(key string, start int) {
		for i := range keys {
			if keys[i] == key {
				members[i] = Member(p.text[start:p.at])
			}
		}
	})
}

// skipObject reads an object from its brace on. note, which may be nil, is
// called after each value with where it began.
func (p *parser) skipObject(depth int, note func(key string, start int)) error {
	p.at++
	for more := !p.take('}'); more; {
		if p.next() != '"' {
			return p.unexpected("a key")
		}
		key, err := p.string()
		if err != nil {
			return err
		}
		if !p.take(':') {
			return p.unexpected(`":"`)
		}
		p.space()
		start := p.at
		if err := p.skipValue(depth + 1); err != nil {
			return err
		}
		if note != nil {
			note(key, start)
		}
		if more = p.take(','); !more && !p.take('}') {
			return p.unexpected(`"," or "}"`)
		}
	}
	return nil
}

// skipValue reads a value and forgets it.
func (p *parser) skipValue(depth int) error {
	switch c := p.next(); c {
	case '"':
		_, err := p.string()
		return err
	case '{', '[':
		if depth >= maxDepth {
			return fmt.Errorf("JSON nested deeper than %d levels", maxDepth)
		}
		if c == '{' {
			return p.skipObject(depth, nil)
		}
		return p.skipArray(depth)
	case 't':
		return p.word("true")
	case 'f':
		return p.word("false")
	case 'n':
		return p.word("null")
	}
	return p.skipNumber()
}

func (p *parser) skipArray(depth int) error {
	p.at++
	for more := !p.take(']'); more; {
		if err := p.skipValue(depth + 1); err != nil {
			return err
		}
		if more = p.take(','); !more && !p.take(']') {
			return p.unexpected(`"," or "]"`)
		}
	}
	return nil
}
