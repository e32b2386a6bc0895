package nodecmd

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
)

// maxConcurrency bounds how many folders a user may read at a time.
const maxConcurrency = 64

// find shows what matches below a folder as it is found. Folders that cannot be
// read are reported as they are met, and fail the command in the end.
func find(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	matches, err := filter(inv)
	if err != nil {
		return nil, err
	}
	options, err := walkOptions(inv)
	if err != nil {
		return nil, err
	}
	at, err := locate(ctx, inv, c)
	if err != nil {
		return nil, err
	}
	return sdk.List(func(yield func(*record.Object, error) bool) {
		unreadable := 0
		for entry, err := range at.Walk(ctx, options) {
			var folder *node.FolderError
			if errors.As(err, &folder) {
				unreadable++
				err = inv.Host.Message(ctx, sdk.Trouble, "cannot read folder "+folder.Error())
				if err == nil {
					continue
				}
			}
			wanted := err != nil
			if err == nil {
				wanted, err = matches(ctx, entry)
			}
			if err == nil && !wanted {
				continue
			}
			if !yield(entry, err) || err != nil {
				return
			}
		}
		if unreadable > 0 {
			yield(nil, failure.Otherf("RuntimeError", "the list is not complete: %d folder(s) could not be read", unreadable))
		}
	}), nil
}

// walkOptions reads option query: concurrency, ordered.
func walkOptions(inv *sdk.Invocation) (node.WalkOptions, error) {
	options := node.WalkOptions{}
	query, err := queryObject(inv)
	if err != nil {
		return options, err
	}
	for key, value := range query.All() {
		switch key {
		case "concurrency":
			number, _ := value.(json.Number)
			n, err := number.Int64()
			if err != nil || n < 1 || n > maxConcurrency {
				return options, failure.Argumentf("query: concurrency must be a number from 1 to %d, not %s", maxConcurrency, record.JSON(value))
			}
			options.Concurrency = int(n)
		case "ordered":
			ordered, isFlag := value.(bool)
			if !isFlag {
				return options, failure.Argumentf("query: ordered must be true or false, not %s", record.JSON(value))
			}
			options.Unordered = !ordered
		default:
			return options, failure.Argumentf("query: find knows concurrency and ordered, not %s", key)
		}
	}
	return options, nil
}

// entryFilter tells whether an entry is wanted.
type entryFilter func(ctx context.Context, entry *record.Object) (bool, error)

// filter is a function that accepts an entry, or what its name must match: a
// glob for the whole name, or a regular expression for a part of it.
func filter(inv *sdk.Invocation) (entryFilter, error) {
	if f := inv.Lambda("filter"); f != nil {
		return func(ctx context.Context, entry *record.Object) (bool, error) { return f.True(ctx, entry) }, nil
	}
	if inv.Arg("filter") == nil {
		return func(context.Context, *record.Object) (bool, error) { return true, nil }, nil
	}
	pattern, err := namePattern(inv)
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, entry *record.Object) (bool, error) {
		return pattern.MatchString(entry.Text("name")), nil
	}, nil
}

func namePattern(inv *sdk.Invocation) (*regexp.Regexp, error) {
	if pattern := inv.Pattern("filter"); pattern != nil {
		return pattern, nil
	}
	return compileGlob(inv.Text("filter"))
}
