package nodecmd

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/syncinfo"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Directions of a sync session, as the local side sees them.
const (
	push = "push"
	pull = "pull"
	bidi = "bidi"
)

const optionSyncInfo = "sync_info"

// SyncFolders are what a sync session needs an authorization for.
type SyncFolders struct {
	// Direction is push, pull or bidi.
	Direction     string
	Local, Remote string
	// Start tells that the command is `sync start`, of 4.21.
	Start bool
}

// SyncAuthorizer returns the transfer spec for a sync session: where the server
// is, and the authorization.
type SyncAuthorizer func(ctx context.Context, inv *sdk.Invocation, folders SyncFolders) (*record.Object, error)

// SyncOptions are those that Sync commands read.
func SyncOptions() []sdk.Option {
	return []sdk.Option{
		{Name: optionSyncInfo, Types: []sdk.Type{sdk.Hash}, Cumulative: true, Help: "Sync: description of the session, form conf or args"},
		{Name: syncinfo.OptionSQL, Since: "4.26.2", Help: "Sync: SQL for the snapshot database"},
	}
}

// Sync declares `sync`: sessions that async runs on this machine with a server
// (spec/sync.md 2). The commands of `admin` are those of `config sync admin`.
func Sync(authorize SyncAuthorizer) sdk.Command {
	return sdk.Command{Name: "sync", Summary: "Synchronise a local folder with one of the server", Commands: []sdk.Command{
		{
			Name: "start", Summary: "Start a session: option sync_info", Result: sdk.ResultStatus, Run: authorize.start,
			Args: []sdk.Arg{
				{Name: argDirection, Types: []sdk.Type{sdk.Enum}, Values: []string{bidi, pull, push}, Optional: true},
				{Name: argRemotePath, Description: "remote path", Optional: true},
				{Name: argLocalPath, Description: "local path", Optional: true},
			},
		},
		authorize.direct(push, "Bring a folder of the server up to date"),
		authorize.direct(pull, "Bring a local folder up to date"),
		authorize.direct(bidi, "Bring both sides up to date"),
		syncAdmin(),
	}}
}

// Arguments of `sync start`.
const (
	argDirection  = "direction"
	argRemotePath = "remote_path"
	argLocalPath  = "local_path"
)

// start runs the sessions of option sync_info, completed by arguments.
func (authorize SyncAuthorizer) start(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	info := inv.OptionObject(optionSyncInfo)
	if info == nil {
		info = record.New()
	}
	info = info.Clone()
	if err := completeByArguments(inv, info); err != nil {
		return nil, err
	}
	return authorize.run(ctx, inv, info, true)
}

// completeByArguments adds direction and folders to a description (spec/sync.md
// 2.1).
func completeByArguments(inv *sdk.Invocation, info *record.Object) error {
	arguments := []struct {
		name string
		part syncinfo.Part
	}{{argDirection, syncinfo.Direction}, {argRemotePath, syncinfo.RemotePath}, {argLocalPath, syncinfo.LocalPath}}
	var given []string
	for _, a := range arguments {
		if inv.Arg(a.name) != nil {
			given = append(given, inv.Text(a.name))
		}
	}
	switch len(given) {
	case 0:
		return nil
	case len(arguments):
	default:
		return failure.Argumentf("Provide 0 or 3 arguments, not %d for: direction, remote.path, local.path", len(given))
	}
	if len(info.List("sessions")) > 1 {
		return failure.Argumentf("Only one session is supported with arguments")
	}
	session, err := syncinfo.Only(info)
	if err != nil {
		return err
	}
	for i, a := range arguments {
		if session.Has(a.part) {
			return failure.Argumentf("Parameter %s is also set in sync_info, remove from sync_info", session.Key(a.part))
		}
		session.Set(a.part, given[i])
	}
	if !session.Has(syncinfo.Name) {
		session.Set(syncinfo.Name, syncinfo.ArgumentsName(given...))
	}
	return nil
}

// direct declares the command of a direction (spec/sync.md 2.2).
func (authorize SyncAuthorizer) direct(direction, summary string) sdk.Command {
	path := sdk.Arg{Name: syncinfo.ArgPath, Description: "local path"}
	if direction == pull {
		path.Description = "remote path"
	}
	return sdk.Command{
		Name: direction, Summary: summary, Since: "4.24.0", Result: sdk.ResultStatus,
		Args: []sdk.Arg{path, {Name: syncinfo.ArgInfo, Description: "description of the session", Types: []sdk.Type{sdk.Hash}, Optional: true}},
		Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
			info, err := describe(inv, direction)
			if err != nil {
				return nil, err
			}
			return authorize.run(ctx, inv, info, false)
		},
	}
}

