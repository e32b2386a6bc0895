package configcmd

import (
	"context"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/rest"
)

// downloadRedirects is how many redirections a download follows, as @uri: does.
const downloadRedirects = 5

// download saves what a URL answers (spec/plugins/config.md 18).
func download(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	address := strings.TrimRight(inv.Text("url"), "\r\n")
	source, err := url.Parse(address)
	if err != nil || source.Host == "" {
		return nil, failure.Argumentf("%q is no URL that can be downloaded: expecting http(s)://<host>/<path>", address)
	}
	folder, name := inv.OptionText("to_folder"), path.Base(source.Path)
	if given := inv.Text("path"); given != "" {
		folder, name = filepath.Split(given)
	}
	if folder == "" {
		folder = "."
	}
	session, err := rest.For(inv)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	base := &url.URL{Scheme: source.Scheme, Host: source.Host}
	client, err := session.Client(base.String(), rest.None())
	if err != nil {
		return nil, err
	}
	inv.Log.Info("Downloading: " + address)
	saved, err := client.Save(ctx, rest.Request{
		Path: strings.TrimPrefix(source.RequestURI(), "/"), Redirects: downloadRedirects,
	}, folder, name)
	if err != nil {
		return nil, err
	}
	return sdk.Status("Saved to: " + saved), nil
}
