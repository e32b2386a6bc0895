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
	return &sdk.Plugin{
		Name:    "node",
		Summary: "IBM Aspera High-Speed Transfer Server: Node API",
		Options: slices.Concat([]sdk.Option{
			{Name: "url", Mandatory: true, Help: "Base address of the Node API, e.g. https://node.example.com:9092"},
			{Name: "username", Help: "Node user or id of an access key"},
			{Name: "password", Secret: true, Help: "Password or secret, or Bearer <token>"},
		}, nodecmd.Options()),
		Commands: append(
			nodecmd.Gen3(nodecmd.Mount{Connect: connect}),
			accessKeys(),
			simulatorCommand(),
		),
		Detect: detect,
		Wizard: wizard,
	}
}
