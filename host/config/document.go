// Package config is the configuration file: presets of option values by name,
// in YAML (spec/cli.md 5.2, spec/plugins/config.md 4). A [Store] is the file,
// a [Document] its content in memory.
//
// Edits keep the comments, the order of keys and the writing of what they do
// not touch; blank lines go.
package config

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/ascli-go/ascli/host/value/yaml11"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/secret"
)

// Reserved names of the file.
const (
	// Section holds the version of the program that wrote the file. As key of
	// section DefaultSection it stands for the global preset.
	Section = "config"
	// DefaultSection maps plugins to the presets they load.
	DefaultSection = "default"
	// GlobalPreset is the name of the global preset that the program makes.
	GlobalPreset = "global_common_defaults"

	versionKey = "version"
)

// ErrNoPreset is wrapped by the errors about a preset that does not exist.
var ErrNoPreset = errors.New("no such preset")

// Document is the content of a configuration file. It is not safe for use by
// several goroutines.
type Document struct {
	// node is the file as read, comments included; data its current content.
	node    *yaml.Node
	data    *record.Object
	version string
	stale   bool
}

// newDocument returns the content for a file that does not exist.
func newDocument(version string) (*Document, error) {
	node, err := yaml11.Parse(nil)
	if err != nil {
		return nil, err
	}
	d := &Document{node: node, data: record.New(), version: version, stale: true}
	d.ensureVersion()
	return d, nil
}

// parseDocument reads and checks the text of a file (spec/cli.md 5.2). An
// error that is no [*yaml11.Error] of problem Syntax is about the structure.
func parseDocument(text []byte, version string) (*Document, error) {
	node, err := yaml11.Parse(text)
	if err != nil {
		return nil, err
	}
	top, err := yaml11.Value(node)
	if err != nil {
		return nil, err
	}
	data, ok := top.(*record.Object)
	if !ok {
		return nil, failure.Toolf("config file YAML: expecting Hash, but have %s", record.TypeName(top))
	}
	if !data.Has(Section) {
		return nil, failure.Toolf("Cannot find key: %s", Section)
	}
	section := data.Object(Section)
	found, _ := data.At(Section, versionKey)
	if section == nil || found == nil {
		return nil, failure.Toolf("No version found in config section.")
	}
	d := &Document{node: node, data: data, version: version, stale: found != version}
	d.dropBooleanDefault()
	section.Set(versionKey, version)
	return d, nil
}

// dropBooleanDefault removes the boolean key true of section default, which a
// defect of 4.4 wrote (spec/cli.md 5.2). A text "true" stays.
func (d *Document) dropBooleanDefault() {
	defaults, section := valueNode(d.node.Content[0], DefaultSection), d.data.Object(DefaultSection)
	if defaults == nil || defaults.Kind != yaml.MappingNode || section == nil {
		return
	}
	for i := 0; i+1 < len(defaults.Content); i += 2 {
		if key, err := yaml11.Value(defaults.Content[i]); err == nil && key == true {
			section.Delete("true")
			d.stale = true
		}
	}
}

// valueNode returns the last value of a key of a mapping; nil when absent.
func valueNode(mapping *yaml.Node, key string) (found *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			found = mapping.Content[i+1]
		}
	}
	return found
}

// ensureVersion keeps the file readable: without a version it would be set
// aside at the next start.
func (d *Document) ensureVersion() {
	if v, _ := d.data.At(Section, versionKey); v != nil {
		return
	}
	if d.data.Object(Section) == nil {
		d.data.Set(Section, record.New())
	}
	d.data.Object(Section).Set(versionKey, d.version)
}

// render returns the text of the file and whether its content differs from
// what was read.
func (d *Document) render() (text []byte, changed bool, err error) {
	d.ensureVersion()
	changed, err = yaml11.Assign(d.node, d.data)
	if err != nil || !changed {
		return nil, false, err
	}
	text, err = yaml11.Encode(d.node)
	return text, true, err
}

