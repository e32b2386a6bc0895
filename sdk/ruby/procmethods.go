package ruby

func procMethods() map[string]typed[*closure] {
	invoke := func(c *call, p *closure) any { return c.m.invoke(c.at, p, c.args) }
	return map[string]typed[*closure]{
		"call": {0, -1, invoke}, "yield": {0, -1, invoke}, "[]": {0, -1, invoke}, "===": {0, -1, invoke},
		"to_proc": {0, 0, func(_ *call, p *closure) any { return p }},
		"lambda?": {0, 0, func(_ *call, p *closure) any { return p.isLambda() }},
		"arity":   {0, 0, func(_ *call, p *closure) any { return int64(p.arity()) }},
		"curry": {0, 1, func(c *call, p *closure) any {
			least := p.arity()
			if least < 0 {
				least = -least - 1
			}
			return curried(p, c.int(0, least), nil)
		}},
		">>": {1, 1, func(c *call, p *closure) any { return composed(p, c.m.blockOf(c.at, c.args[0])) }},
		"<<": {1, 1, func(c *call, p *closure) any { return composed(c.m.blockOf(c.at, c.args[0]), p) }},
	}
}

// curried collects arguments until there are enough.
func curried(p *closure, count int, given []any) any {
	return &closure{count: -1, native: func(c *call) any {
		args := append(append([]any{}, given...), c.args...)
		c.m.spend(len(args))
		if len(args) >= count {
			return c.m.invoke(c.at, p, args)
		}
		return curried(p, count, args)
	}}
}

// composed calls one block with the result of another.
func composed(first, second *closure) any {
	return &closure{count: -1, native: func(c *call) any {
		return c.m.invoke(c.at, second, []any{c.m.invoke(c.at, first, c.args)})
	}}
}
