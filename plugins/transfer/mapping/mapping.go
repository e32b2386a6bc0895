// Package mapping tells ascp the values of a transfer spec, and async those of a
// session: as arguments, or in the environment when they are secret
// (spec/transfer.md 6.2).
package mapping

import (
	"encoding/base64"
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
		if err := field.Check(value); err != nil {
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
		s, err := convert(field, v)
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

func convert(field transfer.Field, value any) (string, error) {
	s := text(value)
	switch field.Ascp.Convert {
	case transfer.ConvertTable:
		return field.Entry(value)
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

// secretName matches fields that no table knows and that may hold a secret.
var secretName = regexp.MustCompile(`(?i)pass|secret|token|key|credential`)

func display(name string, value any) string {
	if secretName.MatchString(name) {
		return transfer.Hidden
	}
	return string(record.JSON(value))
}
