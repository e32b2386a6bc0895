package options

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/knadh/koanf/v2"

	"github.com/ascli-go/ascli/host/value"
	"github.com/ascli-go/ascli/sdk/record"
)

// Layer is a source of values. A higher one overrides a lower one
// (spec/cli.md 3.1).
type Layer int

// The layers, lowest first.
const (
	GlobalPreset Layer = iota
	PluginPreset
	Preset
	Environment
	CommandLine
)

// origin is the layer as messages name it.
func (l Layer) origin() value.Origin {
	switch l {
	case CommandLine:
		return value.CommandLine
	case Environment:
		return value.Environment
	}
	return value.Preset
}

// Setting is a value of an option as it was found, not yet evaluated. Its
// fields are plain text so that koanf can copy it.
type Setting struct {
	Layer Layer
	// Text is what was typed or stored, to be evaluated as extended value.
	Text string
	// JSON holds a stored value that is no string; it is not evaluated.
	JSON string
	// Path is set for a dotted option, relative to the option: a.b.
	Path string
	// Typed is the word of the command line, for messages.
	Typed string
}

// Set holds the options that are known and the values that they are given.
type Set struct {
	definitions []Definition
	byName      map[string]*Definition
	layers      map[Layer]map[string]any
	merged      *koanf.Koanf
	values      Evaluator
	// known holds the values that were evaluated so far.
	known map[string]any
}

// Evaluator turns texts into values: a *value.Evaluator.
type Evaluator interface {
	EvaluateFor(ctx context.Context, text string, accepted ...value.Type) (any, error)
	EvaluateDotted(ctx context.Context, text string) (any, error)
}

// NewSet returns a set of the given options.
func NewSet(definitions []Definition, values Evaluator) *Set {
	s := &Set{byName: map[string]*Definition{}, layers: map[Layer]map[string]any{}, values: values}
	s.Declare(definitions)
	return s
}

// Declare adds options. One that is declared already keeps its first declaration.
func (s *Set) Declare(definitions []Definition) {
	for _, d := range definitions {
		if s.byName[d.Name] == nil {
			s.definitions = append(s.definitions, d)
			s.byName[d.Name] = &d
		}
	}
	s.stale()
}

// Definitions returns the known options in order of declaration.
func (s *Set) Definitions() []Definition { return s.definitions }

// Definition returns a known option, nil when it is not.
func (s *Set) Definition(name string) *Definition { return s.byName[name] }

// Add stores a setting in its layer. Names that nobody declares do no harm.
func (s *Set) Add(name string, setting Setting) {
	layer := s.layers[setting.Layer]
	if layer == nil {
		layer = map[string]any{}
		s.layers[setting.Layer] = layer
	}
	settings, _ := layer[name].([]Setting)
	layer[name] = append(settings, setting)
	s.stale()
}

// AddPreset stores an option of a preset: a text to evaluate, another value as
// it is. Within a layer a later one overrides an earlier one.
func (s *Set) AddPreset(layer Layer, name string, v any) {
	setting := Setting{Layer: layer}
	if text, ok := v.(string); ok {
		setting.Text = text
	} else {
		setting.JSON = string(record.JSON(v))
	}
	s.Add(name, setting)
}

// Settings returns everything that an option was given, lowest layer first,
// overridden or not.
func (s *Set) Settings(name string) []Setting {
	var all []Setting
	for l := GlobalPreset; l <= CommandLine; l++ {
		given, _ := s.layers[l][name].([]Setting)
		all = append(all, given...)
	}
	return all
}

// AddEnvironment stores every variable ASCLI_<NAME> (spec/cli.md 1.5).
func (s *Set) AddEnvironment(environ []string) {
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if rest, ok := strings.CutPrefix(name, "ASCLI_"); ok {
			s.Add(strings.ToLower(rest), Setting{Layer: Environment, Text: value})
		}
	}
}

func (s *Set) stale() { s.merged, s.known = nil, map[string]any{} }

// provider gives koanf one layer.
type provider map[string]any

func (p provider) Read() (map[string]any, error) { return p, nil }
func (p provider) ReadBytes() ([]byte, error)    { return nil, errors.New("a layer is no text") }

// settings returns what an option was given, lowest layer first: all of it for
// a cumulative option, else only the last and what is inserted into it.
func (s *Set) settings(name string) ([]Setting, error) {
	if s.merged == nil {
		s.merged = koanf.New("\x00")
		for l := GlobalPreset; l <= CommandLine; l++ {
			if err := s.merged.Load(provider(s.layers[l]), nil, koanf.WithMergeFunc(s.merge)); err != nil {
				return nil, err
			}
		}
	}
	list, _ := s.merged.Get(name).([]Setting)
	return list, nil
}

// merge lays a layer over what the lower ones gave. Names that nobody declares
// are left out.
func (s *Set) merge(layer, below map[string]any) error {
	for name, v := range layer {
		d := s.byName[name]
		if d == nil {
			continue
		}
		given, _ := v.([]Setting)
		lower, _ := below[name].([]Setting)
		below[name] = d.overlay(lower, given)
	}
	return nil
}

func (d *Definition) overlay(lower, given []Setting) []Setting {
	out := slices.Clone(lower)
	for _, g := range given {
		if d.Switch && g.Layer != CommandLine {
			// Only typing it sets a switch (spec/cli.md 1.5).
			continue
		}
		if !d.Cumulative && g.Path == "" {
			out = out[:0]
		}
		out = append(out, g)
	}
	return out
}
