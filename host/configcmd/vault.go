package configcmd

import (
	"context"

	"github.com/ascli-go/ascli/host/vault"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

// vaultCommands keep secrets (spec/plugins/config.md 6.1).
func (c commands) vaultCommands() []sdk.Command {
	label := sdk.Arg{Name: "label"}
	return []sdk.Command{
		{Name: "info", Summary: "Where secrets are kept", Result: sdk.ResultObject, Run: c.vaultInfo},
		{
			Name: "list", Summary: "All secrets", Result: sdk.ResultList, Run: c.vaultList,
			Columns: []string{"label", "url", "username", "password", "description"},
		},
		{Name: "show", Summary: "One secret", Args: []sdk.Arg{label}, Result: sdk.ResultObject, Run: c.vaultShow},
		{
			Name: "create", Summary: "Keep a secret: a label and its fields, or one Hash with both", Result: sdk.ResultStatus, Run: c.vaultCreate,
			Args: []sdk.Arg{
				{Name: "label", Description: "label, or fields with label", Types: []sdk.Type{sdk.String, sdk.Hash}},
				{Name: "fields", Description: "info", Types: []sdk.Type{sdk.Hash}, Optional: true, Schema: entrySchema()},
			},
		},
		{Name: "delete", Summary: "Forget a secret", Args: []sdk.Arg{label}, Result: sdk.ResultStatus, Run: c.vaultDelete},
		{
			Name: "password", Summary: "Change the password of the vault", Result: sdk.ResultStatus, Run: c.vaultPassword,
			Args: []sdk.Arg{{Name: "password", Description: "new password"}},
		},
		{
			Name: "migrate", Summary: "Change the format of the vault's file", Result: sdk.ResultStatus, Run: c.vaultMigrate,
			Args: []sdk.Arg{{Name: "format", Types: []sdk.Type{sdk.Enum}, Values: []string{string(vault.FormatAge), string(vault.FormatAspera)}}},
		},
	}
}

func entrySchema() []sdk.Field {
	return []sdk.Field{
		{Name: "label", Type: "string", Description: "Name of the entry."},
		{Name: "username", Type: "string", Description: "User that the secret belongs to."},
		{Name: "password", Type: "string", Description: "The secret."},
		{Name: "url", Type: "string", Description: "Address of the application."},
		{Name: "description", Type: "string", Description: "Anything to remember."},
	}
}

func (c commands) vaultInfo(ctx context.Context, _ *sdk.Invocation) (*sdk.Result, error) {
	store, err := c.host.Vault(ctx)
	if err != nil {
		return nil, err
	}
	return sdk.Object(store.Info()), nil
}

func (c commands) vaultList(ctx context.Context, _ *sdk.Invocation) (*sdk.Result, error) {
	store, err := c.host.Vault(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := store.List(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]*record.Object, len(entries))
	for i, e := range entries {
		rows[i] = e.Row()
	}
	return sdk.Rows(rows), nil
}

func (c commands) vaultShow(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	store, err := c.host.Vault(ctx)
	if err != nil {
		return nil, err
	}
	entry, err := store.Show(ctx, inv.Text("label"))
	if err != nil {
		return nil, err
	}
	return sdk.Object(entry.Object()), nil
}

func (c commands) vaultCreate(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	label, fields := "", inv.Object("label")
	if fields == nil {
		label, fields = inv.Text("label"), inv.Object("fields")
	}
	if fields == nil {
		fields = record.New()
	}
	entry, err := vault.NewEntry(label, fields)
	if err != nil {
		return nil, err
	}
	store, err := c.host.Vault(ctx)
	if err != nil {
		return nil, err
	}
	if err := store.Create(ctx, entry); err != nil {
		return nil, err
	}
	return sdk.Status("Password added"), nil
}

func (c commands) vaultDelete(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	store, err := c.host.Vault(ctx)
	if err != nil {
		return nil, err
	}
	if err := store.Delete(ctx, inv.Text("label")); err != nil {
		return nil, err
	}
	return sdk.Status("Entry deleted: " + inv.Text("label")), nil
}

func (c commands) vaultPassword(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	store, err := c.host.Vault(ctx)
	if err != nil {
		return nil, err
	}
	if err := vault.ChangePassword(ctx, store, inv.Text("password")); err != nil {
		return nil, err
	}
	return sdk.Status("Password updated"), nil
}

func (c commands) vaultMigrate(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	store, err := c.host.Vault(ctx)
	if err != nil {
		return nil, err
	}
	format := vault.Format(inv.Text("format"))
	if err := vault.Migrate(ctx, store, format); err != nil {
		return nil, err
	}
	return sdk.Status("Vault file is now of format: " + string(format)), nil
}
