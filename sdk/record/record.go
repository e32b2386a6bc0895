// Package record holds JSON values as ascli moves them: objects keep the order
// of their keys, numbers keep their digits (64-bit identifiers and 1.50 alike).
//
// A value is one of nil, bool, [json.Number], string, []any and [*Object],
// nested at will. Nothing else may stand inside a record.
package record

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
)

// Object is a JSON object whose keys keep the order in which they were first
// set. The zero value is empty; a nil one reads as empty too.
type Object struct {
	members []member
	// index holds the position of each key once there are more than fewMembers.
	index map[string]int
}

type member struct {
	key   string
	value any
}

// fewMembers are searched faster one by one than in a map, which most records
// would have to pay for.
const fewMembers = 16

// New returns an object holding the given key, value pairs in that order. A key
// that is no string gives its text, a last key without value null.
func New(pairs ...any) *Object {
	o := &Object{members: make([]member, 0, (len(pairs)+1)/2)}
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			key = fmt.Sprint(pairs[i])
		}
		var value any
		if i+1 < len(pairs) {
			value = pairs[i+1]
		}
		o.Set(key, value)
	}
	return o
}

// ofMembers returns an object of its own memory. Of duplicate keys the last value wins.
func ofMembers(members []member) *Object {
	o := &Object{members: make([]member, 0, len(members))}
	for _, m := range members {
		o.put(m)
	}
	return o
}

// find returns the position of a key, -1 when it is absent.
func (o *Object) find(key string) int {
	if o == nil {
		return -1
	}
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range o.members {
		if o.members[i].key == key {
			return i
		}
	}
	return -1
}

func (o *Object) put(m member) {
	if i := o.find(m.key); i >= 0 {
		o.members[i].value = m.value
		return
	}
	o.members = append(o.members, m)
	switch {
	case o.index != nil:
		o.index[m.key] = len(o.members) - 1
	case len(o.members) > fewMembers:
		o.reindex()
	}
}

// reindex makes the index anew after positions have changed.
func (o *Object) reindex() {
	o.index = nil
	if len(o.members) <= fewMembers {
		return
	}
	o.index = make(map[string]int, len(o.members))
	for i, m := range o.members {
		o.index[m.key] = i
	}
}

// deleteFunc removes the members for which drop is true.
func (o *Object) deleteFunc(drop func(member) bool) {
	before := len(o.members)
	o.members = slices.DeleteFunc(o.members, drop)
	if len(o.members) != before {
		o.reindex()
	}
}

// Pick returns an object with the members whose keys are wanted.
func (o *Object) Pick(wanted func(key string) bool) *Object {
	picked := &Object{}
	for _, m := range o.list() {
		if wanted(m.key) {
			picked.put(m)
		}
	}
	return picked
}

// Len returns the number of keys.
func (o *Object) Len() int { return len(o.list()) }

// list makes a nil object readable as an empty one, like a nil map.
func (o *Object) list() []member {
	if o == nil {
		return nil
	}
	return o.members
}

// Keys returns the keys in order. The slice is the caller's to keep.
func (o *Object) Keys() []string {
	keys := make([]string, o.Len())
	for i, m := range o.list() {
		keys[i] = m.key
	}
	return keys
}

// All yields the keys and values in order. The object must not be changed meanwhile.
func (o *Object) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, m := range o.list() {
			if !yield(m.key, m.value) {
				return
			}
		}
	}
}

// Get returns the value of a key and whether the key exists.
func (o *Object) Get(key string) (any, bool) {
	if i := o.find(key); i >= 0 {
		return o.members[i].value, true
	}
	return nil, false
}

// Has tells whether the key exists, null values included.
func (o *Object) Has(key string) bool { return o.find(key) >= 0 }

// Set stores a value. A new key goes last, a known one keeps its place.
// Go integers and plain slices and maps are converted to what a record holds.
func (o *Object) Set(key string, value any) { o.put(member{key, Of(value)}) }

// Delete removes a key if it is there.
func (o *Object) Delete(key string) {
	o.deleteFunc(func(m member) bool { return m.key == key })
}

