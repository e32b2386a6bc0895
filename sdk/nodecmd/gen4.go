package nodecmd

import (
	"context"
	"regexp"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Gen4 returns the commands that work by file id. A path may be given as
// %id:<file id>.
func Gen4(m Mount) []sdk.Command {
	path := sdk.Arg{Name: "path", Description: "path or %id:<file id>"}
	sources := sdk.Arg{Name: "files", Description: "source file list", Multiple: true, Sources: true}
	return []sdk.Command{
		{
			Name: "browse", Summary: "List a folder", Result: sdk.ResultList,
			Columns: []string{"name", "type", "recursive_size", "size", "modified_time", "access_level"},
			Args:    []sdk.Arg{path},
			Run:     m.on(browseFolder),
		},
		{
			Name: "find", Summary: "List all that is below a folder", Result: sdk.ResultList, Columns: []string{"path"},
			Args: []sdk.Arg{path, {
				Name: "filter", Description: "name filter", Optional: true, Types: []sdk.Type{sdk.String, sdk.Regexp, sdk.Proc},
			}},
			Run: m.on(find),
		},
		{
			Name: "show", Summary: "Show an entry", Result: sdk.ResultObject,
			Args: []sdk.Arg{path},
			Run:  m.on(showFile),
		},
		{
			Name: "mkdir", Summary: "Create a folder", Result: sdk.ResultStatus,
			Args: []sdk.Arg{{Name: "path", Description: "folder path"}},
			Run:  m.on(createFolder),
		},
		{
			Name: "rename", Summary: "Rename an entry", Result: sdk.ResultStatus,
			Args: []sdk.Arg{{Name: "path", Description: "source path"}, {Name: "name", Description: "new name"}},
			Run:  m.on(renameFile),
		},
		{
			Name: "delete", Summary: "Delete an entry, or several with option bulk", Result: sdk.ResultObject,
			Args: []sdk.Arg{{Name: "paths", Description: "path or %id:<file id>", Multiple: true}},
			Run:  m.on(deleteFiles),
		},
		{
			Name: "upload", Summary: "Send files", Result: sdk.ResultNothing,
			Args: []sdk.Arg{sources},
			Run:  m.on(uploadFiles),
		},
		{
			Name: "download", Summary: "Receive files", Result: sdk.ResultNothing,
			Args: []sdk.Arg{sources},
			Run:  m.on(downloadFiles),
		},
	}
}

// locate finds what a path argument names: a path, or %id: and a file id of
// the node itself.
func locate(ctx context.Context, c *node.Client, text string) (node.Location, error) {
	selector, selects := sdk.ParseSelector(text)
	switch {
	case !selects:
		return c.Resolve(ctx, text, false)
	case selector.Field != "id":
		return node.Location{}, failure.Argumentf(`Only selection "id" is supported (file id)`)
	}
	return node.Location{Node: c, ID: selector.Value}, nil
}

func browseFolder(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	query, err := queryObject(inv)
	if err != nil {
		return nil, err
	}
	at, err := locate(ctx, c, inv.Text("path"))
	if err != nil {
		return nil, err
	}
	entry, err := at.Node.File(ctx, at.ID)
	if err != nil {
		return nil, err
	}
	if entry.Text("type") != node.TypeFolder {
		return sdk.Rows([]*record.Object{entry}), nil
	}
	return sdk.List(at.List(ctx, query)), nil
}

func find(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	matches, err := filter(inv)
	if err != nil {
		return nil, err
	}
	at, err := locate(ctx, c, inv.Text("path"))
	if err != nil {
		return nil, err
	}
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for entry, err := range at.Walk(ctx, node.WalkOptions{}) {
			wanted := err != nil
			if err == nil {
				wanted, err = matches(ctx, entry)
			}
			if err == nil && !wanted {
				continue
			}
			if !yield(entry, err) {
				return
			}
		}
	}), nil
}

// entryFilter tells whether an entry is wanted.
type entryFilter func(ctx context.Context, entry *record.Object) (bool, error)

// filter is a function that accepts an entry, or what its name must match: a
// glob for the whole name, or a regular expression for a part of it.
func filter(inv *sdk.Invocation) (entryFilter, error) {
	if f := inv.Lambda("filter"); f != nil {
		return func(ctx context.Context, entry *record.Object) (bool, error) { return f.True(ctx, entry) }, nil
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
	if inv.Arg("filter") == nil {
		return regexp.Compile("")
	}
	return compileGlob(inv.Text("filter"))
}

func showFile(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	at, err := locate(ctx, c, inv.Text("path"))
	if err != nil {
		return nil, err
	}
	entry, err := at.Node.File(ctx, at.ID)
	if err != nil {
		return nil, err
	}
	return sdk.Object(entry), nil
}

func createFolder(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	parent, name := node.Split(inv.Text("path"))
	if name == "" {
		return nil, failure.Argumentf("no name for the new folder in %q", inv.Text("path"))
	}
	at, err := c.Resolve(ctx, parent, true)
	if err != nil {
		return nil, err
	}
	created, err := at.Node.CreateEntry(ctx, at.ID, record.New("name", name, "type", node.TypeFolder))
	if err != nil {
		return nil, err
	}
	return sdk.Status("created: " + created.Text("name") + " (id=" + created.Text("id") + ")"), nil
}

func renameFile(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	at, err := c.Resolve(ctx, inv.Text("path"), false)
	if err != nil {
		return nil, err
	}
	name := inv.Text("name")
	if err := at.Node.ModifyFile(ctx, at.ID, record.New("name", name)); err != nil {
		return nil, err
	}
	return sdk.Status("renamed to " + name), nil
}

func deleteFiles(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return inv.Each(ctx, "path", inv.Texts("paths"), "deleted", func(ctx context.Context, path string) error {
		at, err := locate(ctx, c, path)
		if err != nil {
			return err
		}
		return at.Node.DeleteFile(ctx, at.ID)
	})
}

func uploadFiles(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	at, err := c.Resolve(ctx, inv.Destination(transfer.Send), true)
	if err != nil {
		return nil, err
	}
	spec, err := at.TransferSpec(ctx, transfer.Send, nil)
	if err != nil {
		return nil, err
	}
	return inv.Transfer(ctx, spec, inv.Sources("files"))
}

func downloadFiles(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	sources := inv.Sources("files")
	spec, err := c.DownloadSpec(ctx, sources)
	if err != nil {
		return nil, err
	}
	return inv.Transfer(ctx, spec, sources)
}