// Stale tells whether the file needs to be written even without an edit: it is
// new, or another version wrote it.
func (d *Document) Stale() bool { return d.stale }

// Record returns a copy of the whole content.
func (d *Document) Record() *record.Object { return d.data.Clone() }

// Presets returns the names of the top-level keys in file order, the reserved
// ones included.
func (d *Document) Presets() []string { return d.data.Keys() }

// Has tells whether a top-level key exists.
func (d *Document) Has(name string) bool { return d.data.Has(name) }

// Preset returns a copy of a preset; dots in the name mean nothing. The error
// wraps ErrNoPreset when it does not exist.
func (d *Document) Preset(name string) (*record.Object, error) {
	preset, err := d.preset(name)
	if err != nil {
		return nil, err
	}
	return preset.Clone(), nil
}

func (d *Document) preset(name string) (*record.Object, error) {
	v, ok := d.data.Get(name)
	if !ok {
		return nil, noPreset(name)
	}
	preset, ok := v.(*record.Object)
	if !ok {
		return nil, failure.Toolf("%s: expecting Hash, but have %s", name, record.TypeName(v))
	}
	return preset, nil
}

func noPreset(name string) error {
	return &failure.Error{
		Label: failure.Other, Kind: "RuntimeError", Message: "no such preset: " + name, Cause: ErrNoPreset,
	}
}

// Get returns a copy of what stands at a dot path such as "mynode.url"; the
// empty path is the whole content (spec/cli.md 3.3). Strings are returned as
// they are stored: evaluating them, and finding loops, is up to the caller.
func (d *Document) Get(path string) (any, error) {
	path = strings.TrimRight(path, ".")
	if path == "" {
		return d.Record(), nil
	}
	var current any = d.data
	var walked []any
	for segment := range strings.SplitSeq(path, ".") {
		object, ok := current.(*record.Object)
		if !ok {
			return nil, failure.Toolf("assertion failed: sub key: %s: expecting Hash, but have %s",
				inspect.Text(walked), shown(walked[len(walked)-1].(string), current))
		}
		walked = append(walked, segment)
		if current, _ = object.Get(segment); current == nil {
			return nil, &failure.Error{
				Label: failure.Tool, Message: "No such config preset: " + inspect.Text(walked), Cause: ErrNoPreset,
			}
		}
	}
	return record.Clone(current), nil
}

// shown is a value for a message, hidden when its key says that it is a secret.
func shown(key string, v any) string {
	if secret.IsName(key) {
		return secret.Hidden
	}
	return inspect.Text(v)
}

// Version returns the version in section config: that of the running program,
// unless an edit changed it.
func (d *Document) Version() string {
	v, _ := d.data.At(Section, versionKey)
	return inspect.Plain(v)
}

// Default returns the name of the preset that a plugin loads. Plugin "config"
// stands for the global preset.
func (d *Document) Default(plugin string) (name string, ok bool) {
	v, _ := d.data.At(DefaultSection, plugin)
	name, ok = v.(string)
	return name, ok
}

// Lookup returns the first preset, in the order of the file, of a user at a URL;
// nil when there is none (spec/plugins/config.md 5, lookup).
func (d *Document) Lookup(url, username string) *record.Object {
	for _, name := range d.Presets() {
		preset, err := d.Preset(name)
		if err == nil && preset.Text("username") == username && canonicalURL(preset.Text("url")) == canonicalURL(url) {
			return preset
		}
	}
	return nil
}

// canonicalURL drops what does not make another address: trailing "/", and the
// port of https.
func canonicalURL(url string) string {
	url = strings.TrimRight(url, "/")
	if host, ok := strings.CutPrefix(url, "https://"); ok && !strings.Contains(host, "/") {
		return "https://" + strings.TrimSuffix(host, ":443")
	}
	return url
}
