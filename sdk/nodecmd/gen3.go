package nodecmd

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Gen3 returns the commands that work by path.
func Gen3(m Mount) []sdk.Command {
	paths := sdk.Arg{Name: "paths", Description: "file or folder list", Multiple: true}
	sources := sdk.Arg{Name: "files", Description: "source file list", Multiple: true, Sources: true}
	return []sdk.Command{
		{
			Name: "browse", Summary: "List a folder", Result: sdk.ResultList,
			Args: []sdk.Arg{{Name: "path", Description: "folder path"}},
			Run:  m.on(browse),
		},
		{
			Name: "mkdir", Summary: "Create folders", Result: sdk.ResultList, Columns: []string{"folder", "result"},
			Args: []sdk.Arg{paths},
			Run:  m.on(mkdir),
		},
		{
			Name: "rename", Summary: "Rename an entry of a folder", Result: sdk.ResultList, Columns: []string{"entry", "result"},
			Args: []sdk.Arg{
				{Name: "base", Description: "path_base"},
				{Name: "from", Description: "path_src"},
				{Name: "to", Description: "path_dst"},
			},
			Run: m.on(rename),
		},
		{
			Name: "delete", Summary: "Delete files and folders", Result: sdk.ResultList, Columns: []string{"file", "result"},
			Args: []sdk.Arg{paths},
			Run:  m.on(remove),
		},
		{
			Name: "upload", Summary: "Send files", Result: sdk.ResultNothing,
			Args: []sdk.Arg{sources},
			Run:  m.on(upload),
		},
		{
			Name: "download", Summary: "Receive files", Result: sdk.ResultNothing,
			Args: []sdk.Arg{sources},
			Run:  m.on(download),
		},
	}
}

func browse(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	query, err := queryObject(inv)
	if err != nil {
		return nil, err
	}
	found, err := c.Browse(ctx, inv.Text("path"), query)
	if err != nil {
		return nil, err
	}
	if found.Self != nil {
		return sdk.Object(found.Self), nil
	}
	if found.Counts != "" {
		if err := inv.Info(ctx, "Items: %s", found.Counts); err != nil {
			return nil, err
		}
	}
	return sdk.List(found.Items), nil
}

func mkdir(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return pathResults("folder", "created")(c.CreateFolders(ctx, inv.Texts("paths")))
}

func remove(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return pathResults("file", "deleted")(c.DeletePaths(ctx, inv.Texts("paths")))
}

func rename(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return pathResults("entry", "moved")(c.RenamePath(ctx, inv.Text("base"), inv.Text("from"), inv.Text("to")))
}

// pathResults shows one row for each path that was changed.
func pathResults(column, result string) func([]string, error) (*sdk.Result, error) {
	return func(paths []string, err error) (*sdk.Result, error) {
		if err != nil {
			return nil, err
		}
		rows := make([]*record.Object, len(paths))
		for i, p := range paths {
			rows[i] = record.New(column, p, "result", result)
		}
		return sdk.Rows(rows), nil
	}
}

func upload(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	spec, err := c.UploadSetup(ctx, inv.Destination(transfer.Send))
	if err != nil {
		return nil, err
	}
	return inv.Transfer(ctx, spec, inv.Sources("files"))
}

func download(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	sources := inv.Sources("files")
	spec, err := c.DownloadSetup(ctx, sources)
	if err != nil {
		return nil, err
	}
	return inv.Transfer(ctx, spec, sources)
}
