package configcmd

import (
	"context"
	"strings"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/options"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

// inventoryCommands list what can be typed: every leaf command and option of
// every plugin, from the manifests.
func (c commands) inventoryCommands() []sdk.Command {
	return []sdk.Command{
		{Name: "commands", Summary: "What can be typed", Commands: []sdk.Command{{
			Name: "list", Summary: "Every command of every plugin",
			Result: sdk.ResultList, Columns: []string{"path", "arguments", "plugin", "since"}, Run: c.commandsList,
		}}},
		{Name: "options", Summary: "What can be set", Commands: []sdk.Command{{
			Name: "list", Summary: "Every option of every plugin",
			Result: sdk.ResultList, Columns: []string{"plugin", "name", "type", "default"}, Run: c.optionsList,
		}}},
	}
}

func (c commands) commandsList(ctx context.Context, _ *sdk.Invocation) (*sdk.Result, error) {
	manifests, err := c.host.Manifests(ctx)
	if err != nil {
		return nil, err
	}
	var rows []*record.Object
	for _, m := range manifests {
		rows = appendLeaves(rows, m, m.Name, m.Commands)
	}
	return sdk.Rows(rows), nil
}

// appendLeaves adds the leaf commands below path, each under all its names. Arguments that stand between
// command words are part of the path.
func appendLeaves(rows []*record.Object, m *ascliv1.Manifest, path string, list []*ascliv1.Command) []*record.Object {
	for _, command := range list {
		here := path + " " + command.Name
		arguments := grammar.Placeholders(command)
		if len(command.Commands) > 0 {
			rows = appendLeaves(rows, m, strings.Join(append([]string{here}, arguments...), " "), command.Commands)
			continue
		}
		for _, name := range append([]string{command.Name}, command.Aliases...) {
			row := record.New("path", path+" "+name)
			setText(row, "arguments", strings.Join(arguments, " "))
			row.Set("plugin", m.Name)
			setText(row, "since", command.Since)
			setText(row, "summary", command.Summary)
			rows = append(rows, row)
		}
	}
	return rows
}

func (c commands) optionsList(ctx context.Context, _ *sdk.Invocation) (*sdk.Result, error) {
	manifests, err := c.host.Manifests(ctx)
	if err != nil {
		return nil, err
	}
	rows := appendOptions(nil, "global", options.Globals())
	for _, m := range manifests {
		own, err := options.FromManifest(m)
		if err != nil {
			return nil, err
		}
		rows = appendOptions(rows, m.Name, own)
	}
	return sdk.Rows(rows), nil
}

func appendOptions(rows []*record.Object, plugin string, list []options.Definition) []*record.Object {
	for _, d := range list {
		row := record.New("plugin", plugin, "name", d.Name, "type", d.TypeNames())
		switch v := record.Of(d.Default).(type) {
		case nil:
		case string:
			setText(row, "default", v)
		default:
			row.Set("default", string(record.JSON(v)))
		}
		setText(row, "help", d.Help)
		rows = append(rows, row)
	}
	return rows
}

// setText leaves out what is empty: the cell is blank then.
func setText(row *record.Object, key, text string) {
	if text != "" {
		row.Set(key, text)
	}
}
