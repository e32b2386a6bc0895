package ruby

import (
	"math"
	"slices"
)

// objectMethods are the methods of every value.
func objectMethods() map[string]typed[any] {
	equal := func(c *call, v any) any { return c.m.equal(v, c.args[0]) }
	text := func(c *call, v any) any { return newString(c.m.text(c.at, v)) }
	isA := func(c *call, v any) any {
		m, ok := c.args[0].(module)
		if !ok {
			c.fail(typeError, "class or module required")
		}
		return m.includes(v)
	}
	send := func(c *call, v any) any { return c.m.send(c.at, v, c.str(0), c.args[1:], c.block) }
	same := func(_ *call, v any) any { return v }
	duplicate := func(c *call, v any) any { return c.m.duplicate(v) }
	return map[string]typed[any]{
		"==":  {1, 1, equal},
		"===": {1, 1, func(c *call, v any) any { return c.matches(v, c.args[0]) }},
		"=~":  {1, 1, func(*call, any) any { return nil }},
		"<=>": {1, 1, func(c *call, v any) any {
			order, ok := c.m.compare(v, c.args[0])
			return either(ok, int64(order), nil)
		}},
		"!":            {0, 0, func(_ *call, v any) any { return !truth(v) }},
		"eql?":         {1, 1, func(c *call, v any) any { return c.m.same(v, c.args[0], true) }},
		"equal?":       {1, 1, func(c *call, v any) any { return v == c.args[0] }},
		"nil?":         {0, 0, func(_ *call, v any) any { return v == nil }},
		"is_a?":        {1, 1, isA},
		"kind_of?":     {1, 1, isA},
		"instance_of?": {1, 1, func(c *call, v any) any { return module(className(v)) == c.args[0] }},
		"class":        {0, 0, func(c *call, v any) any { return module(className(v)) }},
		"to_s":         {0, 0, text},
		"inspect":      {0, 0, func(c *call, v any) any { return newString(c.m.inspect(c.at, v)) }},
		"respond_to?":  {1, 2, func(c *call, v any) any { return c.m.responds(v, c.str(0)) }},
		"send":         {1, -1, send}, "public_send": {1, -1, send}, "__send__": {1, -1, send},
		"dup": {0, 0, duplicate}, "clone": {0, 1, duplicate},
		"freeze": {0, 0, same}, "itself": {0, 0, same},
		"frozen?":    {0, 0, func(_ *call, v any) any { return isImmutable(v) }},
		"then":       {0, 0, func(c *call, v any) any { return c.yield(v) }},
		"yield_self": {0, 0, func(c *call, v any) any { return c.yield(v) }},
		"tap": {0, 0, func(c *call, v any) any {
			c.yield(v)
			return v
		}},
		"to_json": {0, 1, func(c *call, v any) any { return c.jsonText(v) }},
		"to_yaml": {0, 1, func(c *call, v any) any { return c.yamlText(v) }},
	}
}

// isImmutable tells whether a value can never change.
func isImmutable(v any) bool {
	switch v.(type) {
	case *String, *Array, *Hash:
		return false
	}
	return true
}

// duplicate returns a shallow copy of what can change.
func (m *machine) duplicate(v any) any {
	switch v := v.(type) {
	case *String:
		return newString(v.text)
	case *Array:
		m.spend(len(v.items))
		return &Array{slices.Clone(v.items)}
	case *Hash:
		return v.copy(m)
	}
	return v
}

// comparableMethods are those of values that have an order.
func comparableMethods() map[string]typed[any] {
	compare := func(accept func(order int) bool) func(c *call, v any) any {
		return func(c *call, v any) any {
			order, ok := c.m.compare(v, c.args[0])
			if !ok {
				if isNumber(v) && isNumber(c.args[0]) {
					// One of them is NaN.
					return false
				}
				c.m.order(c.at, v, c.args[0])
			}
			return accept(order)
		}
	}
	return map[string]typed[any]{
		"<":  {1, 1, compare(func(order int) bool { return order < 0 })},
		"<=": {1, 1, compare(func(order int) bool { return order <= 0 })},
		">":  {1, 1, compare(func(order int) bool { return order > 0 })},
		">=": {1, 1, compare(func(order int) bool { return order >= 0 })},
		"between?": {2, 2, func(c *call, v any) any {
			return c.m.order(c.at, v, c.args[0]) >= 0 && c.m.order(c.at, v, c.args[1]) <= 0
		}},
		"clamp": {1, 2, clamp},
	}
}

