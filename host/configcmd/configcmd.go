// Package configcmd is the command `config`: a plugin that runs inside the host
// (spec/plugins/config.md).
package configcmd

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/completion"
	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/plugins"
	"github.com/ascli-go/ascli/host/skeleton"
	"github.com/ascli-go/ascli/host/vault"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/lambda"
	"github.com/ascli-go/ascli/sdk/record"
)

// Name is the first word of the commands.
const Name = "config"

// Host is what `config` needs of the program around it.
type Host interface {
	// Config is the configuration as read.
	Config() *config.Document
	// ConfigPath is the path of its file, Folder the main folder.
	ConfigPath() string
	Folder() string
	// UpdateConfig edits the file while no other process can.
	UpdateConfig(ctx context.Context, edit func(*config.Document) error) error
	// Evaluate evaluates an extended value, EvaluateDotted that of a dotted option.
	Evaluate(ctx context.Context, text string) (any, error)
	EvaluateDotted(ctx context.Context, text string) (any, error)
	// TakeOptions returns the option words of the command line as typed, and
	// takes responsibility for those that nobody knows.
	TakeOptions() []grammar.OptionWord
	// Plugins returns the plugins found, with what their manifests say.
	Plugins(ctx context.Context) ([]InstalledPlugin, error)
	// Manifests returns what the plugins that can be used say of themselves,
	// `config` first.
	Manifests(ctx context.Context) ([]*ascliv1.Manifest, error)
	// HidesSecrets tells whether secrets are hidden in results.
	HidesSecrets() bool
	// Warn shows a warning in the log.
	Warn(text string)
	// ProgramVersion, ProgramPath and ProgramReleased (YYYY-MM-DD) are those of
	// the running program.
	ProgramVersion() string
	ProgramPath() string
	ProgramReleased() string
	// CompletionSource knows plugins and presets of a line that has these option
	// words.
	CompletionSource(ctx context.Context, optionWords []string) completion.Source
	// FindProxy returns what the script of option fpac says about a URL.
	FindProxy(ctx context.Context, target *url.URL) (string, error)
	// NewestRelease asks for the version of the newest release.
	NewestRelease(ctx context.Context) (string, error)
	// Edit opens a text file for the user.
	Edit(ctx context.Context, file string) error
	// Vault opens the secret vault that the options describe.
	Vault(ctx context.Context) (vault.Store, error)
	// Notify mails a message to option notify_to. template is used when option
	// notify_template has none; variables are those beside the usual ones.
	Notify(ctx context.Context, template string, variables *record.Object) error
	// IsSecretOption tells whether an option is asked for without echo.
	IsSecretOption(name string) bool
	// Detect asks plugins, all or the named one, for the product at a URL.
	Detect(ctx context.Context, url, plugin string) ([]Product, error)
	// Wizard lets the plugin of a product make a preset.
	Wizard(ctx context.Context, product Product) (*sdk.Preset, error)
}

// InstalledPlugin is a row of `config plugins list`. Problem tells why the
// plugin cannot be used.
type InstalledPlugin struct {
	plugins.Program
	Detects, HasWizard bool
	Problem            string
}

type commands struct{ host Host }

// Plugin declares `config`.
func Plugin(host Host) *sdk.Plugin {
	c := commands{host}
	return &sdk.Plugin{
		Name:     Name,
		Summary:  "Configuration, presets, plugins",
		Options:  ownOptions(),
		Commands: slices.Concat(c.baseCommands(), c.aboutCommands(), c.keyCommands(), c.mailCommands(), c.wizardCommands(), c.inventoryCommands()),
	}
}

// ownOptions are those of the commands preset lookup and sync admin.
func ownOptions() []sdk.Option {
	return []sdk.Option{
		{Name: "url", Help: "Address of the application to look up"},
		{Name: "username", Help: "User name to look up"},
		{Name: "sql", Help: "SQL for the snapshot database of sync admin"},
	}
}

