package configcmd

import (
	"context"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/oauth"
	"github.com/ascli-go/ascli/sdk/record"
)

// tokenCommands show the OAuth tokens that are kept (spec/plugins/config.md 14).
func (c commands) tokenCommands() []sdk.Command {
	return []sdk.Command{
		{Name: "flush", Summary: "Delete all", Result: sdk.ResultValues, Run: c.tokensFlush},
		{Name: "list", Summary: "Their identifiers", Result: sdk.ResultList, Run: c.tokensList},
		{Name: "show", Summary: "Content of one", Args: []sdk.Arg{{Name: "id", Description: "identifier"}}, Result: sdk.ResultObject, Run: c.tokensShow},
	}
}

func (c commands) tokenFolder() string { return filepath.Join(c.host.Folder(), oauth.StoreFolder) }

func (c commands) tokensFlush(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	deleted, err := oauth.Flush(c.tokenFolder())
	if err != nil {
		return nil, err
	}
	var files []any
	for _, f := range deleted {
		files = append(files, f)
	}
	return sdk.Values("file", files), nil
}

func (c commands) tokensList(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	stored, err := oauth.List(c.tokenFolder())
	if err != nil {
		return nil, err
	}
	var rows []*record.Object
	for _, token := range stored {
		row := record.New("id", token.ID)
		if token.Answer != nil {
			for key, v := range token.Answer.All() {
				if key != "access_token" {
					row.Set(key, v)
				}
			}
		}
		rows = append(rows, row)
	}
	return sdk.Rows(rows), nil
}

func (c commands) tokensShow(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	stored, err := oauth.List(c.tokenFolder())
	if err != nil {
		return nil, err
	}
	for _, token := range stored {
		if token.ID == inv.Text("id") {
			return describeToken(token)
		}
	}
	return nil, failure.Toolf("No such identifier").Hint("`ascli config tokens list` shows the identifiers")
}

// expiryThreshold is what must be left of the life of a token for it to be used
// (spec/cli.md 9.7).
const expiryThreshold = 120 * time.Second

func describeToken(token oauth.Stored) (*sdk.Result, error) {
	if token.Answer == nil {
		return nil, failure.Toolf("%s: expecting Hash, but have something else", token.Path)
	}
	shown := record.New("data", token.Answer)
	content, err := oauth.Decode(token.Answer.Text("access_token"))
	if err != nil {
		// Not every token can be read by its user.
		return sdk.Object(shown), nil
	}
	shown.Set("decoded", content)
	if expiry, known := oauth.Expiry(content); known {
		left := time.Until(expiry)
		shown.Set("expiration", expiry.Local().Format("2006-01-02 15:04:05 -0700"))
		shown.Set("ttl_sec", record.Of(int64(left/time.Second)))
		shown.Set("expired", left < expiryThreshold)
	}
	return sdk.Object(shown), nil
}
