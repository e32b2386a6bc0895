package record

import "slices"

// Equal tells whether two values have the same JSON text: keys in the same
// order, numbers with the same digits.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, Equal)
	case *Object:
		b, ok := b.(*Object)
		if !ok || !slices.Equal(a.Keys(), b.Keys()) {
			return false
		}
		for k, x := range a.All() {
			if y, _ := b.Get(k); !Equal(x, y) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case []any, *Object:
		return false
	}
	return a == b
}
