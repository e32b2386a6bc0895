package nodecmd

import (
	"context"
	"slices"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/rest"
)

// The arguments of `do`: below an access key, `v3 access_keys do` names another
// one.
const (
	argAccessKey      = "access_key"
	argInnerAccessKey = "inner_access_key"
)

// AccessKeys returns the commands on the access keys of a server, and `do`, which
// works in the storage of one (spec/plugins/node.md 5).
func AccessKeys(m Mount) sdk.Command {
	storage := m.storageOf(argAccessKey)
	v3 := sdk.Command{Name: "v3", Summary: "Work with the credentials of the access key, by path", Commands: V3(storage)}
	return accessKeys(m, argAccessKey, append(Gen4(storage), v3))
}

// V3 returns the commands that the credentials of an access key give besides
// those by file id. Its `access_keys do` ends there: it has no v3 again.
func V3(m Mount) []sdk.Command {
	return slices.Concat(Gen3(m), Server(m), []sdk.Command{
		Transfers(m), Sync(SyncByPath(m)),
		accessKeys(m, argInnerAccessKey, Gen4(m.storageOf(argInnerAccessKey))),
	})
}

// accessKeys adds `do` to the commands on access keys.
func accessKeys(m Mount, argument string, do []sdk.Command) sdk.Command {
	keys := keyCommands(m)
	keys.Commands = append(keys.Commands, sdk.Command{
		Name: "do", Summary: "Work in the storage of an access key, by file id",
		Args:     []sdk.Arg{{Name: argument, Description: "id of the access key, or self", Identifier: true}},
		Commands: do,
	})
	return keys
}

// storageOf is the mount of the access key that an argument names.
func (m Mount) storageOf(argument string) Mount {
	connect := m.Connect
	m.Prefix = ""
	m.Connect = func(ctx context.Context, inv *sdk.Invocation) (*node.Client, error) {
		own, err := connect(ctx, inv)
		if err != nil {
			return nil, err
		}
		return accessKeyClient(ctx, inv, own, argument)
	}
	return m
}

// accessKeyClient makes the client of an access key from that of the server.
// Its top folder is that of option root_id, and then no question is asked about
// the key; another key than one's own needs its secret (spec/plugins/node.md 5.1).
func accessKeyClient(ctx context.Context, inv *sdk.Invocation, own *node.Client, argument string) (*node.Client, error) {
	id, err := inv.Identifier(ctx, argument, func(ctx context.Context, s sdk.Selector) (string, error) {
		return OwnKey(ctx, own.API(), s)
	})
	if err != nil {
		return nil, err
	}
	config := own.Config()
	if config.Root = inv.OptionText(optionRootID); config.Root != "" {
		return node.New(own.API(), config), nil
	}
	key, err := own.AccessKey(ctx, id)
	if err != nil {
		return nil, err
	}
	if config.Root = key.Text("root_file_id"); config.Root == "" {
		return nil, failure.Otherf("RuntimeError", "access key %s has no root_file_id", id)
	}
	if id == SelfKey {
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
