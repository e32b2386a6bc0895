package ruby

import (
	"math"
	"slices"
	"strings"
)

// writer writes values as expressions.
type writer struct {
	*machine
	// under lists the blocks that are being written, outermost first.
	under []*closure
}

// proc writes a block. The variables that it uses become the parameters of a
// lambda around it, which shadow whatever has their names elsewhere:
//
//	->(x){->(a){a+x}}.call(3)
//
// A block that is the value of its own variable is given that variable anew.
func (w *writer) proc(c *closure) string {
	if c.literal == nil {
		if c.text == "" {
			place{}.fail(typeError, "a Proc made by curry or composition has no source text")
		}
		return c.text
	}
	w.under = append(w.under, c)
	defer func() { w.under = w.under[:len(w.under)-1] }()
	w.enter()
	defer w.leave()
	text := c.sourceText()
	w.spendBytes(len(text))
	if len(c.literal.scope.captures) == 0 {
		return text
	}
	var names, values []string
	recursion := ""
	for _, capture := range c.literal.scope.captures {
		variable := &localVariable{depth: capture.depth, slot: capture.slot}
		value := variable.eval(w.machine, c.frame)
		if value == any(c) {
			recursion, value = capture.name+"=", nil
		}
		names = append(names, capture.name)
		values = append(values, w.value(c.literal.at, value, capture.name))
	}
	return "->(" + strings.Join(names, ",") + "){" + recursion + text + "}.call(" + strings.Join(values, ",") + ")"
}

// sourceText is the text of the block, with the function that made a proc of it.
func (c *closure) sourceText() string {
	n := c.literal
	text := (*n.at.source)[n.from:n.to]
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "do") {
		return "proc" + text
	}
	return text
}

// value writes the value of a captured variable.
func (w *writer) value(at place, v any, name string) string {
	w.enter()
	defer w.leave()
	switch v := v.(type) {
	case *closure:
		if slices.Contains(w.under, v) {
			at.fail(typeError, "the variable %s cannot be written as source text: Procs that use each other", name)
		}
		return w.proc(v)
	case *Array:
		items := make([]string, len(v.items))
		for i, item := range v.items {
			items[i] = w.value(at, item, name)
		}
		return "[" + strings.Join(items, ",") + "]"
	case *Hash:
		pairs := make([]string, 0, v.size())
		for _, e := range v.all(w.machine) {
			pairs = append(pairs, w.value(at, e.key, name)+"=>"+w.value(at, e.value, name))
		}
		return "{" + strings.Join(pairs, ",") + "}"
	case float64:
		return writeFloat(v)
	case Time, Date, DateTime, *MatchData, environment, inputStream, outputStream, logger, mainObject:
		at.fail(typeError, "the variable %s, of class %s, cannot be written as source text", name, className(v))
	case *Range:
		return "(" + w.inspect(at, v) + ")"
	case *Regexp:
		return v.literal()
	}
	return w.inspect(at, v)
}

func writeFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "(0.0/0)"
	case math.IsInf(f, 1):
		return "Float::INFINITY"
	case math.IsInf(f, -1):
		return "-Float::INFINITY"
	}
	return formatFloat(f)
}
