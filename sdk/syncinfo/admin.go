package syncinfo

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
)

// Names of the arguments of `sync admin`, and of the option that is added to the
// queries of some commands and is that of `query`.
const (
	ArgPath   = "path"
	ArgInfo   = "sync_info"
	OptionSQL = "sql"
)

// Handler runs a command.
type Handler func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error)

// Admin declares `sync admin` (spec/sync.md 5), with the handlers that run gives
// for the names of the commands. since is the version that introduced them where
// they are mounted.
func Admin(since string, run func(name string) Handler) sdk.Command {
	path := sdk.Arg{Name: ArgPath, Description: "local folder of the session"}
	both := []sdk.Arg{path, {Name: ArgInfo, Description: "description of the session", Types: []sdk.Type{sdk.Hash}, Optional: true}}
	admin := sdk.Command{Name: "admin", Summary: "State of sync sessions on this machine", Since: since, Commands: []sdk.Command{
		{Name: "status", Summary: "Ask async for the state of a session", Args: both, Result: sdk.ResultObject},
		{Name: "find", Summary: "List the sessions of a folder", Args: []sdk.Arg{path}, Result: sdk.ResultList, Columns: []string{"name", "path"}},
		{Name: "meta", Summary: "Show the description of a session", Args: both, Result: sdk.ResultObject},
		{Name: "counters", Summary: "Show the counters of a session", Args: both, Result: sdk.ResultObject},
		{
			Name: "file_info", Summary: "List the paths of a session", Args: both,
			Result: sdk.ResultList, Columns: []string{"sstate", "record_id", "f_meta_path", "message"},
		},
		{
			Name: "overview", Summary: "List the columns of the database of a session", Args: both,
			Result: sdk.ResultList, Columns: []string{"table", "name", "type"},
		},
		{Name: "query", Summary: "Query the database of a session: option sql", Args: both, Result: sdk.ResultList, Since: "4.26.2"},
	}}
	for i := range admin.Commands {
		c := &admin.Commands[i]
		c.Run = run(c.Name)
		if c.Since == "" {
			c.Since = since
		}
	}
	return admin
}
