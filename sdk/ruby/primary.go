package ruby

import (
	"strings"
)

// beginsValue tells whether the current token can begin a value.
func (p *parser) beginsValue() bool {
	switch t := p.tok; t.kind {
	case constant, global, integer, float, symbol, quote:
		return true
	case word:
		switch t.text {
		case "if", "unless", "while", "until", "rescue", "and", "or", "then", "do", "end", "else", "elsif", "in", "when":
			return false
		}
		return true
	case operator:
		switch t.text {
		case "-", "+", "*", "**", "&", "[", "(", "!", "~", "::", "->":
			return t.prefix
		}
	}
	return false
}

// operand parses a value with the method calls on it, and an assignment to it.
func (p *parser) operand() node {
	n := p.postfix(p.primary())
	if p.tok.kind == operator && strings.HasSuffix(p.tok.text, "=") && precedence(p.tok) == 0 {
		return p.assignment(n)
	}
	return n
}

func (p *parser) primary() node {
	t := p.tok
	switch t.kind {
	case integer, float:
		p.advance()
		return &fixed{p.numberValue(t)}
	case symbol:
		p.advance()
		return &fixed{Symbol(t.text)}
	case quote:
		return p.quote()
	case global:
		p.advance()
		return &globalVariable{at: p.at(t), name: t.text}
	case constant:
		return p.constant()
	case word:
		return p.word()
	case operator:
		return p.bracketed()
	}
	p.unexpected("a value")
	return nil
}

func (p *parser) bracketed() (n node) {
	switch t := p.tok; {
	case t.is("->"):
		return p.lambda()
	case t.is("::") && t.prefix:
		p.advance()
		if p.tok.kind != constant {
			p.unexpected("a constant")
		}
		return p.constant()
	case t.is("("):
		p.advance()
		p.nested(func() { n = p.statements() })
		p.expect(")")
		return n
	case t.is("["):
		p.advance()
		return &arrayLiteral{at: p.at(t), items: p.arguments("]").values()}
	case t.is("{"):
		return p.hash()
	}
	p.unexpected("a value")
	return nil
}

func (p *parser) hash() node {
	n := &hashLiteral{at: p.here()}
	p.advance()
	p.nested(func() {
		p.skipLines()
		for !p.tok.is("}") {
			if _, isPair := p.pairOrValue(n); !isPair {
				p.unexpected("'=>'")
			}
			p.skipLines()
			if !p.accept(",") {
				break
			}
			p.skipLines()
		}
	})
	p.expect("}")
	return n
}

// constant parses File or OpenSSL::X509::DEFAULT_CERT_DIR, or a function such
// as Integer("3").
func (p *parser) constant() node {
	t := p.advance()
	if p.tok.is("(") && !p.tok.spaced || p.tok.kind == quote && p.tok.spaced {
		return p.call(&methodCall{at: p.at(t), name: t.text})
	}
	if p.tok.is("=") {
		p.here().unsupported("assignment to a constant")
	}
	return &constantName{at: p.at(t), name: t.text}
}

func (p *parser) word() node {
	t := p.tok
	switch t.text {
	case "nil", "true", "false":
		p.advance()
		return &fixed{map[string]any{"true": true, "false": false}[t.text]}
	case "if", "unless":
		return p.conditional()
	case "return", "next", "break":
		return p.jump()
	case "defined?":
		return p.defined()
	case "not":
		return p.negation()
	case "self":
		p.here().unsupported("self")
	}
	if isExcludedKeyword(t.text) {
		p.here().unsupported(describeKeyword(t.text))
	}
	if isKeyword(t.text) {
		p.unexpected("a value")
	}
	return p.identifier()
}

func (p *parser) identifier() node {
	t := p.advance()
	directCall := p.tok.is("(") && !p.tok.spaced
	if variable, ok := p.scope.use(t.text); ok && !directCall {
		return variable
	}
	if p.beginsAssignment() && !strings.ContainsAny(t.text, "?!") {
		return &localVariable{name: t.text, slot: p.scope.declare(t.text)}
	}
	if isExcludedFunction(t.text) {
		p.at(t).unsupported(t.text)
	}
	if (t.text == "lambda" || t.text == "proc") && (p.tok.is("{") || p.tok.isWord("do")) {
		return p.procFunction(t)
	}
	return p.call(&methodCall{at: p.at(t), name: t.text})
}

// beginsAssignment tells whether the current token makes what stands before it
// a new variable.
func (p *parser) beginsAssignment() bool {
	return p.tok.kind == operator && (p.tok.text == "=" || strings.HasSuffix(p.tok.text, "=") && precedence(p.tok) == 0)
}

