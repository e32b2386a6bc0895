package options

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/value"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// Value returns the evaluated value of an option, nil when it has none. Each
// option is evaluated once, when it is first asked for.
func (s *Set) Value(ctx context.Context, name string) (any, error) {
	if v, ok := s.known[name]; ok {
		return v, nil
	}
	d := s.byName[name]
	if d == nil {
		return nil, failure.Toolf("option %s is not known", name)
	}
	settings, err := s.settings(name)
	if err != nil {
		return nil, err
	}
	v := record.Clone(record.Of(d.Default))
	for _, g := range settings {
		if v, err = s.apply(ctx, d, v, g); err != nil {
			return nil, err
		}
	}
	s.known[name] = v
	return v, nil
}

// SetDefault gives an option a default that only this machine knows.
func (s *Set) SetDefault(name string, v any) {
	if d := s.byName[name]; d != nil {
		d.Default = v
		s.stale()
	}
}

// Put stores a value that was found late, e.g. asked from the user.
func (s *Set) Put(name string, v any) { s.known[name] = v }

// Answer evaluates what a user typed when asked for an option, and keeps it.
func (s *Set) Answer(ctx context.Context, name, text string) (any, error) {
	d := s.byName[name]
	if d == nil {
		d = &Definition{Option: sdk.Option{Name: name}}
	}
	v, err := s.interpret(ctx, d, Setting{Layer: CommandLine, Text: text, Typed: "--" + name + "=" + text})
	if err == nil {
		s.known[name] = v
	}
	return v, err
}

// Given tells whether any layer gives the option a value.
func (s *Set) Given(name string) bool {
	settings, err := s.settings(name)
	return err == nil && len(settings) > 0
}

// Text returns an option as text; "" when it has no value.
func (s *Set) Text(ctx context.Context, name string) (string, error) {
	v, err := s.Value(ctx, name)
	text, _ := v.(string)
	return text, err
}

// Flag returns a boolean option.
func (s *Set) Flag(ctx context.Context, name string) (bool, error) {
	v, err := s.Value(ctx, name)
	b, _ := v.(bool)
	return b, err
}

// Integer returns an option of type Integer, 0 when it has no value.
func (s *Set) Integer(ctx context.Context, name string) (int, error) {
	v, err := s.Value(ctx, name)
	n, _ := v.(json.Number)
	if err != nil || n == "" {
		return 0, err
	}
	i, err := strconv.Atoi(n.String())
	if err != nil {
		return 0, failure.Argumentf("Option %s: %s is out of range", name, n)
	}
	return i, nil
}

// Object returns an option of type Hash, nil when it has no value.
func (s *Set) Object(ctx context.Context, name string) (*record.Object, error) {
	v, err := s.Value(ctx, name)
	o, _ := v.(*record.Object)
	return o, err
}

// Texts returns an option that is a text or a list of texts.
func (s *Set) Texts(ctx context.Context, name string) ([]string, error) {
	v, err := s.Value(ctx, name)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, nil
	}
	var texts []string
	for _, x := range items(v) {
		texts = append(texts, inspect.Plain(x))
	}
	return texts, nil
}

// apply lays one setting over the value so far.
func (s *Set) apply(ctx context.Context, d *Definition, below any, g Setting) (any, error) {
	v, err := s.interpret(ctx, d, g)
	if err != nil {
		return nil, err
	}
	if g.Path != "" {
		return value.Insert(below, g.Path, v)
	}
	if d.Cumulative {
		return accumulate(d, below, v), nil
	}
	return v, nil
}

// accumulate lays an object over an object, and adds items to an array; a
// value of the other kind replaces, null resets (spec/cli.md 1.7).
func accumulate(d *Definition, below, v any) any {
	if v == nil || below == nil {
		return v
	}
	if over, ok := v.(*record.Object); ok {
		if base, ok := below.(*record.Object); ok {
			return record.Merge(base, over)
		}
		return v
	}
	if slices.Contains(d.Types, sdk.Array) {
		return append(items(below), items(v)...)
	}
	return v
}

// items returns the items of an array, or a single value as the only one.
func items(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// interpret evaluates a setting and checks its type.
func (s *Set) interpret(ctx context.Context, d *Definition, g Setting) (any, error) {
	switch {
	case d.Switch:
		return true, nil
	case g.JSON != "":
		v, err := record.Parse([]byte(g.JSON))
		if err != nil {
			return nil, err
		}
		return d.convert(v, g)
	case g.Path != "":
		return s.values.EvaluateDotted(ctx, g.Text)
	case d.isList():
		// Entries of a list are taken as typed.
		return d.convert(g.Text, g)
	}
	if err := d.helpAsked(g); err != nil {
		return nil, err
	}
	v, err := s.values.EvaluateFor(ctx, g.Text, grammar.ValueTypes(d.Types)...)
	if err != nil {
		return nil, err
	}
	return d.convert(v, g)
}

func (d *Definition) isList() bool {
	return slices.Contains(d.Types, sdk.Enum) || slices.Contains(d.Types, sdk.Boolean)
}

// convert checks the type of an evaluated value (spec/cli.md 1.6). Null takes
// the value away.
func (d *Definition) convert(v any, g Setting) (any, error) {
	named := value.Option{Name: d.Name, Origin: g.Layer.origin(), Typed: g.Typed}
	switch {
	case v == nil:
		return nil, nil
	case slices.Contains(d.Types, sdk.Enum):
		return named.Choose(v, d.Values)
	case slices.Contains(d.Types, sdk.Boolean):
		return named.Bool(v)
	case slices.Contains(d.Types, sdk.Integer):
		return named.Integer(v)
	}
	types := grammar.ValueTypes(d.Types)
	if n, ok := v.(json.Number); ok && slices.Contains(types, value.String) {
		return n.String(), nil
	}
	return v, named.Check(v, types...)
}

// Argument checks the value of a positional argument against the types that
// its manifest declares.
func Argument(declared *ascliv1.Argument, v any) (any, error) {
	named := value.Argument{Description: declared.Description}
	types := grammar.ValueTypes(declared.Types)
	switch {
	case slices.Contains(declared.Types, sdk.Any):
		return v, nil
	case slices.Contains(declared.Types, sdk.Enum):
		return named.Choose(v, declared.Values)
	case slices.Contains(declared.Types, sdk.Boolean):
		return named.Bool(v)
	case len(types) == 1 && types[0] == value.Integer:
		return named.Integer(v)
	case len(types) == 1 && types[0] == value.String:
		return named.Text(v)
	}
	return v, named.Check(v, types...)
}
