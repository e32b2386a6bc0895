package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
	"github.com/ascli-go/ascli/sdk/wire"
)

// hostClient asks the host over the broker; it connects at the first question.
type hostClient struct {
	broker  *plugin.GRPCBroker
	service uint32

	mu   sync.Mutex
	conn *grpc.ClientConn
}

func newHostClient(broker *plugin.GRPCBroker, service uint32) *hostClient {
	return &hostClient{broker: broker, service: service}
}

func (h *hostClient) client() (ascliv1.HostClient, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conn == nil {
		conn, err := h.broker.Dial(h.service)
		if err != nil {
			return nil, fmt.Errorf("the host does not answer: %w", err)
		}
		h.conn = conn
	}
	return ascliv1.NewHostClient(h.conn), nil
}

func (h *hostClient) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conn != nil {
		h.conn.Close()
	}
}

func (h *hostClient) Option(ctx context.Context, name string) (any, error) {
	c, err := h.client()
	if err != nil {
		return nil, err
	}
	r, err := c.Option(ctx, &ascliv1.OptionRequest{Name: name})
	if err = answered(r.GetFailure(), err); err != nil {
		return nil, err
	}
	return wire.FromValue(ctx, r.Value)
}

func (h *hostClient) Prompt(ctx context.Context, text string, hidden bool) (string, error) {
	c, err := h.client()
	if err != nil {
		return "", err
	}
	r, err := c.Prompt(ctx, &ascliv1.PromptRequest{Text: text, Hidden: hidden})
	return r.GetAnswer(), answered(r.GetFailure(), err)
}

func (h *hostClient) Secret(ctx context.Context, url, username string) (string, bool, error) {
	c, err := h.client()
	if err != nil {
		return "", false, err
	}
	r, err := c.Secret(ctx, &ascliv1.SecretRequest{Url: url, Username: username})
	return r.GetSecret(), r.GetFound(), err
}

func (h *hostClient) Message(ctx context.Context, level MessageLevel, text string) error {
	c, err := h.client()
	if err != nil {
		return err
	}
	levels := map[MessageLevel]ascliv1.MessageRequest_Level{
		Information: ascliv1.MessageRequest_LEVEL_INFO,
		Data:        ascliv1.MessageRequest_LEVEL_DATA,
		Trouble:     ascliv1.MessageRequest_LEVEL_ERROR,
	}
	_, err = c.Message(ctx, &ascliv1.MessageRequest{Level: levels[level], Text: text})
	return err
}

func (h *hostClient) ReadState(ctx context.Context, id ...string) ([]byte, error) {
	c, err := h.client()
	if err != nil {
		return nil, err
	}
	r, err := c.ReadState(ctx, &ascliv1.ReadStateRequest{Id: id})
	return r.GetContent(), answered(r.GetFailure(), err)
}

func (h *hostClient) WriteState(ctx context.Context, content []byte, id ...string) error {
	c, err := h.client()
	if err != nil {
		return err
	}
	r, err := c.WriteState(ctx, &ascliv1.WriteStateRequest{Id: id, Content: content})
	return answered(r.GetFailure(), err)
}

func (h *hostClient) Open(ctx context.Context, target string) error {
	c, err := h.client()
	if err != nil {
		return err
	}
	r, err := c.Open(ctx, &ascliv1.OpenRequest{Target: target})
	return answered(r.GetFailure(), err)
}

func (h *hostClient) Proxy(ctx context.Context, url string) (string, error) {
	c, err := h.client()
	if err != nil {
		return "", err
	}
	r, err := c.Proxy(ctx, &ascliv1.ProxyRequest{Url: url})
	return r.GetProxy(), answered(r.GetFailure(), err)
}

func (h *hostClient) SetPreset(ctx context.Context, preset string, options *record.Object) error {
	c, err := h.client()
	if err != nil {
		return err
	}
	request := &ascliv1.SetPresetRequest{Preset: preset}
	for name, v := range options.All() {
		request.Options = append(request.Options, &ascliv1.NamedValue{Name: name, Value: wire.ToValue(v)})
	}
	r, err := c.SetPreset(ctx, request)
	return answered(r.GetFailure(), err)
}

func (h *hostClient) Transfer(ctx context.Context, spec *record.Object, sources []transfer.Source, progress func(transfer.Event)) error {
	request := &ascliv1.TransferRequest{Spec: record.JSON(spec)}
	for _, s := range sources {
		request.Sources = append(request.Sources, &ascliv1.TransferSource{Source: s.Source, Destination: s.Destination})
	}
	return h.transfer(ctx, request, progress)
}

