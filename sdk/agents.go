package sdk

import (
	"context"
	"io"
	"log/slog"

	"google.golang.org/grpc"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
	"github.com/ascli-go/ascli/sdk/wire"
)

// Agents is what a transfer plugin provides: the ways in which it moves bytes.
type Agents interface {
	// List describes the agents.
	List() []AgentInfo
	// Run executes one job and returns the outcome of each session, nil for
	// success; the second result is an error that kept the job from running.
	// emit may be called from any goroutine until Run returns. Cancelling ctx
	// stops the transfer in order and keeps partial files for a resume.
	Run(ctx context.Context, job TransferJob, emit func(transfer.Event)) ([]error, error)
	// Sync runs sessions of async to their end; what async says goes to output,
	// from one goroutine at a time. Cancelling ctx stops them in order.
	Sync(ctx context.Context, job SyncJob, output io.Writer) error
}

// AgentInfo describes an agent.
type AgentInfo struct {
	Name, Summary string
	Aliases       []string
}

// TransferJob is a complete job: nothing of it is asked from the user anymore.
type TransferJob struct {
	Agent string
	// Spec is the final transfer spec, Info the value of option transfer_info.
	Spec, Info *record.Object
	Place
	// Observe, when set, takes the messages of the management port in their JSON
	// form (spec/management.md 3), by the rules of emit.
	Observe func(event *record.Object)
	// Accept is called by an agent that takes commands, once it does.
	Accept func(CommandTaker)
}

// SyncJob is sessions of async, complete: their specs are final.
type SyncJob struct {
	Sync
	// Watched tells that somebody looks at the output.
	Watched bool
	Place
}

// Place is the user's installation, and the options that concern agents.
type Place struct {
	// SDKFolder holds ascp and its keys; AscpPath, when set, names ascp itself.
	SDKFolder, AscpPath string
	// FileListFolder is a private folder for lists of files.
	FileListFolder, TempFolder string
	// Options hold the HTTP and TLS options by name.
	Options map[string]any
	Log     *slog.Logger
}

type agentServer struct {
	ascliv1.UnimplementedTransferAgentServer
	agents   Agents
	server   *server
	steering steering
}

func (a *agentServer) Agents(context.Context, *ascliv1.AgentsRequest) (*ascliv1.AgentsResponse, error) {
	response := &ascliv1.AgentsResponse{}
	for _, info := range a.agents.List() {
		response.Agents = append(response.Agents, &ascliv1.Agent{Name: info.Name, Summary: info.Summary, Aliases: info.Aliases})
	}
	return response, nil
}

func (a *agentServer) Run(request *ascliv1.RunRequest, stream grpc.ServerStreamingServer[ascliv1.TransferUpdate]) error {
	job, err := a.job(stream.Context(), request)
	if err != nil {
		return err
	}
	accept, leave := a.steering.enter(job.Agent)
	job.Accept = accept
	updates := make(chan *ascliv1.TransferUpdate, 64)
	if request.ManagementEvents {
		job.Observe = func(event *record.Object) {
			updates <- &ascliv1.TransferUpdate{Update: &ascliv1.TransferUpdate_ManagementEvent{ManagementEvent: record.JSON(event)}}
		}
	}
	type outcome struct {
		sessions []error
		err      error
	}
	done := make(chan outcome, 1)
	go func() {
		defer close(updates)
		defer leave()
		sessions, err := a.agents.Run(stream.Context(), job, func(e transfer.Event) {
			updates <- &ascliv1.TransferUpdate{Update: &ascliv1.TransferUpdate_Event{Event: wire.ToEvent(e)}}
		})
		done <- outcome{sessions, err}
	}()
	// A stream takes one sender; after a failed one the agent is still drained.
	var sendErr error
	for update := range updates {
		if sendErr == nil {
			sendErr = stream.Send(update)
		}
	}
	if sendErr != nil {
		return sendErr
	}
	o := <-done
	return stream.Send(wire.ToOutcome(o.sessions, o.err))
}

func (a *agentServer) job(ctx context.Context, request *ascliv1.RunRequest) (TransferJob, error) {
	place, err := a.place(ctx, request.Surroundings)
	if err != nil {
		return TransferJob{}, err
	}
	job := TransferJob{Agent: request.Agent, Place: place}
	if job.Spec, err = record.ParseObject(request.Spec); err != nil {
		return job, err
	}
	job.Info, err = record.ParseObject(request.Info)
	return job, err
}

func (a *agentServer) place(ctx context.Context, around *ascliv1.AgentSurroundings) (Place, error) {
	options, err := wire.FromNamed(ctx, around.GetOptions())
	if err != nil {
		return Place{}, err
	}
	a.server.level.Set(ParseLevel(around.GetSurroundings().GetLogLevel()))
	return Place{
		Options: options, Log: a.server.log,
		SDKFolder: around.GetSdkFolder(), AscpPath: around.GetAscpPath(),
		FileListFolder: around.GetFileListFolder(), TempFolder: around.GetSurroundings().GetTempFolder(),
	}, nil
}

func (a *agentServer) Sync(request *ascliv1.RunSyncRequest, stream grpc.ServerStreamingServer[ascliv1.SyncUpdate]) error {
	place, err := a.place(stream.Context(), request.Surroundings)
	if err != nil {
		return err
	}
	sync, err := ReadSync(request.Request)
	if err != nil {
		return err
	}
	job := SyncJob{Sync: sync, Place: place, Watched: request.Watched}
	return stream.Send(wire.ToSyncEnd(a.agents.Sync(stream.Context(), job, syncOutput{stream})))
}

// syncOutput sends what async says.
type syncOutput struct {
	stream grpc.ServerStreamingServer[ascliv1.SyncUpdate]
}

func (o syncOutput) Write(p []byte) (int, error) {
	return len(p), o.stream.Send(&ascliv1.SyncUpdate{Update: &ascliv1.SyncUpdate_Output{Output: p}})
}
