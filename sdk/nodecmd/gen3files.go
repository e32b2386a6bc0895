package nodecmd

import (
	"cmp"
	"context"
	"io"
	"path"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func (m Mount) browse(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	query, err := queryObject(inv)
	if err != nil {
		return nil, err
	}
	found, err := c.Browse(ctx, m.path(inv.Text("path")), query)
	if err != nil {
		return nil, err
	}
	if found.Self != nil {
		m.shorten(found.Self)
		return sdk.Object(found.Self), nil
	}
	if found.Counts != "" {
		if err := inv.Info(ctx, "Items: %s", found.Counts); err != nil {
			return nil, err
		}
	}
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for entry, err := range found.Items {
			if !yield(m.shorten(entry), err) {
				return
			}
		}
	}), nil
}

// search shows one page; the columns are those of its first item.
func (m Mount) search(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	query, err := queryObject(inv)
	if err != nil {
		return nil, err
	}
	answer, err := c.Search(ctx, m.path(inv.Text("path")), query)
	if err != nil {
		return nil, err
	}
	if len(answer.Items) == 0 {
		return sdk.Empty(), nil
	}
	if err := inv.Info(ctx, "Items: %s", answer.Counts); err != nil {
		return nil, err
	}
	var parameters []string
	for name, value := range answer.Parameters.All() {
		parameters = append(parameters, name+":"+inspect.Plain(value))
	}
	if err := inv.Info(ctx, "params: %s", strings.Join(parameters, ",")); err != nil {
		return nil, err
	}
	columns := []string{}
	for _, key := range answer.Items[0].Keys() {
		if key != "basename" && key != "permissions" {
			columns = append(columns, key)
		}
	}
	for _, item := range answer.Items {
		m.shorten(item)
	}
	return sdk.Rows(answer.Items, columns...), nil
}

func (m Mount) space(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	rows, err := c.Space(ctx, m.paths(inv))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		m.shorten(row)
	}
	return sdk.Rows(rows), nil
}

func (m Mount) mkdir(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return m.changed("folder", "created")(c.CreateFolders(ctx, m.paths(inv)))
}

func (m Mount) mklink(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return m.changed("folder", "created")(c.CreateLink(ctx, m.path(inv.Text("path")), m.path(inv.Text("target"))))
}

func (m Mount) mkfile(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return m.changed("folder", "created")(c.CreateFile(ctx, m.path(inv.Text("path")), []byte(inv.Text(contents.Name))))
}

func (m Mount) remove(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return m.changed("file", "deleted")(c.DeletePaths(ctx, m.paths(inv)))
}

func (m Mount) rename(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return m.changed("entry", "moved")(c.RenamePath(ctx, m.path(inv.Text("base")), inv.Text("from"), inv.Text("to")))
}

// changed shows one row for each path that was changed.
func (m Mount) changed(column, result string) func([]string, error) (*sdk.Result, error) {
	return func(paths []string, err error) (*sdk.Result, error) {
		if err != nil {
			return nil, err
		}
		rows := make([]*record.Object, len(paths))
		for i, p := range paths {
			rows[i] = record.New(column, m.shortened(p), "result", result)
		}
		return sdk.Rows(rows), nil
	}
}

func (m Mount) cat(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return sdk.Content(func(w io.Writer) error { return c.Contents(ctx, m.path(inv.Text("path")), w) }), nil
}

func (m Mount) httpDownload(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	asked := inv.Text("path")
	name := path.Base(asked)
	_, err := c.SaveContents(ctx, m.path(asked), inv.Destination(transfer.Receive), name)
	if err != nil {
		return nil, err
	}
	return sdk.Status("downloaded: " + cmp.Or(name, asked)), nil
}

// paths is the argument of several paths.
func (m Mount) paths(inv *sdk.Invocation) []string {
	paths := inv.Texts(pathList.Name)
	for i := range paths {
		paths[i] = m.path(paths[i])
	}
	return paths
}

// path is what the server calls a path of the user's (spec/plugins/node.md 3).
func (m Mount) path(p string) string {
	if m.Prefix == "" {
		return p
	}
	return m.Prefix + "/" + p
}

// shortened is what the user calls a path of the server's.
func (m Mount) shortened(p string) string { return strings.TrimPrefix(p, m.Prefix) }

// shorten shows the path of an entry, which may be nil, as the user knows it.
func (m Mount) shorten(entry *record.Object) *record.Object {
	if entry != nil && m.Prefix != "" && entry.Has("path") {
		entry.Set("path", m.shortened(entry.Text("path")))
	}
	return entry
}
