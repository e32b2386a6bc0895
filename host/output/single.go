package output

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ascli-go/ascli/sdk/record"
)

// single prints a result of exactly one value.
type single struct {
	print func(v any) error
	value any
	given bool
}

func (s *single) add(v any) error {
	if s.given {
		return errSeveral()
	}
	s.value, s.given = v, true
	return nil
}

func (s *single) close() error {
	if !s.given {
		return errors.New("a result of a single value has none")
	}
	return s.print(s.value)
}

func errSeveral() error { return errors.New("a result of a single value has several") }

func errNotObject(v any) error {
	return fmt.Errorf("a row of objects is a %s", record.TypeName(v))
}

// constant prints a result without values.
type constant struct{ print func() }

func (c *constant) add(any) error { return errors.New("a result without values has some") }

func (c *constant) close() error {
	c.print()
	return nil
}

// maxDepth bounds the nesting of values, as package record does when it parses.
const maxDepth = 1000

// checkValue refuses what cannot stand in a record, at any depth.
func checkValue(v any, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("the result is nested deeper than %d levels", maxDepth)
	}
	switch v := v.(type) {
	case nil, bool, string, json.Number:
		return nil
	case []any:
		for _, x := range v {
			if err := checkValue(x, depth+1); err != nil {
				return err
			}
		}
		return nil
	case *record.Object:
		if v == nil {
			break
		}
		for _, x := range v.All() {
			if err := checkValue(x, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("a %T cannot stand in a result", v)
}
