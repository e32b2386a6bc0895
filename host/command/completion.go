package command

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/ascli-go/ascli/host/completion"
	"github.com/ascli-go/ascli/host/configcmd"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
)

// CompletionSource knows the plugins and presets of a line that has these
// option words: --home=<folder> leads to another configuration.
func (s *session) CompletionSource(ctx context.Context, optionWords []string) completion.Source {
	if len(optionWords) == 0 {
		return completionSource{s}
	}
	around := s.Surroundings
	// A key press shows candidates and nothing else.
	around.Err, around.Out, around.In = io.Discard, io.Discard, new(bytes.Reader)
	around.InTerminal, around.OutTerminal, around.ErrTerminal = false, false, false
	other := newSession(optionWords, around)
	if other.earlyOptions() != nil || other.configure(ctx) != nil {
		return completionSource{s}
	}
	return completionSource{other}
}

// completionSource looks up what completion needs in a session.
type completionSource struct{ *session }

// Plugins returns the words that may come first.
func (c completionSource) Plugins(ctx context.Context) ([]string, error) {
	catalog, err := c.discover(ctx)
	if err != nil {
		return nil, err
	}
	names := []string{configcmd.Name}
	for name := range catalog.Programs {
		if name != transferPlugin {
			names = append(names, name)
		}
	}
	return names, nil
}

// Manifests returns the manifest of a plugin and those that mount commands under it.
func (c completionSource) Manifests(ctx context.Context, plugin string) ([]*ascliv1.Manifest, error) {
	if plugin == configcmd.Name {
		config, err := configcmd.Plugin(c.session).Manifest()
		if err != nil {
			return nil, err
		}
		mounted, err := c.mounts(ctx, plugin)
		return []*ascliv1.Manifest{withMounts(config, mounted)}, err
	}
	catalog, err := c.discover(ctx)
	if err != nil {
		return nil, err
	}
	program, err := catalog.Find(plugin)
	if err != nil {
		return nil, err
	}
	manifest, err := c.manifests().Of(ctx, program)
	if err != nil {
		return nil, err
	}
	mounted, err := c.mounts(ctx, plugin)
	return []*ascliv1.Manifest{withMounts(manifest, mounted)}, err
}

// Presets returns the names that option preset may have.
func (c completionSource) Presets(context.Context) ([]string, error) {
	return c.document.Presets(), nil
}

// showPluginNames answers --bash-comp (spec/cli.md 10.8).
func (s *session) showPluginNames(ctx context.Context) error {
	var names strings.Builder
	warning, err := completion.FirstLevel(ctx, &names, completionSource{s}, s.rest)
	if err != nil {
		return err
	}
	if warning != "" {
		s.log.Warn(warning)
	}
	if _, err := io.WriteString(s.Out, names.String()); err != nil {
		return err
	}
	return errDone
}