// value returns the value of a key, nil when it is absent.
func (o *Object) value(key string) any {
	v, _ := o.Get(key)
	return v
}

// Text returns the string at key, or "" when it is absent or not a string.
func (o *Object) Text(key string) string {
	s, _ := o.value(key).(string)
	return s
}

// Int returns the whole number at key, or 0 and false.
func (o *Object) Int(key string) (int64, bool) {
	n, ok := o.value(key).(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

// Bool returns the boolean at key, or false when it is absent or no boolean.
func (o *Object) Bool(key string) bool {
	b, _ := o.value(key).(bool)
	return b
}

// Object returns the object at key, or nil when it is absent or not an object.
func (o *Object) Object(key string) *Object {
	c, _ := o.value(key).(*Object)
	return c
}

// List returns the array at key, or nil when it is absent or not an array.
func (o *Object) List(key string) []any {
	l, _ := o.value(key).([]any)
	return l
}

// At follows keys through nested objects and returns what stands at the end.
func (o *Object) At(path ...string) (any, bool) {
	var v any = o
	for _, k := range path {
		c, ok := v.(*Object)
		if !ok || c == nil {
			return nil, false
		}
		if v, ok = c.Get(k); !ok {
			return nil, false
		}
	}
	return v, true
}

// Clone returns a deep copy.
func (o *Object) Clone() *Object { return Clone(o).(*Object) }

// Clone returns a deep copy of a value.
func Clone(v any) any {
	switch v := v.(type) {
	case *Object:
		c := &Object{members: slices.Clone(v.members), index: maps.Clone(v.index)}
		for i := range c.members {
			c.members[i].value = Clone(c.members[i].value)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, x := range v {
			c[i] = Clone(x)
		}
		return c
	}
	return v
}

// Merge lays over onto base, deeply: objects on both sides are merged, any
// other value of over replaces that of base (spec/cli.md 1.7). base is changed
// and returned; over is copied.
func Merge(base, over *Object) *Object {
	for k, v := range over.All() {
		below, sub := base.Object(k), (*Object)(nil)
		if o, ok := v.(*Object); ok {
			sub = o
		}
		if below != nil && sub != nil {
			Merge(below, sub)
			continue
		}
		base.Set(k, Clone(v))
	}
	return base
}

// DropNulls removes the keys whose value is null, at any depth, and returns o.
func DropNulls(o *Object) *Object {
	o.deleteFunc(func(m member) bool { return m.value == nil })
	for _, m := range o.members {
		if inner, ok := m.value.(*Object); ok {
			DropNulls(inner)
		}
	}
	return o
}

// Of turns a Go value into what a record holds: integers and floats into
// [json.Number], []string into []any. Values of a record pass as they are.
// Any other value gives what encoding/json makes of it, or its text when that
// is nothing: a slip of a plugin's author is not the end of the plugin.
func Of(v any) any {
	switch v := v.(type) {
	case nil, bool, string, json.Number:
		return v
	case *Object:
		if v == nil {
			return nil
		}
		return v
	case []any:
		for i := range v {
			v[i] = Of(v[i])
		}
		return v
	case []*Object:
		l := make([]any, len(v))
		for i := range v {
			l[i] = v[i]
		}
		return l
	case []string:
		l := make([]any, len(v))
		for i := range v {
			l[i] = v[i]
		}
		return l
	case int:
		return json.Number(strconv.Itoa(v))
	case int64:
		return json.Number(strconv.FormatInt(v, 10))
	}
	if text, err := json.Marshal(v); err == nil {
		if parsed, err := Parse(text); err == nil {
			return parsed
		}
	}
	return fmt.Sprint(v)
}

// TypeName names the type of a value as the original does in its messages:
// Hash, Array, String, Integer, Float, TrueClass, FalseClass, NilClass.
func TypeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "NilClass"
	case bool:
		if v {
			return "TrueClass"
		}
		return "FalseClass"
	case json.Number:
		if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil || isDigits(v.String()) {
			return "Integer"
		}
		return "Float"
	case string:
		return "String"
	case []any:
		return "Array"
	case *Object:
		return "Hash"
	}
	return fmt.Sprintf("%T", v)
}

func isDigits(s string) bool {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
