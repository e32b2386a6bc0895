package ruby

import (
	"slices"
)

type listTable = map[string]typed[any]

// each calls visit with the items of an Array, the pairs of a Hash or the
// values of a Range, until it returns false.
func (m *machine) each(at place, v any, visit func(item any) bool) {
	switch v := v.(type) {
	case *Array:
		for i := 0; i < len(v.items); i++ {
			m.spend(1)
			if !visit(v.items[i]) {
				return
			}
		}
	case *Hash:
		for _, e := range slices.Clone(v.all(m)) {
			m.spend(1)
			if !visit(newArray(e.key, e.value)) {
				return
			}
		}
	case *Range:
		m.eachOfRange(at, v, visit)
	}
}

// visit walks the list that the method is called on.
func (c *call) visit(visit func(item any) bool) { c.m.each(c.at, c.self, visit) }

// collect makes an Array of what a function adds for each item.
func (c *call) collect(add func(list *Array, item any)) *Array {
	list := &Array{}
	c.visit(func(item any) bool {
		add(list, item)
		return true
	})
	return list
}

func (a *Array) push(items ...any) { a.items = append(a.items, items...) }

// keep makes an Array of the items for which a function is true.
func (c *call) keep(wanted func(item any) bool) *Array {
	return c.collect(func(list *Array, item any) {
		if wanted(item) {
			list.push(item)
		}
	})
}

// first returns the first item for which a function is true.
func (c *call) first(wanted func(item any) bool) (found any, index int, ok bool) {
	c.visit(func(item any) bool {
		if ok = wanted(item); ok {
			found = item
		} else {
			index++
		}
		return !ok
	})
	return found, index, ok
}

// condition is the test of any?, all?, count and the like: against an
// argument, by the block, or for truth.
func (c *call) condition(item any) bool {
	switch {
	case len(c.args) > 0:
		return c.matches(c.args[0], item)
	case c.block != nil:
		return c.holds(item)
	}
	return truth(item)
}

// enumerableQueries are the questions that all lists answer.
func enumerableQueries() listTable {
	find := func(c *call, _ any) any {
		found, _, _ := c.first(c.holds)
		return found
	}
	include := func(c *call, _ any) any {
		_, _, ok := c.first(func(item any) bool { return c.m.equal(item, c.args[0]) })
		return ok
	}
	index := func(c *call, _ any) any {
		_, i, ok := c.first(func(item any) bool {
			if len(c.args) > 0 {
				return c.m.equal(item, c.args[0])
			}
			return c.holds(item)
		})
		return either(ok, int64(i), nil)
	}
	return listTable{
		"find": {0, 0, find}, "detect": {0, 0, find},
		"include?": {1, 1, include}, "member?": {1, 1, include},
		"index": {0, 1, index}, "find_index": {0, 1, index},
		"any?": {0, 1, func(c *call, _ any) any {
			_, _, ok := c.first(c.condition)
			return ok
		}},
		"all?": {0, 1, func(c *call, _ any) any {
			_, _, ok := c.first(func(item any) bool { return !c.condition(item) })
			return !ok
		}},
		"none?": {0, 1, func(c *call, _ any) any {
			_, _, ok := c.first(c.condition)
			return !ok
		}},
		"one?":  {0, 1, func(c *call, _ any) any { return len(c.keep(c.condition).items) == 1 }},
		"count": {0, 1, counted},
		"first": {0, 1, firstItems},
		"to_a":  {0, 0, toArray}, "entries": {0, 0, toArray},
		"to_h": {0, 0, toHash},
		"sum":  {0, 1, sum},
	}
}

func toArray(c *call, v any) any {
	if _, ok := v.(*Array); ok {
		return v
	}
	return &Array{c.m.list(c.at, v)}
}

// toHash makes a Hash of pairs, or of the pairs that the block gives.
func toHash(c *call, _ any) any {
	h := newHash()
	c.visit(func(item any) bool {
		if c.block != nil {
			item = c.yield(item)
		}
		pair, ok := item.(*Array)
		if !ok || len(pair.items) != 2 {
			c.fail(typeError, "wrong element type %s (expected an Array of 2)", describe(item))
		}
		h.set(c.m, pair.items[0], pair.items[1])
		return true
	})
	return h
}

func sum(c *call, _ any) any {
	var total any = int64(0)
	if len(c.args) > 0 {
		total = c.args[0]
	}
	c.visit(func(item any) bool {
		if c.block != nil {
			item = c.yield(item)
		}
		total = c.send(total, "+", item)
		return true
	})
	return total
}

func (c *call) take(count int) *Array {
	if count < 0 {
		c.fail(argumentError, "attempt to take negative size")
	}
	list := &Array{}
	c.visit(func(item any) bool {
		if len(list.items) < count {
			list.push(item)
		}
		return len(list.items) < count
	})
	return list
}

