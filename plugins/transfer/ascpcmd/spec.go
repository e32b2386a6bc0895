package ascpcmd

import (
	"context"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func specCommand() sdk.Command {
	return sdk.Command{
		Name: "spec", Summary: "List the parameters of a transfer spec, and the agents that support them",
		Result: sdk.ResultList, Columns: []string{"name", "type", "d", "n", "c", "t", "h", "description"}, Run: spec,
	}
}

// spec lists the fields. Its cells are those of 4.21.0 without a UTF-8 terminal,
// whose manual selects by them; a plugin sees no terminal.
func spec(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	var rows []*record.Object
	for _, f := range transfer.Fields() {
		rows = append(rows, specRow(f))
		separator := "."
		if slices.Contains(f.Types, transfer.TypeArray) {
			separator = "[]."
		}
		for _, inner := range nested(f.Name) {
			inner.Name, inner.Agents = f.Name+separator+inner.Name, f.Agents
			rows = append(rows, specRow(inner))
		}
	}
	slices.SortFunc(rows, func(a, b *record.Object) int { return strings.Compare(a.Text("name"), b.Text("name")) })
	return sdk.Rows(rows), nil
}

func specRow(f transfer.Field) *record.Object {
	row := record.New("name", f.Name, "type", f.TypeNames())
	for _, a := range specAgents() {
		if a.column == "" {
			continue
		}
		cell := " "
		if a.Supports(f) {
			cell = "Y"
		}
		row.Set(a.column, cell)
	}
	row.Set("description", specDescription(f))
	row.Set("cli", ascpArgument(f))
	return row
}

// specDescription holds one idea a line.
func specDescription(f transfer.Field) string {
	lines := []string{f.Help}
	if len(f.Values) > 0 {
		lines = append(lines, "Allowed values: "+strings.Join(f.Values, ", "))
	}
	if f.Default != "" {
		lines = append(lines, "Default: "+f.Default+".")
	}
	if f.Ascp.Option != "" {
		lines = append(lines, "("+ascpArgument(f)+")")
	}
	return strings.Join(lines, "\n")
}

// ascpArgument tells how ascp is given a field (spec/plugins/config.md 10.3).
func ascpArgument(f transfer.Field) string {
	m := f.Ascp
	switch {
	case m.Env != "":
		return "env:" + m.Env
	case isSpecial(f.Name):
		return "<special>"
	case m.Option == "":
		return "<ignored>"
	case m.Switch:
		return m.Option
	}
	value := "{enum}"
	if len(f.Values) == 0 {
		types := make([]string, len(f.Types))
		for i, t := range f.Types {
			types[i] = "{" + string(t) + "}"
		}
		value = strings.Join(types, "|")
	}
	if m.Convert != transfer.ConvertNone {
		value = "(conversion)" + value
	}
	return m.Option + " " + value
}
