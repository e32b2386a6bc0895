package server

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/nodecmd"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const argSources = "sources"

func upload() sdk.Command {
	return sdk.Command{
		Name: "upload", Summary: "Send files", Result: sdk.ResultNothing, Run: move(transfer.Send),
		Args: []sdk.Arg{{Name: argSources, Description: "source file list", Multiple: true, Sources: true}},
	}
}

func download() sdk.Command {
	return sdk.Command{
		Name: "download", Summary: "Receive files", Result: sdk.ResultNothing, Run: move(transfer.Receive),
		Args: []sdk.Arg{{Name: argSources, Description: "source file list", Multiple: true, Sources: true}},
	}
}

// move transfers with what the options say of the server, which is asked nothing
// before.
func move(direction transfer.Direction) func(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
		c, err := openChannel(ctx, inv)
		if err != nil {
			return nil, err
		}
		c.spec.Set(transfer.FieldDirection, string(direction))
		result, err := inv.Transfer(ctx, c.spec, inv.Sources(argSources))
		return result, c.suggest(inv.OptionText("transfer"), err)
	}
}

// suggest adds another agent to an error that a server without Aspera may be the
// reason of: that of a session which did not begin.
func (c *channel) suggest(agent string, err error) error {
	e := failure.As(err)
	if e == nil || e.Label != failure.Transfer || c.scheme != schemeSSH || c.password == "" && len(c.keys) == 0 {
		return err
	}
	if agent != "" && agent != transfer.AgentDirect {
		return err
	}
	for _, sign := range []string{"SSH connection", "UDP connection", "Peer aborted", "exited unexpectedly", "last event type: INIT", "Session protocol"} {
		if strings.Contains(e.Message, sign) {
			hinted := *e
			hinted.Hints = append(slices.Clone(e.Hints), "If that is an SSH server without Aspera: --transfer="+transfer.AgentSFTP)
			return &hinted
		}
	}
	return err
}

// authorizeSync gives async the same server and credentials, whatever the folders.
func authorizeSync(ctx context.Context, inv *sdk.Invocation, _ nodecmd.SyncFolders) (*record.Object, error) {
	c, err := openChannel(ctx, inv)
	if err != nil {
		return nil, err
	}
	return c.spec, nil
}

// The probe of health transfer (spec/ascmd.md 6).
const (
	probeText   = "This is a test file for transfer test"
	probeTarget = ".fasping"
	probeCookie = "aspera.sync"
)

func health() sdk.Command {
	return sdk.Command{Name: "health", Summary: "Check the server", Commands: []sdk.Command{{
		Name: "transfer", Summary: "Send a small file", Result: sdk.ResultList, Columns: []string{"status", "component", "message"}, Run: probe,
	}}}
}

// probe sends a small file; that it could not be sent is a result, not an error.
func probe(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	c, err := openChannel(ctx, inv)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(inv.TempFolder, "fasping-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.WriteString(probeText)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, err
	}
	c.spec.Set(transfer.FieldDirection, string(transfer.Send))
	c.spec.Set("cookie", probeCookie)
	c.spec.Set(transfer.FieldResumePolicy, "none")
	c.spec.Set(transfer.FieldPaths, transfer.PathsValue([]transfer.Source{{Source: file.Name(), Destination: probeTarget}}))
	row := record.New("status", "ok", "component", "transfer", "message", "ok")
	err = inv.Host.Transfer(ctx, c.spec, nil, nil)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		row.Set("status", "critical")
		row.Set("message", err.Error())
	}
	return sdk.Rows([]*record.Object{row}), nil
}
