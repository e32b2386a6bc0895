package ascpcmd

import (
	"context"
	"slices"

	"github.com/ascli-go/ascli/plugins/transfer/fetch"
	"github.com/ascli-go/ascli/plugins/transfer/install"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

// defaultURL is the value of option sdk_url that means the list of SDKs.
const defaultURL = "DEF"

// installCommand declares `install`, which is the same under both words.
func installCommand(since string) sdk.Command {
	return sdk.Command{
		Name: "install", Summary: "Install the transfer SDK, which has ascp", Since: since,
		Args:   []sdk.Arg{{Name: "version", Description: "version of the SDK, the highest one by default, also called " + install.Latest, Optional: true}},
		Result: sdk.ResultStatus, Run: installSDK,
	}
}

func installSDK(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	folder, err := product.SearchWith(inv.Options).InstallFolder()
	if err != nil {
		return nil, err
	}
	fetcher, err := fetch.New(inv.Options, inv.Log)
	if err != nil {
		return nil, err
	}
	defer fetcher.Close()
	order := install.Order{
		URL: inv.OptionText("sdk_url"), Folder: folder, TempFolder: inv.TempFolder,
		Warn: func(text string) { inv.Log.Warn(text) },
	}
	if order.URL == "" || order.URL == defaultURL {
		list, err := install.ReadLocations(ctx, fetcher, locationsURL(inv), inv.HostVersion)
		if err != nil {
			return nil, err
		}
		chosen, err := install.Choose(list, install.Platform(), inv.Text("version"))
		if err != nil {
			return nil, err
		}
		order.URL, order.SHA256 = chosen.URL, chosen.SHA256
	}
	installed, err := install.Run(ctx, fetcher, order)
	if err != nil {
		return nil, err
	}
	return sdk.Status("Installed " + installed.Name + " version " + installed.Version), nil
}

func listArchives(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	fetcher, err := fetch.New(inv.Options, inv.Log)
	if err != nil {
		return nil, err
	}
	defer fetcher.Close()
	list, err := install.ReadLocations(ctx, fetcher, locationsURL(inv), inv.HostVersion)
	if err != nil {
		return nil, err
	}
	columns := []string{"platform", "version"}
	var rows []*record.Object
	for _, l := range list {
		rows = append(rows, l.Fields)
	}
	if len(rows) > 0 {
		for _, key := range rows[0].Keys() {
			if key != "url" && !slices.Contains(columns, key) {
				columns = append(columns, key)
			}
		}
	}
	return sdk.Rows(rows, columns...), nil
}
