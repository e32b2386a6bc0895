package ruby

import (
	"fmt"
	"math/big"
)

// call is a method call under way.
type call struct {
	m    *machine
	at   place
	name string
	self any
	args []any
	// block is nil when there is none.
	block *closure
}

// describe names a value in messages, as Ruby does: nil, true, Integer.
func describe(v any) string {
	switch v.(type) {
	case nil, bool:
		return inspectScalar(v)
	}
	return className(v)
}

// send calls a method.
func (m *machine) send(at place, self any, name string, args []any, block *closure) any {
	found, ok := m.world.library().find(self, name)
	if !ok {
		m.noMethod(at, self, name)
	}
	m.spend(1)
	checkCount(at, len(args), found.least, found.most)
	return found.run(&call{m: m, at: at, name: name, self: self, args: args, block: block})
}

func (m *machine) noMethod(at place, self any, name string) {
	switch self := self.(type) {
	case mainObject:
		at.fail(noMethodError, "undefined method '%s' for main:Object", name)
	case module:
		if m.world.library().modules[string(self)] != nil && !self.isValueClass() {
			at.unsupported(string(self) + "." + name)
		}
		at.fail(noMethodError, "undefined method '%s' for class %s", name, self)
	case nil, bool:
		at.fail(noMethodError, "undefined method '%s' for %s", name, inspectScalar(self))
	}
	at.fail(noMethodError, "undefined method '%s' for an instance of %s", name, className(self))
}

func (m *machine) responds(v any, name string) bool {
	_, ok := m.world.library().find(v, name)
	return ok
}

// isFunction tells whether a method can be called without a receiver.
func (m *machine) isFunction(name string) bool { return m.responds(mainObject{}, name) }

// checkCount refuses a wrong number of arguments.
func checkCount(at place, given, least, most int) {
	if given >= least && (most < 0 || given <= most) {
		return
	}
	expected := fmt.Sprint(least)
	switch {
	case most < 0:
		expected += "+"
	case most != least:
		expected += fmt.Sprintf("..%d", most)
	}
	at.fail(argumentError, "wrong number of arguments (given %d, expected %s)", given, expected)
}

func (c *call) fail(kind, format string, args ...any) { c.at.fail(kind, format, args...) }

// send calls a method of another value on behalf of this call.
func (c *call) send(self any, name string, args ...any) any {
	return c.m.send(c.at, self, name, args, nil)
}

// yield calls the block with arguments.
func (c *call) yield(args ...any) any {
	if c.block == nil {
		c.fail("LocalJumpError", "no block given (%s)", c.name)
	}
	c.m.spend(1)
	return c.m.invoke(c.at, c.block, args)
}

// holds tells whether the block's result for an item is true.
func (c *call) holds(item any) bool { return truth(c.yield(item)) }

// arg returns an argument, nil when it is not given.
func (c *call) arg(i int) any {
	if i < len(c.args) {
		return c.args[i]
	}
	return nil
}

// str returns an argument that must be a String; Symbols are taken too.
func (c *call) str(i int) string {
	switch v := c.args[i].(type) {
	case *String:
		return v.text
	case Symbol:
		return string(v)
	}
	c.fail(typeError, "no implicit conversion of %s into String", describe(c.args[i]))
	return ""
}

// int returns an argument that must be a number, as an index or a count;
// otherwise when it is not given.
func (c *call) int(i, otherwise int) int {
	if i >= len(c.args) {
		return otherwise
	}
	return c.index(c.args[i])
}

// index converts a number to an index or a count.
func (c *call) index(v any) int {
	switch v := v.(type) {
	case int64:
		if int64(int(v)) == v {
			return int(v)
		}
	case float64:
		if v > -maxExactFloat && v < maxExactFloat {
			return int(v)
		}
	case *big.Int:
	default:
		c.fail(typeError, "no implicit conversion of %s into Integer", describe(v))
	}
	c.fail(rangeError, "%s is out of range", c.m.inspect(c.at, v))
	return 0
}

// options takes the Hash of options off the arguments, if there is one after
// the given number of others.
func (c *call) options(others int) *Hash {
	if len(c.args) <= others {
		return newHash()
	}
	h, ok := c.args[len(c.args)-1].(*Hash)
	if !ok {
		return newHash()
	}
	c.args = c.args[:len(c.args)-1]
	return h
}
