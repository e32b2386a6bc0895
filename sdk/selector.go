package sdk

import (
	"context"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Selector names an entity by the value of one of its fields: %name:x
// (spec/cli.md 10.7).
type Selector struct{ Field, Value string }

// ParseSelector reads %field:value; ok is false for an ordinary identifier.
func ParseSelector(text string) (s Selector, ok bool) {
	rest, percent := strings.CutPrefix(text, "%")
	field, value, colon := strings.Cut(rest, ":")
	if !percent || !colon {
		return Selector{}, false
	}
	return Selector{field, value}, true
}

// Identifier returns the identifier that an argument declared as Identifier
// names. lookup finds it by a selector; nil when the command has no lookup.
func (inv *Invocation) Identifier(ctx context.Context, name string, lookup func(ctx context.Context, s Selector) (string, error)) (string, error) {
	return Identify(ctx, inv.Text(name), lookup)
}

// Identify is [Invocation.Identifier] for a text of another source.
func Identify(ctx context.Context, text string, lookup func(ctx context.Context, s Selector) (string, error)) (string, error) {
	selector, selects := ParseSelector(text)
	switch {
	case !selects:
		return text, nil
	case lookup == nil:
		return "", failure.Argumentf("Percent syntax for identifier not supported in this context")
	}
	return lookup(ctx, selector)
}
