package node

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/nodecmd"
	"github.com/ascli-go/ascli/sdk/rest"
)

// connect makes the client of options url, username and password. With a
// bearer password the access key is that of the token.
func connect(ctx context.Context, inv *sdk.Invocation) (*node.Client, error) {
	address, err := inv.Require(ctx, "url")
	if err != nil {
		return nil, err
	}
	password, err := inv.Require(ctx, "password")
	if err != nil {
		return nil, err
	}
	settings, err := nodecmd.Settings(inv)
	if err != nil {
		return nil, err
	}
	session, err := rest.For(inv)
	if err != nil {
		return nil, err
	}
	api, err := session.Client(address, nil)
	if err != nil {
		return nil, err
	}
	config := node.Config{Root: inv.OptionText("root_id"), Settings: settings, Log: inv.Log}
	if node.IsBearer(password) {
		if config.AccessKey, err = node.BearerAccessKey(password); err != nil {
			return nil, err
		}
		api = api.WithAuth(rest.Verbatim(password)).WithHeader(node.AccessKeyHeader, config.AccessKey)
		return node.New(api, config), nil
	}
	if config.AccessKey, err = inv.Require(ctx, "username"); err != nil {
		return nil, err
	}
	return node.New(api.WithAuth(rest.Basic(config.AccessKey, password)), config), nil
}

// connectAPI is connect for commands that need no more than the HTTP client.
func connectAPI(ctx context.Context, inv *sdk.Invocation) (*rest.Client, error) {
	c, err := connect(ctx, inv)
	if err != nil {
		return nil, err
	}
	return c.API(), nil
}
