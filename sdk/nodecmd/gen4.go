package nodecmd

import (
	"context"
	"slices"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
)

// pathOrID names an entry: a path, or %id: and a file id.
var pathOrID = sdk.Arg{Name: "path", Description: "path or %id:<file id>", Identifier: true}

// contents are those of a small file to create.
var contents = sdk.Arg{Name: "contents", Description: "contents", Types: []sdk.Type{sdk.String, sdk.Integer, sdk.Float}}

// Gen4 returns the commands that work by file id. A path may be given as
// %id:<file id> where it is only read (spec/plugins/node.md 6.1).
func Gen4(m Mount) []sdk.Command {
	return slices.Concat(gen4Reading(m), gen4Changing(m), gen4Transfers(m), []sdk.Command{permission(m), Sync(SyncByID(m))})
}

func gen4Reading(m Mount) []sdk.Command {
	return []sdk.Command{
		{
			Name: "browse", Summary: "List a folder", Result: sdk.ResultList,
			Columns: []string{"name", "type", "recursive_size", "size", "modified_time", "access_level"},
			Args:    []sdk.Arg{pathOrID},
			Run:     m.at(browseFolder),
		},
		{
			Name: "find", Summary: "List all that is below a folder", Result: sdk.ResultList, Columns: []string{"path"},
			Args: []sdk.Arg{pathOrID, {
				Name: "filter", Description: "pattern for names, or function", Optional: true,
				Types: []sdk.Type{sdk.String, sdk.Regexp, sdk.Proc},
			}},
			Run: m.at(find),
		},
		{
			Name: "show", Summary: "Show an entry", Result: sdk.ResultObject,
			Args: []sdk.Arg{pathOrID},
			Run:  m.at(showFile),
		},
		{
			Name: "cat", Summary: "Show the content of a file", Result: sdk.ResultContent, Since: "4.22.0",
			Args: []sdk.Arg{pathOrID},
			Run:  m.at(catFile),
		},
		{
			Name: "thumbnail", Summary: "Show the preview picture of a file", Result: sdk.ResultImage,
			Args: []sdk.Arg{pathOrID},
			Run:  m.at(thumbnail),
		},
		{
			Name: "node_info", Summary: "Show how to reach a folder: URL, file id, credentials", Result: sdk.ResultObject,
			Args: []sdk.Arg{pathOrID},
			Run:  m.at(nodeInfo),
		},
		{
			Name: "bearer_token_node", Summary: "Show the bearer token for the node of a folder", Result: sdk.ResultText,
			Args: []sdk.Arg{pathOrID},
			Run:  m.at(bearerTokenNode),
		},
	}
}

func gen4Changing(m Mount) []sdk.Command {
	return []sdk.Command{
		{
			Name: "mkdir", Summary: "Create a folder", Result: sdk.ResultStatus,
			Args: []sdk.Arg{{Name: "path", Description: "folder path"}},
			Run:  m.on(createFolder),
		},
		{
			Name: "mklink", Summary: "Create a link: option query with target, target_node_id", Result: sdk.ResultObject, Since: "4.22.0",
			Args: []sdk.Arg{{Name: "path", Description: "link path"}},
			Run:  m.on(createLink),
		},
		{
			Name: "mkfile", Summary: "Create a small file", Result: sdk.ResultObject, Since: "4.22.0",
			Args: []sdk.Arg{{Name: "path", Description: "file path"}, contents},
			Run:  m.on(createFile),
		},
		{
			Name: "modify", Summary: "Change the fields of an entry", Result: sdk.ResultStatus,
			Args: []sdk.Arg{pathOrID, {Name: "data", Description: "update parameters", Types: []sdk.Type{sdk.Hash}}},
			Run:  m.at(modifyFile),
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
	}
}

func gen4Transfers(m Mount) []sdk.Command {
	return []sdk.Command{
		{
			Name: "upload", Summary: "Send files", Result: sdk.ResultNothing,
			Args: []sdk.Arg{sourceList},
			Run:  m.on(uploadFiles),
		},
		{
			Name: "download", Summary: "Receive files", Result: sdk.ResultNothing,
			Args: []sdk.Arg{sourceList},
			Run:  m.on(downloadFiles),
		},
		{
			Name: "http_node_download", Summary: "Receive a file by HTTP", Result: sdk.ResultStatus,
			Args: []sdk.Arg{sourceList},
			Run:  m.on(httpDownloadFile),
		},
	}
}

// located is a handler of a command on what its path argument names.
type located func(ctx context.Context, inv *sdk.Invocation, at node.Location) (*sdk.Result, error)

func (m Mount) at(h located) func(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return m.on(func(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
		at, err := locate(ctx, c, inv.Text(pathOrID.Name))
		if err != nil {
			return nil, err
		}
		return h(ctx, inv, at)
	})
}

// locate finds a path, or %id: and a file id of the node itself.
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
