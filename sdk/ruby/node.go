package ruby

import (
	"strings"
)

// node is a piece of a program. Evaluation does not change it, so that
// several goroutines may evaluate one node.
type node interface {
	eval(m *machine, f *frame) any
}

// frame holds the local variables of one run of a program, block or lambda.
type frame struct {
	vars []any
	// outer is the frame in which the block was made; nil for a program.
	outer *frame
	// of is the block that runs; nil for a program.
	of *closure
}

// fixed is a value that never changes: nil, true, 12, :name.
type fixed struct{ value any }

func (n *fixed) eval(*machine, *frame) any { return n.value }

// textLiteral gives a new String each time, as Strings can be changed.
type textLiteral struct{ text string }

func (n *textLiteral) eval(*machine, *frame) any { return newString(n.text) }

type interpolation struct {
	at    place
	parts []node
}

func (n *interpolation) eval(m *machine, f *frame) any {
	var b strings.Builder
	for _, part := range n.parts {
		text := m.text(n.at, m.eval(part, f))
		m.spendBytes(len(text))
		b.WriteString(text)
	}
	return newString(b.String())
}

type symbolLiteral struct{ text node }

func (n *symbolLiteral) eval(m *machine, f *frame) any {
	return Symbol(n.text.eval(m, f).(*String).text)
}

// patternLiteral is a Regexp. One without interpolation is compiled once.
type patternLiteral struct {
	at     place
	parts  []node
	flags  string
	cached *Regexp
}

func newPattern(at place, parts []node, flags string) node {
	n := &patternLiteral{at: at, parts: parts, flags: flags}
	switch len(parts) {
	case 0:
		n.cached = compilePattern(at, "", flags)
	case 1:
		if only, ok := parts[0].(*textLiteral); ok {
			n.cached = compilePattern(at, only.text, flags)
		}
	}
	return n
}

func (n *patternLiteral) eval(m *machine, f *frame) any {
	if n.cached != nil {
		return n.cached
	}
	source := (&interpolation{n.at, n.parts}).eval(m, f).(*String).text
	return compilePattern(n.at, source, n.flags)
}

type arrayLiteral struct {
	at    place
	items []node
}

func (n *arrayLiteral) eval(m *machine, f *frame) any { return &Array{m.evalList(n.items, f)} }

// evalList evaluates arguments or items, those after "*" one by one.
func (m *machine) evalList(nodes []node, f *frame) []any {
	if len(nodes) == 0 {
		return nil
	}
	values := make([]any, 0, len(nodes))
	for _, n := range nodes {
		if s, ok := n.(*splat); ok {
			values = append(values, m.list(s.at, m.eval(s.value, f))...)
		} else {
			values = append(values, m.eval(n, f))
		}
	}
	return values
}

// splat is an argument or item after "*".
type splat struct {
	at    place
	value node
}

func (n *splat) eval(m *machine, f *frame) any { return &Array{m.list(n.at, m.eval(n.value, f))} }

type hashLiteral struct {
	at    place
	pairs []pair
}

// pair is a key with its value. Without a key the value is a Hash after "**".
type pair struct{ key, value node }

func (n *hashLiteral) eval(m *machine, f *frame) any {
	h := newHash()
	for _, p := range n.pairs {
		if p.key != nil {
			key := m.eval(p.key, f)
			h.set(m, key, m.eval(p.value, f))
			continue
		}
		value := m.eval(p.value, f)
		more, ok := value.(*Hash)
		if !ok && value != nil {
			n.at.fail(typeError, "no implicit conversion of %s into Hash", className(value))
		}
		h.merge(m, more)
	}
	return h
}

type rangeLiteral struct {
	at        place
	from, to  node
	exclusive bool
}

func (n *rangeLiteral) eval(m *machine, f *frame) any {
	r := &Range{exclusive: n.exclusive}
	if n.from != nil {
		r.first = m.eval(n.from, f)
	}
	if n.to != nil {
		r.last = m.eval(n.to, f)
	}
	if r.first != nil && r.last != nil {
		if _, ok := m.compare(r.first, r.last); !ok {
			n.at.fail(argumentError, "bad value for range")
		}
	}
	return r
}

// localVariable is in a slot of the frame that is depth frames out.
type localVariable struct {
	name        string
	depth, slot int
}

func (n *localVariable) frame(f *frame) *frame {
	for range n.depth {
		f = f.outer
	}
	return f
}

func (n *localVariable) eval(_ *machine, f *frame) any { return n.frame(f).vars[n.slot] }

// assignment returns the node for variable = value, or for variable += value
// when operator is "+", and the like.
func (n *localVariable) assignment(at place, operator string, value node) node {
	switch operator {
	case "":
		return &localAssignment{n, value}
	case "||", "&&":
		return &logical{isOr: operator == "||", left: n, right: &localAssignment{n, value}}
	}
	return &localAssignment{n, &methodCall{at: at, receiver: n, name: operator, args: []node{value}}}
}

type localAssignment struct {
	variable *localVariable
	value    node
}

func (n *localAssignment) eval(m *machine, f *frame) any {
	v := m.eval(n.value, f)
	n.variable.frame(f).vars[n.variable.slot] = v
	return v
}

// itemAssignment is list[1] = value; with an operator, list[1] += value.
type itemAssignment struct {
	at       place
	receiver node
	args     []node
	operator string
	value    node
}