// describe makes the description of a session from the path of the command and the
// destination folder of transfers.
func describe(inv *sdk.Invocation, direction string) (*record.Object, error) {
	info := inv.Object(syncinfo.ArgInfo)
	if info == nil {
		info = record.New()
	}
	info = info.Clone()
	session, err := syncinfo.Only(info)
	if err != nil {
		return nil, err
	}
	if err := session.Refuse(syncinfo.Direction, syncinfo.LocalPath, syncinfo.RemotePath); err != nil {
		return nil, err
	}
	local, remote := inv.Text(syncinfo.ArgPath), inv.Destination(syncDirection(direction))
	if direction == pull {
		local, remote = remote, local
	}
	session.Set(syncinfo.Direction, direction)
	session.Set(syncinfo.LocalPath, local)
	session.Set(syncinfo.RemotePath, remote)
	if !session.Has(syncinfo.Name) {
		session.Set(syncinfo.Name, syncinfo.FoldersName(direction, local, remote))
	}
	return info, nil
}

// run gets the authorization of each session and runs them.
func (authorize SyncAuthorizer) run(ctx context.Context, inv *sdk.Invocation, info *record.Object, start bool) (*sdk.Result, error) {
	sessions, err := syncinfo.Sessions(info)
	if err != nil {
		return nil, err
	}
	job := sdk.Sync{Description: info, Additive: !start}
	for _, s := range sessions {
		folders := SyncFolders{Direction: s.Text(syncinfo.Direction), Local: s.Text(syncinfo.LocalPath), Remote: s.Text(syncinfo.RemotePath), Start: start}
		switch folders.Direction {
		case "":
			folders.Direction = push
		case push, pull, bidi:
		default:
			return nil, failure.Argumentf("unknown value for direction: %s, use one of: bidi, pull, push", folders.Direction)
		}
		spec, err := authorize(ctx, inv, folders)
		if err != nil {
			return nil, err
		}
		job.Specs = append(job.Specs, spec)
	}
	if err := inv.Host.Sync(ctx, job); err != nil {
		return nil, err
	}
	return sdk.Status("complete"), nil
}

// syncDirection is the direction of transfers for which a server is asked.
func syncDirection(direction string) transfer.Direction {
	if direction == pull {
		return transfer.Receive
	}
	return transfer.Send
}

// SyncByPath authorizes sessions with folders by path, as [Gen3] does transfers
// (spec/sync.md 4.1).
func SyncByPath(m Mount) SyncAuthorizer {
	kinds := map[string]node.SyncKind{push: node.SyncUpload, pull: node.SyncDownload, bidi: node.SyncBoth}
	return func(ctx context.Context, inv *sdk.Invocation, f SyncFolders) (*record.Object, error) {
		c, err := m.Connect(ctx, inv)
		if err != nil {
			return nil, err
		}
		// Since 4.22 the source is the side that sends; before, the remote one.
		source, destination := m.path(f.Remote), f.Local
		if !f.Start && f.Direction != pull {
			source, destination = destination, source
		}
		return c.SyncSetup(ctx, kinds[f.Direction], source, destination)
	}
}

// SyncByID authorizes sessions with folders by file id, as [Gen4] does transfers
// (spec/sync.md 4.2). async is told the top of what it may see: with the id of a
// file that would be no folder, and the server would refuse for a reason that
// says nothing.
func SyncByID(m Mount) SyncAuthorizer {
	return func(ctx context.Context, inv *sdk.Invocation, f SyncFolders) (*record.Object, error) {
		c, err := m.Connect(ctx, inv)
		if err != nil {
			return nil, err
		}
		at, err := c.Resolve(ctx, f.Remote, true)
		if err != nil {
			return nil, err
		}
		entry, err := at.Node.File(ctx, at.ID)
		if err != nil {
			return nil, err
		}
		if kind := entry.Text("type"); kind != node.TypeFolder {
			return nil, failure.Argumentf("%s is a %s: only folders are synchronised", f.Remote, kind)
		}
		return at.TransferSpec(ctx, syncDirection(f.Direction), nil)
	}
}
