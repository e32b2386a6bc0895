package ruby

import (
	"strings"
	"unicode/utf8"
)

// expectation is what may come next. It decides whether "/" divides or begins a
// pattern, and the like.
type expectation uint8

const (
	// expectValue: a value begins; newlines have no meaning.
	expectValue expectation = iota
	// expectOptional: a value may begin, unless the line ends first.
	expectOptional
	// expectOperator: a value has ended.
	expectOperator
	// expectArgument: the name of a method has ended; a value that is set off by
	// a blank would be its argument.
	expectArgument
	// expectName: the name of a method follows, keywords included.
	expectName
)

// lexer cuts source text into tokens, one at a time: where a token ends
// depends on what the parser has understood so far.
type lexer struct {
	source string
	// at is where the next token is looked for.
	at int
	// template: the source is an ERB template; inTag: at stands within a tag.
	template, inTag bool
}

func (l *lexer) fail(at int, format string, args ...any) {
	place{&l.source, at}.fail(syntaxError, format, args...)
}

// byte returns the byte n places further, 0 beyond the end.
func (l *lexer) byte(n int) byte {
	if l.at+n < len(l.source) {
		return l.source[l.at+n]
	}
	return 0
}

func (l *lexer) rest() string { return l.source[l.at:] }

// next returns the next token.
func (l *lexer) next(expect expectation) token {
	if l.template && !l.inTag {
		return l.prose()
	}
	start := l.at
	if t, ok := l.skip(expect); ok {
		return t
	}
	t := token{at: l.at, spaced: l.at > start || l.at == 0}
	begins := expect == expectValue || expect == expectOptional
	t.prefix = begins || expect == expectArgument && t.spaced
	if l.at >= len(l.source) {
		t.end = l.at
		return t
	}
	switch c := l.byte(0); {
	case l.tagEnds():
		l.at += len("%>")
		l.inTag = false
		t.kind, t.text = lineEnd, "%>"
	case isWordStart(c):
		l.name(&t)
	case isDigit(c):
		l.number(&t)
	case c == '$':
		l.global(&t)
	case c == ':' && t.prefix && l.symbol(&t):
	case l.opensQuote(&t, begins):
	default:
		l.operator(&t, begins)
	}
	t.end = l.at
	return t
}

// skip passes blanks and comments. Where the end of a line has a meaning it
// returns that token.
func (l *lexer) skip(expect expectation) (token, bool) {
	for l.at < len(l.source) && !l.tagEnds() {
		switch c := l.byte(0); {
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			l.at++
		case c == '\\' && strings.HasPrefix(l.rest(), "\\\n"):
			l.at += 2
		case c == '#':
			l.comment()
		case c == '\n' && (expect == expectValue || expect == expectName || l.continues()):
			l.at++
		case c == '\n' || c == ';':
			l.at++
			return token{kind: lineEnd, text: string(c), at: l.at - 1, end: l.at}, true
		default:
			return token{}, false
		}
	}
	return token{}, false
}

func (l *lexer) comment() {
	for l.at < len(l.source) && l.byte(0) != '\n' && !l.tagEnds() {
		l.at++
	}
}

// continues tells whether the line after this one begins with a method call,
// which belongs to the value before it.
func (l *lexer) continues() bool {
	ahead := *l
	for ahead.at < len(ahead.source) && !ahead.tagEnds() {
		switch c := ahead.byte(0); {
		case c == '#':
			ahead.comment()
		case strings.IndexByte(" \t\r\n", c) >= 0:
			ahead.at++
		default:
			return c == '.' && ahead.byte(1) != '.' || c == '&' && ahead.byte(1) == '.'
		}
	}
	return false
}

func (l *lexer) tagEnds() bool { return l.template && l.inTag && strings.HasPrefix(l.rest(), "%>") }

func isWordStart(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= utf8.RuneSelf
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// wordEnd returns the offset after the word that begins at an offset.
func (l *lexer) wordEnd(at int) int {
	for at < len(l.source) && (isWordStart(l.source[at]) || isDigit(l.source[at])) {
		at++
	}
	return at
}

func (l *lexer) name(t *token) {
	t.kind = word
	if c := l.byte(0); 'A' <= c && c <= 'Z' {
		t.kind = constant
	}
	l.at = l.wordEnd(l.at)
	if c := l.byte(0); (c == '?' || c == '!') && (l.byte(1) != '=' || l.byte(2) == '=' || l.byte(2) == '~') {
		l.at++
		t.kind = word
	}
	t.text = l.source[t.at:l.at]
	if isKeyword(t.text) {
		t.kind = word
	}
}

func (l *lexer) global(t *token) {
	t.kind = global
	l.at++
	if end := l.wordEnd(l.at); end > l.at {
		l.at = end
	} else if l.at < len(l.source) {
		l.at++
	}
	t.text = l.source[t.at:l.at]
}

// symbol reads :name, :name= or :+ ; it returns false for any other colon.
func (l *lexer) symbol(t *token) bool {
	switch c := l.byte(1); {
	case c == '"' || c == '\'':
		t.kind, t.quote = quote, quotation{sort: richSymbol, close: c}
		if c == '\'' {
			t.quote.sort = rawSymbol
		}
		l.at += 2
		t.text = l.source[t.at:l.at]
		return true
	case isWordStart(c):
		l.at = l.wordEnd(l.at + 1)
		last, after := l.byte(0), l.byte(1)
		if (last == '?' || last == '!' || last == '=') && strings.IndexByte("=~>", after) < 0 {
			l.at++
		}
	default:
		op := symbolOperatorAt(l.source[l.at+1:])
		if op == "" {
			return false
		}
		l.at += 1 + len(op)
	}
	t.kind, t.text = symbol, l.source[t.at+1:l.at]
	return true
}

func (l *lexer) operator(t *token, begins bool) {
	op := operatorAt(l.rest())
	switch {
	case op == "":
		l.refuse(t)
	case op == "?" && begins && l.byte(1) != ' ':
		place{&l.source, t.at}.unsupported("character literal")
	case op == "<<" && t.prefix && strings.IndexByte("~-\"'", l.byte(2)) >= 0:
		place{&l.source, t.at}.unsupported("heredoc")
	}
	l.at += len(op)
	t.kind, t.text = operator, op
	if !begins {
		// In "a - b" and "a [1]" the blank after the operator decides.
		c := l.byte(0)
		t.prefix = t.prefix && (op == "[" || op == "(" || op == "->" || c != ' ' && c != '\n')
	}
}

func (l *lexer) refuse(t *token) {
	switch l.byte(0) {
	case '`':
		place{&l.source, t.at}.unsupported("backticks (running a command)")
	case '@':
		place{&l.source, t.at}.unsupported("instance variable")
	}
	r, _ := utf8.DecodeRuneInString(l.rest())
	l.fail(t.at, "unexpected character %q", r)
}
