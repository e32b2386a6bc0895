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
func find(ctx context.Context, inv *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	matches, err := filter(inv)
	if err != nil {
		return nil, err
	}
	options, err := walkOptions(inv)
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
			var match *record.Object
			if err == nil {
				match, err = matches(ctx, entry)
			}
			if err == nil && match == nil {
				continue
			}
			if !yield(match, err) || err != nil {
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
			// The original ignores the option.
			inv.Log.Warn("query: find knows concurrency and ordered, " + key + " has no effect")
		}
	}
	return options, nil
}

// matcher returns what is shown of an entry, nil when it is not wanted.
type matcher func(ctx context.Context, entry node.Entry) (*record.Object, error)

// filter is a function that accepts an entry, or what its name must match: a
// glob for the whole name, or a regular expression for a part of it.
func filter(inv *sdk.Invocation) (matcher, error) {
	if f := inv.Lambda("filter"); f != nil {
		return func(ctx context.Context, entry node.Entry) (*record.Object, error) {
			whole, err := entry.Record()
			if err != nil {
				return nil, err
			}
			if wanted, err := f.True(ctx, whole); err != nil || !wanted {
				return nil, err
			}
			return whole, nil
		}, nil
	}
	pattern, err := namePattern(inv)
	if err != nil {
		return nil, err
	}
	// Most often only paths are shown, and the rest need not be looked at.
	onlyPath := inv.ShowsOnly("path")
	return func(_ context.Context, entry node.Entry) (*record.Object, error) {
		switch {
		case pattern != nil && !pattern.MatchString(entry.Name):
			return nil, nil
		case onlyPath:
			return record.New("path", entry.Path), nil
		}
		return entry.Record()
	}, nil
}

// namePattern is nil when all names are wanted.
func namePattern(inv *sdk.Invocation) (*regexp.Regexp, error) {
	if pattern := inv.Pattern("filter"); pattern != nil || inv.Arg("filter") == nil {
		return pattern, nil
	}
	return compileGlob(inv.Text("filter"))
}
