package output

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Select is the value of option select: which rows of an object list are shown
// (spec/cli.md 6.7). At most one member is set; the zero value keeps all rows.
type Select struct {
	// Equal keeps the rows where every key has the given value, of the same type.
	Equal *record.Object
	// Match keeps the rows that it accepts. In tables and csv it is given the
	// columns of a row, elsewhere the object.
	Match Predicate
}

// ParseSelect reads the value of option select: null, a Hash or a Predicate.
func ParseSelect(value any) (Select, error) {
	switch v := value.(type) {
	case nil:
		return Select{}, nil
	case *record.Object:
		return Select{Equal: v}, nil
	case Predicate:
		return Select{Match: v}, nil
	}
	return Select{}, failure.Argumentf("Option select is a %s but must be one of Hash,Proc", record.TypeName(value))
}

func (s Select) given() bool { return s.Equal != nil || s.Match != nil }

// keeps tells whether a row is shown.
func (s Select) keeps(ctx context.Context, row *record.Object) (bool, error) {
	if s.Match != nil {
		ok, err := s.Match.True(ctx, row)
		if err != nil {
			return false, failure.Argumentf("Error in user-provided ruby lambda code during select: %w", err)
		}
		return ok, nil
	}
	if s.Equal != nil {
		for key, want := range s.Equal.All() {
			// A key that is absent reads as null, as in the original.
			if have, _ := row.Get(key); !equal(have, want) {
				return false, nil
			}
		}
	}
	return true, nil
}

// equal compares two values of records; objects regardless of key order.
func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && equalNumbers(a, b)
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case *record.Object:
		b, ok := b.(*record.Object)
		if !ok || a.Len() != b.Len() {
			return false
		}
		for key, x := range a.All() {
			if y, ok := b.Get(key); !ok || !equal(x, y) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case []any, *record.Object:
		return false
	}
	return a == b
}

// equalNumbers compares digits first, so that 64-bit identifiers stay exact;
// 1.5 equals 1.50, but the Integer 2 does not equal the Float 2.0.
func equalNumbers(a, b json.Number) bool {
	if a == b {
		return true
	}
	if record.TypeName(a) != "Float" || record.TypeName(b) != "Float" {
		return false
	}
	x, errX := strconv.ParseFloat(a.String(), 64)
	y, errY := strconv.ParseFloat(b.String(), 64)
	return errX == nil && errY == nil && x == y
}
