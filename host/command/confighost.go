package command

import (
	"context"
	"maps"
	"regexp"
	"slices"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/configcmd"
	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/plugins"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/lambda"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

var _ configcmd.Host = (*session)(nil)

// Config returns the configuration as read.
func (s *session) Config() *config.Document { return s.document }

// ConfigPath returns the path of the configuration file.
func (s *session) ConfigPath() string { return s.store.Path() }

// Folder returns the main folder.
func (s *session) Folder() string { return s.home }

// Evaluate evaluates an extended value.
func (s *session) Evaluate(ctx context.Context, text string) (any, error) {
	return s.values.Evaluate(ctx, text)
}

// EvaluateDotted evaluates the value of a dotted option.
func (s *session) EvaluateDotted(ctx context.Context, text string) (any, error) {
	return s.values.EvaluateDotted(ctx, text)
}

// TakeOptions returns the option words as typed. Those with a value are no
// longer unknown then.
func (s *session) TakeOptions() []grammar.OptionWord {
	var unknown []grammar.OptionWord
	for _, w := range s.left {
		if !w.HasValue {
			unknown = append(unknown, w)
		}
	}
	s.left = unknown
	return s.words.Options
}

// HidesSecrets tells whether secrets are hidden in results.
func (s *session) HidesSecrets() bool { return s.display.hidesSecrets }

// Warn shows a warning in the log.
func (s *session) Warn(text string) { s.log.Warn(text) }

// described returns every plugin with its manifest: `config` first, with what
// others mount under it.
func (s *session) described(ctx context.Context) ([]plugins.Described, error) {
	catalog, err := s.discover(ctx)
	if err != nil {
		return nil, err
	}
	own, err := configcmd.Plugin(s).Manifest()
	if err != nil {
		return nil, err
	}
	config := plugins.Described{
		Program:  plugins.Program{Name: configcmd.Name, Path: s.Executable, Origin: plugins.BuiltIn},
		Manifest: own,
	}
	all := append([]plugins.Described{config}, s.manifests().All(ctx, catalog.Sorted())...)
	for i, d := range all {
		if d.Err == nil {
			all[i].Manifest = withMounts(d.Manifest, mountsAmong(all, d.Manifest.Name))
		}
	}
	return all, nil
}

// Plugins returns the plugins found, the refused ones included.
func (s *session) Plugins(ctx context.Context) ([]configcmd.InstalledPlugin, error) {
	all, err := s.described(ctx)
	if err != nil {
		return nil, err
	}
	var list []configcmd.InstalledPlugin
	for _, d := range all {
		p := configcmd.InstalledPlugin{Program: d.Program}
		if d.Err != nil {
			p.Problem = d.Err.Error()
		}
		p.Detects, p.HasWizard = d.Manifest.GetDetects(), d.Manifest.GetHasWizard()
		list = append(list, p)
	}
	for _, path := range slices.Sorted(maps.Keys(s.catalog.Refused)) {
		list = append(list, configcmd.InstalledPlugin{
			Program: plugins.Program{Name: plugins.NameOf(path), Path: path}, Problem: s.catalog.Refused[path].Error(),
		})
	}
	return list, nil
}

// Manifests returns what the plugins that can be used say of themselves.
func (s *session) Manifests(ctx context.Context) ([]*ascliv1.Manifest, error) {
	all, err := s.described(ctx)
	if err != nil {
		return nil, err
	}
	var list []*ascliv1.Manifest
	for _, d := range all {
		if d.Err != nil {
			s.log.Warn(d.Err.Error())
			continue
		}
		list = append(list, d.Manifest)
	}
	return list, nil
}

// showConfig displays the value of every option that has one (spec/cli.md 3.4).
func (s *session) showConfig(ctx context.Context) error {
	shown := record.New()
	for _, d := range s.options.Definitions() {
		if d.Name == "preset" {
			shown.Set(d.Name, "write-only option")
			continue
		}
		v, err := s.options.Value(ctx, d.Name)
		if err != nil {
			shown.Set(d.Name, err.Error())
			continue
		}
		switch code := v.(type) {
		case *regexp.Regexp:
			v = inspect.Plain(code)
		case *lambda.Func:
			v = code.String()
		}
		if v != nil && !d.Switch {
			shown.Set(d.Name, v)
		}
	}
	if err := s.display.Begin(sdk.Header{Kind: sdk.ResultObject}); err != nil {
		return err
	}
	if err := s.display.Record(shown); err != nil {
		return err
	}
	return s.display.end()
}

// ProgramVersion and ProgramPath tell about the running program.
func (s *session) ProgramVersion() string { return s.Version }

// ProgramReleased is the day of its release.
func (s *session) ProgramReleased() string { return s.Released }

// ProgramPath is the path of the executable.
func (s *session) ProgramPath() string { return s.Executable }
