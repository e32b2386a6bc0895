package ruby

import (
	"bytes"
	"cmp"
	"fmt"
	"math/big"
	"strings"
)

// A value is one of: nil, bool, int64, *big.Int (beyond int64), float64, and
// the types below.

// String is text or bytes. It can be changed in place.
type String struct{ text string }

// Symbol is a name.
type Symbol string

// Array is a list. It can be changed in place.
type Array struct{ items []any }

// Range goes from first to last; nil is no bound.
type Range struct {
	first, last any
	exclusive   bool
}

// mainObject is the receiver of functions.
type mainObject struct{}

func newString(text string) *String { return &String{text} }

func newArray(items ...any) *Array { return &Array{items} }

// textArray makes an Array of Strings.
func textArray(texts []string) *Array {
	items := make([]any, len(texts))
	for i, text := range texts {
		items[i] = newString(text)
	}
	return &Array{items}
}

// truth of a value: all but nil and false.
func truth(v any) bool { return v != nil && v != false }

// list is what "*" makes of a value: the items of a list, none of nil, the
// value itself otherwise.
func (m *machine) list(at place, v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case *Array:
		m.spend(len(v.items))
		return append([]any{}, v.items...)
	case *Hash, *Range:
		var items []any
		m.each(at, v, func(item any) bool {
			items = append(items, item)
			return true
		})
		return items
	}
	return []any{v}
}

// equal is the operator "==".
func (m *machine) equal(a, b any) bool { return m.same(a, b, false) }

// same compares two values; strictly, 1 and 1.0 differ.
func (m *machine) same(a, b any, strict bool) bool {
	switch a := a.(type) {
	case int64, float64, *big.Int:
		return sameNumber(a, b, strict)
	case *String:
		b, ok := b.(*String)
		return ok && a.text == b.text
	case *Array:
		b, ok := b.(*Array)
		return ok && (a == b || m.sameItems(a.items, b.items, strict))
	case *Hash:
		b, ok := b.(*Hash)
		return ok && (a == b || a.same(m, b, strict))
	case *Range:
		b, ok := b.(*Range)
		return ok && a.exclusive == b.exclusive && m.same(a.first, b.first, strict) && m.same(a.last, b.last, strict)
	case *Regexp:
		b, ok := b.(*Regexp)
		return ok && a.source == b.source && a.flags == b.flags
	case Time, Date, DateTime:
		order, ok := m.compare(a, b)
		return ok && order == 0 && (!strict || className(a) == className(b))
	}
	return a == b
}

func sameNumber(a, b any, strict bool) bool {
	if !isNumber(b) {
		return false
	}
	_, aFloat := a.(float64)
	_, bFloat := b.(float64)
	if strict && aFloat != bFloat {
		return false
	}
	order, ok := compareNumbers(a, b)
	return ok && order == 0
}

func (m *machine) sameItems(a, b []any, strict bool) bool {
	if len(a) != len(b) {
		return false
	}
	m.enter()
	defer m.leave()
	for i := range a {
		m.spend(1)
		if !m.same(a[i], b[i], strict) {
			return false
		}
	}
	return true
}

// compare is the operator "<=>"; false when the values have no order.
func (m *machine) compare(a, b any) (order int, ok bool) {
	switch x := a.(type) {
	case int64, float64, *big.Int:
		return compareNumbers(a, b)
	case *String:
		if y, ok := b.(*String); ok {
			m.spendBytes(min(len(x.text), len(y.text)))
			return strings.Compare(x.text, y.text), true
		}
	case Symbol:
		if y, ok := b.(Symbol); ok {
			return strings.Compare(string(x), string(y)), true
		}
	case *Array:
		if y, ok := b.(*Array); ok {
			return m.compareItems(x.items, y.items)
		}
	case Time, Date, DateTime:
		x1, y1 := instant(a), instant(b)
		if x1 != nil && y1 != nil && isMoment(a) == isMoment(b) {
			return x1.Compare(*y1), true
		}
	case nil, bool:
		return 0, a == b
	}
	return 0, false
}

func isMoment(v any) bool {
	_, ok := v.(Time)
	return ok
}

func (m *machine) compareItems(a, b []any) (order int, ok bool) {
	m.enter()
	defer m.leave()
	for i := range min(len(a), len(b)) {
		m.spend(1)
		if order, ok = m.compare(a[i], b[i]); !ok || order != 0 {
			return order, ok
		}
	}
	return cmp.Compare(len(a), len(b)), true
}

