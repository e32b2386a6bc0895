package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// presetOption is the option, and the key of a preset, that names a preset.
const presetOption = "preset"

// namedPresets loads the presets of the environment and the command line.
func (s *session) namedPresets(ctx context.Context) error {
	for _, setting := range s.options.Settings(presetOption) {
		if err := s.include(ctx, s.optionsOf(options.Preset), setting.Text, nil); err != nil {
			return err
		}
	}
	return nil
}

// presetTaker gets the keys and values of presets, in order: a later one wins.
type presetTaker func(name string, v any)

// optionsOf makes a preset values of options.
func (s *session) optionsOf(layer options.Layer) presetTaker {
	return func(name string, v any) { s.options.AddPreset(layer, name, v) }
}

// defaultPreset loads the preset that the configuration names for a plugin, if
// it names one.
func (s *session) defaultPreset(ctx context.Context, take presetTaker, plugin string) error {
	name, ok := s.document.Default(plugin)
	if !ok {
		return nil
	}
	preset, err := s.presetAt(ctx, name)
	missing := errors.Is(err, config.ErrNoPreset)
	if missing {
		s.log.Error(fmt.Sprintf("Default config name [%s] specified for plugin [%s], but it does not exist in config file.", name, plugin))
		s.log.Error(fmt.Sprintf("Please fix the issue: either create preset with one parameter: (ascli config preset set %s <option> <value>) "+
			"or remove default (ascli config preset unset default %s).", name, plugin))
	}
	if missing || errors.Is(err, errNoHash) {
		return failure.Toolf("Config name [%s] must be a hash, check config file.", name)
	}
	if err != nil {
		return err
	}
	return s.addPreset(ctx, take, preset, []string{name})
}

// include adds what a value of option preset stands for, as an extended value:
// a Hash itself, or the preset at a path. loading holds the paths under way.
func (s *session) include(ctx context.Context, take presetTaker, text string, loading []string) error {
	v, err := s.values.Evaluate(ctx, text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case *record.Object:
		return s.addPreset(ctx, take, v, loading)
	case string:
		if slices.Contains(loading, v) {
			return failure.Toolf("loop in include: preset %s is part of itself", v)
		}
		preset, err := s.presetAt(ctx, v)
		if err != nil {
			return err
		}
		return s.addPreset(ctx, take, preset, append(loading, v))
	}
	return errNoPresetValue()
}

func errNoPresetValue() error {
	return failure.Argumentf("Preset definition must be a String for preset name, or Hash for set of values")
}

// addPreset adds the options of a preset. A key "preset" loads another one at
// its place: what follows overrides it, what precedes is overridden.
func (s *session) addPreset(ctx context.Context, take presetTaker, preset *record.Object, loading []string) error {
	for name, v := range preset.All() {
		if name != presetOption {
			take(name, v)
			continue
		}
		var err error
		switch v := v.(type) {
		case string:
			err = s.include(ctx, take, v, loading)
		case *record.Object:
			err = s.addPreset(ctx, take, v, loading)
		default:
			err = errNoPresetValue()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// errNoHash is wrapped by the error about a preset that is no Hash.
var errNoHash = errors.New("not a Hash")

// presetAt returns the preset at a path of the file: a Hash, or a text that
// evaluates to one.
func (s *session) presetAt(ctx context.Context, path string) (*record.Object, error) {
	v, err := s.document.Get(path)
	if err != nil {
		return nil, err
	}
	if text, ok := v.(string); ok {
		if v, err = s.values.Evaluate(ctx, text); err != nil {
			return nil, err
		}
	}
	if preset, ok := v.(*record.Object); ok {
		return preset, nil
	}
	return nil, &failure.Error{
		Label: failure.Other, Kind: "Aspera::AssertError", Cause: errNoHash,
		Message: fmt.Sprintf("assertion failed: preset %s: expecting Hash, but have %s", path, record.TypeName(v)),
	}
}

// presetSecret finds the password in the presets whose url and username match
// (spec/plugins/config.md 7).
func (s *session) presetSecret(ctx context.Context, url, username string) (string, error) {
	preset := s.document.Lookup(url, username)
	if preset == nil {
		return "", nil
	}
	v, err := s.values.Evaluate(ctx, preset.Text("password"))
	text, _ := v.(string)
	return text, err
}
