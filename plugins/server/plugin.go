// Package server is the plugin for transfer servers that are reached by SSH:
// `ascli server` (spec/plugins/server.md). Files are handled by the program ascmd of
// the server or, where there is none, over SFTP.
package server

import (
	"slices"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/nodecmd"
	"github.com/ascli-go/ascli/sdk/record"
)

// Plugin declares `ascli server`.
func Plugin() *sdk.Plugin {
	return &sdk.Plugin{
		Name:    "server",
		Summary: "IBM Aspera High-Speed Transfer Server, or any SSH server: SSH",
		Options: slices.Concat([]sdk.Option{
			{Name: optionURL, Mandatory: true, Help: "Address: ssh://<host>[:<port>], local:, or https://<host>[:<port>] for transfers with a token by WebSocket"},
			{Name: optionUsername, Help: "User for SSH and transfers, by default xfer"},
			{Name: optionPassword, Secret: true, Help: "Password for SSH and transfers"},
			{Name: optionKeys, Types: []sdk.Type{sdk.String, sdk.Array}, Help: "Paths of SSH private keys"},
			{Name: optionPassphrase, Secret: true, Help: "Passphrase of the private keys"},
			{Name: optionSSH, Types: []sdk.Type{sdk.Hash}, Default: record.New(), Cumulative: true, Help: "Parameters of SSH for file operations", Schema: sshSchema()},
		}, nodecmd.SyncOptions()),
		Commands: slices.Concat(fileCommands(), []sdk.Command{
			upload(), download(), health(), nodecmd.Sync(authorizeSync),
		}),
		Detect: detect,
		Wizard: wizard,
	}
}
