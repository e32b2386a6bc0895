package transfer

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Hidden stands for a secret value.
const Hidden = "***"

// Check tells what is wrong with the value of a field: its type, or a value that
// is none of an enumeration (spec/transfer.md 6.2, steps 1 to 4). null is like an
// absent field. The error has the text of the original, and a hint with what is
// expected.
func (f Field) Check(value any) error {
	if value == nil {
		return nil
	}
	if !slices.Contains(f.Types, typeOf(value)) {
		names := make([]string, len(f.Types))
		for i, t := range f.Types {
			names[i] = ":" + string(t)
		}
		return f.wrong(failure.Argumentf("%s is : %s (%s), shall be [%s], ",
			f.Name, record.TypeName(value), f.shown(value), strings.Join(names, ", ")))
	}
	if s, ok := value.(string); ok && len(f.Values) > 0 && !slices.Contains(f.Values, s) {
		return f.wrong(failure.Argumentf("Enum value %s is not allowed for %s", s, f.Name))
	}
	if f.Ascp.Convert == ConvertTable {
		if _, err := f.Entry(value); err != nil {
			return err
		}
	}
	return nil
}

// Entry converts a value by the table of the field.
func (f Field) Entry(value any) (string, error) {
	text, isText := value.(string)
	if !isText {
		text = string(record.JSON(value))
	}
	var expected []string
	for _, e := range f.Ascp.Table {
		if e.Value == text {
			return e.Ascp, nil
		}
		expected = append(expected, e.Value)
	}
	return "", f.wrong(failure.Argumentf("unsupported value: %s, expect: %s", text, strings.Join(expected, ", ")))
}

// wrong adds what is expected of the field.
func (f Field) wrong(err *failure.Error) error {
	var allowed []string
	for _, t := range f.Types {
		if t != TypeString || len(f.Values) == 0 && len(f.Ascp.Table) == 0 {
			allowed = append(allowed, string(t))
		}
	}
	allowed = append(allowed, f.Values...)
	if len(f.Values) == 0 {
		for _, e := range f.Ascp.Table {
			if !slices.Contains(allowed, string(TypeBool)) || e.Value != "true" && e.Value != "false" {
				allowed = append(allowed, e.Value)
			}
		}
	}
	return err.Hint("Transfer spec field %s takes: %s. All fields: ascli config ascp spec", f.Name, strings.Join(allowed, ", "))
}

func (f Field) shown(value any) string {
	if f.Secret {
		return Hidden
	}
	if s, ok := value.(string); ok {
		return s
	}
	return string(record.JSON(value))
}

func typeOf(value any) Type {
	switch v := value.(type) {
	case string:
		return TypeString
	case bool:
		return TypeBool
	case []any:
		return TypeArray
	case *record.Object:
		return TypeObject
	case json.Number:
		if record.TypeName(v) == "Integer" {
			return TypeInt
		}
	}
	return ""
}

// CheckOption checks the values that a user gives in option ts for an agent,
// before anything is asked of a server, and names those that the agent does not
// support. Fields that no table knows pass: a server may know them.
func CheckOption(ts *record.Object, agent AgentInfo) (unsupported []string, err error) {
	for name, value := range ts.All() {
		field, known := LookupField(name)
		if !known || value == nil {
			continue
		}
		if name == FieldMultiSession && typeOf(value) == TypeString {
			// The agent converts it (spec/transfer.md 8.7).
			continue
		}
		if err := field.Check(value); err != nil {
			if e := failure.As(err); e != nil {
				return nil, e.Hint("It was given with option ts, for agent %s", agent.Name)
			}
			return nil, err
		}
		if !agent.Supports(field) {
			unsupported = append(unsupported, name)
		}
	}
	return unsupported, nil
}
