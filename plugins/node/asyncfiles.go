package node

import (
	"context"
	"strconv"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/once"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// syncFiles lists files. With option once_only these are the ones behind the
// last file that such a list showed (spec/plugins/node.md 13.1).
func syncFiles(ctx context.Context, inv *sdk.Invocation, s syncs) (*sdk.Result, error) {
	query := inv.Option("query")
	more, isHash := query.(*record.Object)
	if query != nil && !isHash {
		return nil, failure.Argumentf("Option query is a %s but must be Hash", record.TypeName(query))
	}
	var mark once.Mark[int64]
	var last *int64
	if inv.Flag("once_only") {
		var err error
		if mark, err = once.For[int64](ctx, inv, "sync_files", s.key()); err != nil {
			return nil, err
		}
		if last, err = mark.Read(ctx); err != nil {
			return nil, err
		}
	}
	answer, err := s.ask(ctx, "files", more)
	if err != nil {
		return nil, err
	}
	list, _ := s.of(answer, "sync_files").([]any)
	files := after(last, objects(list))
	if len(files) == 0 || !inv.Flag("once_only") {
		return listOrEmpty(files), nil
	}
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for _, f := range files {
			if !yield(f, nil) {
				return
			}
		}
		number := fileNumber(files[len(files)-1])
		if err := mark.Write(ctx, &number); err != nil {
			yield(nil, err)
		}
	}), nil
}

// after leaves out the files up to a number; nil leaves none out.
func after(last *int64, files []*record.Object) []*record.Object {
	if last == nil {
		return files
	}
	var later []*record.Object
	for _, f := range files {
		if fileNumber(f) > *last {
			later = append(later, f)
		}
	}
	return later
}

// fileNumber counts the files of a synchronization up.
func fileNumber(file *record.Object) int64 {
	v, _ := file.Get("fnid")
	number, _ := strconv.ParseInt(inspect.Plain(v), 10, 64)
	return number
}
