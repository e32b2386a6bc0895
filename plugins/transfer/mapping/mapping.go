// Package mapping tells ascp the values of a transfer spec, and async those of a
// session: as arguments, or in the environment when they are secret
// (spec/transfer.md 6.2).
package mapping

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Command is the part of a command line that comes from named values.
type Command struct {
	// Args are in the order of the fields.
	Args []string
	// Env holds NAME=value, secrets among them.
	Env []string
	// Warnings name the fields that nothing knows.
	Warnings []string
}

// Ascp checks each field of a transfer spec and maps it. A null value is like
// an absent field.
func Ascp(spec *record.Object) (Command, error) {
	var fields []transfer.Field
	for _, name := range transfer.AscpOrder() {
		field, _ := transfer.LookupField(name)
		fields = append(fields, field)
	}
	return mapped(spec, fields, transfer.LookupField)
}

// Map checks and maps values by the fields that they may have, in the order of
// the fields.
func Map(values *record.Object, fields []transfer.Field) (Command, error) {
	return mapped(values, fields, func(name string) (transfer.Field, bool) {
		at := slices.IndexFunc(fields, func(f transfer.Field) bool { return f.Name == name })
		if at < 0 {
			return transfer.Field{}, false
		}
		return fields[at], true
	})
}

func mapped(values *record.Object, fields []transfer.Field, lookup func(string) (transfer.Field, bool)) (Command, error) {
	var c Command
	for name, value := range values.All() {
		field, known := lookup(name)
		if !known {
			c.Warnings = append(c.Warnings, "unrecognized parameter: "+name+" = "+display(name, value))
			continue
		}
		if err := check(field, value); err != nil {
			return Command{}, err
		}
	}
	for _, field := range fields {
		value, _ := values.Get(field.Name)
		if value == nil {
			if field.Required {
				return Command{}, failure.Argumentf("Missing mandatory parameter: %s", field.Name)
			}
			continue
		}
		if err := c.add(field, value); err != nil {
			return Command{}, err
		}
	}
	return c, nil
}

func check(field transfer.Field, value any) error {
	if value == nil {
		return nil
	}
	if !slices.Contains(field.Types, typeOf(value)) {
		names := make([]string, len(field.Types))
		for i, t := range field.Types {
			names[i] = ":" + string(t)
		}
		return failure.Argumentf("%s is : %s (%s), shall be [%s], ",
			field.Name, record.TypeName(value), plain(field, value), strings.Join(names, ", "))
	}
	if s, ok := value.(string); ok && len(field.Values) > 0 && !slices.Contains(field.Values, s) {
		return failure.Argumentf("Enum value %s is not allowed for %s", s, field.Name)
	}
	return nil
}

func typeOf(value any) transfer.Type {
	switch v := value.(type) {
	case string:
		return transfer.TypeString
	case bool:
		return transfer.TypeBool
	case []any:
		return transfer.TypeArray
	case *record.Object:
		return transfer.TypeObject
	case json.Number:
		if record.TypeName(v) == "Integer" {
			return transfer.TypeInt
		}
	}
	return ""
}

func (c *Command) add(field transfer.Field, value any) error {
	m := field.Ascp
	if m.Switch {
		if value == true {
			c.Args = append(c.Args, m.Option)
		}
		return nil
	}
	values, ok := value.([]any)
	if !ok {
		values = []any{value}
	}
	for _, v := range values {
		s, err := convert(m, v)
		if err != nil {
			return err
		}
		if m.Env != "" {
			c.Env = append(c.Env, m.Env+"="+s)
			continue
		}
		c.Args = append(c.Args, m.Option, s)
	}
	return nil
}

func convert(m transfer.Mapping, value any) (string, error) {
	s := text(value)
	switch m.Convert {
	case transfer.ConvertTable:
		var expected []string
		for _, e := range m.Table {
			if e.Value == s {
				return e.Ascp, nil
			}
			expected = append(expected, e.Value)
		}
		return "", failure.Argumentf("unsupported value: %s, expect: %s", s, strings.Join(expected, ", "))
	case transfer.ConvertDashless:
		return strings.ReplaceAll(s, "-", ""), nil
	case transfer.ConvertBase64, transfer.ConvertJSON64:
		return base64.StdEncoding.EncodeToString([]byte(s)), nil
	}
	return s, nil
}

// text is a string as it is, and any other value as compact JSON.
func text(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return string(record.JSON(value))
}

const hidden = "***"

// secretName matches fields that no table knows and that may hold a secret.
var secretName = regexp.MustCompile(`(?i)pass|secret|token|key|credential`)

func plain(field transfer.Field, value any) string {
	if field.Secret {
		return hidden
	}
	return text(value)
}

func display(name string, value any) string {
	if secretName.MatchString(name) {
		return hidden
	}
	return string(record.JSON(value))
}
