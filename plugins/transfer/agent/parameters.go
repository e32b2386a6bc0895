package agent

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Parameters binds the keys of transfer_info to variables that hold the
// defaults.
type Parameters map[string]Setter

// Setter takes the value of a key, nil when the user gave null. path names the
// key in errors.
type Setter func(path string, value any) error

// Decode sets the variables from info, which may be nil. A key without binding
// and a value of the wrong type are errors.
func (p Parameters) Decode(info *record.Object) error {
	return p.decode("transfer_info", info)
}

func (p Parameters) decode(path string, info *record.Object) error {
	if info == nil {
		return nil
	}
	for key, value := range info.All() {
		set, ok := p[key]
		if !ok {
			return failure.Argumentf("unknown keyword: :%s", key).
				Hint("%s takes: %s. More: --transfer-info=help", path, strings.Join(slices.Sorted(maps.Keys(p)), ", "))
		}
		if err := set(path+"."+key, value); err != nil {
			return err
		}
	}
	return nil
}

// Bool binds a boolean.
func Bool(target *bool) Setter { return scalar(target, "a boolean") }

// Text binds a string, one of values if there are any.
func Text(target *string, values ...string) Setter {
	return func(path string, value any) error {
		var s string
		if err := scalar(&s, "a string")(path, value); err != nil || value == nil {
			return err
		}
		if len(values) > 0 && !slices.Contains(values, s) {
			return failure.Argumentf("%s: unknown value %s, use one of: %s", path, s, strings.Join(values, ", "))
		}
		*target = s
		return nil
	}
}

// Count binds a whole number that is not negative.
func Count(target *int64) Setter {
	return func(path string, value any) error {
		if value == nil {
			return nil
		}
		number, _ := value.(json.Number)
		n, err := number.Int64()
		if err != nil || n < 0 {
			return failure.Argumentf("%s: expecting a whole number, not negative, got %s %s", path, record.TypeName(value), record.JSON(value))
		}
		*target = n
		return nil
	}
}

// Seconds binds a duration given as a number of seconds, fractions allowed.
func Seconds(target *time.Duration) Setter {
	const longest = 365 * 24 * 3600
	return func(path string, value any) error {
		if value == nil {
			return nil
		}
		number, _ := value.(json.Number)
		seconds, err := number.Float64()
		if err != nil || seconds < 0 || seconds > longest {
			return failure.Argumentf("%s: expecting a number of seconds, got %s %s", path, record.TypeName(value), record.JSON(value))
		}
		*target = time.Duration(seconds * float64(time.Second))
		return nil
	}
}

// Texts binds an array of strings; null empties it. problem is the error when
// it is something else.
func Texts(target *[]string, problem string) Setter {
	return func(_ string, value any) error {
		*target = nil
		if value == nil {
			return nil
		}
		list, ok := value.([]any)
		if !ok {
			return failure.Argumentf("%s", problem)
		}
		for _, v := range list {
			s, ok := v.(string)
			if !ok {
				return failure.Argumentf("%s", problem)
			}
			*target = append(*target, s)
		}
		return nil
	}
}

// Group binds an object with parameters of its own.
func Group(inner Parameters) Setter {
	return func(path string, value any) error {
		var o *record.Object
		if err := scalar(&o, "an object")(path, value); err != nil {
			return err
		}
		return inner.decode(path, o)
	}
}

func scalar[T any](target *T, expected string) Setter {
	return func(path string, value any) error {
		if value == nil {
			return nil
		}
		v, ok := value.(T)
		if !ok {
			return failure.Argumentf("%s: expecting %s, got %s", path, expected, record.TypeName(value))
		}
		*target = v
		return nil
	}
}