// isExcludedFunction tells whether a function of Ruby is left out on purpose.
func isExcludedFunction(name string) bool {
	switch name {
	case "system", "exec", "fork", "spawn", "open", "eval", "instance_eval", "binding", "exit", "exit!", "abort", "at_exit",
		"loop", "catch", "throw", "trap", "rand", "srand", "load", "require_relative", "warn", "select", "syscall", "test",
		"define_method", "attr_accessor", "autoload", "set_trace_func", "block_given?", "method", "pp", "readline", "readlines":
		return true
	}
	return false
}

// conditional parses if and unless, to their end.
func (p *parser) conditional() (n node) {
	negate := p.advance().text == "unless"
	p.nested(func() {
		c := &conditional{test: p.conjunction()}
		if p.tok.kind != lineEnd && !p.tok.isWord("then") {
			p.unexpected("'then' or end of line")
		}
		p.skipLines()
		p.acceptWord("then")
		c.yes = p.statements()
		switch {
		case p.tok.isWord("elsif") && !negate:
			c.no = p.conditional()
			n = c
			return
		case p.acceptWord("else"):
			c.no = p.statements()
		}
		p.expectWord("end")
		if negate {
			c.yes, c.no = c.no, c.yes
		}
		n = c
	})
	return n
}

func (p *parser) jump() node {
	t := p.advance()
	n := &jumpNode{at: p.at(t)}
	switch {
	case p.scope.kind == programScope:
		p.at(t).fail(syntaxError, "Invalid %s: outside of a block and a lambda", t.text)
	case t.text == "return" || t.text == "break" && p.scope.kind == lambdaScope:
		depth, lambda := p.scope.lambdaDepth()
		if lambda == nil {
			p.at(t).unsupported("return outside of a lambda")
		}
		n.depth, lambda.jumps = depth, true
	case t.text == "next":
		p.scope.jumps = true
	default:
		n.breaks, p.scope.breaks = true, true
	}
	if p.beginsValue() {
		n.value = p.expression()
	}
	return n
}

func (p *parser) defined() (n node) {
	p.advance()
	p.deeper(func() { n = &definedQuery{p.unary()} })
	return n
}

// quote parses a literal with delimiters. Texts side by side are one.
func (p *parser) quote() node {
	t := p.tok
	q := &quoted{parser: p, quotation: t.quote, opening: t}
	parts := q.read()
	switch t.quote.sort {
	case pattern:
		flags := p.lex.at
		p.lex.at = p.lex.wordEnd(flags)
		n := newPattern(p.at(t), parts, p.lex.source[flags:p.lex.at])
		p.advanceTo(expectOperator)
		return n
	case words, symbols:
		p.advanceTo(expectOperator)
		return wordList(p.at(t), t, parts)
	case rawSymbol, richSymbol:
		p.advanceTo(expectOperator)
		return &symbolLiteral{p.text(t, parts)}
	}
	if t.at == p.keyAt && p.isLabelColon(p.lex.at) {
		p.tok = token{kind: operator, text: "=>", at: p.lex.at}
		p.lex.at++
		return &symbolLiteral{p.text(t, parts)}
	}
	p.advanceTo(expectOperator)
	if p.tok.kind == quote && (p.tok.quote.sort == rawText || p.tok.quote.sort == richText) {
		var more node
		p.deeper(func() { more = p.quote() })
		parts = append(parts, more)
	}
	return p.text(t, parts)
}

func (p *parser) text(t token, parts []node) node {
	if len(parts) == 0 {
		return &textLiteral{}
	}
	if only, ok := parts[0].(*textLiteral); ok && len(parts) == 1 {
		return only
	}
	return &interpolation{at: p.at(t), parts: parts}
}

func wordList(at place, t token, parts []node) node {
	n := &arrayLiteral{at: at}
	for _, part := range parts {
		literal, ok := part.(*textLiteral)
		if !ok || strings.Contains(t.text, "W") && strings.ContainsAny(literal.text, `#\`) {
			at.unsupported("interpolation in a list of words")
		}
		for _, text := range strings.Fields(literal.text) {
			if t.quote.sort == symbols {
				n.items = append(n.items, &fixed{Symbol(text)})
			} else {
				n.items = append(n.items, &textLiteral{text})
			}
		}
	}
	return n
}

// isLabelColon tells whether the colon of a key such as a: stands at an offset.
func (p *parser) isLabelColon(at int) bool {
	rest := p.lex.source[at:]
	return strings.HasPrefix(rest, ":") && !strings.HasPrefix(rest, "::")
}
