package nodecmd

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// pathList is the argument of commands that work on several paths.
var pathList = sdk.Arg{Name: "paths", Description: "file or folder list", Multiple: true}

// sourceList is the argument of transfers.
var sourceList = sdk.Arg{Name: "files", Description: "source file list", Multiple: true, Sources: true}

// Gen3 returns the commands on files that work by path.
func Gen3(m Mount) []sdk.Command {
	columns := func(kind string) []string { return []string{kind, "result"} }
	return []sdk.Command{
		{
			Name: "browse", Summary: "List a folder", Result: sdk.ResultList,
			Args: []sdk.Arg{{Name: "path", Description: "folder path"}},
			Run:  m.on(m.browse),
		},
		{
			Name: "search", Summary: "Find files below a folder", Result: sdk.ResultList,
			Args: []sdk.Arg{{Name: "path", Description: "folder path"}},
			Run:  m.on(m.search),
		},
		{
			Name: "space", Summary: "Show the free space of the storage of paths", Result: sdk.ResultList,
			Args: []sdk.Arg{pathList},
			Run:  m.on(m.space),
		},
		{
			Name: "mkdir", Summary: "Create folders", Result: sdk.ResultList, Columns: columns("folder"),
			Args: []sdk.Arg{pathList},
			Run:  m.on(m.mkdir),
		},
		{
			Name: "mklink", Summary: "Create a symbolic link", Result: sdk.ResultList, Columns: columns("folder"),
			Args: []sdk.Arg{{Name: "target", Description: "target"}, {Name: "path", Description: "link path"}},
			Run:  m.on(m.mklink),
		},
		{
			Name: "mkfile", Summary: "Create a small file", Result: sdk.ResultList, Columns: columns("folder"),
			Args: []sdk.Arg{{Name: "path", Description: "file path"}, contents},
			Run:  m.on(m.mkfile),
		},
		{
			Name: "rename", Summary: "Rename an entry of a folder", Result: sdk.ResultList, Columns: columns("entry"),
			Args: []sdk.Arg{
				{Name: "base", Description: "path_base"},
				{Name: "from", Description: "path_src"},
				{Name: "to", Description: "path_dst"},
			},
			Run: m.on(m.rename),
		},
		{
			Name: "delete", Summary: "Delete files and folders", Result: sdk.ResultList, Columns: columns("file"),
			Args: []sdk.Arg{pathList},
			Run:  m.on(m.remove),
		},
		{
			Name: "upload", Summary: "Send files", Result: sdk.ResultNothing,
			Args: []sdk.Arg{sourceList},
			Run:  m.on(m.upload),
		},
		{
			Name: "download", Summary: "Receive files", Result: sdk.ResultNothing,
			Args: []sdk.Arg{sourceList},
			Run:  m.on(m.download),
		},
		{
			Name: "cat", Summary: "Show the beginning of a file", Result: sdk.ResultContent, Since: "4.22.0",
			Args: []sdk.Arg{{Name: "path", Description: "remote file name"}},
			Run:  m.on(m.cat),
		},
		{
			Name: "http_node_download", Summary: "Receive the beginning of a file by HTTP", Result: sdk.ResultStatus,
			Args: []sdk.Arg{{Name: "path", Description: "remote file name"}},
			Run:  m.on(m.httpDownload),
		},
		{
			Name: "transport", Summary: "Show how transfers reach the server", Result: sdk.ResultObject,
			Run: m.on(transport),
		},
		{
			Name: "spec", Summary: "Show what a transfer spec of the server holds", Result: sdk.ResultObject, Since: "4.25.0",
			Columns: []string{"ALL", "-token", "-paths", "-direction", "-source_root", "-destination_root"},
			Run:     m.on(setupSpec),
		},
	}
}

func (m Mount) upload(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	key, err := dynamicKey(inv)
	if err != nil {
		return nil, err
	}
	spec, err := c.UploadSetup(ctx, m.path(inv.Destination(transfer.Send)), key.request())
	if err != nil {
		return nil, err
	}
	key.amend(spec)
	return inv.Transfer(ctx, spec, inv.Sources("files"))
}

func (m Mount) download(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	key, err := dynamicKey(inv)
	if err != nil {
		return nil, err
	}
	sources := inv.Sources("files")
	for i := range sources {
		sources[i].Source = m.path(sources[i].Source)
	}
	spec, err := c.DownloadSetup(ctx, sources, key.request())
	if err != nil {
		return nil, err
	}
	key.amend(spec)
	return inv.Transfer(ctx, spec, sources)
}

func transport(ctx context.Context, _ *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return shown(c.Transport(ctx))
}

// setupSpec shows the transfer spec of a download of "/".
func setupSpec(ctx context.Context, _ *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return shown(c.DownloadSetup(ctx, []transfer.Source{{Source: "/"}}, nil))
}
