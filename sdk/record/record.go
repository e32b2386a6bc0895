// Package record holds JSON values as ascli moves them: objects keep the order
// of their keys, numbers keep their digits (64-bit identifiers and 1.50 alike).
//
// A value is one of nil, bool, [json.Number], string, []any and [*Object],
// nested at will. Nothing else may stand inside a record.
package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// Object is a JSON object whose keys keep the order in which they were first
// set. The zero value is not usable; call [New].
type Object struct {
	keys   []string
	values map[string]any
}

// New returns an object holding the given key, value pairs in that order.
// It panics when the list is odd or a key is not a string: both are slips of
// the calling code, never of data.
func New(pairs ...any) *Object {
	o := &Object{values: make(map[string]any, len(pairs)/2)}
	for i := 0; i < len(pairs); i += 2 {
		o.Set(pairs[i].(string), pairs[i+1])
	}
	return o
}

// Len returns the number of keys.
func (o *Object) Len() int { return len(o.keys) }

// Keys returns the keys in order. The slice is the caller's to keep.
func (o *Object) Keys() []string { return append([]string(nil), o.keys...) }

// All yields the keys and values in order. The object must not be changed meanwhile.
func (o *Object) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, k := range o.keys {
			if !yield(k, o.values[k]) {
				return
			}
		}
	}
}

// Get returns the value of a key and whether the key exists.
func (o *Object) Get(key string) (any, bool) {
	v, ok := o.values[key]
	return v, ok
}

// Has tells whether the key exists, null values included.
func (o *Object) Has(key string) bool {
	_, ok := o.values[key]
	return ok
}

// Set stores a value. A new key goes last, a known one keeps its place.
// Go integers and plain slices and maps are converted to what a record holds.
func (o *Object) Set(key string, value any) {
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = Of(value)
}

// Delete removes a key if it is there.
func (o *Object) Delete(key string) {
	if _, ok := o.values[key]; !ok {
		return
	}
	delete(o.values, key)
	for i, k := range o.keys {
		if k == key {
			o.keys = append(o.keys[:i], o.keys[i+1:]...)
			return
		}
	}
}

// Text returns the string at key, or "" when it is absent or not a string.
func (o *Object) Text(key string) string {
	s, _ := o.values[key].(string)
	return s
}

// Int returns the whole number at key, or 0 and false.
func (o *Object) Int(key string) (int64, bool) {
	n, ok := o.values[key].(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

// Bool returns the boolean at key, or false when it is absent or no boolean.
func (o *Object) Bool(key string) bool {
	b, _ := o.values[key].(bool)
	return b
}

// Object returns the object at key, or nil when it is absent or not an object.
func (o *Object) Object(key string) *Object {
	c, _ := o.values[key].(*Object)
	return c
}

// List returns the array at key, or nil when it is absent or not an array.
func (o *Object) List(key string) []any {
	l, _ := o.values[key].([]any)
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
		if v, ok = c.values[k]; !ok {
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
		c := &Object{keys: append([]string(nil), v.keys...), values: make(map[string]any, len(v.values))}
		for k, x := range v.values {
			c.values[k] = Clone(x)
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
	for _, k := range o.Keys() {
		switch v := o.values[k].(type) {
		case nil:
			o.Delete(k)
		case *Object:
			DropNulls(v)
		}
	}
	return o
}

// Of turns a Go value into what a record holds: integers and floats into
// [json.Number], []string into []any. Values of a record pass as they are.
// It panics on any other type, which is a slip of the calling code.
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
	case uint64:
		return json.Number(strconv.FormatUint(v, 10))
	case float64:
		return json.Number(strconv.FormatFloat(v, 'g', -1, 64))
	}
	panic(fmt.Sprintf("record: %T cannot stand in a record", v))
}

// Parse reads one JSON value. Text after it is an error. Of duplicate keys the
// last value wins (spec/cli.md 4.2).
func Parse(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := parseValue(d, 0)
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("unexpected text after the JSON value, at byte %d", d.InputOffset())
	}
	return v, nil
}

// ParseObject reads one JSON object; any other JSON value is an error.
func ParseObject(data []byte) (*Object, error) {
	v, err := Parse(data)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*Object)
	if !ok {
		return nil, fmt.Errorf("expecting a JSON object, got %s", TypeName(v))
	}
	return o, nil
}

// maxDepth bounds nesting, so that hostile input cannot exhaust the stack.
const maxDepth = 1000

func parseValue(d *json.Decoder, depth int) (any, error) {
	tok, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := tok.(json.Delim)
	if !ok {
		return tok, nil
	}
	if depth >= maxDepth {
		return nil, fmt.Errorf("JSON nested deeper than %d levels", maxDepth)
	}
	if delim == '[' {
		return parseArray(d, depth)
	}
	o := New()
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		o.Set(key.(string), v)
	}
	_, err = d.Token()
	return o, err
}

func parseArray(d *json.Decoder, depth int) (any, error) {
	list := []any{}
	for d.More() {
		v, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
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
