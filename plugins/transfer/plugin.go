// Package transfer is the plugin that owns how bytes move: it runs the agent
// that the user chose (spec/transfer.md). It knows nothing of products.
package transfer

import (
	"context"
	"io"
	"net/http"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/ascpcmd"
	"github.com/ascli-go/ascli/plugins/transfer/async"
	"github.com/ascli-go/ascli/plugins/transfer/connectapp"
	"github.com/ascli-go/ascli/plugins/transfer/desktop"
	"github.com/ascli-go/ascli/plugins/transfer/direct"
	"github.com/ascli-go/ascli/plugins/transfer/httpgw"
	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/plugins/transfer/node"
	"github.com/ascli-go/ascli/plugins/transfer/sftp"
	"github.com/ascli-go/ascli/plugins/transfer/synccmd"
	"github.com/ascli-go/ascli/plugins/transfer/transferd"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Plugin declares the transfer agents.
func Plugin() *sdk.Plugin {
	return &sdk.Plugin{
		Name:    "transfer",
		Summary: "Transfer agents",
		Agents: agents{
			transfer.AgentDirect:    direct.New(),
			transfer.AgentTransferd: transferd.New(),
			transfer.AgentNode:      node.New(),
			transfer.AgentHTTPGW:    httpgw.New(),
			transfer.AgentConnect:   connectapp.New(),
			transfer.AgentDesktop:   desktop.New(),
			transfer.AgentSFTP:      sftp.New(),
		},
		Mounts: []sdk.Mount{{Under: "config", Commands: append(ascpcmd.New().Commands(), synccmd.Command())}},
	}
}

// agents are the ways to move bytes, by the names of transfer.Agents.
type agents map[string]agent.Agent

// List describes the agents.
func (a agents) List() []sdk.AgentInfo {
	var list []sdk.AgentInfo
	for _, info := range transfer.Agents() {
		list = append(list, sdk.AgentInfo{Name: info.Name, Summary: info.Summary, Aliases: info.Aliases})
	}
	return list
}

// Run executes a job with the agent that it names.
func (a agents) Run(ctx context.Context, order sdk.TransferJob, emit func(transfer.Event)) ([]error, error) {
	info, err := transfer.ResolveAgent(order.Agent)
	if err != nil {
		return nil, err
	}
	env, err := environment(order.Place, order.Info.Text(transfer.InfoURL))
	if err != nil {
		return nil, err
	}
	return a[info.Name].Run(ctx, jobOf(order, env), emit)
}

// jobOf is an order with the messages of the management port as agents know them.
func jobOf(order sdk.TransferJob, env agent.Env) agent.Job {
	job := agent.Job{Spec: order.Spec, Info: order.Info, Env: env}
	if order.Observe != nil {
		job.Observe = func(event management.Message) { order.Observe(event.JSON()) }
	}
	if order.Accept != nil {
		job.TakeCommands = func(send func(management.Message) (int, error)) {
			order.Accept(func(command *record.Object) (int, error) {
				message, err := management.Command(command)
				if err != nil {
					return 0, err
				}
				return send(message)
			})
		}
	}
	return job
}

// Sync runs sessions of async.
func (a agents) Sync(ctx context.Context, order sdk.SyncJob, output io.Writer) error {
	env, err := environment(order.Place, "")
	if err != nil {
		return err
	}
	env.Stdout, env.Stderr = output, output
	return async.New().Run(ctx, async.Job{Sync: order.Sync, Watched: order.Watched, Env: env})
}

// environment gives agents the user's installation and HTTP options. server is the
// address of the one that an agent talks to.
func environment(order sdk.Place, server string) (agent.Env, error) {
	session, err := rest.NewSession(order.Options, order.Log)
	if err != nil {
		return agent.Env{}, err
	}
	certificates, err := rest.TrustedFiles(order.Options)
	if err != nil {
		return agent.Env{}, err
	}
	return agent.Env{
		SDKFolder: order.SDKFolder, AscpPath: order.AscpPath,
		FileListFolder: order.FileListFolder, TempFolder: order.TempFolder,
		KeepTemp:     order.Options["clean_temp"] == false,
		TrustedCerts: certificates, IgnoreCertificate: session.Ignores,
		Session:   session,
		Transport: func() *http.Transport { return session.TransportTo(server) },
		Log:       order.Log,
	}, nil
}
