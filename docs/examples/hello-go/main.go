// Command ascli-plugin-hello is a plugin by a third party.
package main

import (
	"context"
	"fmt"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

func main() {
	sdk.Serve(&sdk.Plugin{
		Name:    "hello",
		Summary: "An example",
		Options: []sdk.Option{{Name: "greeting", Default: "Hello", Help: "Word to greet with"}},
		Commands: []sdk.Command{
			{Name: "greet", Result: sdk.ResultText, Run: greet},
			{Name: "count", Args: []sdk.Arg{{Name: "limit", Types: []sdk.Type{sdk.Integer}}}, Result: sdk.ResultList, Run: count},
			{Name: "send", Args: []sdk.Arg{{Name: "files", Sources: true}}, Result: sdk.ResultNothing, Run: send},
		},
	})
}

func greet(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	name, err := inv.Host.Prompt(ctx, "your name", false)
	return sdk.Text(inv.OptionText("greeting") + " " + name), err
}

func count(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for i := 1; fmt.Sprint(i-1) != inv.Text("limit") && yield(record.New("n", i, "square", i*i), nil); i++ {
		}
	}), nil
}

func send(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	return inv.Transfer(ctx, record.New("direction", "send"), inv.Sources("files"))
}
