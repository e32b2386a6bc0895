package ruby

import (
	"strings"
)

// arguments of a method call, or the items of a list.
type arguments struct {
	list  []node
	pairs *hashLiteral
	// block is what stands after "&".
	block node
}

// values returns the arguments; key and value pairs are one Hash, the last.
func (a *arguments) values() []node {
	if a.pairs == nil {
		return a.list
	}
	return append(a.list, a.pairs)
}

// arguments parses up to a closing bracket, and passes it.
func (p *parser) arguments(closing string) *arguments {
	a := &arguments{}
	p.nested(func() {
		p.skipLines()
		for !p.tok.is(closing) {
			p.argument(a)
			p.skipLines()
			if !p.accept(",") {
				break
			}
			p.skipLines()
		}
	})
	p.expect(closing)
	return a
}

// commandArguments parses arguments without parentheses.
func (p *parser) commandArguments() *arguments {
	a := &arguments{}
	outer := p.noDo
	p.noDo = true
	p.deeper(func() {
		for p.argument(a); p.accept(","); p.argument(a) {
			p.skipLines()
		}
	})
	p.noDo = outer
	return a
}

func (p *parser) argument(a *arguments) {
	switch {
	case p.tok.is("*") && p.tok.prefix:
		at := p.at(p.advance())
		a.list = append(a.list, &splat{at: at, value: p.expression()})
	case p.tok.is("&") && p.tok.prefix:
		p.advance()
		a.block = p.expression()
	default:
		pairs := a.pairs
		if pairs == nil {
			pairs = &hashLiteral{at: p.here()}
		}
		if value, isPair := p.pairOrValue(pairs); isPair {
			a.pairs = pairs
		} else {
			a.list = append(a.list, value)
		}
	}
}

// pairOrValue parses a key with its value, which goes to a Hash, or a value alone.
func (p *parser) pairOrValue(into *hashLiteral) (value node, isPair bool) {
	t := p.tok
	switch {
	case t.is("**"):
		p.advance()
		into.pairs = append(into.pairs, pair{value: p.expression()})
		return nil, true
	case (t.kind == word || t.kind == constant) && p.isLabelColon(t.end):
		p.lex.at = t.end + 1
		p.advanceTo(expectValue)
		into.pairs = append(into.pairs, pair{&fixed{Symbol(t.text)}, p.expression()})
		return nil, true
	}
	p.keyAt = t.at
	value = p.expression()
	if !p.accept("=>") {
		return value, false
	}
	into.pairs = append(into.pairs, pair{value, p.expression()})
	return nil, true
}

// postfix parses what may follow a value: method calls, indexes, constants of
// a module.
func (p *parser) postfix(n node) node {
	for p.tok.kind == operator {
		t := p.tok
		switch {
		case t.is(".") || t.is("&."):
			n = p.method(n)
		case t.is("::"):
			n = p.member(n)
		case t.is("[") && !t.prefix:
			p.advance()
			n = &methodCall{at: p.at(t), receiver: n, name: "[]", args: p.arguments("]").values()}
		default:
			return n
		}
	}
	return n
}

// method parses a method call from its dot on.
func (p *parser) method(receiver node) node {
	safe := p.advanceTo(expectName).text == "&."
	t := p.tok
	call := &methodCall{at: p.at(t), receiver: receiver, name: t.text, safe: safe}
	switch {
	case t.is("("):
		call.name = "call"
		return p.call(call)
	case t.kind == word || t.kind == constant:
		p.advanceTo(expectArgument)
	case t.kind == operator && (precedence(t) > 0 || t.text == "!" || t.text == "**" || t.text == "~"):
		p.advanceTo(expectArgument)
	default:
		p.unexpected("the name of a method")
	}
	if p.tok.is("=") && t.kind == word {
		p.at(t).unsupported("assignment to an attribute")
	}
	return p.call(call)
}

// member parses a constant or a function of a module from the "::" on.
func (p *parser) member(module node) node {
	name, isName := module.(*constantName)
	p.advanceTo(expectName)
	t := p.tok
	p.advanceTo(expectArgument)
	if t.kind == constant && isName && (!p.tok.is("(") || p.tok.spaced) {
		return &constantName{at: name.at, name: name.name + "::" + t.text}
	}
	if t.kind != word && t.kind != constant {
		p.at(t).fail(syntaxError, "syntax error, unexpected %s after '::'", t.describe())
	}
	return p.call(&methodCall{at: p.at(t), receiver: module, name: t.text})
}

// call parses the arguments and the block of a method call after its name.
func (p *parser) call(c *methodCall) node {
	var a *arguments
	switch {
	case p.tok.is("(") && !p.tok.spaced:
		p.advance()
		a = p.arguments(")")
		c.parentheses = true
	case p.beginsValue() && (p.tok.spaced || p.tok.kind == quote):
		a = p.commandArguments()
	default:
		a = &arguments{}
	}
	c.args, c.blockArg = a.values(), a.block
	if p.tok.is("{") || p.tok.isWord("do") && !p.noDo {
		if c.blockArg != nil {
			p.here().fail(syntaxError, "both a block and an argument with '&'")
		}
		c.block = p.block(blockScope)
	}
	return c
}

