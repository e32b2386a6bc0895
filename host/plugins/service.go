package plugins

import (
	"context"

	"google.golang.org/grpc"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
	"github.com/ascli-go/ascli/sdk/wire"
)

// hostServer serves a host to a plugin: the other end of the sdk's host client.
type hostServer struct {
	ascliv1.UnimplementedHostServer
	host sdk.Host
}

func (s *hostServer) Option(ctx context.Context, r *ascliv1.OptionRequest) (*ascliv1.OptionResponse, error) {
	v, err := s.host.Option(ctx, r.Name)
	if err != nil {
		return &ascliv1.OptionResponse{Failure: wire.ToFailure(err)}, nil
	}
	return &ascliv1.OptionResponse{Value: wire.ToValue(v)}, nil
}

func (s *hostServer) Prompt(ctx context.Context, r *ascliv1.PromptRequest) (*ascliv1.PromptResponse, error) {
	answer, err := s.host.Prompt(ctx, r.Text, r.Hidden)
	return &ascliv1.PromptResponse{Answer: answer, Failure: wire.ToFailure(err)}, nil
}

func (s *hostServer) Secret(ctx context.Context, r *ascliv1.SecretRequest) (*ascliv1.SecretResponse, error) {
	secret, found, err := s.host.Secret(ctx, r.Url, r.Username)
	return &ascliv1.SecretResponse{Found: found, Secret: secret}, err
}

func (s *hostServer) Message(ctx context.Context, r *ascliv1.MessageRequest) (*ascliv1.MessageResponse, error) {
	level := sdk.Information
	switch r.Level {
	case ascliv1.MessageRequest_LEVEL_DATA:
		level = sdk.Data
	case ascliv1.MessageRequest_LEVEL_ERROR:
		level = sdk.Trouble
	}
	return &ascliv1.MessageResponse{}, s.host.Message(ctx, level, r.Text)
}

func (s *hostServer) ReadState(ctx context.Context, r *ascliv1.ReadStateRequest) (*ascliv1.ReadStateResponse, error) {
	content, err := s.host.ReadState(ctx, r.Id...)
	return &ascliv1.ReadStateResponse{Found: content != nil, Content: content, Failure: wire.ToFailure(err)}, nil
}

func (s *hostServer) WriteState(ctx context.Context, r *ascliv1.WriteStateRequest) (*ascliv1.WriteStateResponse, error) {
	err := s.host.WriteState(ctx, r.Content, r.Id...)
	return &ascliv1.WriteStateResponse{Failure: wire.ToFailure(err)}, nil
}

func (s *hostServer) Open(ctx context.Context, r *ascliv1.OpenRequest) (*ascliv1.OpenResponse, error) {
	return &ascliv1.OpenResponse{Failure: wire.ToFailure(s.host.Open(ctx, r.Target))}, nil
}

func (s *hostServer) Proxy(ctx context.Context, r *ascliv1.ProxyRequest) (*ascliv1.ProxyResponse, error) {
	proxy, err := s.host.Proxy(ctx, r.Url)
	return &ascliv1.ProxyResponse{Proxy: proxy, Failure: wire.ToFailure(err)}, nil
}

func (s *hostServer) SetPreset(ctx context.Context, r *ascliv1.SetPresetRequest) (*ascliv1.SetPresetResponse, error) {
	options := record.New()
	for _, o := range r.Options {
		v, err := wire.FromValue(ctx, o.Value)
		if err != nil {
			return &ascliv1.SetPresetResponse{Failure: wire.ToFailure(err)}, nil
		}
		options.Set(o.Name, v)
	}
	return &ascliv1.SetPresetResponse{Failure: wire.ToFailure(s.host.SetPreset(ctx, r.Preset, options))}, nil
}

func (s *hostServer) Transfer(r *ascliv1.TransferRequest, stream grpc.ServerStreamingServer[ascliv1.TransferUpdate]) error {
	spec, err := record.ParseObject(r.Spec)
	if err != nil {
		return stream.Send(wire.ToOutcome(nil, err))
	}
	var sources []transfer.Source
	for _, x := range r.Sources {
		sources = append(sources, transfer.Source{Source: x.Source, Destination: x.Destination})
	}
	// Progress that cannot be sent is no reason to fail a transfer.
	progress := func(e transfer.Event) {
		_ = stream.Send(&ascliv1.TransferUpdate{Update: &ascliv1.TransferUpdate_Event{Event: wire.ToEvent(e)}})
	}
	if r.Complete {
		return stream.Send(wire.ToOutcome(nil, s.host.TransferComplete(stream.Context(), spec, progress)))
	}
	return stream.Send(wire.ToOutcome(nil, s.host.Transfer(stream.Context(), spec, sources, progress)))
}

func (s *hostServer) Sync(r *ascliv1.SyncRequest, stream grpc.ServerStreamingServer[ascliv1.SyncUpdate]) error {
	sync, err := sdk.ReadSync(r)
	if err == nil {
		err = s.host.Sync(stream.Context(), sync)
	}
	return stream.Send(wire.ToSyncEnd(err))
}

func (s *hostServer) TransferCommand(r *ascliv1.TransferCommandRequest, stream grpc.ServerStreamingServer[ascliv1.ExecuteEvent]) error {
	return sdk.SendResult(stream, func(sink sdk.Sink) error {
		args, err := wire.FromNamed(stream.Context(), r.Arguments)
		if err != nil {
			return err
		}
		return s.host.TransferCommand(stream.Context(), r.Command, args, sink)
	})
}
