package secret

import "strings"

// MaskLog hides what stands in a log message the way secrets do (spec/cli.md
// 8.3). It hides more than a [Masker], which leaves error messages readable: all
// that follows a word like password on its line. It takes time linear in the
// length of the message.
func MaskLog(message string) string {
	message = maskHeader(keyBlocks().apply(message))
	r := redaction{text: message}
	names := newNames(message)
	for {
		begin, end, ok := names.next(r.from)
		if !ok {
			break
		}
		r.name(begin, end)
	}
	return credentials().apply(r.done())
}

// redaction is a text being copied without its secrets.
type redaction struct {
	text   string
	from   int // what is before was looked at
	copied int // what is before is in out
	out    strings.Builder
}

// hide puts the mark in place of text[begin:end], if that is not empty.
func (r *redaction) hide(begin, end int) {
	if begin < end {
		r.out.WriteString(r.text[r.copied:begin])
		r.out.WriteString(Hidden)
		r.copied = end
	}
	r.from = end
}

func (r *redaction) done() string {
	if r.copied == 0 {
		return r.text
	}
	r.out.WriteString(r.text[r.copied:])
	return r.out.String()
}

// name hides the value that follows a name at text[begin:end].
func (r *redaction) name(begin, end int) {
	if value, quote, ok := r.quotedValue(end); ok {
		r.hide(value, value+valueLength(r.text[value:], quote))
		return
	}
	rest := r.text[end:]
	name := r.text[begin:end]
	separator := len(rest) - len(strings.TrimLeft(rest, " \t=:"))
	switch {
	case strings.HasPrefix(name, "ASPERA_"):
		if strings.HasPrefix(rest, "=") {
			r.hide(end+1, end+1+untilAny(rest[1:], " \t\r\n"))
			return
		}
	case separator > 0 && name == header:
		r.hide(end+separator, end+separator+untilAny(rest[separator:], "\r\n\\"))
		return
	case separator > 0:
		r.hide(end+separator, end+untilAny(rest, "\n"))
		return
	}
	// A name may go on before its value: tokens=x
	near := rest[:min(longKey, len(rest))]
	word := len(near) - len(strings.TrimLeft(near, wordCharacters))
	if strings.HasPrefix(rest[word:], "=") {
		r.hide(end+word+1, end+word+1+untilAny(rest[word+1:], " \t\r\n&\"'"))
		return
	}
	r.from = end
}

const (
	wordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	// longKey is how far a key may go on after its secret part, bytes. It bounds the
	// look ahead.
	longKey = 100
)

// quotedValue finds the value in quotes of a key whose secret part ends at end:
// `"my_token": "x"`, `:token=>"x"`, and `\"token\":\"x\"` in a text that is itself
// shown in quotes. It returns where the value begins and the quote that ends it.
func (r *redaction) quotedValue(end int) (value int, quote string, ok bool) {
	near := r.text[end:min(end+longKey, len(r.text))]
	rest, quote, ok := afterArrow(strings.TrimLeft(near, wordCharacters), "=>")
	if !ok {
		key := near[untilAny(near, "\"'\\\n"):]
		key, _ = strings.CutPrefix(key, `\`)
		if key == "" || key[0] != '"' && key[0] != '\'' {
			return 0, "", false
		}
		rest, quote, ok = afterArrow(key[1:], "=>", ":")
	}
	return end + len(near) - len(rest), quote, ok
}

// afterArrow returns what follows an arrow and a quote, with the quote. Blanks
// may stand around the arrow.
func afterArrow(text string, arrows ...string) (rest, quote string, ok bool) {
	text = strings.TrimLeft(text, " \t")
	for _, arrow := range arrows {
		value, found := strings.CutPrefix(text, arrow)
		if !found {
			continue
		}
		value = strings.TrimLeft(value, " \t")
		for _, quote := range []string{`"`, `\"`} {
			if rest, ok = strings.CutPrefix(value, quote); ok {
				return rest, quote, true
			}
		}
	}
	return "", "", false
}

// valueLength is the length of the value at the begin of a text, up to the quote
// that ends it. In quotes, a backslash takes the next character along.
func valueLength(text, quote string) int {
	if quote != `"` {
		if end := strings.Index(text, quote); end >= 0 {
			return end
		}
		return len(text)
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return len(text)
}

// untilAny is the length of what precedes the first of some characters.
func untilAny(text, characters string) int {
	if i := strings.IndexAny(text, characters); i >= 0 {
		return i
	}
	return len(text)
}

// maskHeader hides what follows `Authorization:`, of any case, up to the end of
// the line or to a backslash, which ends a line in a text that is shown in quotes.
func maskHeader(text string) string {
	r := redaction{text: text}
	const length = len(header) + len(":")
	for ; r.from+length < len(text); r.from++ {
		if text[r.from]|0x20 != 'a' || !strings.EqualFold(text[r.from:r.from+length], header+":") {
			continue
		}
		value := r.from + length
		value += len(text[value:]) - len(strings.TrimLeft(text[value:], " "))
		r.hide(value, value+untilAny(text[value:], "\r\n\\"))
	}
	return r.done()
}

// names finds the names of secrets in a text, from left to right.
type names struct {
	text  string
	parts []string
	at    []int // where each part comes next, len(text) for nowhere
}

func newNames(text string) *names {
	n := &names{text: text, parts: nameParts()}
	n.at = make([]int, len(n.parts))
	for i := range n.at {
		n.at[i] = -1
	}
	return n
}

// next returns the first name at or after from; of several there the longest.
func (n *names) next(from int) (begin, end int, ok bool) {
	begin = len(n.text)
	for i, part := range n.parts {
		if n.at[i] < from {
			n.at[i] = from + untilPart(n.text[from:], part)
		}
		if n.at[i] < begin || n.at[i] == begin && begin+len(part) > end {
			begin, end = n.at[i], n.at[i]+len(part)
		}
	}
	return begin, end, begin < len(n.text)
}

// untilPart is the length of what precedes a part of a text.
func untilPart(text, part string) int {
	if i := strings.Index(text, part); i >= 0 {
		return i
	}
	return len(text)
}
