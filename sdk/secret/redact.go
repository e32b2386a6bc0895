package secret

import "github.com/ascli-go/ascli/sdk/record"

// Redact returns a value of a record with the texts of secret fields hidden, at
// any depth, in arrays too. The value itself is not changed.
func Redact(v any) any { return RedactWith(v, IsName) }

// RedactWith is Redact with another rule for the names of secret fields.
func RedactWith(v any, isSecret func(name string) bool) any {
	if !holds(v, isSecret) {
		return v
	}
	v = record.Clone(v)
	hide(v, isSecret)
	return v
}

func holds(v any, isSecret func(string) bool) bool {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if holds(x, isSecret) {
				return true
			}
		}
	case *record.Object:
		for key, x := range v.All() {
			if _, text := x.(string); (text && isSecret(key)) || holds(x, isSecret) {
				return true
			}
		}
	}
	return false
}

func hide(v any, isSecret func(string) bool) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			hide(x, isSecret)
		}
	case *record.Object:
		for _, key := range v.Keys() {
			x, _ := v.Get(key)
			if _, text := x.(string); text && isSecret(key) {
				v.Set(key, Hidden)
				continue
			}
			hide(x, isSecret)
		}
	}
}
