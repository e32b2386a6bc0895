package node

import (
	"context"

	"github.com/ascli-go/ascli/plugins/node/simulator"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
	"github.com/ascli-go/ascli/sdk/webserver"
)

// simulatorStopped is the status when the user stops it.
const simulatorStopped = "Simulator terminated"

// simulatorCommand declares the simulator (spec/plugins/node.md 17).
func simulatorCommand() sdk.Command {
	return sdk.Command{
		Name: "simulator", Summary: "Serve a Node API over the files of this machine, without password, for tests",
		Args: []sdk.Arg{{
			Name: "parameters", Types: []sdk.Type{sdk.Hash}, Optional: true, Schema: webserver.Schema(),
		}},
		Result: sdk.ResultStatus, Stopped: simulatorStopped,
		Run: simulate,
	}
}

func simulate(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	parameters := inv.Object("parameters")
	if parameters == nil {
		parameters = record.New()
	}
	settings, err := webserver.Parse(parameters)
	if err != nil {
		return nil, err
	}
	server, err := settings.Listen(ctx)
	if err != nil {
		return nil, err
	}
	if err := inv.Info(ctx, "Node API simulator listening on %s", server.URL()); err != nil {
		return nil, err
	}
	if !settings.IsLoopback() {
		warning := "WARNING: the simulator asks nobody for a password: who reaches " + server.URL() + " sees the files of this machine and can transfer them."
		if err := inv.Host.Message(ctx, sdk.Trouble, warning); err != nil {
			return nil, err
		}
	}
	node := simulator.New(ctx, simulatorHost{inv}, inv.Log)
	err = server.Serve(ctx, node, node.Outside())
	node.Wait()
	if err != nil {
		return nil, err
	}
	return sdk.Status(simulatorStopped), nil
}

// simulatorHost gives the simulator what it needs of the host.
type simulatorHost struct{ inv *sdk.Invocation }

func (h simulatorHost) Transfer(ctx context.Context, spec *record.Object, progress func(transfer.Event)) error {
	return h.inv.Host.TransferComplete(ctx, spec, progress)
}

func (h simulatorHost) Ascp(ctx context.Context) (*record.Object, error) {
	result, err := h.inv.TransferCommand(ctx, nil, "ascp", "info")
	if err != nil {
		return nil, err
	}
	return result.Object()
}
