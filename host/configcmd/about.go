package configcmd

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/release"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

// programName is the name of this tool.
const programName = "ascli"

// manual is the user manual of the original, whose commands these are.
const manual = "https://www.rubydoc.info/gems/aspera-cli"

// aboutCommands tell about the program itself (spec/plugins/config.md 17, 18).
func (c commands) aboutCommands() []sdk.Command {
	return []sdk.Command{
		{Name: "file", Summary: "Path of the configuration file", Result: sdk.ResultStatus, Run: c.file},
		{Name: "folder", Summary: "Path of the main folder", Result: sdk.ResultStatus, Run: c.folder},
		{Name: "open", Summary: "Open the configuration file in an editor", Result: sdk.ResultNothing, Run: c.open},
		{
			Name: "documentation", Summary: "Open the manual", Result: sdk.ResultNothing, Run: documentation,
			Args: []sdk.Arg{{Name: "section", Optional: true}},
		},
		{Name: "platform", Summary: "System and processor", Result: sdk.ResultStatus, Run: platform},
		{Name: "gem", Summary: "Name, version and place of this program", Commands: []sdk.Command{
			{Name: "name", Summary: "Its name", Result: sdk.ResultStatus, Run: statusOf(func() string { return programName })},
			{Name: "version", Summary: "Its version", Result: sdk.ResultStatus, Run: statusOf(func() string { return c.host.ProgramVersion() })},
			{Name: "path", Summary: "Its folder", Result: sdk.ResultStatus, Run: statusOf(func() string { return filepath.Dir(c.host.ProgramPath()) })},
		}},
		{Name: "check_update", Summary: "Look for a newer version", Result: sdk.ResultObject, Run: c.checkUpdate},
		{Name: "initdemo", Summary: "Make a preset for the public demo server", Result: sdk.ResultStatus, Run: c.initdemo},
	}
}

func statusOf(text func() string) func(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return func(context.Context, *sdk.Invocation) (*sdk.Result, error) { return sdk.Status(text()), nil }
}

func (c commands) file(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return sdk.Status(c.host.ConfigPath()), nil
}

func (c commands) folder(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return sdk.Status(c.host.Folder()), nil
}

func (c commands) open(ctx context.Context, _ *sdk.Invocation) (*sdk.Result, error) {
	// A new file exists only once a command has succeeded.
	if err := c.host.UpdateConfig(ctx, nil); err != nil {
		return nil, err
	}
	return sdk.Nothing(), c.host.Edit(ctx, c.host.ConfigPath())
}

func documentation(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	address := manual
	if section := inv.Text("section"); section != "" {
		address += "#" + section
	}
	return sdk.Nothing(), inv.Host.Open(ctx, address)
}

// platform names systems and processors as the lists of the transfer SDK do.
func platform(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return sdk.Status(platformName(runtime.GOOS, runtime.GOARCH)), nil
}

func platformName(system, processor string) string {
	systems := map[string]string{"darwin": "osx"}
	processors := map[string]string{"amd64": "x86_64", "s390x": "s390"}
	if name, ok := systems[system]; ok {
		system = name
	}
	if name, ok := processors[processor]; ok {
		processor = name
	}
	return system + "-" + processor
}

func (c commands) checkUpdate(ctx context.Context, _ *sdk.Invocation) (*sdk.Result, error) {
	current := c.host.ProgramVersion()
	latest, err := c.host.NewestRelease(ctx)
	if err != nil {
		c.host.Warn("Could not retrieve the latest version: " + err.Error())
		latest = "0"
	}
	return sdk.Object(record.New(
		"name", programName, "current", current, "latest", latest, "need_update", release.IsNewer(latest, current),
	)), nil
}

// The preset of the public demo server.
const (
	demoPreset = "demoserver"
	demoPlugin = "server"
)

func (c commands) initdemo(ctx context.Context, _ *sdk.Invocation) (*sdk.Result, error) {
	err := c.host.UpdateConfig(ctx, func(d *config.Document) error {
		if d.Has(demoPreset) {
			c.host.Warn("Demo server preset already present: " + demoPreset)
		} else {
			d.Replace(demoPreset, record.New("url", "ssh://demo.asperasoft.com:33001", "username", "aspera", "password", "demoaspera"))
		}
		known, has := d.Default(demoPlugin)
		if !has {
			return d.SetDefault(demoPlugin, demoPreset)
		}
		c.host.Warn("Server default preset already set to: " + known)
		if known != demoPreset {
			c.host.Warn(fmt.Sprintf("Use %[1]s for demo: -P%[1]s", demoPreset))
		}
		return nil
	})
	return sdk.Status("Done"), err
}
