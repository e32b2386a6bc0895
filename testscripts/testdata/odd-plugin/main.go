// Command ascli-plugin-odd misbehaves in every way that tests want to see.
package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

func main() {
	sdk.Serve(&sdk.Plugin{
		Name:    name(),
		Summary: "A plugin that misbehaves",
		Commands: []sdk.Command{
			{Name: "panic", Result: sdk.ResultText, Run: func(context.Context, *sdk.Invocation) (*sdk.Result, error) { panic("boom") }},
			{Name: "die", Result: sdk.ResultList, Run: die},
			{Name: "freeze", Result: sdk.ResultText, Run: stopped},
			{Name: "wait", Result: sdk.ResultText, Run: wait},
			{Name: "stubborn", Result: sdk.ResultText, Run: stubborn},
			{Name: "fail", Result: sdk.ResultList, Run: fail},
			{Name: "secret", Result: sdk.ResultText, Run: secret},
			{Name: "many", Args: []sdk.Arg{{Name: "count", Types: []sdk.Type{sdk.Integer}}}, Result: sdk.ResultList, Run: many},
			{Name: "endless", Result: sdk.ResultList, Run: endless},
		},
		Options: []sdk.Option{{Name: "password", Secret: true}, {Name: "needed"}},
	})
}

// name is what the file is called: a benchmark has many of them.
func name() string {
	base := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")
	return strings.TrimPrefix(base, "ascli-plugin-")
}

// die ends the process in the middle of a list. What came before is more than
// the connection holds: the host has the first rows by then.
func die(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for i := range 200_000 {
			if !yield(record.New("n", i), nil) {
				return
			}
		}
		fmt.Fprintln(os.Stderr, "last words")
		os.Exit(7)
	}), nil
}

// stopped is a command whose process stands still.
func stopped(ctx context.Context, _ *sdk.Invocation) (*sdk.Result, error) {
	if err := freeze(); err != nil {
		return nil, err
	}
	// The signal may reach another thread a little earlier than this one.
	<-ctx.Done()
	return nil, ctx.Err()
}

// wait is a long command that ends when it is told to.
func wait(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	if err := inv.Host.Message(ctx, sdk.Trouble, "waiting"); err != nil {
		return nil, err
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

// stubborn is a long command that does not.
func stubborn(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	if err := inv.Host.Message(ctx, sdk.Trouble, "waiting"); err != nil {
		return nil, err
	}
	select {}
}

// fail gives two rows and then an error.
func fail(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return sdk.List(func(yield func(*record.Object, error) bool) {
		_ = yield(record.New("n", 1), nil) && yield(record.New("n", 2), nil) && yield(nil, errors.New("no more rows"))
	}), nil
}

// secret says a password in the log, in a message and in an error.
func secret(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	password := inv.OptionText("password")
	inv.Log.Warn("the password is "+password, "password", password)
	if _, err := inv.Require(ctx, "needed"); err != nil {
		return nil, err
	}
	if err := inv.Host.Message(ctx, sdk.Trouble, "said aloud: "+password); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("refused: %s", password)
}

func many(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	count, err := strconv.Atoi(inv.Text("count"))
	return files(count), err
}

// files have six fields, as those of a server.
func files(count int) *sdk.Result {
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for i := range count {
			row := record.New("id", i, "name", fmt.Sprintf("file %d", i), "type", "file", "size", i*1000,
				"modified_time", "2026-11-22T06:30:00Z", "owner", "joe")
			if !yield(row, nil) {
				return
			}
		}
	}, "id", "name", "type", "size", "modified_time", "owner")
}

func endless(context.Context, *sdk.Invocation) (*sdk.Result, error) { return rows(math.MaxInt), nil }

func rows(count int) *sdk.Result {
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for i := range count {
			if !yield(record.New("id", i, "name", fmt.Sprintf("file %d", i)), nil) {
				return
			}
		}
	}, "id", "name")
}