func clamp(c *call, v any) any {
	low, high := c.args[0], c.arg(1)
	if r, ok := low.(*Range); ok {
		low, high = r.first, r.last
	}
	if low != nil && c.m.order(c.at, v, low) < 0 {
		return low
	}
	if high != nil && c.m.order(c.at, v, high) > 0 {
		return high
	}
	return v
}

func nullMethods() map[string]typed[any] {
	return map[string]typed[any]{
		"to_a": {0, 0, func(*call, any) any { return newArray() }},
		"to_h": {0, 0, func(*call, any) any { return newHash() }},
		"to_i": {0, 0, func(*call, any) any { return int64(0) }},
		"to_f": {0, 0, func(*call, any) any { return 0.0 }},
		"&":    {1, 1, func(*call, any) any { return false }},
		"|":    {1, 1, func(c *call, _ any) any { return truth(c.args[0]) }},
	}
}

func booleanMethods() map[string]typed[bool] {
	return map[string]typed[bool]{
		"&": {1, 1, func(c *call, b bool) any { return b && truth(c.args[0]) }},
		"|": {1, 1, func(c *call, b bool) any { return b || truth(c.args[0]) }},
		"^": {1, 1, func(c *call, b bool) any { return b != truth(c.args[0]) }},
	}
}

// rangeMethods are those that Range does not share with other lists.
func rangeMethods() map[string]typed[*Range] {
	includes := func(c *call, r *Range) any { return r.includes(c.m, c.args[0]) }
	return map[string]typed[*Range]{
		"begin": {0, 0, func(_ *call, r *Range) any { return r.first }},
		"end":   {0, 0, func(_ *call, r *Range) any { return r.last }},
		"last": {0, 1, func(c *call, r *Range) any {
			if len(c.args) == 0 {
				return r.last
			}
			return c.lastItems(&Array{c.m.list(c.at, r)})
		}},
		"exclude_end?": {0, 0, func(_ *call, r *Range) any { return r.exclusive }},
		"include?":     {1, 1, includes}, "member?": {1, 1, includes}, "cover?": {1, 1, includes},
		"size": {0, 0, func(c *call, r *Range) any {
			if r.last == nil {
				return math.Inf(1)
			}
			return int64(len(c.m.list(c.at, r)))
		}},
		"step": {1, 1, func(c *call, r *Range) any {
			last := r.last
			if r.exclusive && last != nil {
				if i, ok := last.(int64); ok {
					last = i - 1
				}
			}
			if last == nil {
				last = math.Inf(1)
			}
			return c.count(r.first, last, c.args[0])
		}},
	}
}

// eachOfRange calls visit with the values of a range, until it returns false.
func (m *machine) eachOfRange(at place, r *Range, visit func(v any) bool) {
	switch first := r.first.(type) {
	case int64:
		last := r.last
		for n := first; ; n++ {
			if last != nil {
				order, ok := compareNumbers(n, last)
				if !ok || order > 0 || order == 0 && r.exclusive {
					return
				}
			}
			m.spend(1)
			if !visit(n) {
				return
			}
		}
	case *String:
		m.eachText(at, r, first.text, visit)
	case Date:
		for d := first; r.includes(m, d); d = d.addDays(1) {
			m.spend(1)
			if !visit(d) {
				return
			}
		}
	default:
		at.fail(typeError, "can't iterate from %s", className(r.first))
	}
}

func (m *machine) eachText(at place, r *Range, text string, visit func(v any) bool) {
	last, ok := r.last.(*String)
	if !ok {
		at.fail(typeError, "can't iterate from String without a last one")
	}
	for len(text) <= len(last.text) {
		if text == last.text && r.exclusive {
			return
		}
		m.spendBytes(len(text))
		if !visit(newString(text)) || text == last.text {
			return
		}
		text = successor(text)
	}
}
