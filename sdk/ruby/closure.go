package ruby

import "slices"

// closure is a block, lambda or proc together with the variables around it.
type closure struct {
	// literal and frame are those of a block in the source text.
	literal *blockLiteral
	frame   *frame
	// native is set instead for a block made by a method, such as :name.to_proc,
	// whose source text is then text, "" when it has none.
	native func(c *call) any
	text   string
	// count is the arity of a native block.
	count int
}

func (c *closure) isLambda() bool { return c.literal == nil || c.literal.isLambda }

// blockLiteral is a block or lambda in the source text, from one offset to another.
type blockLiteral struct {
	at       place
	from, to int
	params   *parameters
	body     node
	scope    *scope
	isLambda bool
}

func (n *blockLiteral) closure(f *frame) *closure { return &closure{literal: n, frame: f} }

func (n *blockLiteral) eval(_ *machine, f *frame) any { return n.closure(f) }

// noSlot is the rest slot of parameters without "*".
const noSlot = -1

// parameters of a block; nil stands for none.
type parameters struct {
	required, optional []parameter
	// rest is the slot of the parameter after "*".
	rest int
	// last are the required ones after optional ones and the rest.
	last []parameter
}

// parameter is a slot, or a pattern that takes an Array apart.
type parameter struct {
	slot     int
	pattern  *parameters
	fallback node
}

// add appends a required parameter.
func (p *parameters) add(param parameter) {
	if len(p.optional) > 0 || p.rest != noSlot {
		p.last = append(p.last, param)
	} else {
		p.required = append(p.required, param)
	}
}

// bounds returns the least and the greatest number of arguments; most is -1
// when there is no limit.
func (p *parameters) bounds() (least, most int) {
	if p == nil {
		return 0, 0
	}
	least = len(p.required) + len(p.last)
	if p.rest != noSlot {
		return least, -1
	}
	return least, least + len(p.optional)
}

// arity is the number of parameters as Ruby counts it: -n-1 when n are
// mandatory and others are not.
func (c *closure) arity() int {
	if c.literal == nil {
		return c.count
	}
	least, most := c.literal.params.bounds()
	if most == least || most >= 0 && !c.literal.isLambda {
		return least
	}
	return -least - 1
}

// invoke calls a block, lambda or proc.
func (m *machine) invoke(at place, c *closure, args []any) any {
	if c.native != nil {
		m.enter()
		defer m.leave()
		return c.native(&call{m: m, at: at, name: "call", args: args})
	}
	n := c.literal
	f := &frame{vars: make([]any, len(n.scope.names)), outer: c.frame, of: c}
	if !n.scope.jumps {
		m.bind(at, n, f, args)
		return m.eval(n.body, f)
	}
	return m.catch(f, func() any {
		m.bind(at, n, f, args)
		return m.eval(n.body, f)
	})
}

// bind gives the parameters of a block their values. A lambda checks their number.
func (m *machine) bind(at place, n *blockLiteral, f *frame, args []any) {
	least, most := n.params.bounds()
	if n.isLambda {
		checkCount(at, len(args), least, most)
	} else if list, ok := onlyArray(args); ok && (least+len(n.params.optionals()) > 1 || least == 1 && most < 0) {
		args = list
	}
	if n.params != nil {
		m.assign(n.params, f, args)
	}
}

func (p *parameters) optionals() []parameter {
	if p == nil {
		return nil
	}
	return p.optional
}

func onlyArray(args []any) ([]any, bool) {
	if len(args) != 1 {
		return nil, false
	}
	a, ok := args[0].(*Array)
	if !ok {
		return nil, false
	}
	return a.items, true
}

// assign gives parameters their values; missing ones are nil.
func (m *machine) assign(p *parameters, f *frame, args []any) {
	take := func() any {
		if len(args) == 0 {
			return nil
		}
		first := args[0]
		args = args[1:]
		return first
	}
	for _, param := range p.required {
		m.assignOne(param, f, take())
	}
	for _, param := range p.optional {
		if len(args) > len(p.last) {
			m.assignOne(param, f, take())
		} else {
			m.assignOne(param, f, m.eval(param.fallback, f))
		}
	}
	if p.rest != noSlot {
		rest := max(0, len(args)-len(p.last))
		m.spend(rest)
		f.vars[p.rest] = &Array{slices.Clone(args[:rest])}
		args = args[rest:]
	}
	for _, param := range p.last {
		m.assignOne(param, f, take())
	}
}

func (m *machine) assignOne(param parameter, f *frame, value any) {
	if param.pattern == nil {
		f.vars[param.slot] = value
		return
	}
	list := []any{value}
	if a, ok := value.(*Array); ok {
		list = a.items
	}
	m.assign(param.pattern, f, list)
}

// blockOf makes a block of the argument after "&".
func (m *machine) blockOf(at place, v any) *closure {
	switch v := v.(type) {
	case nil:
		return nil
	case *closure:
		return v
	case Symbol:
		return symbolBlock(v)
	}
	at.fail(typeError, "wrong argument type %s (expected Proc)", className(v))
	return nil
}

// symbolBlock is :name.to_proc: it calls that method of its first argument.
func symbolBlock(name Symbol) *closure {
	return &closure{count: -2, text: inspectSymbol(name) + ".to_proc", native: func(c *call) any {
		if len(c.args) == 0 {
			c.at.fail(argumentError, "no receiver given")
		}
		return c.m.send(c.at, c.args[0], string(name), c.args[1:], nil)
	}}
}
