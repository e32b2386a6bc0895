package sdk_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

func nothing(context.Context, *sdk.Invocation) (*sdk.Result, error) { return sdk.Nothing(), nil }

func TestManifest(t *testing.T) {
	p := &sdk.Plugin{
		Name: "demo", Summary: "s", Version: "1.2",
		Options: []sdk.Option{
			{Name: "url", Mandatory: true},
			{Name: "tags", Types: []sdk.Type{sdk.Hash}, Default: record.New("b", 1, "a", nil), Cumulative: true, Secret: true, Since: "4.22"},
		},
		Commands: []sdk.Command{{
			Name: "item", Aliases: []string{"items"}, Args: []sdk.Arg{{Name: "id", Description: "identifier"}},
			Commands: []sdk.Command{{
				Name: "show", Args: []sdk.Arg{{Name: "filter", Optional: true}}, Result: sdk.ResultList, Columns: []string{"id"}, Run: nothing,
			}},
		}},
		Detect: func(context.Context, string, *sdk.Invocation) (*sdk.Detection, error) { return nil, nil },
	}
	m, err := p.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if m.Name != "demo" || m.Version != "1.2" || !m.Detects || m.HasWizard || m.Transfers || len(m.ProtocolVersions) == 0 {
		t.Errorf("got %v", m)
	}
	if o := m.Options[1]; string(o.DefaultJson) != `{"b":1,"a":null}` || !o.Cumulative || !o.Secret || o.Since != "4.22" || o.Mandatory {
		t.Errorf("got %v", o)
	}
	item := m.Commands[0]
	if item.Aliases[0] != "items" || item.Arguments[0].Description != "identifier" {
		t.Errorf("got %v", item)
	}
	show := item.Commands[0]
	if show.Result != sdk.ResultList || show.Columns[0] != "id" || !show.Arguments[0].Optional || show.Arguments[0].Description != "filter" {
		t.Errorf("got %v", show)
	}
	// It is handed over as JSON too.
	text, err := protojson.Marshal(m)
	if err != nil || !strings.Contains(string(text), `"demo"`) {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestWrongDeclarations(t *testing.T) {
	run := func(name string, args ...sdk.Arg) sdk.Command {
		return sdk.Command{Name: name, Args: args, Run: nothing}
	}
	plugin := func(commands ...sdk.Command) *sdk.Plugin { return &sdk.Plugin{Name: "x", Commands: commands} }
	for _, c := range []struct {
		name   string
		plugin *sdk.Plugin
		want   string
	}{
		{"plugin name", &sdk.Plugin{Name: "My-Plugin"}, `plugin name "My-Plugin": use lower case letters, digits and _`},
		{"option name", &sdk.Plugin{Name: "x", Options: []sdk.Option{{Name: "to-folder"}}}, `option "to-folder": use lower case letters, digits and _`},
		{"option twice", &sdk.Plugin{Name: "x", Options: []sdk.Option{{Name: "a"}, {Name: "a"}}}, `option "a": is declared twice`},
		{"enum without values", &sdk.Plugin{Name: "x", Options: []sdk.Option{{Name: "a", Types: []sdk.Type{sdk.Enum}}}}, `option "a": an Enum needs Values`},
		{"neither run nor commands", plugin(sdk.Command{Name: "a"}), "command a: declare either Run or Commands"},
		{"both", plugin(sdk.Command{Name: "a", Run: nothing, Commands: []sdk.Command{run("b")}}), "command a: declare either Run or Commands"},
		{"command twice", plugin(run("a"), run("a")), "command a is declared twice"},
		{"alias of another", plugin(run("a"), sdk.Command{Name: "b", Aliases: []string{"a"}, Run: nothing}), "command a is declared twice"},
		{"argument twice on a line", plugin(sdk.Command{Name: "a", Args: []sdk.Arg{{Name: "id"}}, Commands: []sdk.Command{run("b", sdk.Arg{Name: "id"})}}),
			"command a: command b: argument id is declared twice on one line"},
		{"argument after an optional one", plugin(run("a", sdk.Arg{Name: "x", Optional: true}, sdk.Arg{Name: "y"})), "command a: argument y follows an optional one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.plugin.Manifest(); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
