package config

import (
	"encoding/json"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Set stores a value in a preset, which is made when it does not exist. Dots
// in the key mean nothing. It fails when the preset is not a mapping, and for
// what is no value of a record, such as a regular expression.
func (d *Document) Set(name, key string, value any) error {
	switch value.(type) {
	case nil, bool, json.Number, string, []any, *record.Object:
	default:
		return failure.Argumentf("%s.%s: a value of type %T cannot be stored", name, key, value)
	}
	found, _ := d.data.Get(name)
	if found == nil {
		d.data.Set(name, record.New())
	}
	preset := d.data.Object(name)
	if preset == nil {
		return failure.Otherf("Aspera::AssertError", "assertion failed: %s.%s: expecting Hash, but have %s",
			name, key, record.TypeName(found))
	}
	preset.Set(key, record.Clone(value))
	return nil
}

// SetAll stores several values in a preset as [Document.Set] does.
func (d *Document) SetAll(name string, values *record.Object) error {
	for key, v := range values.All() {
		if err := d.Set(name, key, v); err != nil {
			return err
		}
	}
	return nil
}

// Replace stores a whole preset, in place of the former one if any.
func (d *Document) Replace(name string, preset *record.Object) { d.data.Set(name, preset.Clone()) }

// Unset removes a key from a preset, if it is there. The error wraps
// ErrNoPreset when there is no such preset.
func (d *Document) Unset(name, key string) error {
	preset, err := d.preset(name)
	if err != nil {
		return err
	}
	preset.Delete(key)
	return nil
}

// Delete removes a preset. The error wraps ErrNoPreset when there is none.
func (d *Document) Delete(name string) error {
	if !d.Has(name) {
		return noPreset(name)
	}
	d.data.Delete(name)
	return nil
}

// SetDefault makes a preset the one that a plugin loads. Plugin "config"
// stands for the global preset.
func (d *Document) SetDefault(plugin, preset string) error {
	return d.Set(DefaultSection, plugin, preset)
}

// Global is the name that stands for the global preset (spec/cli.md 3.3).
const Global = "GLOBAL"

// Resolve returns the name of the preset that a user's name means. [Global] is
// the global preset, which becomes the default of all commands when there is
// none yet.
func (d *Document) Resolve(name string) (string, error) {
	if name != Global {
		return name, nil
	}
	if known, ok := d.Default(Section); ok {
		return known, nil
	}
	return GlobalPreset, d.SetDefault(Section, GlobalPreset)
}
