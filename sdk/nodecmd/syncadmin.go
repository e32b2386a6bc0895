package nodecmd

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/syncinfo"
)

// syncAdmin declares `sync admin`. The transfer plugin runs these commands: they
// are those of `config sync admin`. `status` has a form of its own before 4.24.
func syncAdmin() sdk.Command {
	admin := syncinfo.Admin("4.24.0", func(name string) syncinfo.Handler {
		return func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
			args := map[string]any{}
			for _, arg := range []string{syncinfo.ArgPath, syncinfo.ArgInfo} {
				if v := inv.Arg(arg); v != nil {
					args[arg] = v
				}
			}
			return askAdmin(ctx, inv, name, args)
		}
	})
	admin.Since = ""
	for i, c := range admin.Commands {
		if c.Name == "status" {
			path := sdk.Arg{Name: syncinfo.ArgPath, Description: "local folder; with option sync_info: session name", Optional: true}
			admin.Commands[i].Args = append([]sdk.Arg{path}, c.Args[1:]...)
			admin.Commands[i].Since = ""
			admin.Commands[i].Run = syncStatus
		}
	}
	return admin
}

func askAdmin(ctx context.Context, inv *sdk.Invocation, name string, args map[string]any) (*sdk.Result, error) {
	return inv.TransferCommand(ctx, args, "sync", "admin", name)
}

// syncStatus takes both forms of the command (spec/sync.md 5.1): a path, or
// option sync_info and the name of a session.
func syncStatus(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	info := inv.OptionObject(optionSyncInfo)
	if info == nil && inv.Arg(syncinfo.ArgPath) != nil {
		args := map[string]any{syncinfo.ArgPath: inv.Text(syncinfo.ArgPath)}
		if described := inv.Object(syncinfo.ArgInfo); described != nil {
			args[syncinfo.ArgInfo] = described
		}
		return askAdmin(ctx, inv, "status", args)
	}
	if info == nil {
		if _, err := inv.Require(ctx, optionSyncInfo); err != nil {
			return nil, err
		}
		info = inv.OptionObject(optionSyncInfo)
	}
	if inv.Arg(syncinfo.ArgInfo) != nil {
		return nil, failure.Argumentf("sync_info is given twice: as option and as argument")
	}
	args, err := describedSession(info, inv.Text(syncinfo.ArgPath))
	if err != nil {
		return nil, err
	}
	return askAdmin(ctx, inv, "status", args)
}

// describedSession gives the arguments that name a session of a description; name
// may be empty.
func describedSession(info *record.Object, name string) (map[string]any, error) {
	session, err := syncinfo.Named(info, name)
	if err != nil {
		return nil, err
	}
	path := session.Text(syncinfo.LocalPath)
	described := record.New("name", session.Text(syncinfo.Name))
	if folder := session.Text(syncinfo.LocalDBFolder); folder != "" {
		described.Set(session.Key(syncinfo.LocalDBFolder), folder)
		if path == "" {
			path = folder
		}
	}
	if path == "" {
		return nil, failure.Argumentf("Missing either %s or %s", session.Key(syncinfo.LocalDBFolder), session.Key(syncinfo.LocalPath))
	}
	return map[string]any{syncinfo.ArgPath: path, syncinfo.ArgInfo: described}, nil
}