func (c commands) baseCommands() []sdk.Command {
	return []sdk.Command{
		{
			Name: "echo", Summary: "Evaluate a value and show it",
			Args:   []sdk.Arg{{Name: "value", Description: "value", Types: []sdk.Type{sdk.Any}}},
			Result: sdk.ResultStructure, Run: echo,
		},
		{Name: "preset", Summary: "Named groups of option values", Commands: c.presetCommands()},
		{Name: "plugins", Summary: "Installed plugins", Commands: []sdk.Command{
			{
				Name: "list", Summary: "Plugins with their path and origin",
				Result: sdk.ResultList, Columns: []string{"plugin", "detect", "wizard", "path", "origin"}, Run: c.pluginsList,
			},
			{
				Name: "create", Summary: "Write the source of a new plugin", Result: sdk.ResultStatus, Run: c.pluginsCreate,
				Args: []sdk.Arg{{Name: "name", Description: "plugin name"}, {Name: "folder", Optional: true}},
			},
		}},
		{
			Name: "proxy_check", Summary: "What the script of option fpac says about a URL", Result: sdk.ResultStatus, Run: c.proxyCheck,
			Args: []sdk.Arg{{Name: "url"}},
		},
		{
			Name: "image", Summary: "Show a picture in the terminal", Result: sdk.ResultImage, Run: image,
			Args: []sdk.Arg{{Name: "source", Description: "image uri or data"}},
		},
		{Name: "coffee", Summary: "Show a picture of coffee", Result: sdk.ResultImage, Run: coffee},
		{Name: "completion", Summary: "Completion for shells", Commands: c.completionCommands()},
		{
			Name: "man", Summary: "Write the manual pages into a folder", Result: sdk.ResultStatus, Run: c.man,
			Args: []sdk.Arg{{Name: "folder", Optional: true}},
		},
		{Name: "vault", Summary: "Secrets", Commands: c.vaultCommands()},
		{Name: "tokens", Summary: "OAuth tokens that are kept", Commands: c.tokenCommands()},
		{Name: "remote_certificate", Summary: "Certificates of an HTTPS server", Commands: certificateCommands()},
		{
			Name: "download", Summary: "Save what a URL answers", Result: sdk.ResultStatus, Run: download,
			Args: []sdk.Arg{{Name: "url"}, {Name: "path", Optional: true}},
		},
		{Name: "test", Summary: "For tests of this program", Commands: []sdk.Command{
			{
				Name: "throw", Summary: "Fail with an error", Result: sdk.ResultNothing, Run: throw,
				Args: []sdk.Arg{{Name: "type", Description: "exception class name"}, {Name: "text", Description: "exception text"}},
			},
			{
				Name: "web", Summary: "Find out whether the browser reaches this program, as at the end of a web login",
				Result: sdk.ResultStatus, Run: c.testWeb,
			},
		}},
	}
}

func echo(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	return display(inv.Arg("value")), nil
}

// display shows a value by its type: an object, a list of objects or of
// scalars, or any other structure.
func display(v any) *sdk.Result {
	switch v := v.(type) {
	case *record.Object:
		return sdk.Object(v)
	case []any:
		rows := make([]*record.Object, 0, len(v))
		for _, x := range v {
			if o, ok := x.(*record.Object); ok {
				rows = append(rows, o)
			}
		}
		switch {
		case len(rows) == len(v):
			return sdk.Rows(rows)
		case allScalars(v):
			return sdk.Values("list", v)
		}
	case *lambda.Func:
		return sdk.Text(v.String())
	case *regexp.Regexp:
		// No record, which sdk.Structure wants: it stays within this process.
		return &sdk.Result{Kind: sdk.ResultStructure, Records: func(yield func(any, error) bool) { yield(v, nil) }}
	}
	return sdk.Structure(v)
}

func allScalars(list []any) bool {
	for _, x := range list {
		switch x.(type) {
		case *record.Object, []any:
			return false
		}
	}
	return true
}

func (c commands) pluginsList(ctx context.Context, _ *sdk.Invocation) (*sdk.Result, error) {
	installed, err := c.host.Plugins(ctx)
	if err != nil {
		return nil, err
	}
	var rows []*record.Object
	for _, p := range installed {
		row := record.New("plugin", p.Name, "detect", tick(p.Detects), "wizard", tick(p.HasWizard), "path", p.Path, "origin", string(p.Origin))
		if p.Problem != "" {
			row.Set("origin", "not used: "+p.Problem)
		}
		rows = append(rows, row)
	}
	return sdk.Rows(rows), nil
}

// pluginsCreate writes the source of a plugin that builds and runs.
func (c commands) pluginsCreate(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	if err := c.freeName(ctx, strings.ToLower(inv.Text("name"))); err != nil {
		return nil, err
	}
	folder := inv.Text("folder")
	if folder == "" {
		folder = filepath.Join(c.host.Folder(), "plugins")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	path, err := skeleton.Create(skeleton.Plan{Name: inv.Text("name"), Folder: folder, Version: c.host.ProgramVersion()})
	if err != nil {
		return nil, err
	}
	return sdk.Status("Created " + path), nil
}

// freeName refuses the name of a plugin that is there: the new one would not be
// found, or replace it.
func (c commands) freeName(ctx context.Context, name string) error {
	installed, err := c.host.Plugins(ctx)
	if err != nil {
		return err
	}
	taken := func(p InstalledPlugin) bool { return p.Name == name }
	if name == "help" || slices.ContainsFunc(installed, taken) {
		return failure.Argumentf("the plugin name %s is taken", name).Hint("`ascli config plugins list` shows the names in use")
	}
	return nil
}

// tick marks what is there, as the original does outside Unicode terminals.
func tick(is bool) string {
	if is {
		return "Y"
	}
	return " "
}
