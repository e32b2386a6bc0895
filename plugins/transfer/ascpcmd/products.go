package ascpcmd

import (
	"context"
	"path/filepath"

	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

func productsCommand() sdk.Command {
	return sdk.Command{Name: "products", Summary: "Aspera products installed on this machine", Commands: []sdk.Command{
		{
			Name: "list", Summary: "List the products that have an ascp",
			Result: sdk.ResultList, Columns: []string{"name", "app_root"}, Run: listProducts,
		},
		{
			Name: "use", Summary: "Use the ascp of a product from now on", Args: []sdk.Arg{{Name: "product", Description: "name of the product, or FIRST"}},
			Result: sdk.ResultNothing, Run: useProduct,
		},
	}}
}

func listProducts(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	search := product.SearchWith(inv.Options)
	var rows []*record.Object
	for _, p := range search.Installed() {
		row := record.New("expected", p.Expected, "app_root", p.Folder)
		if sub, err := filepath.Rel(p.Folder, p.Bin); err == nil && sub != "." {
			row.Set("sub_bin", filepath.ToSlash(sub))
		}
		setKnown(row, "log_root", p.Logs)
		setKnown(row, "run_root", p.Run)
		row.Set("ascp_path", search.AscpOf(p))
		row.Set("name", p.Name)
		setKnown(row, "version", p.Version)
		rows = append(rows, row)
	}
	return sdk.Rows(rows), nil
}

// setKnown stores a text unless it is empty.
func setKnown(row *record.Object, key, text string) {
	if text != "" {
		row.Set(key, text)
	}
}

func useProduct(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	search := product.SearchWith(inv.Options)
	search.AscpPath, search.UseProduct = "", inv.Text("product")
	ascp, err := search.Locate()
	if err != nil {
		return nil, err
	}
	return store(ctx, inv, ascp)
}
