package ruby

import (
	"slices"
)

const (
	// maxNesting bounds how deep constructs stand within each other.
	maxNesting = 500
	// maxSource bounds the length of a source text, in bytes.
	maxSource = 1 << 20
	// maxDigits bounds the text of a number.
	maxDigits = 4096
)

// program is a parsed source text.
type program struct {
	body  node
	scope *scope
}

// frame returns the frame for the program's own variables.
func (p *program) frame() *frame { return &frame{vars: make([]any, len(p.scope.names))} }

// parser makes the tree of a source text by recursive descent. Each method
// begins at tok, the first token of its construct, and leaves tok at the first
// one after it.
type parser struct {
	lex   *lexer
	tok   token
	scope *scope
	depth int
	// noDo: a "do" belongs to the method call whose arguments are being read.
	noDo bool
	// keyAt is the offset at which a text may turn out to be a key: "a": 1.
	keyAt int
}

func parse(source string) *program { return newParser(&lexer{source: source}, nil).program() }

func newParser(l *lexer, variables []string) *parser {
	return &parser{lex: l, scope: &scope{names: slices.Clone(variables)}, keyAt: -1}
}

func (p *parser) program() *program {
	if len(p.lex.source) > maxSource {
		p.here().fail(syntaxError, "the text is longer than %d bytes", maxSource)
	}
	p.advanceTo(expectValue)
	body := p.statements()
	if p.tok.kind != endOfText {
		p.unexpected("end of expression")
	}
	if p.lex.inTag {
		p.here().fail(syntaxError, "a tag has no end: %%> is missing")
	}
	return &program{body: body, scope: p.scope}
}

func (p *parser) at(t token) place { return place{&p.lex.source, t.at} }

// here is the place of the current token.
func (p *parser) here() place { return p.at(p.tok) }

func (p *parser) unexpected(wanted string) {
	p.here().fail(syntaxError, "syntax error, unexpected %s, expecting %s", p.tok.describe(), wanted)
}

// advance goes to the next token.
func (p *parser) advance() token { return p.advanceTo(p.expectation()) }

// advanceTo goes to the next token, and returns the one left behind.
func (p *parser) advanceTo(expect expectation) token {
	t := p.tok
	p.tok = p.lex.next(expect)
	return t
}

// expectation tells what may follow the current token.
func (p *parser) expectation() expectation {
	switch t := p.tok; t.kind {
	case integer, float, symbol, global, quote:
		return expectOperator
	case constant:
		return expectArgument
	case word:
		return p.afterWord(t.text)
	case operator:
		switch t.text {
		case ")", "]", "}":
			return expectOperator
		case ".", "&.", "::":
			return expectName
		}
	}
	return expectValue
}

func (p *parser) afterWord(text string) expectation {
	switch text {
	case "nil", "true", "false", "self", "end":
		return expectOperator
	case "return", "next", "break":
		return expectOptional
	}
	if isKeyword(text) {
		return expectValue
	}
	if _, _, local := p.scope.find(text); local {
		return expectOperator
	}
	return expectArgument
}

