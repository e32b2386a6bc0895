package nodecmd

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
)

// permission declares the commands on the rights of users and groups on a file
// (spec/plugins/node.md 7.4).
func permission(m Mount) sdk.Command {
	id := sdk.Arg{Name: "permission", Description: "permission id"}
	data := sdk.Arg{Name: "data", Description: "permission data", Types: []sdk.Type{sdk.Hash}}
	return sdk.Command{
		Name: "permission", Summary: "Rights of users and groups on a file or folder",
		Args: []sdk.Arg{pathOrID},
		Commands: []sdk.Command{
			{Name: "list", Summary: "List permissions", Result: sdk.ResultList, Run: m.at(listPermissions)},
			{Name: "show", Summary: "Show a permission", Args: []sdk.Arg{id}, Result: sdk.ResultObject, Since: "4.21.2", Run: m.at(showPermission)},
			{Name: "create", Summary: "Give rights", Args: []sdk.Arg{data}, Result: sdk.ResultObject, Run: m.at(m.createPermission)},
			{
				Name: "modify", Summary: "Change a permission", Args: []sdk.Arg{id, data},
				Result: sdk.ResultStatus, Since: "4.26.0", Run: m.at(modifyPermission),
			},
			{
				Name: "delete", Summary: "Take rights away",
				Args:   []sdk.Arg{{Name: "permissions", Description: "permission id", Multiple: true}},
				Result: sdk.ResultObject, Run: m.at(m.deletePermissions),
			},
		},
	}
}

func listPermissions(ctx context.Context, inv *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	query, err := queryObject(inv)
	if err != nil {
		return nil, err
	}
	if query == nil {
		query = record.New("include", []any{"[]", "access_level", "permission_count"})
	} else {
		query = query.Clone()
	}
	if at.ID != "" {
		query.Set("file_id", at.ID)
		if !query.Has("inherited") {
			query.Set("inherited", false)
		}
	}
	return sdk.List(at.Node.Permissions(ctx, query)), nil
}

func showPermission(ctx context.Context, inv *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	return shown(at.Node.Permission(ctx, inv.Text("permission")))
}

// createPermission gives all rights unless the user names some.
func (m Mount) createPermission(ctx context.Context, inv *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	data := inv.Object("data").Clone()
	if data.Has("file_id") {
		return nil, failure.Argumentf("no file_id").Hint("the file is the path before the word create")
	}
	data.Set("file_id", at.ID)
	if !data.Has("access_levels") {
		data.Set("access_levels", node.AllAccessLevels())
	}
	if m.BeforePermission != nil {
		if err := m.BeforePermission(ctx, inv, at, data); err != nil {
			return nil, err
		}
	}
	created, err := at.Node.CreatePermission(ctx, data)
	if err != nil {
		return nil, err
	}
	if err := m.permissionChanged(ctx, inv, at, PermissionCreated, created); err != nil {
		return nil, err
	}
	return sdk.Object(created), nil
}

func modifyPermission(ctx context.Context, inv *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	if err := at.Node.ModifyPermission(ctx, inv.Text("permission"), inv.Object("data")); err != nil {
		return nil, err
	}
	return sdk.Status("Updated"), nil
}

func (m Mount) deletePermissions(ctx context.Context, inv *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	return inv.Each(ctx, "id", inv.Texts("permissions"), "deleted", func(ctx context.Context, id string) error {
		if err := at.Node.DeletePermission(ctx, id); err != nil {
			return err
		}
		return m.permissionChanged(ctx, inv, at, PermissionDeleted, record.New("id", id))
	})
}

func (m Mount) permissionChanged(ctx context.Context, inv *sdk.Invocation, at node.Location, event PermissionEvent, p *record.Object) error {
	if m.AfterPermission == nil {
		return nil
	}
	return m.AfterPermission(ctx, inv, at, event, p)
}
