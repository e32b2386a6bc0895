package ruby

import (
	"slices"
	"strings"
)

type tokenKind uint8

const (
	endOfText tokenKind = iota
	// lineEnd is a newline or a semicolon.
	lineEnd
	// word is an identifier or a keyword, with its "?" or "!".
	word
	constant
	global
	integer
	float
	// symbol is :name or :+ ; the text is without the colon.
	symbol
	// quote opens a literal that the parser reads character by character.
	quote
	operator
	// prose is the text between the tags of a template.
	prose
	// insertion is the tag <%= of a template.
	insertion
)

// token is a piece of the source text from at to end.
type token struct {
	kind    tokenKind
	text    string
	at, end int
	// spaced: a blank stands before it.
	spaced bool
	// prefix: this operator stands where a value may begin, as "-" in "puts -1".
	prefix bool
	// quote tells how to read the literal that a token of that kind opens.
	quote quotation
}

// quotation is the sort of a literal that has delimiters.
type quotation struct {
	sort quotationSort
	// open is 0 unless it nests, as "(" does.
	open, close byte
}

type quotationSort uint8

const (
	// rawText knows no escape but those of the backslash and its delimiters.
	rawText quotationSort = iota
	richText
	rawSymbol
	richSymbol
	pattern
	words
	symbols
)

func (t token) is(text string) bool { return t.kind == operator && t.text == text }

func (t token) isWord(text string) bool { return t.kind == word && t.text == text }

// describe names a token in a message about syntax.
func (t token) describe() string {
	switch t.kind {
	case endOfText:
		return "end of expression"
	case lineEnd:
		return "end of line"
	case prose:
		return "end of tag"
	}
	return "'" + t.text + "'"
}

// operators lists the operators, those first that begin with another one.
func operators() []string {
	return []string{
		"<=>", "===", "**=", "<<=", ">>=", "&&=", "||=", "...",
		"**", "==", "!=", ">=", "<=", "&&", "||", "=~", "!~", "..", "::", "<<", ">>", "->", "=>", "&.",
		"+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=",
		"+", "-", "*", "/", "%", "=", "<", ">", "!", "&", "|", "^", "~", "?", ":", ",", ".",
		"(", ")", "[", "]", "{", "}",
	}
}

// operatorAt returns the operator with which text begins, or "".
func operatorAt(text string) string {
	i := slices.IndexFunc(operators(), func(op string) bool { return strings.HasPrefix(text, op) })
	if i < 0 {
		return ""
	}
	return operators()[i]
}

// symbolOperatorAt returns the operator that may follow the colon of a symbol.
func symbolOperatorAt(text string) string {
	for _, op := range []string{
		"[]=", "[]", "<=>", "===", "==", "=~", "!=", "!~", "**", "+@", "-@", "<<", ">>", "<=", ">=",
		"+", "-", "*", "/", "%", "<", ">", "!", "&", "|", "^", "~",
	} {
		if strings.HasPrefix(text, op) {
			return op
		}
	}
	return ""
}

// isKeyword tells whether a word is reserved.
func isKeyword(text string) bool {
	switch text {
	case "nil", "true", "false", "self", "if", "elsif", "else", "unless", "then", "end", "do", "and", "or", "not",
		"return", "next", "break", "defined?":
		return true
	}
	return isExcludedKeyword(text)
}

// isExcludedKeyword tells whether a word begins a construct outside the subset.
func isExcludedKeyword(text string) bool {
	switch text {
	case "while", "until", "for", "in", "case", "when", "begin", "rescue", "ensure", "redo", "retry", "def", "class",
		"module", "yield", "super", "alias", "undef", "BEGIN", "END", "__FILE__", "__LINE__", "__ENCODING__", "__method__":
		return true
	}
	return false
}

// describeKeyword names the construct that an excluded keyword begins.
func describeKeyword(text string) string {
	switch text {
	case "while", "until", "for":
		return text + " loop"
	case "def":
		return "method definition"
	case "class", "module":
		return text + " definition"
	}
	return text
}
