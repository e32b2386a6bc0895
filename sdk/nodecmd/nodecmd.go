// Package nodecmd holds the commands on a Node API, for every plugin whose
// product has one: by path ([Gen3]), by file id ([Gen4]), about the server
// ([Server], [Transfers]) and its [AccessKeys]. The plugin tells how to reach
// the node (spec/plugins/node.md 3).
//
//	sdk.Command{Name: "files", Commands: nodecmd.Gen4(nodecmd.Mount{Connect: connect})}
package nodecmd

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// Mount is what a plugin gives to the commands it mounts. Link crossing, tags
// and credentials of transfers are those of the client ([node.Config]).
type Mount struct {
	// Connect returns the node that a command works on, once a command. For
	// [Gen4] its configuration has a root.
	Connect func(ctx context.Context, inv *sdk.Invocation) (*node.Client, error)
	// Prefix is put before the paths of [Gen3], and is not shown in results.
	Prefix string
	// BeforePermission may change the data of a permission that is created.
	BeforePermission func(ctx context.Context, inv *sdk.Invocation, at node.Location, data *record.Object) error
	// AfterPermission is told of a permission that was created or deleted; of a
	// deleted one it gets the id.
	AfterPermission func(ctx context.Context, inv *sdk.Invocation, at node.Location, event PermissionEvent, permission *record.Object) error
}

// PermissionEvent tells what became of a permission.
type PermissionEvent string

// The events, by their names in Aspera on Cloud.
const (
	PermissionCreated PermissionEvent = "permission.created"
	PermissionDeleted PermissionEvent = "permission.deleted"
)

// handler runs a command on the node of a mount.
type handler func(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error)

func (m Mount) on(h handler) func(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
		c, err := m.Connect(ctx, inv)
		if err != nil {
			return nil, err
		}
		return h(ctx, inv, c)
	}
}

// api is Connect for commands that need no more than the HTTP client.
func (m Mount) api(ctx context.Context, inv *sdk.Invocation) (*rest.Client, error) {
	c, err := m.Connect(ctx, inv)
	if err != nil {
		return nil, err
	}
	return c.API(), nil
}

// optionRootID is the file id that paths begin at, instead of the root of the
// access key.
const optionRootID = "root_id"

// Options are those that Gen4 commands read.
func Options() []sdk.Option {
	return []sdk.Option{
		{Name: optionDynamicKey, Secret: true, Since: "4.24.0", Help: "Private key (PEM) for the SSH login of transfers by path"},
		{Name: optionRootID, Help: "Gen4: file id of the top folder, instead of that of the access key"},
		{Name: "default_ports", Types: []sdk.Type{sdk.Boolean}, Default: true, Help: "Gen4: use the ports of every Aspera server; no = ask the server"},
		{Name: "node_cache", Types: []sdk.Type{sdk.Boolean}, Default: true, Help: "Gen4: no = bypass the folder cache of the server"},
		{
			Name: "node_api", Types: []sdk.Type{sdk.Hash}, Cumulative: true, Since: "4.25.4",
			Default: record.New("standard_ports", true, "cache", true, "accept_v4", true),
			Help:    "Gen4 settings (Hash): standard_ports (as default_ports), cache (as node_cache), accept_v4",
		},
	}
}

// Settings reads the options node_api, default_ports and node_cache. What one
// of two equal options turns off is off.
func Settings(inv *sdk.Invocation) (node.Settings, error) {
	settings := node.DefaultSettings()
	for name, target := range map[string]*bool{"default_ports": &settings.StandardPorts, "node_cache": &settings.Cache} {
		if v, given := inv.Option(name).(bool); given {
			*target = v
		}
	}
	api := inv.OptionObject("node_api")
	if api == nil {
		return settings, nil
	}
	for name, value := range api.All() {
		on, isBool := value.(bool)
		targets := map[string]*bool{
			"standard_ports": &settings.StandardPorts, "cache": &settings.Cache, "accept_v4": &settings.AcceptV4,
		}
		switch target := targets[name]; {
		case target == nil:
			return settings, failure.Argumentf("unknown api option: %s (standard_ports, cache, accept_v4)", name)
		case !isBool:
			return settings, failure.Argumentf("api options value for %s should be boolean", name)
		default:
			*target = *target && on
		}
	}
	return settings, nil
}

// queryObject returns option query, which these commands take as a Hash only.
func queryObject(inv *sdk.Invocation) (*record.Object, error) {
	query := inv.Option("query")
	if query == nil {
		return nil, nil
	}
	if o, ok := query.(*record.Object); ok {
		return o, nil
	}
	return nil, failure.Argumentf("Option query is a %s but must be Hash", record.TypeName(query))
}
