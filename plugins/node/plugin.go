// Package node is the plugin for the Node API of IBM Aspera High-Speed Transfer
// Server: `ascli node` (spec/plugins/node.md).
package node

import (
	"slices"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/nodecmd"
)

// Plugin declares `ascli node`.
func Plugin() *sdk.Plugin {
	mount := nodecmd.Mount{Connect: connect}
	return &sdk.Plugin{
		Name:    "node",
		Summary: "IBM Aspera High-Speed Transfer Server: Node API",
		Options: slices.Concat([]sdk.Option{
			{Name: "url", Mandatory: true, Help: "Base address of the Node API, e.g. https://node.example.com:9092"},
			{Name: "username", Help: "Node user or id of an access key"},
			{Name: "password", Secret: true, Help: "Password or secret, or Bearer <token>"},
			{Name: "validator", Help: "Identifier of the validator, for central"},
			{Name: "asperabrowserurl", Default: "https://asperabrowser.mybluemix.net", Help: "Address of the web page that asperabrowser opens"},
			{Name: "sync_name", Help: "Name of the session for async, instead of its identifier"},
		}, nodecmd.Options(), nodecmd.SyncOptions()),
		Commands: slices.Concat(
			nodecmd.Gen3(mount),
			nodecmd.Server(mount),
			[]sdk.Command{
				nodecmd.AccessKeys(mount), nodecmd.Transfers(mount),
				streams(), services(), watchFolders(), centrals(), asyncs(), ssyncs(),
				telemetry(), asperaBrowser(), basicToken(), bearerToken(), simulatorCommand(),
				nodecmd.Sync(nodecmd.SyncByPath(mount)),
			},
		),
		Detect: detect,
		Wizard: wizard,
	}
}