// accept passes an operator if it is the current token.
func (p *parser) accept(op string) bool {
	if p.tok.is(op) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) acceptWord(text string) bool {
	if p.tok.isWord(text) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expect(op string) token {
	if !p.tok.is(op) {
		p.unexpected("'" + op + "'")
	}
	return p.advance()
}

func (p *parser) expectWord(text string) token {
	if !p.tok.isWord(text) {
		p.unexpected("'" + text + "'")
	}
	return p.advance()
}

// skipLines passes ends of lines where they have no meaning.
func (p *parser) skipLines() {
	for p.tok.kind == lineEnd && p.tok.text == "\n" {
		p.advance()
	}
}

// nested parses what stands within brackets or between keywords.
func (p *parser) nested(parse func()) {
	outer := p.noDo
	p.noDo = false
	p.deeper(parse)
	p.noDo = outer
}

func (p *parser) deeper(parse func()) {
	if p.depth++; p.depth > maxNesting {
		p.here().fail(syntaxError, "nested deeper than %d levels", maxNesting)
	}
	parse()
	p.depth--
}

// statements parses up to what can only end them.
func (p *parser) statements() node {
	var list []node
	for {
		for p.tok.kind == lineEnd {
			p.advance()
		}
		if p.endsStatements() {
			break
		}
		if p.tok.kind == prose {
			list = append(list, &proseNode{p.advance().text})
			continue
		}
		list = append(list, p.statement())
		if p.tok.is(",") {
			p.here().unsupported("assignment of several values")
		}
		if p.tok.kind != lineEnd && !p.endsStatements() {
			p.unexpected("end of line")
		}
	}
	switch len(list) {
	case 0:
		return &fixed{nil}
	case 1:
		return list[0]
	}
	return &sequence{list}
}

func (p *parser) endsStatements() bool {
	t := p.tok
	return t.kind == endOfText || t.is("}") || t.is(")") || t.isWord("end") || t.isWord("else") || t.isWord("elsif")
}

func (p *parser) statement() node {
	if p.tok.kind == insertion {
		return p.insertion()
	}
	n := p.conjunction()
	for p.tok.kind == word {
		switch p.tok.text {
		case "if":
			p.advance()
			n = &conditional{test: p.conjunction(), yes: n}
		case "unless":
			p.advance()
			n = &conditional{test: p.conjunction(), no: n}
		case "while", "until", "rescue":
			p.here().unsupported(p.tok.text + " modifier")
		default:
			return n
		}
	}
	return n
}

// conjunction parses the operators "and", "or" and "not".
func (p *parser) conjunction() node {
	left := p.negation()
	for p.tok.isWord("and") || p.tok.isWord("or") {
		isOr := p.advance().text == "or"
		left = &logical{isOr: isOr, left: left, right: p.negation()}
	}
	return left
}

func (p *parser) negation() (n node) {
	if !p.tok.isWord("not") {
		return p.expression()
	}
	p.advance()
	p.deeper(func() { n = &negated{p.negation()} })
	return n
}

// expression parses all but "and", "or", "not" and modifiers.
func (p *parser) expression() (n node) {
	p.deeper(func() {
		n = p.rangeOrLess()
		if !p.accept("?") {
			return
		}
		yes := p.expression()
		p.skipLines()
		p.expect(":")
		n = &conditional{test: n, yes: yes, no: p.expression()}
	})
	return n
}

func (p *parser) rangeOrLess() node {
	at := p.here()
	var from node
	if !p.isRangeOperator() {
		from = p.binary(1)
	}
	if !p.isRangeOperator() {
		return from
	}
	exclusive := p.advanceTo(expectOptional).text == "..."
	n := &rangeLiteral{at: at, from: from, exclusive: exclusive}
	if p.beginsValue() {
		n.to = p.binary(1)
	}
	return n
}

func (p *parser) isRangeOperator() bool { return p.tok.is("..") || p.tok.is("...") }

// precedence of a binary operator; 0 for what is none.
func precedence(t token) int {
	if t.kind != operator {
		return 0
	}
	switch t.text {
	case "||":
		return 1
	case "&&":
		return 2
	case "<=>", "==", "===", "!=", "=~", "!~":
		return 3
	case "<", "<=", ">", ">=":
		return 4
	case "|", "^":
		return aboveComparison
	case "&":
		return 6
	case "<<", ">>":
		return 7
	case "+", "-":
		return 8
	case "*", "/", "%":
		return 9
	}
	return 0
}

const (
	aboveComparison = 5
	// abovePipe is for the defaults of block parameters, which "|" ends.
	abovePipe = aboveComparison + 1
)

// binary parses operators of at least the given precedence.
func (p *parser) binary(least int) node {
	left := p.unary()
	for {
		level := precedence(p.tok)
		if level < least || level == 0 {
			return left
		}
		op := p.advance()
		left = p.combine(op, left, p.binary(level+1))
	}
}

func (p *parser) combine(op token, left, right node) node {
	switch op.text {
	case "&&", "||":
		return &logical{isOr: op.text == "||", left: left, right: right}
	case "!=":
		return &negated{&methodCall{at: p.at(op), receiver: left, name: "==", args: []node{right}}}
	case "!~":
		return &negated{&methodCall{at: p.at(op), receiver: left, name: "=~", args: []node{right}}}
	}
	return &methodCall{at: p.at(op), receiver: left, name: op.text, args: []node{right}}
}

func (p *parser) unary() (n node) {
	op := p.tok
	if op.kind != operator || op.text != "!" && op.text != "~" && op.text != "-" && op.text != "+" {
		return p.power()
	}
	p.advance()
	p.deeper(func() {
		switch number := p.tok; {
		case op.text == "!":
			n = &negated{p.unary()}
		case op.text == "~":
			n = &methodCall{at: p.at(op), receiver: p.unary(), name: "~"}
		case op.text == "-" && (number.kind == integer || number.kind == float) && !number.spaced:
			n = p.negativeNumber(op)
		default:
			n = &methodCall{at: p.at(op), receiver: p.power(), name: op.text + "@"}
		}
	})
	return n
}

// negativeNumber parses a number after its sign: -2.abs is 2, but -2 ** 2 is -4.
func (p *parser) negativeNumber(sign token) node {
	p.tok.text = "-" + p.tok.text
	n := p.tok
	number := &fixed{p.numberValue(n)}
	p.advance()
	if p.tok.is("**") {
		n.text = n.text[1:]
		return &methodCall{at: p.at(sign), receiver: p.powerOf(&fixed{p.numberValue(n)}), name: "-@"}
	}
	return p.powerOf(p.postfix(number))
}

func (p *parser) power() node { return p.powerOf(p.operand()) }

func (p *parser) powerOf(base node) (n node) {
	if !p.tok.is("**") {
		return base
	}
	op := p.advance()
	p.deeper(func() { n = &methodCall{at: p.at(op), receiver: base, name: "**", args: []node{p.unary()}} })
	return n
}
