package nodecmd

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func uploadFiles(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	at, err := c.Resolve(ctx, inv.Destination(transfer.Send), true)
	if err != nil {
		return nil, err
	}
	spec, err := at.TransferSpec(ctx, transfer.Send, nil)
	if err != nil {
		return nil, err
	}
	return inv.Transfer(ctx, spec, inv.Sources(sourceList.Name))
}

func downloadFiles(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	sources := inv.Sources(sourceList.Name)
	spec, err := c.DownloadSpec(ctx, sources)
	if err != nil {
		return nil, err
	}
	return inv.Transfer(ctx, spec, sources)
}

// httpDownloadFile takes one file, or a folder and a file in it
// (spec/plugins/node.md 7.3).
func httpDownloadFile(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	sources := inv.Sources(sourceList.Name)
	if len(sources) == 0 || len(sources) > 2 {
		return nil, failure.Argumentf("one file at a time only in HTTP mode")
	}
	folder, name := node.Split(sources[0].Source)
	if len(sources) == 2 {
		folder, name = sources[0].Source, sources[1].Source
	}
	at, err := c.Resolve(ctx, folder+"/"+name, false)
	if err != nil {
		return nil, err
	}
	if _, err := at.Node.SaveContent(ctx, at.ID, inv.Destination(transfer.Receive), name); err != nil {
		return nil, err
	}
	return sdk.Status("downloaded: " + name), nil
}
