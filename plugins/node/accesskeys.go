package node

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/nodecmd"
	"github.com/ascli-go/ascli/sdk/rest"
)

func accessKeys(m nodecmd.Mount) sdk.Command {
	keys := nodecmd.AccessKeys(m)
	keys.Commands = append(keys.Commands, sdk.Command{
		Name: "do", Summary: "Work in the storage of an access key, by file id",
		Args:     []sdk.Arg{{Name: "access_key", Description: "id of the access key, or self", Identifier: true}},
		Commands: nodecmd.Gen4(nodecmd.Mount{Connect: connectAccessKey}),
	})
	return keys
}

// connectAccessKey makes the client of an access key. Its top folder is that of
// option root_id, and then no question is asked about the key; another key than
// one's own needs its secret (spec/plugins/node.md 5.1).
func connectAccessKey(ctx context.Context, inv *sdk.Invocation) (*node.Client, error) {
	own, err := connect(ctx, inv)
	if err != nil {
		return nil, err
	}
	id, err := inv.Identifier(ctx, "access_key", func(ctx context.Context, s sdk.Selector) (string, error) {
		return nodecmd.OwnKey(ctx, own.API(), s)
	})
	if err != nil {
		return nil, err
	}
	config := own.Config()
	if config.Root != "" {
		return own, nil
	}
	key, err := own.AccessKey(ctx, id)
	if err != nil {
		return nil, err
	}
	if config.Root = key.Text("root_file_id"); config.Root == "" {
		return nil, failure.Otherf("RuntimeError", "access key %s has no root_file_id", id)
	}
	if id == nodecmd.SelfKey {
		return node.New(own.API(), config), nil
	}
	config.AccessKey = key.Text("id")
	secret, err := secretOf(ctx, inv, own.API().BaseURL(), config.AccessKey)
	if err != nil {
		return nil, err
	}
	return node.New(own.API().WithAuth(rest.Basic(config.AccessKey, secret)), config), nil
}

func secretOf(ctx context.Context, inv *sdk.Invocation, url, accessKey string) (string, error) {
	secret, found, err := inv.Host.Secret(ctx, url, accessKey)
	if err == nil && !found {
		err = failure.Argumentf("Please provide secret for %s using option: secret or by setting a preset for %s@%s.", accessKey, accessKey, url)
	}
	return secret, err
}
