// Package synccmd is the commands `config sync`: what can be known of sync
// sessions without a server (spec/plugins/config.md 19).
package synccmd

import (
	"context"
	"runtime"

	"github.com/ascli-go/ascli/plugins/transfer/syncspec"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

const argArguments = "async_argument"

// Command declares `sync`.
func Command() sdk.Command {
	return sdk.Command{Name: "sync", Summary: "Sync sessions: parameters, arguments, local state", Since: "4.24.2", Commands: []sdk.Command{
		{
			Name: "spec", Summary: "List the parameters of a session",
			Result: sdk.ResultList, Columns: []string{"name", "type", "description"}, Since: "4.24.2", Run: spec,
		},
		{
			Name: "translate", Summary: "Translate arguments of async to the description of a session",
			Args:   []sdk.Arg{{Name: argArguments, Description: "arguments of async, after --", Multiple: true}},
			Result: sdk.ResultObject, Since: "4.25.0", Run: translate,
		},
		admin(),
	}}
}

func spec(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	var rows []*record.Object
	for _, p := range syncspec.Parameters() {
		rows = append(rows, record.New("name", p.Name, "type", string(p.Type), "description", p.Describe()))
	}
	return sdk.Rows(rows), nil
}

func translate(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	conf, err := syncspec.Translate(inv.Texts(argArguments), runtime.GOOS == "windows")
	if err != nil {
		return nil, err
	}
	return sdk.Object(conf), nil
}
