package output

import (
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// field is a named value of a flattened object. The value is null, a boolean,
// a number, a string or the empty array; without flat_hash, any value.
type field struct {
	name  string
	value any
}

// flattener turns objects into fields (spec/cli.md 6.3).
type flattener struct {
	separator string // between the items of a list of strings
}

// object appends the fields of an object. The prefix goes before its keys: ""
// at the top, else the name of the object and a dot.
func (f flattener) object(fields []field, prefix string, o *record.Object) []field {
	for key, v := range o.All() {
		fields = f.value(fields, prefix+key, v)
	}
	return fields
}

func (f flattener) value(fields []field, name string, v any) []field {
	switch v := v.(type) {
	case *record.Object:
		return f.object(fields, name+".", v)
	case []any:
		return f.array(fields, name, v)
	}
	return append(fields, field{name, v})
}

func (f flattener) array(fields []field, name string, items []any) []field {
	switch shapeOf(items) {
	case emptyArray:
		return append(fields, field{name, items})
	case stringArray:
		return append(fields, field{name, joinItems(items, f.separator)})
	case namedArray:
		names := make([]any, len(items))
		for i, item := range items {
			names[i], _ = item.(*record.Object).Get("name")
		}
		return append(fields, field{name, joinItems(names, ", ")})
	case pairArray:
		for _, item := range items {
			pair := item.(*record.Object)
			key, _ := pair.Get("name")
			v, _ := pair.Get("value")
			fields = f.value(fields, name+"."+inspect.Plain(key), v)
		}
		return fields
	}
	for i, item := range items {
		fields = f.value(fields, name+"."+strconv.Itoa(i), item)
	}
	return fields
}

// shape is what all items of an array have in common.
type shape int

const (
	mixedArray  shape = iota
	emptyArray        // no items
	stringArray       // strings
	namedArray        // objects having exactly key name
	pairArray         // objects having exactly keys name and value
)

func shapeOf(items []any) shape {
	if len(items) == 0 {
		return emptyArray
	}
	first := itemShape(items[0])
	for _, item := range items[1:] {
		if first == mixedArray || itemShape(item) != first {
			return mixedArray
		}
	}
	return first
}

// itemShape is the shape of an array of such items.
func itemShape(item any) shape {
	switch item := item.(type) {
	case string:
		return stringArray
	case *record.Object:
		switch {
		case !item.Has("name"):
		case item.Len() == 1:
			return namedArray
		case item.Len() == 2 && item.Has("value"):
			return pairArray
		}
	}
	return mixedArray
}

func joinItems(items []any, separator string) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = inspect.Plain(item)
	}
	return strings.Join(texts, separator)
}

// scalarText is a value as text: strings as they are, "null" for null,
// inspected text for containers.
func scalarText(v any) string {
	if v == nil {
		return "null"
	}
	return inspect.Plain(v)
}
