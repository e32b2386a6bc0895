package sdk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// fruits is a plugin with entities.
func fruits() *sdk.Plugin {
	return &sdk.Plugin{Name: "fruits", Commands: []sdk.Command{
		{
			Name: "delete", Result: sdk.ResultObject, Args: []sdk.Arg{{Name: "ids", Multiple: true}},
			Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
				return inv.Each(ctx, "id", inv.Texts("ids"), "deleted", func(_ context.Context, id string) error {
					if id == "stone" {
						return errors.New("no fruit")
					}
					return nil
				})
			},
		},
		{
			Name: "create", Result: sdk.ResultObject,
			Args: []sdk.Arg{{Name: "data", Types: []sdk.Type{sdk.Hash, sdk.Array}}},
			Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
				return inv.Create(ctx, "data", func(_ context.Context, data *record.Object) (*record.Object, error) {
					if data.Text("name") == "stone" {
						return nil, errors.New("no fruit")
					}
					return record.New("id", "id of "+data.Text("name")), nil
				})
			},
		},
		{
			Name: "show", Result: sdk.ResultText, Args: []sdk.Arg{{Name: "id", Identifier: true}},
			Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
				id, err := inv.Identifier(ctx, "id", func(_ context.Context, s sdk.Selector) (string, error) {
					return s.Field + "=" + s.Value, nil
				})
				return sdk.Text(id), err
			},
		},
		{
			Name: "plain", Result: sdk.ResultText, Args: []sdk.Arg{{Name: "id", Identifier: true}},
			Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
				id, err := inv.Identifier(ctx, "id", nil)
				return sdk.Text(id), err
			},
		},
	}}
}

func TestEntities(t *testing.T) {
	type values = map[string]any
	bulk, goOn := values{"bulk": true}, values{"bulk": true, "bfail": false}
	hash := func(name string) any { return record.New("name", name) }
	tests := []struct {
		name, words   string
		args, options values
		want, err     string
	}{
		{"delete one", "delete", values{"ids": []any{"a"}}, nil, `[{"id":"a","status":"deleted"}]`, ""},
		{"several without bulk", "delete", values{"ids": []any{"a", "b"}}, nil, `[]`, `unprocessed values: ["b"]`},
		{"delete several", "delete", values{"ids": []any{"a", "b"}}, bulk, `[{"id":"a","status":"deleted"},{"id":"b","status":"deleted"}]`, ""},
		{"the first error ends it", "delete", values{"ids": []any{"a", "stone", "b"}}, bulk, `[]`, "no fruit"},
		{"errors as status", "delete", values{"ids": []any{"a", "stone", "b"}}, goOn,
			`[{"id":"a","status":"deleted"},{"id":"stone","status":"no fruit"},{"id":"b","status":"deleted"}]`, ""},
		{"nothing to delete", "delete", values{"ids": []any{}}, bulk, `[]`, ""},
		{"create one", "create", values{"data": hash("fig")}, nil, `[{"id":"id of fig","status":"created"}]`, ""},
		{"create one from a list", "create", values{"data": []any{hash("fig")}}, nil, `[]`, "Argument parameters for create (Hash) is a Array but must be Hash"},
		{"create several", "create", values{"data": []any{hash("fig"), hash("kiwi")}}, bulk,
			`[{"id":"id of fig","status":"created"},{"id":"id of kiwi","status":"created"}]`, ""},
		{"create several from a Hash", "create", values{"data": hash("fig")}, bulk, `[]`, "Argument parameters for create (Array) is a Hash but must be Array"},
		{"create several from texts", "create", values{"data": []any{"fig"}}, bulk, `[]`, "Argument parameters for create (Array): item 0 is a String but must be Hash"},
		{"one of them fails", "create", values{"data": []any{hash("stone"), hash("kiwi")}}, goOn,
			`[{"status":"no fruit"},{"id":"id of kiwi","status":"created"}]`, ""},
		{"identifier", "show", values{"id": "4"}, nil, `["4"]`, ""},
		{"selector", "show", values{"id": "%name:a:b"}, nil, `["name=a:b"]`, ""},
		{"no selector", "show", values{"id": "%name"}, nil, `["%name"]`, ""},
		{"selector without lookup", "plain", values{"id": "%name:a"}, nil, `[]`, "Percent syntax for identifier not supported in this context"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := sdktest.Run(t, fruits(), tt.words, tt.args, tt.options, sdktest.Host{})
			if got := out.JSON(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if got := text(out.Err); got != tt.err {
				t.Errorf("error %q, want %q", got, tt.err)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
