package plugins

import (
	"context"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
	"github.com/ascli-go/ascli/sdk/wire"
)

// Execute runs a command in the plugin and feeds its result to sink. host
// answers what the plugin asks back. See [sdk.FollowResult] for when it is flushed.
func (p *Process) Execute(ctx context.Context, inv *sdk.Invocation, level string, sink sdk.Sink) error {
	ctx, service, end := p.begin(ctx, inv.Host)
	defer end()
	stream, err := p.Plugin.Execute(ctx, &ascliv1.ExecuteRequest{
		Command: inv.Command, Arguments: wire.ToNamed(inv.Args), Options: wire.ToNamed(inv.Options), HostService: service,
		Surroundings: surroundings(inv, level), ShownFields: inv.Shown.Wire(),
	})
	if err != nil {
		return p.Explain(ctx, err)
	}
	err = sdk.FollowResult(stream, sink)
	if _, ofStream := status.FromError(err); ofStream {
		return p.Explain(ctx, err)
	}
	// It is the command's own, or the sink's.
	return err
}

// begin watches the plugin during a call, and serves host to it, until end. The
// returned context is cancelled when the plugin stops answering.
func (p *Process) begin(ctx context.Context, host sdk.Host) (watched context.Context, service uint32, end func()) {
	watched, cancel := context.WithCancelCause(ctx)
	go p.watch(watched, cancel)
	service, stop := p.serveHost(host)
	return watched, service, func() {
		stop()
		cancel(nil)
	}
}

func surroundings(inv *sdk.Invocation, level string) *ascliv1.Surroundings {
	return &ascliv1.Surroundings{Home: inv.Home, TempFolder: inv.TempFolder, HostVersion: inv.HostVersion, LogLevel: level}
}

// RunTransfer runs a job in the transfer plugin. The error is that of the first
// failed session.
func (p *Process) RunTransfer(ctx context.Context, request *ascliv1.RunRequest, progress func(transfer.Event)) error {
	return p.run(ctx, request, func(stream updates) error { return sdk.FollowTransfer(stream, progress) })
}

// RunJob runs a job in the transfer plugin and returns the outcome of each session.
// See [sdk.FollowJob].
func (p *Process) RunJob(ctx context.Context, request *ascliv1.RunRequest, to sdk.Listener) (outcomes []error, err error) {
	err = p.run(ctx, request, func(stream updates) (err error) {
		outcomes, err = sdk.FollowJob(stream, to)
		return err
	})
	return outcomes, err
}

type updates = grpc.ServerStreamingClient[ascliv1.TransferUpdate]

func (p *Process) run(ctx context.Context, request *ascliv1.RunRequest, follow func(updates) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go p.watch(ctx, cancel)

	stream, err := p.Agents.Run(ctx, request)
	if err != nil {
		return p.Explain(ctx, err)
	}
	return p.Explain(ctx, follow(stream))
}

// commandTimeout bounds the sending of a command: sessions that do not read it
// take their time.
const commandTimeout = 30 * time.Second

// SendCommand passes a command on to all sessions that run in the transfer plugin,
// and returns to how many. See [sdk.SendCommand].
func (p *Process) SendCommand(ctx context.Context, command *record.Object) (sessions int, err error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	sessions, err = sdk.SendCommand(ctx, p.Agents, command)
	return sessions, p.Explain(ctx, err)
}

// RunSync runs a session of async in the transfer plugin; what async says goes to
// output.
func (p *Process) RunSync(ctx context.Context, request *ascliv1.RunSyncRequest, output io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go p.watch(ctx, cancel)

	stream, err := p.Agents.Sync(ctx, request)
	if err != nil {
		return p.Explain(ctx, err)
	}
	return p.Explain(ctx, sdk.FollowSync(stream, output))
}

// serveHost serves host on a new broker id until stop is called.
func (p *Process) serveHost(host sdk.Host) (id uint32, stop func()) {
	id = p.broker.NextId()
	servers := make(chan *grpc.Server, 1)
	go p.broker.AcceptAndServe(id, func(options []grpc.ServerOption) *grpc.Server {
		s := grpc.NewServer(append(options, grpc.MaxRecvMsgSize(wire.MaxMessage), grpc.MaxSendMsgSize(wire.MaxMessage))...)
		ascliv1.RegisterHostServer(s, &hostServer{host: host})
		servers <- s
		return s
	})
	return id, func() {
		select {
		case s := <-servers:
			s.Stop()
		default:
		}
	}
}
