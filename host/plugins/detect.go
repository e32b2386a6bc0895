package plugins

import (
	"context"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/wire"
)

// Detect asks the plugin whether its product answers at a URL. It returns nil
// when it does not, with an error that tells why if the plugin knows.
func (p *Process) Detect(ctx context.Context, url string, inv *sdk.Invocation, level string) (*sdk.Detection, error) {
	ctx, service, end := p.begin(ctx, inv.Host)
	defer end()
	answer, err := p.Plugin.Detect(ctx, &ascliv1.DetectRequest{
		Url: url, Options: wire.ToNamed(inv.Options), HostService: service, Surroundings: surroundings(inv, level),
	})
	if err != nil {
		return nil, p.Explain(ctx, err)
	}
	if !answer.Found {
		return nil, wire.FromFailure(answer.Failure)
	}
	return &sdk.Detection{Application: answer.Application, URL: answer.Url, Version: answer.Version}, nil
}

// Wizard lets the plugin make the options of a preset for a URL.
func (p *Process) Wizard(ctx context.Context, url string, inv *sdk.Invocation, level string) (*sdk.Preset, error) {
	ctx, service, end := p.begin(ctx, inv.Host)
	defer end()
	answer, err := p.Plugin.Wizard(ctx, &ascliv1.WizardRequest{
		Url: url, Options: wire.ToNamed(inv.Options), HostService: service, Surroundings: surroundings(inv, level),
	})
	if err != nil {
		return nil, p.Explain(ctx, err)
	}
	if answer.Failure != nil {
		return nil, wire.FromFailure(answer.Failure)
	}
	preset := &sdk.Preset{TestCommand: answer.TestCommand}
	for _, o := range answer.Preset {
		v, err := wire.FromValue(ctx, o.Value)
		if err != nil {
			return nil, err
		}
		preset.Options = append(preset.Options, sdk.PresetOption{Name: o.Name, Value: v})
	}
	return preset, nil
}
