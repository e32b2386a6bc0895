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

// configPlugin is the plugin `config`: the commands of the host and those that
// plugins mount. Plugins are looked for only when the word is none of the host's.
func (s *session) configPlugin(ctx context.Context) (*plugin, error) {
	own := configcmd.Plugin(s)
	manifest, err := own.Manifest()
	if err != nil {
		return nil, err
	}
	runOwn := func(ctx context.Context, inv *sdk.Invocation, out *display) error {
		return sdk.Execute(ctx, own, inv, out)
	}
	if len(s.rest) > 0 && hasCommand(manifest.Commands, s.rest[0]) {
		return &plugin{manifest: manifest, run: runOwn}, nil
	}
	mounted, err := s.mounts(ctx, configcmd.Name)
	if err != nil {
		return nil, err
	}
	return &plugin{manifest: withMounts(manifest, mounted), run: func(ctx context.Context, inv *sdk.Invocation, out *display) error {
		for _, m := range mounted {
			if hasCommand(m.commands, inv.Command[0]) {
				return s.runProgram(ctx, m.program, inv, out)
			}
		}
		return runOwn(ctx, inv, out)
	}}, nil
}

// mount is what a plugin puts under the name of another one.
type mount struct {
	program  plugins.Program
	commands []*ascliv1.Command
}

// mounts returns what plugins put under a name. A plugin that cannot be used
// mounts nothing.
func (s *session) mounts(ctx context.Context, under string) ([]mount, error) {
	catalog, err := s.discover(ctx)
	if err != nil {
		return nil, err
	}
	var list []mount
	for _, described := range s.manifests().All(ctx, catalog.Sorted()) {
		if described.Err != nil {
			s.log.Warn(described.Err.Error())
			continue
		}
		for _, m := range described.Manifest.Mounts {
			if m.Under == under {
				list = append(list, mount{described.Program, m.Commands})
			}
		}
	}
	return list, nil
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
