package ruby

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// number reads an integer or a float; its text is without underscores.
func (l *lexer) number(t *token) {
	t.kind = integer
	if l.byte(0) == '0' && strings.IndexByte("xXbBoO", l.byte(1)) >= 0 && l.byte(1) != 0 {
		l.at = l.wordEnd(l.at)
	} else {
		l.digits()
		if l.byte(0) == '.' && isDigit(l.byte(1)) {
			t.kind = float
			l.at++
			l.digits()
		}
		if c := l.byte(0); (c == 'e' || c == 'E') && (isDigit(l.byte(1)) || strings.IndexByte("+-", l.byte(1)) >= 0 && isDigit(l.byte(2))) {
			t.kind = float
			l.at += 2
			l.digits()
		}
		if isWordStart(l.byte(0)) {
			l.fail(l.at, "a number ends with %q", l.byte(0))
		}
	}
	t.text = strings.ReplaceAll(l.source[t.at:l.at], "_", "")
}

func (l *lexer) digits() {
	for isDigit(l.byte(0)) || l.byte(0) == '_' && isDigit(l.byte(1)) {
		l.at++
	}
}

// numberValue gives the value of an integer or float token.
func (p *parser) numberValue(t token) any {
	if t.kind == float {
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil && f == 0 {
			p.at(t).fail(syntaxError, "%s is no number", t.text)
		}
		return f
	}
	if len(t.text) > maxDigits {
		p.at(t).fail(syntaxError, "a number of more than %d digits", maxDigits)
	}
	n, ok := new(big.Int).SetString(t.text, 0)
	if !ok {
		p.at(t).fail(syntaxError, "%s is no number", t.text)
	}
	return normalized(n)
}

// opensQuote reads the opening of a literal with delimiters, and tells whether
// there is one. begins: a value must begin here.
func (l *lexer) opensQuote(t *token, begins bool) bool {
	c, after := l.byte(0), l.byte(1)
	switch {
	case c == '"':
		t.quote = quotation{sort: richText, close: c}
	case c == '\'':
		t.quote = quotation{sort: rawText, close: c}
	case c != '/' && c != '%', !t.prefix, !begins && strings.IndexByte(" =\n\t", after) >= 0:
		return false
	case c == '/':
		t.quote = quotation{sort: pattern, close: c}
	default:
		return l.percentQuote(t)
	}
	l.at++
	t.kind, t.text = quote, string(c)
	return true
}

// percentQuote reads the opening of %q{ %w[ and their like.
func (l *lexer) percentQuote(t *token) bool {
	letter, size := l.byte(1), 2
	if isWordStart(letter) {
		size = 3
	} else {
		letter = 'Q'
	}
	delimiter := l.byte(size - 1)
	if delimiter == 0 || isWordStart(delimiter) || isDigit(delimiter) || strings.IndexByte(" \t\n", delimiter) >= 0 {
		return false
	}
	sorts := map[byte]quotationSort{
		'q': rawText, 'Q': richText, 's': rawSymbol, 'r': pattern, 'w': words, 'W': words, 'i': symbols, 'I': symbols,
	}
	sort, known := sorts[letter]
	if !known {
		place{&l.source, l.at}.unsupported("%" + string(rune(letter)) + " literal")
	}
	t.quote = quotation{sort: sort, close: delimiter}
	if i := strings.IndexByte("([{<", delimiter); i >= 0 {
		t.quote.open, t.quote.close = delimiter, ")]}>"[i]
	}
	l.at += size
	t.kind, t.text = quote, l.source[t.at:l.at]
	return true
}

// quoted reads a literal after its opening, and what it contains.
type quoted struct {
	*parser
	quotation
	opening token
	// depth counts the delimiters within that have to close first.
	depth int
	text  strings.Builder
	parts []node
}

