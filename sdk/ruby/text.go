package ruby

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// Characters are those of UTF-8; a byte that is no part of one counts as one.

func inspectText(text string) string { return inspect.Text(text) }

func characterCount(text string) int { return utf8.RuneCountInString(text) }

// offset returns where the character with an index begins; the length of the
// text beyond the last one.
func offset(text string, index int) int {
	at := 0
	for ; index > 0 && at < len(text); index-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

func firstCharacters(text string, count int) string { return text[:offset(text, count)] }

func firstCharacter(text string) string { return firstCharacters(text, 1) }

func (c *call) characters(text string) []string {
	c.m.spend(len(text))
	list := make([]string, 0, len(text))
	for text != "" {
		size := offset(text, 1)
		list = append(list, text[:size])
		text = text[size:]
	}
	return list
}

// bounds makes a start and a length, counted from the end when negative, fit
// size items; false when they lie outside.
func bounds(start, length, size int) (from, to int, ok bool) {
	if start < 0 {
		start += size
	}
	if start < 0 || start > size || length < 0 {
		return 0, 0, false
	}
	return start, start + min(length, size-start), true
}

// span is bounds for a Range.
func (c *call) span(r *Range, size int) (from, to int, ok bool) {
	start, last := 0, -1
	if r.first != nil {
		start = c.index(r.first)
	}
	if r.last != nil {
		last = c.index(r.last)
	}
	if start < 0 {
		start += size
	}
	if last < 0 {
		last += size
	}
	if !r.exclusive || r.last == nil {
		last++
	}
	return bounds(start, max(0, last-start), size)
}

// substring is "[]" of a String: by index, by start and length, by Range,
// String or Regexp. from and to are byte offsets.
func (c *call) substring(text string) (from, to int, ok bool) {
	switch v := c.args[0].(type) {
	case *Range:
		from, to, ok = c.span(v, characterCount(text))
	case *String:
		from = strings.Index(text, v.text)
		return from, from + len(v.text), from >= 0
	case *Regexp:
		c.m.match = v.match(c.m, text, 0)
		return c.m.match.span(c.int(1, 0))
	default:
		start := c.int(0, 0)
		from, to, ok = bounds(start, c.int(1, 1), characterCount(text))
		if len(c.args) == 1 && from == to {
			ok = false
		}
	}
	if !ok {
		return 0, 0, false
	}
	from, to = offset(text, from), offset(text, to)
	return from, to, true
}

// successor is the text that follows in the order of "az" to "ba", "a9" to "b0".
func successor(text string) string {
	b := []byte(text)
	for i := len(b) - 1; i >= 0; i-- {
		wrapped, first := true, byte(0)
		switch b[i] {
		case 'z':
			b[i], first = 'a', 'a'
		case 'Z':
			b[i], first = 'A', 'A'
		case '9':
			b[i], first = '0', '1'
		default:
			b[i]++
			wrapped = false
		}
		if !wrapped {
			return string(b)
		}
		if i == 0 || !isWordStart(b[i-1]) && !isDigit(b[i-1]) {
			return string(b[:i]) + string(first) + string(b[i:])
		}
	}
	return string(b)
}

// capitalized makes the first character upper case and the others lower.
func capitalized(text string) string {
	size := offset(text, 1)
	return strings.ToUpper(text[:size]) + strings.ToLower(text[size:])
}

func swapCase(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, text)
}

func reversed(text string) string {
	var b strings.Builder
	for text != "" {
		_, size := utf8.DecodeLastRuneInString(text)
		b.WriteString(text[len(text)-size:])
		text = text[:len(text)-size]
	}
	return b.String()
}

// chomp removes one newline from the end.
func chomp(text string) string {
	for _, ending := range []string{"\r\n", "\n", "\r"} {
		if rest, ok := strings.CutSuffix(text, ending); ok {
			return rest
		}
	}
	return text
}

func chop(text string) string {
	_, size := utf8.DecodeLastRuneInString(text)
	return text[:len(text)-size]
}

const blanks = "\x00 \t\n\v\f\r"

// characterSet is the argument of tr, delete, count and squeeze: a-z are all
// between, ^ at the front means all others.
type characterSet struct {
	runes   []rune
	negated bool
}

// maxSetSize bounds the characters that ranges of a set stand for.
const maxSetSize = 1 << 16

func (c *call) characterSet(text string) characterSet {
	set := characterSet{}
	runes := []rune(text)
	if len(runes) > 1 && runes[0] == '^' {
		set.negated, runes = true, runes[1:]
	}
	for i := 0; i < len(runes); i++ {
		switch {
		case runes[i] == '\\' && i+1 < len(runes):
			i++
			set.runes = append(set.runes, runes[i])
		case i+2 < len(runes) && runes[i+1] == '-':
			if runes[i] > runes[i+2] {
				c.fail(argumentError, "invalid range \"%c-%c\" in string transliteration", runes[i], runes[i+2])
			}
			for r := runes[i]; r <= runes[i+2]; r++ {
				set.runes = append(set.runes, r)
			}
			i += 2
		default:
			set.runes = append(set.runes, runes[i])
		}
		c.m.spend(1)
		if len(set.runes) > maxSetSize {
			c.fail(argumentError, "more than %d characters in %s", maxSetSize, inspectText(text))
		}
	}
	return set
}

func (s characterSet) index(r rune) int {
	for i := len(s.runes) - 1; i >= 0; i-- {
		if s.runes[i] == r {
			return i
		}
	}
	return -1
}

func (s characterSet) has(r rune) bool { return (s.index(r) >= 0) != s.negated }

// translated is tr: characters of one set become those of another, or vanish
// when that is empty.
func (c *call) translated(text, from, to string) string {
	source, target := c.characterSet(from), c.characterSet(to)
	return strings.Map(func(r rune) rune {
		c.m.spend(1 + len(source.runes)/bytesPerStep)
		switch {
		case !source.has(r):
			return r
		case len(target.runes) == 0:
			return -1
		case source.negated:
			return target.runes[len(target.runes)-1]
		}
		return target.runes[min(source.index(r), len(target.runes)-1)]
	}, text)
}

// selected returns a test for the characters that are in all sets given.
func (c *call) selected() func(r rune) bool {
	sets := make([]characterSet, len(c.args))
	for i := range c.args {
		sets[i] = c.characterSet(c.str(i))
	}
	return func(r rune) bool {
		for _, s := range sets {
			c.m.spend(1 + len(s.runes)/bytesPerStep)
			if !s.has(r) {
				return false
			}
		}
		return true
	}
}
