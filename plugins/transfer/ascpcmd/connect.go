package ascpcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ascli-go/ascli/plugins/transfer/connect"
	"github.com/ascli-go/ascli/plugins/transfer/fetch"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Names of the arguments of `connect`.
const (
	argVersion = "id_or_title"
	argLink    = "title_or_rel"
)

func (t Tree) connectCommand() sdk.Command {
	version := sdk.Arg{Name: argVersion, Description: "id or title of the version"}
	link := []sdk.Arg{{Name: argLink, Description: "title or rel of the link"}}
	return sdk.Command{Name: "connect", Summary: "Versions of IBM Aspera Connect on the internet", Commands: []sdk.Command{
		{
			Name: "list", Summary: "List the versions",
			Result: sdk.ResultList, Columns: []string{"id", "title", "version"}, Run: t.listVersions,
		},
		{Name: "info", Summary: "Show a version", Args: []sdk.Arg{version}, Result: sdk.ResultObject, Run: t.versionInfo},
		{Name: "version", Summary: "Installers and documents of a version", Args: []sdk.Arg{version}, Commands: []sdk.Command{
			{
				Name: "list", Summary: "List the links of the version",
				Result: sdk.ResultList, Columns: []string{"title", "type", "href", "hreflang", "rel"}, Run: t.listLinks,
			},
			{Name: "download", Summary: "Download an installer to option to_folder", Args: link, Result: sdk.ResultStatus, Run: t.download},
			{Name: "open", Summary: "Show a document in the browser", Args: link, Result: sdk.ResultStatus, Run: t.open},
		}},
	}}
}

// versions reads the list of the site.
func (t Tree) versions(ctx context.Context, inv *sdk.Invocation) ([]connect.Version, error) {
	fetcher, err := fetch.New(inv.Options, inv.Log)
	if err != nil {
		return nil, err
	}
	defer fetcher.Close()
	return connect.Versions(ctx, fetcher, t.ConnectBase)
}

// version returns the one that the user names.
func (t Tree) version(ctx context.Context, inv *sdk.Invocation) (connect.Version, error) {
	versions, err := t.versions(ctx, inv)
	if err != nil {
		return connect.Version{}, err
	}
	return connect.Find(versions, inv.Text(argVersion))
}

func (t Tree) link(ctx context.Context, inv *sdk.Invocation) (connect.Link, error) {
	version, err := t.version(ctx, inv)
	if err != nil {
		return connect.Link{}, err
	}
	return version.FindLink(inv.Text(argLink))
}

func (t Tree) listVersions(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	versions, err := t.versions(ctx, inv)
	if err != nil {
		return nil, err
	}
	var rows []*record.Object
	for _, v := range versions {
		rows = append(rows, v.Fields())
	}
	return sdk.Rows(rows), nil
}

func (t Tree) versionInfo(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	version, err := t.version(ctx, inv)
	if err != nil {
		return nil, err
	}
	return sdk.Object(version.Info()), nil
}

func (t Tree) listLinks(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	version, err := t.version(ctx, inv)
	if err != nil {
		return nil, err
	}
	var rows []*record.Object
	for _, l := range version.Links() {
		rows = append(rows, l.Fields())
	}
	return sdk.Rows(rows), nil
}

func (t Tree) open(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	link, err := t.link(ctx, inv)
	if err != nil {
		return nil, err
	}
	if err := inv.Host.Open(ctx, link.Href()); err != nil {
		return nil, err
	}
	return sdk.Status("Opened: " + link.Href()), nil
}

func (t Tree) download(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	link, err := t.link(ctx, inv)
	if err != nil {
		return nil, err
	}
	name, err := link.FileName()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(inv.Destination(transfer.Receive), name)
	if err := saveAs(ctx, inv, link.Address(t.ConnectBase), path); err != nil {
		return nil, err
	}
	return sdk.Status("Downloaded: " + name), nil
}

// saveAs downloads to a file, which is there only once it is complete.
func saveAs(ctx context.Context, inv *sdk.Invocation, address, path string) (err error) {
	fetcher, err := fetch.New(inv.Options, inv.Log)
	if err != nil {
		return err
	}
	defer fetcher.Close()
	partial := path + ".http_partial"
	file, err := os.Create(partial)
	if err != nil {
		return fmt.Errorf("cannot save the download: %w", err)
	}
	err = errors.Join(fetcher.Save(ctx, address, file), file.Close())
	if err != nil {
		return errors.Join(err, os.Remove(partial))
	}
	return os.Rename(partial, path)
}