func (h *hostClient) TransferComplete(ctx context.Context, spec *record.Object, progress func(transfer.Event)) error {
	return h.transfer(ctx, &ascliv1.TransferRequest{Spec: record.JSON(spec), Complete: true}, progress)
}

func (h *hostClient) transfer(ctx context.Context, request *ascliv1.TransferRequest, progress func(transfer.Event)) error {
	c, err := h.client()
	if err != nil {
		return err
	}
	stream, err := c.Transfer(ctx, request)
	if err != nil {
		return err
	}
	return FollowTransfer(stream, progress)
}

// FollowTransfer reads the updates of a transfer to its end: progress events go
// to progress, which may be nil. The error is that of the first failed session.
func FollowTransfer(stream grpc.ServerStreamingClient[ascliv1.TransferUpdate], progress func(transfer.Event)) error {
	outcomes, err := FollowJob(stream, Listener{Progress: progress})
	if err != nil {
		return err
	}
	for _, err := range outcomes {
		if err != nil {
			return err
		}
	}
	return nil
}

// Listener takes what comes of a job while it runs. What is nil is dropped.
type Listener struct {
	Progress func(transfer.Event)
	// Management takes the messages of the management port, when the job asks for
	// them: JSON objects.
	Management func(event []byte)
}

// FollowJob reads the updates of a transfer to its end and returns the outcome of
// each session, nil for success. The second result tells why it did not run, or
// why its updates could not be read.
func FollowJob(stream grpc.ServerStreamingClient[ascliv1.TransferUpdate], to Listener) ([]error, error) {
	for {
		update, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil, failure.New(failure.Transfer, "the transfer ended without result")
		}
		if err != nil {
			return nil, err
		}
		switch u := update.Update.(type) {
		case *ascliv1.TransferUpdate_Event:
			if to.Progress != nil {
				to.Progress(wire.FromEvent(u.Event))
			}
		case *ascliv1.TransferUpdate_ManagementEvent:
			if to.Management != nil {
				to.Management(u.ManagementEvent)
			}
		case *ascliv1.TransferUpdate_Failure:
			return nil, wire.FromFailure(u.Failure)
		case *ascliv1.TransferUpdate_Result:
			var outcomes []error
			for _, s := range u.Result.Sessions {
				outcomes = append(outcomes, wire.FromFailure(s.Failure))
			}
			return outcomes, nil
		}
	}
}

func (h *hostClient) Sync(ctx context.Context, sync Sync) error {
	c, err := h.client()
	if err != nil {
		return err
	}
	stream, err := c.Sync(ctx, sync.Request())
	if err != nil {
		return err
	}
	// What async says is shown by the host.
	return FollowSync(stream, io.Discard)
}

// Request is the message that asks for the sessions.
func (s Sync) Request() *ascliv1.SyncRequest {
	request := &ascliv1.SyncRequest{Description: record.JSON(s.Description), Additive: s.Additive}
	for _, spec := range s.Specs {
		request.Specs = append(request.Specs, record.JSON(spec))
	}
	return request
}

// ReadSync reads the message that asks for sessions.
func ReadSync(request *ascliv1.SyncRequest) (s Sync, err error) {
	s.Additive = request.GetAdditive()
	if s.Description, err = record.ParseObject(request.GetDescription()); err != nil {
		return s, err
	}
	for _, text := range request.GetSpecs() {
		spec, err := record.ParseObject(text)
		if err != nil {
			return s, err
		}
		s.Specs = append(s.Specs, spec)
	}
	return s, nil
}

// FollowSync reads the updates of a sync session to its end, and writes what
// async says to output.
func FollowSync(stream grpc.ServerStreamingClient[ascliv1.SyncUpdate], output io.Writer) error {
	for {
		update, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return failure.New(failure.Transfer, "the sync session ended without result")
		}
		if err != nil {
			return err
		}
		switch u := update.Update.(type) {
		case *ascliv1.SyncUpdate_Output:
			// Words that cannot be shown are no reason to stop a session.
			_, _ = output.Write(u.Output)
		case *ascliv1.SyncUpdate_Result:
			return wire.FromFailure(u.Result.GetFailure())
		}
	}
}

func (h *hostClient) TransferCommand(ctx context.Context, command []string, args map[string]any, sink Sink) error {
	c, err := h.client()
	if err != nil {
		return err
	}
	stream, err := c.TransferCommand(ctx, &ascliv1.TransferCommandRequest{Command: command, Arguments: wire.ToNamed(args)})
	if err != nil {
		return err
	}
	return FollowResult(stream, sink)
}

// answered tells a failure that the host reports from one of the connection.
func answered(f *ascliv1.Failure, err error) error {
	if err != nil {
		return err
	}
	return wire.FromFailure(f)
}
