package sdk

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/wire"
)

// Serve is the whole main function of a plugin. `describe` as argument prints
// the manifest as JSON; otherwise the process serves the host that started it
// and ends with it, however the host ends.
func Serve(p *Plugin) { os.Exit(serve(p, os.Args[1:], os.Stdout, os.Stderr)) }

func serve(p *Plugin, args []string, stdout, stderr io.Writer) int {
	manifest, err := p.Manifest()
	if err != nil {
		fmt.Fprintf(stderr, "plugin %s is declared wrongly: %v\n", p.Name, err)
		return 1
	}
	if len(args) == 1 && args[0] == "describe" {
		text, err := protojson.MarshalOptions{UseProtoNames: true, Multiline: true}.Marshal(manifest)
		if err != nil {
			fmt.Fprintln(stderr, err)
			return 1
		}
		fmt.Fprintf(stdout, "%s\n", text)
		return 0
	}
	if os.Getenv(wire.CookieKey) != wire.CookieValue {
		fmt.Fprintf(stderr, "This is the %s plugin of ascli: run `ascli %s`, or `%s describe` to see what it offers.\n",
			p.Name, p.Name, os.Args[0])
		return 1
	}

	level := new(slog.LevelVar)
	guard := newGuard()
	server := &server{plugin: p, manifest: manifest, log: newLogger(os.Stderr, level), level: level}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: wire.Handshake(),
		VersionedPlugins: wire.Sets(func(broker *plugin.GRPCBroker, s *grpc.Server) {
			server.broker = broker
			ascliv1.RegisterPluginServer(s, server)
			if p.Agents != nil {
				ascliv1.RegisterTransferAgentServer(s, &agentServer{agents: p.Agents, server: server})
			}
		}),
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, guard.serverOptions()...)...)
		},
		Logger: hclog.NewNullLogger(),
	})
	return 0
}

// server answers the host; one process serves one host.
type server struct {
	ascliv1.UnimplementedPluginServer
	plugin   *Plugin
	manifest *ascliv1.Manifest
	broker   *plugin.GRPCBroker
	log      *slog.Logger
	level    *slog.LevelVar
}

func (s *server) Describe(context.Context, *ascliv1.DescribeRequest) (*ascliv1.Manifest, error) {
	return s.manifest, nil
}

func (s *server) Execute(request *ascliv1.ExecuteRequest, stream grpc.ServerStreamingServer[ascliv1.ExecuteEvent]) error {
	inv, err := s.invocation(stream.Context(), request.Options, request.Surroundings)
	if err != nil {
		return err
	}
	inv.Command, inv.Shown = request.Command, shownFrom(request.ShownFields)
	if inv.Args, err = wire.FromNamed(stream.Context(), request.Arguments); err != nil {
		return err
	}
	host := newHostClient(s.broker, request.HostService)
	defer host.close()
	inv.Host = host

	return SendResult(stream, func(sink Sink) error { return Execute(stream.Context(), s.plugin, inv, sink) })
}

func (s *server) Detect(ctx context.Context, request *ascliv1.DetectRequest) (*ascliv1.DetectResponse, error) {
	if s.plugin.Detect == nil {
		return s.UnimplementedPluginServer.Detect(ctx, request)
	}
	inv, err := s.invocation(ctx, request.Options, request.Surroundings)
	if err != nil {
		return nil, err
	}
	host := newHostClient(s.broker, request.HostService)
	defer host.close()
	inv.Host = host
	found, err := s.plugin.Detect(ctx, request.Url, inv)
	if err != nil || found == nil {
		return &ascliv1.DetectResponse{Failure: wire.ToFailure(err)}, nil
	}
	return &ascliv1.DetectResponse{Found: true, Application: found.Application, Url: found.URL, Version: found.Version}, nil
}

func (s *server) Wizard(ctx context.Context, request *ascliv1.WizardRequest) (*ascliv1.WizardResponse, error) {
	if s.plugin.Wizard == nil {
		return s.UnimplementedPluginServer.Wizard(ctx, request)
	}
	inv, err := s.invocation(ctx, request.Options, request.Surroundings)
	if err != nil {
		return nil, err
	}
	host := newHostClient(s.broker, request.HostService)
	defer host.close()
	inv.Host = host
	preset, err := s.plugin.Wizard(ctx, request.Url, inv)
	if err != nil {
		return &ascliv1.WizardResponse{Failure: wire.ToFailure(err)}, nil
	}
	response := &ascliv1.WizardResponse{TestCommand: preset.TestCommand}
	for _, o := range preset.Options {
		response.Preset = append(response.Preset, &ascliv1.NamedValue{Name: o.Name, Value: wire.ToValue(o.Value)})
	}
	return response, nil
}

func (s *server) invocation(ctx context.Context, options []*ascliv1.NamedValue, around *ascliv1.Surroundings) (*Invocation, error) {
	values, err := wire.FromNamed(ctx, options)
	if err != nil {
		return nil, err
	}
	s.level.Set(ParseLevel(around.GetLogLevel()))
	return &Invocation{
		Options: values, Log: s.log, Home: around.GetHome(),
		TempFolder: around.GetTempFolder(), HostVersion: around.GetHostVersion(),
	}, nil
}
