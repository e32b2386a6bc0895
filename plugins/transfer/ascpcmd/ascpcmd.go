// Package ascpcmd is the commands `config ascp` and `config transferd`: the
// programs that move bytes, where they are, what they can do, and how to get
// them (spec/plugins/config.md 10).
package ascpcmd

import (
	"context"
	"path/filepath"

	"github.com/ascli-go/ascli/plugins/transfer/connect"
	"github.com/ascli-go/ascli/plugins/transfer/install"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

const (
	// globalPreset is the preset of the options of all commands.
	globalPreset = "GLOBAL"
	// optionAscpPath is the option that the commands `use` store.
	optionAscpPath = "ascp_path"
	// optionLocations is where the list of SDKs lies.
	optionLocations = "locations_url"
)

// Tree makes the commands.
type Tree struct {
	// ConnectBase is the address of the site of IBM Aspera Connect.
	ConnectBase string
}

// New returns the commands for the site of IBM.
func New() Tree { return Tree{ConnectBase: connect.DefaultBase} }

// Commands declares `ascp` and `transferd`.
func (t Tree) Commands() []sdk.Command {
	ascp := sdk.Command{Name: "ascp", Summary: "The FASP program: location, features, installation", Commands: []sdk.Command{
		{Name: "show", Summary: "Show the path of ascp", Result: sdk.ResultStatus, Run: show},
		{Name: "info", Summary: "Show what the installed ascp is and has", Result: sdk.ResultObject, Run: info},
		installCommand(""),
		{Name: "use", Summary: "Use an ascp from now on", Args: []sdk.Arg{{Name: "ascp_path", Description: "path of ascp"}}, Result: sdk.ResultNothing, Run: use},
		productsCommand(),
		t.connectCommand(),
		{
			Name: "errors", Summary: "List the error codes of ascp",
			Result: sdk.ResultList, Columns: []string{"code", "mnemonic", "retry", "info"}, Run: errorCodes,
		},
		specCommand(),
		schemaCommand(),
	}}
	transferd := sdk.Command{Name: "transferd", Summary: "The transfer SDK", Since: "4.21.1", Commands: []sdk.Command{
		{Name: "list", Summary: "List the SDK archives that can be installed", Result: sdk.ResultList, Since: "4.21.1", Run: listArchives},
		installCommand("4.21.1"),
	}}
	return []sdk.Command{ascp, transferd}
}

func show(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	ascp, err := product.SearchWith(inv.Options).Locate()
	if err != nil {
		return nil, err
	}
	return sdk.Status(ascp.Path), nil
}

// use tries an ascp, and stores its path for all later commands.
func use(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	given := inv.Text("ascp_path")
	if given == "" {
		return nil, failure.Argumentf("ascp path cannot be empty: check your config file")
	}
	path, err := filepath.Abs(given)
	if err != nil {
		return nil, err
	}
	ascp, err := product.Search{System: product.Here(), AscpPath: path}.Locate()
	if err != nil {
		return nil, err
	}
	version, err := product.Version(ctx, ascp.Path, product.AscpVersion)
	if err != nil {
		return nil, err
	}
	if err := inv.Info(ctx, "ascp version: %s", version); err != nil {
		return nil, err
	}
	return store(ctx, inv, ascp)
}

// store keeps the path of an ascp in the configuration file.
func store(ctx context.Context, inv *sdk.Invocation, ascp product.Executable) (*sdk.Result, error) {
	if err := inv.Host.SetPreset(ctx, globalPreset, record.New(optionAscpPath, ascp.Path)); err != nil {
		return nil, err
	}
	return sdk.Nothing(), nil
}

// locationsURL is where the list of SDKs is read.
func locationsURL(inv *sdk.Invocation) string {
	if address := inv.OptionText(optionLocations); address != "" {
		return address
	}
	return install.DefaultLocations
}