func (n *itemAssignment) eval(m *machine, f *frame) any {
	receiver := m.eval(n.receiver, f)
	args := m.evalList(n.args, f)
	var value any
	if n.operator != "" {
		value = m.send(n.at, receiver, "[]", args, nil)
	}
	switch {
	case n.operator == "||" && truth(value), n.operator == "&&" && !truth(value):
		return value
	case n.operator == "", n.operator == "||", n.operator == "&&":
		value = m.eval(n.value, f)
	default:
		value = m.send(n.at, value, n.operator, []any{m.eval(n.value, f)}, nil)
	}
	m.send(n.at, receiver, "[]=", append(args[:len(args):len(args)], value), nil)
	return value
}

type logical struct {
	isOr        bool
	left, right node
}

func (n *logical) eval(m *machine, f *frame) any {
	if v := m.eval(n.left, f); truth(v) == n.isOr {
		return v
	}
	return m.eval(n.right, f)
}

type negated struct{ value node }

func (n *negated) eval(m *machine, f *frame) any { return !truth(m.eval(n.value, f)) }

// conditional is if, unless and the ternary operator. A branch may be nil.
type conditional struct{ test, yes, no node }

func (n *conditional) eval(m *machine, f *frame) any {
	branch := n.no
	if truth(m.eval(n.test, f)) {
		branch = n.yes
	}
	if branch == nil {
		return nil
	}
	return m.eval(branch, f)
}

type sequence struct{ list []node }

func (n *sequence) eval(m *machine, f *frame) (last any) {
	for _, statement := range n.list {
		last = m.eval(statement, f)
	}
	return last
}

// methodCall without a receiver is a function.
type methodCall struct {
	at       place
	receiver node
	name     string
	args     []node
	block    *blockLiteral
	// blockArg is what stands after "&".
	blockArg node
	// safe: the operator is "&."; parentheses: name().
	safe, parentheses bool
}

func (n *methodCall) eval(m *machine, f *frame) any {
	var receiver any = mainObject{}
	if n.receiver != nil {
		receiver = m.eval(n.receiver, f)
		if receiver == nil && n.safe {
			return nil
		}
	}
	args := m.evalList(n.args, f)
	switch {
	case n.block == nil && n.blockArg == nil:
		if n.receiver == nil && len(args) == 0 && !n.parentheses && !m.isFunction(n.name) {
			n.at.fail(nameError, "undefined local variable or method '%s'", n.name)
		}
		return m.send(n.at, receiver, n.name, args, nil)
	case n.block == nil:
		return m.send(n.at, receiver, n.name, args, m.blockOf(n.at, m.eval(n.blockArg, f)))
	}
	block := n.block.closure(f)
	if !n.block.scope.breaks {
		return m.send(n.at, receiver, n.name, args, block)
	}
	return m.catch(block, func() any { return m.send(n.at, receiver, n.name, args, block) })
}

type constantName struct {
	at   place
	name string
}

func (n *constantName) eval(m *machine, _ *frame) any { return m.constant(n.at, n.name) }

// globalVariable is $stdin and its like, or a part of the last match.
type globalVariable struct {
	at   place
	name string
}

func (n *globalVariable) eval(m *machine, _ *frame) any {
	switch n.name {
	case "$stdin":
		return inputStream{}
	case "$stdout", "$stderr":
		return outputStream{isError: n.name == "$stderr"}
	case "$~":
		if m.match == nil {
			return nil
		}
		return m.match
	}
	if len(n.name) == 2 && n.name[1] >= '1' && n.name[1] <= '9' {
		if m.match == nil {
			return nil
		}
		return m.match.group(int(n.name[1] - '0'))
	}
	n.at.unsupported("global variable " + n.name)
	return nil
}

// jumpNode is next, return or break.
type jumpNode struct {
	at    place
	value node
	// depth is how many frames out the block or lambda is that is left.
	depth int
	// breaks: the method that was given the block ends too.
	breaks bool
}

func (n *jumpNode) eval(m *machine, f *frame) any {
	var value any
	if n.value != nil {
		value = m.eval(n.value, f)
	}
	var target any = f.of
	if !n.breaks {
		target = (&localVariable{depth: n.depth}).frame(f)
	}
	panic(&jump{at: n.at, target: target, value: value})
}

// jump ends what runs in target, a frame, or the call that was given target, a
// block. It unwinds by a panic.
type jump struct {
	at     place
	target any
	value  any
}

// definedQuery is defined?(x).
type definedQuery struct{ value node }

func (n *definedQuery) eval(m *machine, f *frame) any {
	what := "expression"
	switch v := n.value.(type) {
	case *localVariable:
		what = "local-variable"
	case *localAssignment, *itemAssignment:
		what = "assignment"
	case *globalVariable:
		what = "global-variable"
	case *constantName:
		if what = "constant"; !m.isConstant(v.name) {
			return nil
		}
	case *methodCall:
		what = "method"
		if v.receiver == nil && !m.isFunction(v.name) {
			return nil
		}
		if v.receiver != nil && ((&definedQuery{v.receiver}).eval(m, f) == nil || !m.responds(m.eval(v.receiver, f), v.name)) {
			return nil
		}
	}
	return newString(what)
}
