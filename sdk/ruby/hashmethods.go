package ruby

type hashTable = map[string]typed[*Hash]

func hashAccess() hashTable {
	get := func(c *call, h *Hash) any {
		value, _ := h.get(c.m, c.args[0])
		return value
	}
	set := func(c *call, h *Hash) any {
		h.set(c.m, c.args[0], c.args[1])
		return c.args[1]
	}
	has := func(c *call, h *Hash) any {
		_, ok := h.get(c.m, c.args[0])
		return ok
	}
	hasValue := func(c *call, h *Hash) any {
		_, ok := c.keyOf(h)
		return ok
	}
	length := func(_ *call, h *Hash) any { return int64(h.size()) }
	eachPair := func(c *call, h *Hash) any {
		c.visit(func(item any) bool {
			c.yield(item)
			return true
		})
		return h
	}
	return hashTable{
		"[]": {1, 1, get}, "[]=": {2, 2, set}, "store": {2, 2, set},
		"key?": {1, 1, has}, "has_key?": {1, 1, has}, "include?": {1, 1, has}, "member?": {1, 1, has},
		"value?": {1, 1, hasValue}, "has_value?": {1, 1, hasValue},
		"key": {1, 1, func(c *call, h *Hash) any {
			key, _ := c.keyOf(h)
			return key
		}},
		"length": {0, 0, length}, "size": {0, 0, length},
		"empty?":    {0, 0, func(_ *call, h *Hash) any { return h.size() == 0 }},
		"dig":       {1, -1, func(c *call, h *Hash) any { return c.dig(get(c, h)) }},
		"fetch":     {1, 2, fetchValue},
		"keys":      {0, 0, func(c *call, h *Hash) any { return keysOf(c, h) }},
		"values":    {0, 0, func(c *call, h *Hash) any { return valuesOf(c, h) }},
		"values_at": {0, -1, valuesAt},
		"delete": {1, 1, func(c *call, h *Hash) any {
			value, _ := h.delete(c.m, c.args[0])
			return value
		}},
		"each_pair":  {0, 0, eachPair},
		"each_key":   {0, 0, func(c *call, h *Hash) any { return c.yieldItems(keysOf(c, h).items, h, false) }},
		"each_value": {0, 0, func(c *call, h *Hash) any { return c.yieldItems(valuesOf(c, h).items, h, false) }},
		"clear": {0, 0, func(_ *call, h *Hash) any {
			*h = *newHash()
			return h
		}},
	}
}

// keyOf returns the first key whose value is the argument.
func (c *call) keyOf(h *Hash) (key any, ok bool) {
	for _, e := range h.all(c.m) {
		c.m.spend(1)
		if c.m.equal(e.value, c.args[0]) {
			return e.key, true
		}
	}
	return nil, false
}

func keysOf(c *call, h *Hash) *Array {
	return h.list(c.m, func(e entry) any { return e.key })
}

func valuesOf(c *call, h *Hash) *Array {
	return h.list(c.m, func(e entry) any { return e.value })
}

// list makes an Array of a part of each entry.
func (h *Hash) list(m *machine, part func(e entry) any) *Array {
	m.spend(h.size())
	list := &Array{make([]any, 0, h.size())}
	for _, e := range h.all(m) {
		list.push(part(e))
	}
	return list
}

// rebuild makes a Hash of what a function does with each entry.
func (c *call) rebuild(h *Hash, add func(result *Hash, e entry)) *Hash {
	result := newHash()
	c.visit(func(item any) bool {
		pair := item.(*Array).items
		add(result, entry{key: pair[0], value: pair[1]})
		return true
	})
	return result
}

// keepEntries makes a Hash of the entries for which a function is true.
func (c *call) keepEntries(h *Hash, wanted func(e entry) bool) *Hash {
	return c.rebuild(h, func(result *Hash, e entry) {
		if wanted(e) {
			result.set(c.m, e.key, e.value)
		}
	})
}

