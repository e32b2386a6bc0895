package nodecmd

import (
	"context"
	"encoding/base64"
	"io"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
)

func browseFolder(ctx context.Context, inv *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	query, err := queryObject(inv)
	if err != nil {
		return nil, err
	}
	entry, err := at.Node.File(ctx, at.ID)
	if err != nil {
		return nil, err
	}
	if entry.Text("type") != node.TypeFolder {
		entry.Set("path", "/"+entry.Text("name"))
		return sdk.Rows([]*record.Object{entry}), nil
	}
	return sdk.List(at.List(ctx, query)), nil
}

func showFile(ctx context.Context, _ *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	return shown(at.Node.File(ctx, at.ID))
}

func catFile(ctx context.Context, _ *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	return sdk.Content(func(w io.Writer) error { return at.Node.Content(ctx, at.ID, w) }), nil
}

func thumbnail(ctx context.Context, _ *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	picture, err := at.Node.Preview(ctx, at.ID)
	if err != nil {
		return nil, err
	}
	return sdk.Image(base64.StdEncoding.EncodeToString(picture)), nil
}

func modifyFile(ctx context.Context, inv *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	if err := at.Node.ModifyFile(ctx, at.ID, inv.Object("data")); err != nil {
		return nil, err
	}
	return sdk.Status("Done"), nil
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

func createFolder(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	created, err := create(ctx, inv, c, node.TypeFolder, false, nil)
	if err != nil {
		return nil, err
	}
	return sdk.Status("created: " + created.Text("name") + " (id=" + created.Text("id") + ")"), nil
}

func createLink(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	return shown(create(ctx, inv, c, node.TypeLink, true, nil))
}

func createFile(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	encoded := base64.StdEncoding.EncodeToString([]byte(inv.Text(contents.Name)))
	return shown(create(ctx, inv, c, node.TypeFile, true, record.New("contents", encoded)))
}

func shown(o *record.Object, err error) (*sdk.Result, error) {
	if err != nil {
		return nil, err
	}
	return sdk.Object(o), nil
}

// create makes an entry at the path argument. Of option query, check looks for
// an entry of that name first, target is a path that becomes target_id, and the
// rest is sent (spec/plugins/node.md 7.2).
func create(ctx context.Context, inv *sdk.Invocation, c *node.Client, kind string, check bool, more *record.Object) (*record.Object, error) {
	folder, name := node.Split(inv.Text("path"))
	if name == "" {
		return nil, failure.Argumentf("no name for the new %s in %q", kind, inv.Text("path"))
	}
	query, err := queryObject(inv)
	if err != nil {
		return nil, err
	}
	at, err := c.Resolve(ctx, folder, true)
	if err != nil {
		return nil, err
	}
	entry := record.New("name", name)
	for key, value := range query.All() {
		switch key {
		case "check":
			check, _ = value.(bool)
		case "target":
			target, err := c.Resolve(ctx, query.Text(key), true)
			if err != nil {
				return nil, err
			}
			entry.Set("target_id", target.ID)
		default:
			entry.Set(key, value)
		}
	}
	if err := completeLink(kind, entry); err != nil {
		return nil, err
	}
	if check {
		if err := at.CheckFree(ctx, name); err != nil {
			return nil, err
		}
	}
	entry.Set("type", kind)
	record.Merge(entry, more)
	return at.Node.CreateEntry(ctx, at.ID, entry)
}

// completeLink refuses a link that leads nowhere.
func completeLink(kind string, entry *record.Object) error {
	if kind != node.TypeLink {
		return nil
	}
	for _, field := range []string{"target_id", "target_node_id"} {
		if !entry.Has(field) {
			return failure.Argumentf("Missing %s", field).
				Hint(`name the target in option query: --query=@json:'{"target":"/path","target_node_id":"id"}'`)
		}
	}
	return nil
}
