package ruby

import (
	"slices"
)

// enumerableOrder are the methods that sort and group.
func enumerableOrder() listTable {
	return listTable{
		"sort":    {0, 0, sorted},
		"sort_by": {0, 0, sortedBy},
		"min":     {0, 1, func(c *call, _ any) any { return c.extreme(-1, c.compareItems) }},
		"max":     {0, 1, func(c *call, _ any) any { return c.extreme(1, c.compareItems) }},
		"min_by":  {0, 1, func(c *call, _ any) any { return c.extremeBy(-1) }},
		"max_by":  {0, 1, func(c *call, _ any) any { return c.extremeBy(1) }},
		"minmax": {0, 0, func(c *call, _ any) any {
			return newArray(c.extreme(-1, c.compareItems), c.extreme(1, c.compareItems))
		}},
		"group_by":  {0, 0, grouped},
		"partition": {0, 0, partitioned},
		"tally":     {0, 0, tallied},
		"uniq":      {0, 0, func(c *call, _ any) any { return c.unique() }},
		"each_index": {0, 0, func(c *call, v any) any {
			for i := range c.m.list(c.at, v) {
				c.yield(int64(i))
			}
			return v
		}},
		"reverse_each": {0, 0, func(c *call, v any) any {
			items := c.m.list(c.at, v)
			slices.Reverse(items)
			return c.yieldItems(items, v, false)
		}},
	}
}

// sort sorts without a promise about equal items, as Ruby; here they keep
// their order.
func (c *call) sort(items []any, compare func(a, b any) int) {
	slices.SortStableFunc(items, func(a, b any) int {
		c.m.spend(1)
		return compare(a, b)
	})
}

// compareItems compares by the block, if there is one.
func (c *call) compareItems(a, b any) int {
	if c.block == nil {
		return c.m.order(c.at, a, b)
	}
	order := c.yield(a, b)
	if !isNumber(order) {
		c.fail(argumentError, "comparison of %s with %s failed", className(a), className(b))
	}
	return sign(order)
}

// extreme returns the smallest item (side -1) or the greatest (side 1), or as
// many of them as the argument says.
func (c *call) extreme(side int, compare func(a, b any) int) any {
	if len(c.args) > 0 {
		items := c.m.list(c.at, c.self)
		c.sort(items, func(a, b any) int { return -side * compare(a, b) })
		return &Array{items[:min(max(0, c.int(0, 0)), len(items))]}
	}
	var best any
	started := false
	c.visit(func(item any) bool {
		if !started || compare(item, best)*side > 0 {
			best, started = item, true
		}
		return true
	})
	return best
}

// extremeBy is extreme by the rank that the block gives to each item.
func (c *call) extremeBy(side int) any {
	var best, rank any
	started := false
	c.visit(func(item any) bool {
		r := c.yield(item)
		if !started || c.m.order(c.at, r, rank)*side > 0 {
			best, rank, started = item, r, true
		}
		return true
	})
	return best
}

// unique keeps the first of equal items, or of those with equal block results.
func (c *call) unique() *Array {
	seen := map[any]bool{}
	return c.keep(func(item any) bool {
		if c.block != nil {
			item = c.yield(item)
		}
		id := c.m.key(item)
		known := seen[id]
		seen[id] = true
		return !known
	})
}

func sorted(c *call, v any) any {
	items := c.m.list(c.at, v)
	c.sort(items, func(a, b any) int { return c.compareItems(a, b) })
	return &Array{items}
}

func sortedBy(c *call, v any) any {
	items := c.m.list(c.at, v)
	ranked := make([]any, len(items))
	for i, item := range items {
		ranked[i] = newArray(c.yield(item), item)
	}
	rank := func(v any) any { return v.(*Array).items[0] }
	c.sort(ranked, func(a, b any) int { return c.m.order(c.at, rank(a), rank(b)) })
	for i := range ranked {
		items[i] = ranked[i].(*Array).items[1]
	}
	return &Array{items}
}

func grouped(c *call, _ any) any {
	groups := newHash()
	c.visit(func(item any) bool {
		key := c.yield(item)
		if group, ok := groups.get(c.m, key); ok {
			group.(*Array).push(item)
		} else {
			groups.set(c.m, key, newArray(item))
		}
		return true
	})
	return groups
}

func partitioned(c *call, _ any) any {
	yes, no := &Array{}, &Array{}
	c.visit(func(item any) bool {
		if c.holds(item) {
			yes.push(item)
		} else {
			no.push(item)
		}
		return true
	})
	return newArray(yes, no)
}

func tallied(c *call, _ any) any {
	counts := newHash()
	c.visit(func(item any) bool {
		n, ok := counts.get(c.m, item)
		if !ok {
			n = int64(0)
		}
		counts.set(c.m, item, n.(int64)+1)
		return true
	})
	return counts
}
