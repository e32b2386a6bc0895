package ruby

import (
	"slices"
	"strings"
)

type arrayTable = map[string]typed[*Array]

func arrayAccess() arrayTable {
	length := func(_ *call, a *Array) any { return int64(len(a.items)) }
	item := func(c *call, a *Array) any {
		_, isRange := c.args[0].(*Range)
		if !isRange && len(c.args) == 1 {
			return a.at(c.int(0, 0))
		}
		from, to, ok := c.itemSpan(len(a.items))
		if !ok {
			return nil
		}
		c.m.spend(to - from)
		return &Array{slices.Clone(a.items[from:to])}
	}
	return arrayTable{
		"[]": {1, 2, item}, "slice": {1, 2, item},
		"at":     {1, 1, item},
		"length": {0, 0, length}, "size": {0, 0, length},
		"empty?": {0, 0, func(_ *call, a *Array) any { return len(a.items) == 0 }},
		"last": {0, 1, func(c *call, a *Array) any {
			if len(c.args) == 0 {
				return a.at(-1)
			}
			return c.lastItems(a)
		}},
		"dig":   {1, -1, func(c *call, a *Array) any { return c.dig(a.at(c.int(0, 0))) }},
		"fetch": {1, 2, fetchItem},
		"values_at": {0, -1, func(c *call, a *Array) any {
			list := &Array{}
			for i := range c.args {
				list.push(a.at(c.int(i, 0)))
			}
			return list
		}},
		"rindex": {0, 1, lastIndexOf},
		"join":   {0, 1, joined},
		"pack": {1, 1, func(c *call, _ *Array) any {
			c.at.unsupported("Array#pack")
			return nil
		}},
	}
}

// at returns the item at an index, counted from the end when negative.
func (a *Array) at(i int) any {
	if i < 0 {
		i += len(a.items)
	}
	if i < 0 || i >= len(a.items) {
		return nil
	}
	return a.items[i]
}

// itemSpan reads start and length, or a Range.
func (c *call) itemSpan(size int) (from, to int, ok bool) {
	if r, isRange := c.args[0].(*Range); isRange {
		return c.span(r, size)
	}
	return bounds(c.int(0, 0), c.int(1, 1), size)
}

func (c *call) lastItems(a *Array) any {
	count := c.int(0, 0)
	if count < 0 {
		c.fail(argumentError, "negative array size")
	}
	from := max(0, len(a.items)-count)
	c.m.spend(len(a.items) - from)
	return &Array{slices.Clone(a.items[from:])}
}

// dig follows the remaining arguments into a value.
func (c *call) dig(v any) any {
	if v == nil || len(c.args) == 1 {
		return v
	}
	return c.m.send(c.at, v, "dig", c.args[1:], nil)
}

// missing is the result of fetch for what is not there: the block's, the
// second argument, or an error.
func (c *call) missing(fail func()) any {
	switch {
	case c.block != nil:
		return c.yield(c.args[0])
	case len(c.args) > 1:
		return c.args[1]
	}
	fail()
	return nil
}

func (c *call) join(b *strings.Builder, a *Array, separator string) {
	c.m.enter()
	defer c.m.leave()
	for i, item := range a.items {
		if i > 0 {
			b.WriteString(separator)
		}
		if inner, ok := item.(*Array); ok {
			c.join(b, inner, separator)
			continue
		}
		text := c.m.text(c.at, item)
		c.m.spendBytes(len(text) + len(separator))
		b.WriteString(text)
	}
}

func arrayChanges() arrayTable {
	push := func(c *call, a *Array) any {
		c.m.spend(len(c.args))
		a.push(c.args...)
		return a
	}
	unshift := func(c *call, a *Array) any {
		c.m.spend(len(a.items) / bytesPerStep)
		a.items = slices.Concat(c.args, a.items)
		return a
	}
	table := arrayTable{
		"push": {0, -1, push}, "append": {0, -1, push}, "<<": {1, 1, push},
		"unshift": {0, -1, unshift}, "prepend": {0, -1, unshift},
		"pop": {0, 0, func(_ *call, a *Array) any {
			last := a.at(-1)
			a.items = a.items[:max(0, len(a.items)-1)]
			return last
		}},
		"shift": {0, 0, func(_ *call, a *Array) any {
			first := a.at(0)
			a.items = a.items[min(1, len(a.items)):]
			return first
		}},
		"concat":    {0, -1, concatenated},
		"[]=":       {2, 2, setItem},
		"delete":    {1, 1, deleteItem},
		"delete_at": {1, 1, deleteAt},
		"clear": {0, 0, func(_ *call, a *Array) any {
			a.items = nil
			return a
		}},
	}
	for _, name := range []string{"map", "select", "filter", "reject", "sort", "sort_by", "uniq", "compact", "reverse", "flatten"} {
		table[name+"!"] = typed[*Array]{0, 1, func(c *call, a *Array) any {
			a.items = c.m.send(c.at, a, name, c.args, c.block).(*Array).items
			return a
		}}
	}
	return table
}

