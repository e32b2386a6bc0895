// Command ascli-plugin-odd misbehaves in every way that tests want to see.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

func main() {
	sdk.Serve(&sdk.Plugin{
		Name: "odd",
		Commands: []sdk.Command{
			{Name: "panic", Result: sdk.ResultText, Run: func(context.Context, *sdk.Invocation) (*sdk.Result, error) { panic("boom") }},
			{Name: "die", Result: sdk.ResultList, Run: die},
			{Name: "freeze", Result: sdk.ResultText, Run: func(context.Context, *sdk.Invocation) (*sdk.Result, error) { return sdk.Text(""), freeze() }},
			{Name: "wait", Result: sdk.ResultText, Run: wait},
			{Name: "fail", Result: sdk.ResultList, Run: fail},
			{Name: "secret", Result: sdk.ResultText, Run: secret},
			{Name: "many", Args: []sdk.Arg{{Name: "count", Types: []sdk.Type{sdk.Integer}}}, Result: sdk.ResultList, Run: many},
		},
		Options: []sdk.Option{{Name: "password", Secret: true}, {Name: "needed"}},
	})
}

// die ends the process in the middle of a list.
func die(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for i := range 5000 {
			if i == 4500 {
				fmt.Fprintln(os.Stderr, "last words")
				os.Exit(7)
			}
			yield(record.New("n", i), nil)
		}
	}), nil
}

func wait(ctx context.Context, _ *sdk.Invocation) (*sdk.Result, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// fail gives two rows and then an error.
func fail(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return sdk.List(func(yield func(*record.Object, error) bool) {
		_ = yield(record.New("n", 1), nil) && yield(record.New("n", 2), nil) && yield(nil, fmt.Errorf("no more rows"))
	}), nil
}

// secret says a password in an error and in the log.
func secret(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	inv.Log.Warn("the password is " + inv.OptionText("password"))
	if _, err := inv.Require(ctx, "needed"); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("refused: %s", inv.OptionText("password"))
}

func many(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	var count int
	if _, err := fmt.Sscan(inv.Text("count"), &count); err != nil {
		return nil, err
	}
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for i := range count {
			if !yield(record.New("id", i, "name", fmt.Sprintf("file %d", i)), nil) {
				return
			}
		}
	}, "id", "name"), nil
}