// procFunction parses lambda{...} and proc{...} from the block on.
func (p *parser) procFunction(name token) node {
	kind := blockScope
	if name.text == "lambda" {
		kind = lambdaScope
	}
	b := p.block(kind)
	b.from = name.at
	return b
}

// block parses a block from its "{" or "do" on.
func (p *parser) block(kind scopeKind) *blockLiteral {
	b := &blockLiteral{at: p.here(), from: p.tok.at, isLambda: kind == lambdaScope}
	p.inScope(b, kind, func() {
		closing := p.blockOpening()
		switch {
		case p.tok.is("|"):
			p.advance()
			b.params = p.parameters("|")
			p.expect("|")
		case p.tok.is("||"):
			p.advance()
		}
		p.blockBody(b, closing)
	})
	return b
}

// lambda parses ->(x){...} from the arrow on.
func (p *parser) lambda() node {
	b := &blockLiteral{at: p.here(), from: p.tok.at, isLambda: true}
	p.inScope(b, lambdaScope, func() {
		p.advance()
		if p.accept("(") {
			b.params = p.parameters(")")
			p.expect(")")
		} else if !p.tok.is("{") && !p.tok.isWord("do") {
			b.params = p.parameters("{")
		}
		p.blockBody(b, p.blockOpening())
	})
	return b
}

// inScope parses a block whose variables are its own.
func (p *parser) inScope(b *blockLiteral, kind scopeKind, parse func()) {
	p.scope = &scope{kind: kind, outer: p.scope}
	p.nested(parse)
	b.scope = p.scope
	p.scope = p.scope.outer
}

// blockOpening passes "{" or "do" and returns what closes it.
func (p *parser) blockOpening() string {
	if p.acceptWord("do") {
		return "end"
	}
	p.expect("{")
	return "}"
}

// blockBody parses to the closing of a block. The token after it is read when
// its end is known.
func (p *parser) blockBody(b *blockLiteral, closing string) {
	b.body = p.statements()
	if p.tok.text != closing {
		p.unexpected("'" + closing + "'")
	}
	b.to = p.tok.end
	p.advance()
}

// parameters parses the parameters of a block, up to what closes them.
func (p *parser) parameters(closing string) *parameters {
	params := &parameters{rest: noSlot}
	for !p.tok.is(closing) && !p.tok.isWord("do") {
		p.skipLines()
		p.parameter(params)
		p.skipLines()
		if !p.accept(",") {
			break
		}
	}
	if p.tok.kind == lineEnd {
		p.here().unsupported("local variables of a block (after ';')")
	}
	if !p.tok.is(closing) && !p.tok.isWord("do") {
		p.unexpected("'" + closing + "'")
	}
	return params
}

func (p *parser) parameter(params *parameters) {
	t := p.tok
	switch {
	case t.is("&") || t.is("**"):
		p.here().unsupported("parameter with '" + t.text + "'")
	case t.is("*"):
		if params.rest != noSlot {
			p.unexpected("one parameter with '*'")
		}
		p.advance()
		name := ""
		if p.tok.kind == word {
			name = p.advanceTo(expectOperator).text
		}
		params.rest = p.scope.declare(name)
		return
	case t.is("("):
		p.advance()
		p.deeper(func() { params.add(parameter{pattern: p.parameters(")")}) })
		p.expect(")")
		return
	case t.kind != word || isKeyword(t.text) || strings.ContainsAny(t.text, "?!"):
		p.unexpected("a parameter")
	case p.isLabelColon(t.end):
		p.here().unsupported("keyword parameter")
	}
	p.advanceTo(expectOperator)
	param := parameter{slot: p.scope.declare(t.text)}
	if p.accept("=") {
		param.fallback = p.binary(abovePipe)
		params.optional = append(params.optional, param)
		return
	}
	params.add(param)
}

// assignment parses from the operator on: to a local variable or an item.
func (p *parser) assignment(target node) node {
	op := p.advance()
	name := strings.TrimSuffix(op.text, "=")
	var value node
	p.deeper(func() { value = p.expression() })
	switch target := target.(type) {
	case *localVariable:
		return target.assignment(p.at(op), name, value)
	case *methodCall:
		if target.name == "[]" && !target.safe {
			return &itemAssignment{at: p.at(op), receiver: target.receiver, args: target.args, operator: name, value: value}
		}
	case *globalVariable:
		p.at(op).unsupported("assignment to a global variable")
	}
	p.at(op).fail(syntaxError, "syntax error, unexpected '%s': not a variable before it", op.text)
	return nil
}
