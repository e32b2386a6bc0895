package command

import (
	"context"
	"net/url"
	"path/filepath"

	"github.com/ascli-go/ascli/host/transferui"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
	"github.com/ascli-go/ascli/sdk/wire"
)

// Transfer lays the user's transfer options over the product's spec and runs
// the agent that the user chose in the transfer plugin (spec/transfer.md 2.3).
func (s *session) Transfer(ctx context.Context, spec *record.Object, sources []transfer.Source, progress func(transfer.Event)) error {
	request, agents, bar, err := s.prepareTransfer(ctx, spec, sources)
	if err != nil {
		return err
	}
	summary := transferui.NewSummary()
	stopSteering := s.steer(ctx, agents)
	err = agents.RunTransfer(ctx, request, func(e transfer.Event) {
		summary.Take(e)
		if bar != nil {
			bar.Take(e)
		}
		if progress != nil {
			progress(e)
		}
	})
	stopSteering()
	if bar != nil {
		bar.Close()
	}
	s.log.Info(summary.String())
	s.notifyTransfer(ctx, request.Spec, err)
	return err
}

// TransferComplete runs an agent of this machine with a spec as it is.
func (s *session) TransferComplete(ctx context.Context, spec *record.Object, progress func(transfer.Event)) error {
	request, agents, err := s.prepareComplete(ctx, spec)
	if err != nil {
		return err
	}
	defer s.steer(ctx, agents)()
	return agents.RunTransfer(ctx, request, func(e transfer.Event) {
		if progress != nil {
			progress(e)
		}
	})
}

func (s *session) prepareComplete(ctx context.Context, spec *record.Object) (*ascliv1.RunRequest, transferProcess, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	request, err := s.agentRequest(ctx, spec)
	if err != nil {
		return nil, nil, err
	}
	if request.Agent == transfer.AgentNode {
		return nil, nil, failure.Argumentf("agent %s leaves the transfer to a server, which may be the one that asks: choose another one with option transfer", request.Agent)
	}
	agents, err := s.transferProcess(ctx)
	return request, agents, err
}

func (s *session) prepareTransfer(ctx context.Context, spec *record.Object, sources []transfer.Source) (*ascliv1.RunRequest, transferProcess, *transferui.Bar, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	request, err := s.transferRequest(ctx, spec, sources)
	if err != nil {
		return nil, nil, nil, err
	}
	agents, err := s.transferProcess(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	bar, err := s.progressBar(ctx)
	return request, agents, bar, err
}

func (s *session) transferRequest(ctx context.Context, spec *record.Object, sources []transfer.Source) (*ascliv1.RunRequest, error) {
	ts, err := s.userSpec(ctx)
	if err != nil {
		return nil, err
	}
	toFolder, err := s.options.Text(ctx, "to_folder")
	if err != nil {
		return nil, err
	}
	final, err := transfer.Build(spec, ts, transfer.Direction(spec.Text(transfer.FieldDirection)), toFolder, sources)
	if err != nil {
		return nil, err
	}
	if err := s.contentPassword(ctx, final); err != nil {
		return nil, err
	}
	return s.agentRequest(ctx, final)
}

// agentRequest is the job of a final spec for the chosen agent.
func (s *session) agentRequest(ctx context.Context, final *record.Object) (*ascliv1.RunRequest, error) {
	agent, info, err := s.agentInfo(ctx)
	if err != nil {
		return nil, err
	}
	around, err := s.agentSurroundings(ctx, info)
	if err != nil {
		return nil, err
	}
	s.learnTransferSecrets(final)
	return &ascliv1.RunRequest{Agent: agent, Spec: record.JSON(final), Info: record.JSON(info), Surroundings: around}, nil
}

// contentPassword asks for the password that decrypts files, when the spec says
// that they are encrypted and has none.
func (s *session) contentPassword(ctx context.Context, spec *record.Object) error {
	if spec.Text(transfer.FieldContentProtection) != "decrypt" || spec.Text(transfer.FieldContentPassword) != "" {
		return nil
	}
	password, err := s.Prompt(ctx, "content protection password", true)
	if err == nil {
		spec.Set(transfer.FieldContentPassword, password)
	}
	return err
}

func (s *session) agentSurroundings(ctx context.Context, info *record.Object) (*ascliv1.AgentSurroundings, error) {
	ascp, err := s.options.Text(ctx, "ascp_path")
	if err != nil {
		return nil, err
	}
	product, err := s.options.Text(ctx, "use_product")
	if err != nil {
		return nil, err
	}
	if ascp == "" && product != "" {
		ascp = "product:" + product
	}
	folder, err := s.options.Text(ctx, "sdk_folder")
	if err != nil {
		return nil, err
	}
	known, err := s.openOptions(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.serverProxy(ctx, info, known); err != nil {
		return nil, err
	}
	return &ascliv1.AgentSurroundings{
		SdkFolder: folder, AscpPath: ascp, FileListFolder: filepath.Join(s.home, "filelists"),
		Options: wire.ToNamed(known),
		Surroundings: &ascliv1.Surroundings{
			Home: s.home, TempFolder: s.tempFolder, HostVersion: s.Version, LogLevel: sdk.LevelName(s.logLevel.Level()),
		},
	}, nil
}

// openOptions are the options that plugins get, without the secret ones:
// credentials of the product are none of the transfer plugin's business.
func (s *session) openOptions(ctx context.Context) (map[string]any, error) {
	inv := &sdk.Invocation{Options: map[string]any{}}
	if err := s.sharedOptions(ctx, inv); err != nil {
		return nil, err
	}
	for _, d := range s.options.Definitions() {
		if d.Secret {
			delete(inv.Options, d.Name)
		}
	}
	return inv.Options, nil
}

// serverProxy makes the proxy of an agent's server known to the agent, which
// cannot run the script of option fpac itself.
func (s *session) serverProxy(ctx context.Context, info *record.Object, agentOptions map[string]any) error {
	if info.Text(transfer.InfoURL) == "" {
		return nil
	}
	script, err := s.proxyScript(ctx)
	if err != nil || script == nil {
		return err
	}
	server, err := url.Parse(info.Text(transfer.InfoURL))
	if err != nil {
		return failure.Argumentf("transfer_info: url: %w", err)
	}
	proxy, err := script.Proxy(ctx, server)
	if err == nil && proxy != nil {
		agentOptions["http_proxy"] = proxy.String()
	}
	return err
}

// progressBar returns the bar to draw, nil for none.
func (s *session) progressBar(ctx context.Context) (*transferui.Bar, error) {
	want, err := s.options.Flag(ctx, "progress_bar")
	if err != nil || !want {
		return nil, err
	}
	return transferui.NewBar(s.Out, s.OutTerminal, s.columns), nil
}
