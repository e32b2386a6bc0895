package command

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/ascli-go/ascli/host/configcmd"
	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/plugins"
	"github.com/ascli-go/ascli/host/value"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
)

// transferPlugin is the name of the plugin that owns the transfer agents. Its
// commands stand under `config`, so it is no first-level word.
const transferPlugin = "transfer"

// plugin is what the first word names.
type plugin struct {
	manifest *ascliv1.Manifest
	run      func(ctx context.Context, inv *sdk.Invocation, out *display) error
}

// choosePlugin finds the plugin of the first positional word. `config` is part
// of the host: no other program is even looked for.
func (s *session) choosePlugin(ctx context.Context) (*plugin, error) {
	if len(s.rest) > 0 && s.rest[0] == configcmd.Name {
		s.rest = s.rest[1:]
		return s.configPlugin(ctx)
	}
	catalog, err := s.discover(ctx)
	if err != nil {
		return nil, err
	}
	name, err := s.pluginName(ctx, catalog)
	if err != nil {
		return nil, err
	}
	switch name {
	case configcmd.Name:
		return s.configPlugin(ctx)
	case "help":
		return nil, s.fullHelp(ctx)
	}
	program, err := catalog.Find(name)
	if err != nil {
		return nil, err
	}
	manifest, err := s.manifests().Of(ctx, program)
	if err != nil {
		return nil, err
	}
	return s.withMounted(ctx, &plugin{manifest: manifest, run: func(ctx context.Context, inv *sdk.Invocation, out *display) error {
		return s.runProgram(ctx, program, inv, out)
	}})
}

// runProgram runs a command in the process of a plugin.
func (s *session) runProgram(ctx context.Context, program plugins.Program, inv *sdk.Invocation, out *display) error {
	process, err := s.launch().Launch(program)
	if err != nil {
		return err
	}
	return process.Execute(ctx, inv, sdk.LevelName(s.logLevel.Level()), out)
}

func (s *session) pluginName(ctx context.Context, catalog *plugins.Catalog) (string, error) {
	asked := value.Argument{Description: "command"}
	names := []string{configcmd.Name, "help"}
	for name := range catalog.Programs {
		if name != transferPlugin {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(s.rest) == 0 {
		asks, err := s.asksCommands(ctx)
		if err != nil || !asks {
			return "", orMissing(err, asked, names)
		}
		if s.rest, err = s.askWords(ctx, grammar.Question{Description: asked.Describe(value.Symbol), Choices: names}); err != nil {
			return "", err
		}
	}
	word := s.rest[0]
	s.rest = s.rest[1:]
	evaluated, err := s.values.Evaluate(ctx, word)
	if err != nil {
		return "", err
	}
	for path := range catalog.Refused {
		// Its error tells the reason, better than "unknown".
		if name := plugins.NameOf(path); name == evaluated {
			return name, nil
		}
	}
	return asked.Choose(evaluated, names)
}

func orMissing(err error, asked value.Argument, names []string) error {
	if err != nil {
		return err
	}
	return asked.Missing(names, value.Symbol)
}

// discover searches the plugin folders; it does so once.
func (s *session) discover(ctx context.Context) (*plugins.Catalog, error) {
	if s.catalog != nil {
		return s.catalog, nil
	}
	named, err := s.options.Texts(ctx, "plugin_folder")
	if err != nil {
		return nil, err
	}
	var folders []plugins.Folder
	for _, f := range slices.Backward(named) {
		folders = append(folders, plugins.Folder{Path: f, Origin: plugins.Named})
	}
	folders = append(folders, plugins.Folder{Path: filepath.Join(s.home, "plugins"), Origin: plugins.User})
	folders = append(folders, plugins.InstallationFolders(s.Executable)...)
	s.catalog, err = plugins.Discover(folders)
	return s.catalog, err
}

func (s *session) manifests() plugins.Manifests {
	return plugins.Manifests{Cache: filepath.Join(s.home, "manifests")}
}

func (s *session) launch() *plugins.Launcher {
	if s.launcher == nil {
		s.launcher = plugins.NewLauncher(s.log)
	}
	return s.launcher
}

// pluginOptions declares the options of the plugin, loads its default preset and
// matches the option words that the global options left.
func (s *session) pluginOptions(ctx context.Context, manifest *ascliv1.Manifest) error {
	if err := s.declareOptions(manifest); err != nil {
		return err
	}
	if manifest.Name == configcmd.Name {
		// Its default preset is the global one.
		return nil
	}
	none, err := s.options.Flag(ctx, "no_default")
	if err != nil || none {
		return err
	}
	return s.defaultPreset(ctx, s.optionsOf(options.PluginPreset), manifest.Name)
}

// declareOptions makes the options of a plugin known, and takes those of the
// command line.
func (s *session) declareOptions(manifest *ascliv1.Manifest) error {
	definitions, err := options.FromManifest(manifest)
	if err != nil {
		return err
	}
	s.options.Declare(definitions)
	given, left, err := grammar.Match(s.left, flags(definitions))
	if err != nil {
		return err
	}
	s.take(given)
	s.left = left
	return nil
}
