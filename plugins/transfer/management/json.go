package management

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Values of boolean fields.
const (
	yes = "Yes"
	no  = "No"
)

// index finds known fields: by their name, for events, and by the name without
// case and "_", for commands.
type index struct {
	events   map[string]jsonField
	commands map[string]knownField
}

type jsonField struct {
	name string
	kind fieldType
}

var known = sync.OnceValue(func() index {
	i := index{events: map[string]jsonField{}, commands: map[string]knownField{}}
	for _, f := range fields {
		i.events[f.name] = jsonField{snakeCase(f.name), f.kind}
		i.commands[fold(f.name)] = f
	}
	return i
})

// fold makes MinRate, min_rate and minrate one name.
func fold(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

var (
	wordStart   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`([a-z0-9])([A-Z])`) })
	acronymRear = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`([A-Z])([A-Z][a-z])`) })
)

// snakeCase is the name of a field in JSON (spec/management.md 3).
func snakeCase(name string) string {
	switch name {
	case "Elapsedusec":
		return "elapsed_usec"
	case "Bytescont":
		return "bytes_cont"
	}
	name = wordStart().ReplaceAllString(name, "${1}_${2}")
	return strings.ToLower(acronymRear().ReplaceAllString(name, "${1}_${2}"))
}

// JSON returns the JSON form of an event (spec/management.md 3): names in snake
// case, numbers and booleans as such, paths as they are on disk.
func (m Message) JSON() *record.Object {
	o := record.New()
	for _, f := range m {
		field, ok := known().events[f.Name]
		if !ok {
			field = jsonField{name: snakeCase(f.Name)}
		}
		o.Set(field.name, jsonValue(f, field.kind))
	}
	return o
}

func jsonValue(f Field, kind fieldType) any {
	switch {
	case kind == integer:
		return json.Number(leadingInteger(f.Value))
	case kind == boolean:
		return f.Value == yes
	case isPath(f.Name):
		return unescape(f.Value)
	}
	return f.Value
}

// leadingInteger returns the number that a text begins with, 0 when there is none.
func leadingInteger(text string) string {
	digits := strings.TrimPrefix(text, "-")
	end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		digits = digits[:end]
	}
	digits = strings.TrimLeft(digits, "0")
	switch {
	case digits == "":
		return "0"
	case strings.HasPrefix(text, "-"):
		return "-" + digits
	}
	return digits
}

// Command returns the message that a user gives as JSON object: a key is the name
// of a known field in snake case, or in any case. The fields keep the order of
// the keys.
func Command(o *record.Object) (Message, error) {
	var m Message
	for key, v := range o.All() {
		field, ok := known().commands[fold(key)]
		if !ok {
			return nil, failure.Argumentf("No such field: %s", key)
		}
		text, err := commandText(key, v, field)
		if err != nil {
			return nil, err
		}
		m = append(m, Field{Name: field.name, Value: text})
	}
	if m.Type() == "" {
		return nil, failure.Argumentf("a command has a field type, such as RATE, START, DONE or CANCEL")
	}
	return m, nil
}

func commandText(key string, v any, field knownField) (string, error) {
	value := ""
	switch v := v.(type) {
	case nil:
	case string:
		value = v
	case json.Number:
		value = v.String()
	case bool:
		value = no
		if v {
			value = yes
		}
	default:
		return "", failure.Argumentf("field %s: expecting a text, a number or a boolean, got %s", key, record.TypeName(v))
	}
	if isPath(field.name) {
		return escape(value), nil
	}
	if strings.ContainsAny(value, "\r\n") {
		return "", failure.Argumentf("field %s: the value cannot have a line break", key)
	}
	return value, nil
}
