package ascpcmd

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func schemaCommand() sdk.Command {
	return sdk.Command{
		Name: "schema", Summary: "Show the JSON schema of a transfer spec",
		Args:   []sdk.Arg{{Name: "agent", Description: "only what this agent supports", Optional: true}},
		Result: sdk.ResultObject, Since: "4.22.0", Run: schema,
	}
}

// schema describes the transfer spec as JSON schema, draft 2020-12. With an agent
// only the fields that it supports are there; of an unknown one, those that all
// agents support (spec/plugins/config.md 10.3).
func schema(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	agent := inv.Text("agent")
	var fields []transfer.Field
	for _, f := range transfer.Fields() {
		if agent == "" || isForAll(f) && agent != transfer.AgentSFTP || slices.ContainsFunc(supporters(f), func(a specAgent) bool { return a.isNamed(agent) }) {
			fields = append(fields, f)
		}
	}
	document := record.New(
		"$schema", "https://json-schema.org/draft/2020-12/schema",
		"$comment", "DO NOT EDIT, this file was generated from the YAML.",
		"title", "TransferSpec",
		"description", "Parameters of a transfer.",
	)
	record.Merge(document, objectSchema(fields))
	for _, f := range fields {
		if !isForAll(f) {
			document.Object("properties").Object(f.Name).Set("x-agents", agentNames(f))
		}
	}
	return sdk.Object(document), nil
}

// agentNames names the agents that support a field.
func agentNames(f transfer.Field) []string {
	names := []string{}
	for _, a := range supporters(f) {
		names = append(names, a.Name)
	}
	return names
}

// objectSchema describes an object with fields.
func objectSchema(fields []transfer.Field) *record.Object {
	properties := record.New()
	var required []string
	for _, f := range fields {
		properties.Set(f.Name, property(f))
		if f.Required {
			required = append(required, f.Name)
		}
	}
	object := record.New("type", "object", "properties", properties)
	if len(required) > 0 {
		object.Set("required", required)
	}
	return object
}

func property(f transfer.Field) *record.Object {
	p := record.New("description", f.Help, "type", schemaTypes(f.Types))
	if len(f.Values) > 0 {
		p.Set("enum", f.Values)
	}
	if f.Default != "" {
		p.Set("default", defaultValue(f))
	}
	if inner := nested(f.Name); len(inner) > 0 {
		described := objectSchema(inner)
		if slices.Contains(f.Types, transfer.TypeArray) {
			described = record.New("items", described)
		}
		described.Delete("type")
		record.Merge(p, described)
	}
	addArgument(p, f)
	return p
}

// addArgument tells how ascp is given the field.
func addArgument(p *record.Object, f transfer.Field) {
	m := f.Ascp
	if m.Env != "" {
		p.Set("x-cli-envvar", m.Env)
	}
	if m.Option != "" {
		p.Set("x-cli-option", m.Option)
	}
	if m.Switch {
		p.Set("x-cli-switch", true)
	}
	if isSpecial(f.Name) {
		p.Set("x-cli-special", true)
	}
	switch m.Convert {
	case transfer.ConvertTable:
		table := record.New()
		for _, e := range m.Table {
			table.Set(e.Value, e.Ascp)
		}
		p.Set("x-cli-convert", table)
	case transfer.ConvertDashless:
		p.Set("x-cli-convert", "remove_hyphen")
	case transfer.ConvertBase64:
		p.Set("x-cli-convert", "base64")
	case transfer.ConvertJSON64:
		p.Set("x-cli-convert", "json64")
	}
}

// schemaTypes is the type of a field, or the list of its types.
func schemaTypes(types []transfer.Type) any {
	words := map[transfer.Type]string{
		transfer.TypeString: "string", transfer.TypeInt: "integer", transfer.TypeBool: "boolean",
		transfer.TypeArray: "array", transfer.TypeObject: "object",
	}
	var list []string
	for _, t := range types {
		list = append(list, words[t])
	}
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// defaultValue is the default of a field, of its type.
func defaultValue(f transfer.Field) any {
	switch f.Types[0] {
	case transfer.TypeBool:
		return f.Default == "true"
	case transfer.TypeInt:
		return json.Number(f.Default)
	}
	return f.Default
}

func supporters(f transfer.Field) []specAgent {
	return slices.DeleteFunc(specAgents(), func(a specAgent) bool { return !a.Supports(f) })
}

// isForAll tells whether all agents of the original support a field.
func isForAll(f transfer.Field) bool {
	return !slices.ContainsFunc(specAgents(), func(a specAgent) bool { return a.column != "" && !a.Supports(f) })
}
