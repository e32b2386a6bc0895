package node

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"slices"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

func asperaBrowser() sdk.Command {
	return sdk.Command{
		Name: "asperabrowser", Summary: "Open the node in the web page Aspera Browser", Result: sdk.ResultStatus,
		Run: openBrowser,
	}
}

func openBrowser(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	url, err := inv.Require(ctx, "url")
	if err != nil {
		return nil, err
	}
	username, password, err := userAndPassword(ctx, inv)
	if err != nil {
		return nil, err
	}
	page, err := inv.Require(ctx, "asperabrowserurl")
	if err != nil {
		return nil, err
	}
	target, err := hiddenText(record.JSON(record.New("nodeUser", username, "nodePW", password, "nodeURL", url)))
	if err != nil {
		return nil, err
	}
	if err := inv.Host.Open(ctx, page+"?goto="+target); err != nil {
		return nil, err
	}
	return sdk.Status("done"), nil
}

// hiddenText is how the page takes a text in its address: compressed, in the
// alphabet of URLs without padding, and backwards (spec/plugins/node.md 16).
func hiddenText(text []byte) (string, error) {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	encoded := []byte(base64.RawURLEncoding.EncodeToString(b.Bytes()))
	slices.Reverse(encoded)
	return string(encoded), nil
}
