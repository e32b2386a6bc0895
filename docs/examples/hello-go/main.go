// Command ascli-plugin-hello is a plugin by a third party.
package main

import (
	"context"
	"strconv"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

func main() {
	sdk.Serve(&sdk.Plugin{
		Name: "hello", Summary: "An example",
		Options: []sdk.Option{
			{Name: "greeting", Default: "Hello", Help: "Word to greet with"},
			{Name: "host", Help: "Address of the server to send to"},
			{Name: "token", Secret: true, Help: "Transfer token of the server"},
		},
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
	limit, err := strconv.Atoi(inv.Text("limit"))
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for n := 1; n <= limit && yield(record.New("n", n, "square", n*n), nil); n++ {
		}
	}, "n", "square"), err
}

func send(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	spec := record.New("direction", "send", "remote_host", inv.OptionText("host"), "remote_user", "xfer",
		"token", inv.OptionText("token"), "destination_root", inv.Destination("send"))
	return inv.Transfer(ctx, spec, inv.Sources("files"))
}