func hashTransforms() hashTable {
	accepted := func(c *call) func(e entry) bool {
		return func(e entry) bool { return truth(c.yield(e.key, e.value)) }
	}
	selected := func(c *call, h *Hash) any { return c.keepEntries(h, accepted(c)) }
	rejected := func(c *call, h *Hash) any {
		return c.keepEntries(h, func(e entry) bool { return !accepted(c)(e) })
	}
	among := func(c *call) func(e entry) bool {
		return func(e entry) bool {
			for _, key := range c.args {
				c.m.spend(1)
				if c.m.same(key, e.key, true) {
					return true
				}
			}
			return false
		}
	}
	table := hashTable{
		"select": {0, 0, selected}, "filter": {0, 0, selected}, "reject": {0, 0, rejected},
		"slice": {0, -1, sliced},
		"except": {0, -1, func(c *call, h *Hash) any {
			return c.keepEntries(h, func(e entry) bool { return !among(c)(e) })
		}},
		"compact": {0, 0, func(c *call, h *Hash) any {
			return c.keepEntries(h, func(e entry) bool { return e.value != nil })
		}},
		"invert": {0, 0, func(c *call, h *Hash) any {
			return c.rebuild(h, func(result *Hash, e entry) { result.set(c.m, e.value, e.key) })
		}},
		"transform_values": {0, 0, func(c *call, h *Hash) any {
			return c.rebuild(h, func(result *Hash, e entry) { result.set(c.m, e.key, c.yield(e.value)) })
		}},
		"transform_keys": {0, 1, transformKeys},
		"merge":          {0, -1, func(c *call, h *Hash) any { return c.merged(h.copy(c.m)) }},
		"to_h": {0, 0, func(c *call, h *Hash) any {
			if c.block == nil {
				return h
			}
			return toHash(c, h)
		}},
		"update": {0, -1, func(c *call, h *Hash) any { return c.merged(h) }},
		"any?":   {0, 1, anyEntry},
	}
	for _, name := range []string{"select", "filter", "reject", "compact", "transform_values", "transform_keys", "merge"} {
		m := table[name]
		table[name+"!"] = typed[*Hash]{m.least, m.most, func(c *call, h *Hash) any {
			*h = *m.run(c, h).(*Hash)
			return h
		}}
	}
	return table
}

// transformKeys renames keys by a Hash of names, or by the block.
func transformKeys(c *call, h *Hash) any {
	names, hasNames := c.arg(0).(*Hash)
	return c.rebuild(h, func(result *Hash, e entry) {
		key := e.key
		if hasNames {
			if name, ok := names.get(c.m, key); ok {
				result.set(c.m, name, e.value)
				return
			}
		}
		if c.block != nil {
			key = c.yield(key)
		}
		result.set(c.m, key, e.value)
	})
}

// merged sets the keys of the arguments; the block decides about those that
// are on both sides.
func (c *call) merged(h *Hash) any {
	for _, arg := range c.args {
		other, ok := arg.(*Hash)
		if !ok {
			c.fail(typeError, "no implicit conversion of %s into Hash", describe(arg))
		}
		for _, e := range other.all(c.m) {
			value := e.value
			if old, both := h.get(c.m, e.key); both && c.block != nil {
				value = c.yield(e.key, old, value)
			}
			h.set(c.m, e.key, value)
		}
	}
	return h
}

func fetchValue(c *call, h *Hash) any {
	if value, ok := h.get(c.m, c.args[0]); ok {
		return value
	}
	return c.missing(func() { c.fail(keyError, "key not found: %s", c.m.inspect(c.at, c.args[0])) })
}

func valuesAt(c *call, h *Hash) any {
	list := &Array{}
	for _, key := range c.args {
		value, _ := h.get(c.m, key)
		list.push(value)
	}
	return list
}

func sliced(c *call, h *Hash) any {
	result := newHash()
	for _, key := range c.args {
		if value, ok := h.get(c.m, key); ok {
			result.set(c.m, key, value)
		}
	}
	return result
}

func anyEntry(c *call, h *Hash) any {
	if c.block == nil && len(c.args) == 0 {
		return h.size() > 0
	}
	_, _, ok := c.first(c.condition)
	return ok
}
