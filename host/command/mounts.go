package command

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/ascli-go/ascli/host/configcmd"
	"github.com/ascli-go/ascli/host/plugins"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
)

// configPlugin is the plugin `config`, a part of the host.
func (s *session) configPlugin(ctx context.Context) (*plugin, error) {
	own := configcmd.Plugin(s)
	manifest, err := own.Manifest()
	if err != nil {
		return nil, err
	}
	return s.withMounted(ctx, &plugin{manifest: manifest, run: func(ctx context.Context, inv *sdk.Invocation, out *display) error {
		return sdk.Execute(ctx, own, inv, out)
	}})
}

// withMounted adds the commands that others mount under a plugin. They are looked
// for only when the word is none of the plugin's own.
func (s *session) withMounted(ctx context.Context, p *plugin) (*plugin, error) {
	if len(s.rest) > 0 && hasCommand(p.manifest.Commands, s.rest[0]) {
		return p, nil
	}
	mounted, err := s.mounts(ctx, p.manifest.Name)
	if err != nil || len(mounted) == 0 {
		return p, err
	}
	return &plugin{manifest: withMounts(p.manifest, mounted), run: func(ctx context.Context, inv *sdk.Invocation, out *display) error {
		if !hasCommand(p.manifest.Commands, inv.Command[0]) {
			for _, m := range mounted {
				if hasCommand(m.commands, inv.Command[0]) {
					return s.runProgram(ctx, m.program, inv, out)
				}
			}
		}
		return p.run(ctx, inv, out)
	}}, nil
}

// mount is what a plugin puts under the name of another one.
type mount struct {
	program  plugins.Program
	commands []*ascliv1.Command
}

// mounts returns what plugins put under a name.
func (s *session) mounts(ctx context.Context, under string) ([]mount, error) {
	catalog, err := s.discover(ctx)
	if err != nil {
		return nil, err
	}
	all := s.manifests().All(ctx, catalog.Sorted())
	for _, d := range all {
		if d.Err != nil {
			s.log.Warn(d.Err.Error())
		}
	}
	return mountsAmong(all, under), nil
}

// mountsAmong returns what plugins put under a name. One that cannot be used
// mounts nothing.
func mountsAmong(all []plugins.Described, under string) []mount {
	var list []mount
	for _, d := range all {
		for _, m := range d.Manifest.GetMounts() {
			if d.Err == nil && m.Under == under {
				list = append(list, mount{d.Program, m.Commands})
			}
		}
	}
	return list
}

// withMounts returns a manifest with mounted commands. A word that is taken stays
// with its owner.
func withMounts(manifest *ascliv1.Manifest, mounted []mount) *ascliv1.Manifest {
	whole := proto.Clone(manifest).(*ascliv1.Manifest)
	for _, m := range mounted {
		for _, c := range m.commands {
			if !hasCommand(whole.Commands, c.Name) {
				whole.Commands = append(whole.Commands, c)
			}
		}
	}
	return whole
}

func hasCommand(commands []*ascliv1.Command, word string) bool {
	return slices.ContainsFunc(commands, func(c *ascliv1.Command) bool {
		return c.Name == word || slices.Contains(c.Aliases, word)
	})
}