// enumerableTransforms make one list of another.
func enumerableTransforms() listTable {
	each := func(c *call, v any) any {
		c.visit(func(item any) bool {
			c.yield(item)
			return true
		})
		return v
	}
	collect := func(c *call, _ any) any {
		return c.collect(func(list *Array, item any) { list.push(c.yield(item)) })
	}
	collectFlat := func(c *call, _ any) any {
		return c.collect(func(list *Array, item any) {
			result := c.yield(item)
			if inner, ok := result.(*Array); ok {
				c.m.spend(len(inner.items))
				list.push(inner.items...)
			} else {
				list.push(result)
			}
		})
	}
	selected := func(c *call, _ any) any { return c.keep(c.holds) }
	return listTable{
		"each": {0, 0, each}, "each_entry": {0, 0, each},
		"map": {0, 0, collect}, "collect": {0, 0, collect},
		"flat_map": {0, 0, collectFlat}, "collect_concat": {0, 0, collectFlat},
		"select": {0, 0, selected}, "filter": {0, 0, selected},
		"reject":     {0, 0, func(c *call, _ any) any { return c.keep(func(item any) bool { return !c.holds(item) }) }},
		"filter_map": {0, 0, filterMapped},
		"grep":       {1, 1, func(c *call, _ any) any { return c.grep(true) }},
		"grep_v":     {1, 1, func(c *call, _ any) any { return c.grep(false) }},
		"each_with_index": {0, 0, func(c *call, v any) any {
			return c.yieldItems(c.indexed(), v, true)
		}},
		"each_slice":       {1, 1, func(c *call, v any) any { return c.yieldItems(c.slices(1, false), v, false) }},
		"each_cons":        {1, 1, func(c *call, v any) any { return c.yieldItems(c.slices(0, true), v, false) }},
		"each_with_object": {1, 1, eachWithObject},
		"inject":           {0, 2, reduce}, "reduce": {0, 2, reduce},
		"zip":  {0, -1, zip},
		"take": {1, 1, func(c *call, _ any) any { return c.take(c.int(0, 0)) }},
		"drop": {1, 1, dropped},
		"take_while": {0, 0, func(c *call, v any) any {
			_, end, _ := c.first(func(item any) bool { return !c.holds(item) })
			return &Array{c.m.list(c.at, v)[:end]}
		}},
		"drop_while": {0, 0, func(c *call, v any) any {
			_, end, _ := c.first(func(item any) bool { return !c.holds(item) })
			return &Array{c.m.list(c.at, v)[end:]}
		}},
	}
}

func (c *call) grep(wanted bool) any {
	list := c.keep(func(item any) bool { return c.matches(c.args[0], item) == wanted })
	if c.block == nil {
		return list
	}
	for i := range list.items {
		list.items[i] = c.yield(list.items[i])
	}
	return list
}

// indexed pairs each item with its index.
func (c *call) indexed() []any {
	var pairs []any
	c.visit(func(item any) bool {
		pairs = append(pairs, newArray(item, int64(len(pairs))))
		return true
	})
	return pairs
}

// slices cuts the list into parts of the size given: one after the other, or
// overlapping, each beginning one further.
func (c *call) slices(least int, overlapping bool) []any {
	size := c.int(0, 0)
	if size <= 0 {
		c.fail(argumentError, "invalid slice size")
	}
	items := c.m.list(c.at, c.self)
	var parts []any
	step := size
	if overlapping {
		step, least = 1, size
	}
	for i := 0; i+least <= len(items); i += step {
		part := items[i:min(i+size, len(items))]
		c.m.spend(len(part))
		parts = append(parts, &Array{slices.Clone(part)})
	}
	return parts
}

// yieldItems calls the block with each item; without a block the items are
// the result. Pairs are given as two arguments.
func (c *call) yieldItems(items []any, result any, pairs bool) any {
	if c.block == nil {
		return &Array{items}
	}
	for _, item := range items {
		if pairs {
			c.yield(item.(*Array).items...)
		} else {
			c.yield(item)
		}
	}
	return result
}

// reduce combines the items by an operator or a block.
func reduce(c *call, _ any) any {
	args := c.args
	operator := ""
	if len(args) > 0 && c.block == nil {
		operator = c.str(len(args) - 1)
		args = args[:len(args)-1]
	}
	var total any
	started := len(args) > 0
	if started {
		total = args[0]
	}
	c.visit(func(item any) bool {
		switch {
		case !started:
			total, started = item, true
		case c.block != nil:
			total = c.yield(total, item)
		default:
			total = c.send(total, operator, item)
		}
		return true
	})
	return total
}

func zip(c *call, v any) any {
	others := make([][]any, len(c.args))
	for i, arg := range c.args {
		others[i] = c.m.list(c.at, arg)
	}
	rows := &Array{}
	for i, item := range c.m.list(c.at, v) {
		row := newArray(item)
		for _, other := range others {
			c.m.spend(1)
			if i < len(other) {
				row.push(other[i])
			} else {
				row.push(nil)
			}
		}
		rows.push(row)
	}
	return c.yieldItems(rows.items, nil, false)
}

func firstItems(c *call, _ any) any {
	if len(c.args) == 0 {
		found, _, _ := c.first(func(any) bool { return true })
		return found
	}
	return c.take(c.int(0, 0))
}

func eachWithObject(c *call, _ any) any {
	c.visit(func(item any) bool {
		c.yield(item, c.args[0])
		return true
	})
	return c.args[0]
}

func dropped(c *call, v any) any {
	list := c.m.list(c.at, v)
	if c.int(0, 0) < 0 {
		c.fail(argumentError, "attempt to drop negative size")
	}
	return &Array{list[min(c.int(0, 0), len(list)):]}
}

func counted(c *call, v any) any {
	if len(c.args) == 0 && c.block == nil {
		return int64(len(c.m.list(c.at, v)))
	}
	return int64(len(c.keep(func(item any) bool {
		if len(c.args) > 0 {
			return c.m.equal(item, c.args[0])
		}
		return c.holds(item)
	}).items))
}

func filterMapped(c *call, _ any) any {
	return c.collect(func(list *Array, item any) {
		if result := c.yield(item); truth(result) {
			list.push(result)
		}
	})
}