// order is compare for values that must have an order.
func (m *machine) order(at place, a, b any) int {
	order, ok := m.compare(a, b)
	if !ok {
		other := className(b)
		switch b.(type) {
		case nil, bool, int64, float64:
			other = inspectScalar(b)
		}
		at.fail(argumentError, "comparison of %s with %s failed", className(a), other)
	}
	return order
}

// includes tells whether a value lies in the range.
func (r *Range) includes(m *machine, v any) bool {
	if r.first != nil {
		if order, ok := m.compare(r.first, v); !ok || order > 0 {
			return false
		}
	}
	if r.last != nil {
		order, ok := m.compare(v, r.last)
		return ok && (order < 0 || order == 0 && !r.exclusive)
	}
	return true
}

// matches is the operator "===": a class, a pattern, a range or a lambda
// accepts a value.
func (c *call) matches(condition, v any) bool {
	switch condition := condition.(type) {
	case module:
		return condition.includes(v)
	case *Regexp:
		text, ok := textOf(v)
		return ok && condition.match(c.m, text, 0) != nil
	case *Range:
		return condition.includes(c.m, v)
	case *closure:
		return truth(c.m.invoke(c.at, condition, []any{v}))
	}
	return c.m.equal(condition, v)
}

// textOf returns the text of a String or Symbol.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case *String:
		return v.text, true
	case Symbol:
		return string(v), true
	}
	return "", false
}

// key returns what identifies a value as a key of a Hash: equal keys give the
// same, 1 and 1.0 do not.
func (m *machine) key(v any) any {
	switch v := v.(type) {
	case *String:
		return v.text
	case *big.Int:
		return compositeKey("big " + v.String())
	case *Array, *Hash, *Range, *Regexp, Time, Date, DateTime:
		return compositeKey(className(v) + m.inspect(place{}, v))
	}
	return v
}

// compositeKey is the key of a value that is no Go map key by itself.
type compositeKey string

// text is to_s.
func (m *machine) text(at place, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case *String:
		return v.text
	case Symbol:
		return string(v)
	case *Range:
		dots := ".."
		if v.exclusive {
			dots = "..."
		}
		return m.text(at, v.first) + dots + m.text(at, v.last)
	case *Regexp:
		return v.text()
	case *MatchData:
		return v.text
	case Time:
		return v.text()
	case DateTime:
		return v.text()
	case Date:
		return v.text()
	}
	return m.inspect(at, v)
}

// inspect is the text that shows a value to programmers (spec/cli.md 6.3).
func (m *machine) inspect(at place, v any) string {
	var b bytes.Buffer
	m.appendInspected(&b, at, v)
	return b.String()
}

func (m *machine) appendInspected(b *bytes.Buffer, at place, v any) {
	m.enter()
	defer m.leave()
	switch v := v.(type) {
	case *String:
		m.spendBytes(len(v.text))
		b.WriteString(inspectText(v.text))
	case *Array:
		b.WriteByte('[')
		for i, item := range v.items {
			if i > 0 {
				b.WriteString(", ")
			}
			m.appendInspected(b, at, item)
		}
		b.WriteByte(']')
	case *Hash:
		b.WriteByte('{')
		for i, e := range v.all(m) {
			if i > 0 {
				b.WriteString(", ")
			}
			m.appendInspected(b, at, e.key)
			b.WriteString("=>")
			m.appendInspected(b, at, e.value)
		}
		b.WriteByte('}')
	case *Range:
		dots := ".."
		if v.exclusive {
			dots = "..."
		}
		if v.first != nil {
			m.appendInspected(b, at, v.first)
		}
		b.WriteString(dots)
		if v.last != nil {
			m.appendInspected(b, at, v.last)
		}
	case *big.Int:
		m.spendBytes(v.BitLen())
		b.WriteString(v.String())
	default:
		b.WriteString(inspectScalar(v))
	}
}

// inspectScalar is the inspected text of a value that contains no other.
func inspectScalar(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case Symbol:
		return inspectSymbol(v)
	case float64:
		return formatFloat(v)
	case *Regexp:
		return v.inspect()
	case *MatchData:
		return "#<MatchData " + inspectText(v.text) + ">"
	case Time:
		return v.inspect()
	case Date:
		return "#<Date: " + v.text() + ">"
	case DateTime:
		return "#<DateTime: " + v.text() + ">"
	case *closure:
		if v.isLambda() {
			return "#<Proc (lambda)>"
		}
		return "#<Proc>"
	case mainObject:
		return "main"
	case bool, int64, module:
		return fmt.Sprint(v)
	}
	return "#<" + className(v) + ">"
}