// read returns the parts of the literal: texts and interpolated code. The
// lexer then stands after the closing delimiter.
func (q *quoted) read() []node {
	l := q.lex
	for {
		if l.at >= len(l.source) {
			q.parser.at(q.opening).fail(syntaxError, "the literal that begins with %s has no end", q.opening.text)
		}
		c := l.byte(0)
		switch {
		case c == '\\':
			q.escape()
			continue
		case c == '#' && l.byte(1) == '{' && (q.sort == richText || q.sort == richSymbol || q.sort == pattern):
			q.interpolate()
			continue
		case l.template && strings.HasPrefix(l.rest(), "%%>"):
			l.at++
			continue
		case c == q.open && c != 0:
			q.depth++
		case c == q.close && q.depth > 0:
			q.depth--
		case c == q.close:
			l.at++
			q.flush()
			return q.parts
		}
		q.text.WriteByte(c)
		l.at++
	}
}

func (q *quoted) flush() {
	if q.text.Len() > 0 {
		q.parts = append(q.parts, &textLiteral{q.text.String()})
		q.text.Reset()
	}
}

func (q *quoted) interpolate() {
	q.flush()
	q.lex.at += len("#{")
	q.nested(func() {
		q.advanceTo(expectValue)
		q.parts = append(q.parts, q.statements())
		if !q.tok.is("}") {
			q.unexpected("'}'")
		}
	})
}

func (q *quoted) escape() {
	l := q.lex
	next := l.byte(1)
	switch {
	case l.at+1 >= len(l.source):
		l.at++
	case q.sort == pattern:
		if next != '/' || q.close != '/' {
			q.text.WriteByte('\\')
		}
		q.text.WriteByte(next)
		l.at += 2
	case q.sort == richText || q.sort == richSymbol:
		l.at++
		q.richEscape()
	case (q.sort == words || q.sort == symbols) && (next == ' ' || next == '\n'):
		q.parser.at(q.opening).unsupported("blank within a word of a list of words")
	default:
		if next != '\\' && next != q.close && next != q.open {
			q.text.WriteByte('\\')
		}
		q.text.WriteByte(next)
		l.at += 2
	}
}

// richEscape reads what follows the backslash in a double-quoted text.
func (q *quoted) richEscape() {
	l := q.lex
	c := l.byte(0)
	switch {
	case c == 'u':
		q.unicodeEscape()
		return
	case c == 'x':
		q.numericEscape(l.at+1, 2, 16)
		return
	case '0' <= c && c <= '7':
		q.numericEscape(l.at, 3, 8)
		return
	case c == 'c' || c == 'C' || c == 'M':
		place{&l.source, l.at - 1}.unsupported("control character escape")
	}
	l.at++
	if i := strings.IndexByte("ntresabfv", c); i >= 0 {
		c = "\n\t\r\x1b \a\b\f\v"[i]
	} else if c == '\n' {
		return
	}
	q.text.WriteByte(c)
}

// numericEscape reads up to size digits from an offset on: one byte.
func (q *quoted) numericEscape(from, size, base int) {
	l := q.lex
	end := from
	for end < len(l.source) && end < from+size && digitValue(l.source[end]) < base {
		end++
	}
	n, err := strconv.ParseUint(l.source[from:end], base, 16)
	if err != nil {
		l.fail(l.at-1, "invalid escape")
	}
	q.text.WriteByte(byte(n))
	l.at = end
}

func digitValue(c byte) int {
	n, err := strconv.ParseUint(string(rune(c)), 16, 8)
	if err != nil {
		return 16
	}
	return int(n)
}

// unicodeEscape reads uXXXX or u{X Y}.
func (q *quoted) unicodeEscape() {
	l := q.lex
	codes, end := []string{}, l.at+5
	if l.byte(1) == '{' {
		inside, _, closed := strings.Cut(l.source[l.at+2:], "}")
		if !closed {
			l.fail(l.at-1, "invalid Unicode escape")
		}
		codes, end = strings.Fields(inside), l.at+len("u{}")+len(inside)
	} else if end <= len(l.source) {
		codes = []string{l.source[l.at+1 : end]}
	}
	for _, code := range codes {
		n, err := strconv.ParseUint(code, 16, 32)
		if err != nil || !utf8.ValidRune(rune(n)) || n > utf8.MaxRune {
			l.fail(l.at-1, "invalid Unicode escape")
		}
		q.text.WriteRune(rune(n))
	}
	if len(codes) == 0 {
		l.fail(l.at-1, "invalid Unicode escape")
	}
	l.at = end
}
