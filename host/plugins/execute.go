package plugins

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
	"github.com/ascli-go/ascli/sdk/wire"
)

// Sink receives the result of a plugin's command.
type Sink interface {
	sdk.Sink
	// Flush shows the records so far: more may be long in coming.
	Flush() error
}

// Execute runs a command in the plugin and feeds its result to sink. host
// answers what the plugin asks back.
func (p *Process) Execute(ctx context.Context, inv *sdk.Invocation, level string, sink Sink) error {
	ctx, service, end := p.begin(ctx, inv.Host)
	defer end()
	stream, err := p.Plugin.Execute(ctx, &ascliv1.ExecuteRequest{
		Command: inv.Command, Arguments: wire.ToNamed(inv.Args), Options: wire.ToNamed(inv.Options), HostService: service,
		Surroundings: surroundings(inv, level), ShownFields: inv.Shown.Wire(),
	})
	if err != nil {
		return p.Explain(ctx, err)
	}
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return p.Explain(ctx, err)
		}
		if err := feed(sink, event); err != nil {
			return err
		}
	}
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

func feed(sink Sink, event *ascliv1.ExecuteEvent) error {
	switch e := event.Event.(type) {
	case *ascliv1.ExecuteEvent_Header:
		return sink.Begin(sdk.Header{
			Kind: e.Header.Kind, Columns: e.Header.Columns, ValueColumn: e.Header.ValueColumn,
			Total: e.Header.Total, Secrets: e.Header.Secrets,
		})
	case *ascliv1.ExecuteEvent_Failure:
		return wire.FromFailure(e.Failure)
	case *ascliv1.ExecuteEvent_Batch:
		for _, text := range e.Batch.Records {
			v, err := record.Parse(text)
			if err != nil {
				return failure.Toolf("the plugin sent a record that is no JSON: %w", err)
			}
			if err := sink.Record(v); err != nil {
				return err
			}
		}
		return sink.Flush()
	}
	return nil
}

// RunTransfer runs a job in the transfer plugin.
func (p *Process) RunTransfer(ctx context.Context, request *ascliv1.RunRequest, progress func(transfer.Event)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go p.watch(ctx, cancel)

	stream, err := p.Agents.Run(ctx, request)
	if err != nil {
		return p.Explain(ctx, err)
	}
	return p.Explain(ctx, sdk.FollowTransfer(stream, progress))
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
