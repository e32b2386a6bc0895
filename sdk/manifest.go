package sdk

import (
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"slices"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/wire"
)

// Manifest derives the plugin's description from its declaration. It fails
// when the declaration contradicts itself.
func (p *Plugin) Manifest() (*ascliv1.Manifest, error) {
	if !nameRule.MatchString(p.Name) {
		return nil, fmt.Errorf("plugin name %q: use lower case letters, digits and _", p.Name)
	}
	m := &ascliv1.Manifest{
		Name: p.Name, Summary: p.Summary, Version: p.Version,
		ProtocolVersions: wire.ProtocolVersions(),
		Detects:          p.Detect != nil, HasWizard: p.Wizard != nil, Transfers: p.Agents != nil,
	}
	if m.Version == "" {
		m.Version = buildVersion()
	}
	known := map[string]bool{}
	for _, o := range p.Options {
		if err := o.check(known); err != nil {
			return nil, fmt.Errorf("option %q: %w", o.Name, err)
		}
		m.Options = append(m.Options, o.manifest())
	}
	var err error
	if m.Commands, err = manifestCommands(p.Commands, nil); err != nil {
		return nil, err
	}
	return m, p.manifestMounts(m)
}

// manifestMounts describes the mounted commands. A request to execute names no
// mount, so their words must differ from those of the plugin's own commands.
func (p *Plugin) manifestMounts(m *ascliv1.Manifest) error {
	all := slices.Clone(p.Commands)
	for _, mount := range p.Mounts {
		commands, err := manifestCommands(mount.Commands, nil)
		if err != nil {
			return fmt.Errorf("mount under %s: %w", mount.Under, err)
		}
		m.Mounts = append(m.Mounts, &ascliv1.Mount{Under: mount.Under, Commands: commands})
		all = append(all, mount.Commands...)
	}
	_, err := manifestCommands(all, nil)
	return err
}

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// check refuses a wrong declaration; known are the names so far.
func (o Option) check(known map[string]bool) error {
	switch {
	case !nameRule.MatchString(o.Name):
		return errors.New("use lower case letters, digits and _")
	case known[o.Name]:
		return errors.New("is declared twice")
	case slices.Contains(o.Types, Enum) && len(o.Values) == 0:
		return errors.New("an Enum needs Values")
	}
	known[o.Name] = true
	return nil
}

func (o Option) manifest() *ascliv1.Option {
	w := &ascliv1.Option{
		Name: o.Name, Types: o.Types, Values: o.Values, Help: o.Help, Secret: o.Secret,
		Mandatory: o.Mandatory, Cumulative: o.Cumulative, Since: o.Since, Schema: schema(o.Schema),
	}
	if o.Default != nil {
		w.DefaultJson = record.JSON(record.Of(o.Default))
	}
	return w
}

// manifestCommands describes commands; outer holds the names of the arguments
// that stand before them on the line.
func manifestCommands(commands []Command, outer []string) ([]*ascliv1.Command, error) {
	var list []*ascliv1.Command
	known := map[string]bool{}
	for _, c := range commands {
		for _, word := range append([]string{c.Name}, c.Aliases...) {
			if known[word] {
				return nil, fmt.Errorf("command %s is declared twice", word)
			}
			known[word] = true
		}
		w, err := c.manifest(outer)
		if err != nil {
			return nil, fmt.Errorf("command %s: %w", c.Name, err)
		}
		list = append(list, w)
	}
	return list, nil
}

func (c Command) manifest(outer []string) (*ascliv1.Command, error) {
	if (c.Run == nil) == (len(c.Commands) == 0) {
		return nil, errors.New("declare either Run or Commands")
	}
	w := &ascliv1.Command{
		Name: c.Name, Aliases: c.Aliases, Summary: c.Summary,
		Result: c.Result, Columns: c.Columns, Since: c.Since, Stopped: c.Stopped,
	}
	names := slices.Clone(outer)
	optional := false
	for _, a := range c.Args {
		if slices.Contains(names, a.Name) {
			return nil, fmt.Errorf("argument %s is declared twice on one line", a.Name)
		}
		if optional && !a.Optional {
			return nil, fmt.Errorf("argument %s follows an optional one", a.Name)
		}
		optional = a.Optional
		names = append(names, a.Name)
		w.Arguments = append(w.Arguments, a.manifest())
	}
	var err error
	w.Commands, err = manifestCommands(c.Commands, names)
	return w, err
}

func (a Arg) manifest() *ascliv1.Argument {
	w := &ascliv1.Argument{
		Name: a.Name, Description: a.Description, Types: a.Types, Values: a.Values,
		Optional: a.Optional, Multiple: a.Multiple, Sources: a.Sources, Schema: schema(a.Schema),
		Identifier: a.Identifier,
	}
	if w.Description == "" {
		w.Description = a.Name
	}
	return w
}

func schema(fields []Field) []*ascliv1.Field {
	var list []*ascliv1.Field
	for _, f := range fields {
		list = append(list, &ascliv1.Field{Name: f.Name, Type: f.Type, Description: f.Description})
	}
	return list
}

// stamped is the version that the build writes into the binary (-ldflags -X).
var stamped string

func buildVersion() string {
	if stamped != "" {
		return stamped
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