func arrayOperators() arrayTable {
	return arrayTable{
		"+": {1, 1, func(c *call, a *Array) any {
			c.m.spend(len(a.items) + len(c.array(0).items))
			return &Array{slices.Concat(a.items, c.array(0).items)}
		}},
		"-": {1, 1, func(c *call, a *Array) any { return c.membership(c.array(0), false) }},
		"&": {1, 1, func(c *call, a *Array) any {
			return (&call{m: c.m, at: c.at, self: c.membership(c.array(0), true)}).unique()
		}},
		"|": {1, 1, func(c *call, a *Array) any {
			c.m.spend(len(a.items) + len(c.array(0).items))
			return (&call{m: c.m, at: c.at, self: &Array{slices.Concat(a.items, c.array(0).items)}}).unique()
		}},
		"*": {1, 1, repeated},
		"reverse": {0, 0, func(c *call, a *Array) any {
			items := c.m.list(c.at, a)
			slices.Reverse(items)
			return &Array{items}
		}},
		"rotate":  {0, 1, rotated},
		"compact": {0, 0, func(c *call, a *Array) any { return c.keep(func(item any) bool { return item != nil }) }},
		"flatten": {0, 1, func(c *call, a *Array) any {
			flat := &Array{}
			c.flatten(flat, a, c.int(0, -1))
			return flat
		}},
		"transpose": {0, 0, transpose},
		"product":   {0, -1, product},
	}
}

// array returns an argument that must be an Array.
func (c *call) array(i int) *Array {
	list, ok := c.args[i].(*Array)
	if !ok {
		c.fail(typeError, "no implicit conversion of %s into Array", describe(c.args[i]))
	}
	return list
}

// membership keeps the items that another list has, or those that it has not.
func (c *call) membership(other *Array, wanted bool) *Array {
	known := map[any]bool{}
	for _, item := range other.items {
		c.m.spend(1)
		known[c.m.key(item)] = true
	}
	return c.keep(func(item any) bool { return known[c.m.key(item)] == wanted })
}

func (c *call) flatten(flat, a *Array, levels int) {
	c.m.enter()
	defer c.m.leave()
	for _, item := range a.items {
		if inner, ok := item.(*Array); ok && levels != 0 {
			c.flatten(flat, inner, levels-1)
			continue
		}
		c.m.spend(1)
		flat.push(item)
	}
}

func transpose(c *call, a *Array) any {
	columns := &Array{}
	for i, item := range a.items {
		row, ok := item.(*Array)
		if !ok || i > 0 && len(row.items) != len(columns.items) {
			c.fail("IndexError", "element size differs: the lists must have one length")
		}
		for j, cell := range row.items {
			c.m.spend(1)
			if i == 0 {
				columns.push(newArray())
			}
			columns.items[j].(*Array).push(cell)
		}
	}
	return columns
}

func fetchItem(c *call, a *Array) any {
	i := c.int(0, 0)
	if i < len(a.items) && i >= -len(a.items) {
		return a.at(i)
	}
	return c.missing(func() {
		c.fail("IndexError", "index %d outside of array bounds: %d...%d", i, -len(a.items), len(a.items))
	})
}

func lastIndexOf(c *call, a *Array) any {
	for i := len(a.items) - 1; i >= 0; i-- {
		if len(c.args) > 0 && c.m.equal(a.items[i], c.args[0]) || len(c.args) == 0 && c.holds(a.items[i]) {
			return int64(i)
		}
	}
	return nil
}

func joined(c *call, a *Array) any {
	separator := ""
	if len(c.args) > 0 && c.args[0] != nil {
		separator = c.str(0)
	}
	var b strings.Builder
	c.join(&b, a, separator)
	return newString(b.String())
}

func setItem(c *call, a *Array) any {
	i := c.int(0, 0)
	if i < 0 {
		i += len(a.items)
	}
	if i < 0 {
		c.fail("IndexError", "index %d too small for array", c.int(0, 0))
	}
	if i >= len(a.items) {
		c.m.spend(i + 1 - len(a.items))
		a.items = append(a.items, make([]any, i+1-len(a.items))...)
	}
	a.items[i] = c.args[1]
	return nil
}

func deleteItem(c *call, a *Array) any {
	var deleted any
	a.items = slices.DeleteFunc(slices.Clone(a.items), func(item any) bool {
		c.m.spend(1)
		same := c.m.equal(item, c.args[0])
		if same {
			deleted = item
		}
		return same
	})
	return deleted
}

func deleteAt(c *call, a *Array) any {
	i := c.int(0, 0)
	item := a.at(i)
	if from, to, ok := bounds(i, 1, len(a.items)); ok {
		c.m.spend(len(a.items))
		a.items = slices.Concat(a.items[:from], a.items[to:])
	}
	return item
}

func repeated(c *call, a *Array) any {
	if _, ok := textOf(c.args[0]); ok {
		return c.send(a, "join", c.args[0])
	}
	times := c.int(0, 0)
	if times < 0 {
		c.fail(argumentError, "argument must be non-negative")
	}
	c.m.spendProduct(len(a.items)*bytesPerStep, times)
	return &Array{slices.Repeat(a.items, times)}
}

func rotated(c *call, a *Array) any {
	if len(a.items) == 0 {
		return newArray()
	}
	by := ((c.int(0, 1) % len(a.items)) + len(a.items)) % len(a.items)
	c.m.spend(len(a.items))
	return &Array{slices.Concat(a.items[by:], a.items[:by])}
}

// product pairs each item with each one of the other lists.
func product(c *call, a *Array) any {
	rows := []any{newArray()}
	extend := func(items []any) {
		var longer []any
		for _, row := range rows {
			for _, item := range items {
				c.m.spend(len(row.(*Array).items) + 1)
				longer = append(longer, &Array{append(slices.Clone(row.(*Array).items), item)})
			}
		}
		rows = longer
	}
	extend(a.items)
	for i := range c.args {
		extend(c.array(i).items)
	}
	return &Array{rows}
}

func concatenated(c *call, a *Array) any {
	for _, arg := range c.args {
		a.push(c.m.list(c.at, arg)...)
	}
	return a
}
