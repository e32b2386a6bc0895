package command

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/configcmd"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/plugins"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// transferProcess is what the host wants of the process of the transfer plugin.
type transferProcess interface {
	RunTransfer(ctx context.Context, request *ascliv1.RunRequest, progress func(transfer.Event)) error
	SendCommand(ctx context.Context, command *record.Object) (sessions int, err error)
	RunSync(ctx context.Context, request *ascliv1.RunSyncRequest, output io.Writer) error
	Execute(ctx context.Context, inv *sdk.Invocation, level string, sink sdk.Sink) error
}

// transferProcess starts the transfer plugin when it is first needed.
func (s *session) transferProcess(ctx context.Context) (transferProcess, error) {
	if s.agents != nil {
		return s.agents, nil
	}
	program, err := s.transferProgram(ctx)
	if err != nil {
		return nil, err
	}
	process, err := s.launch().Launch(program)
	if err != nil {
		return nil, err
	}
	s.agents = process
	return process, nil
}

func (s *session) transferProgram(ctx context.Context) (plugins.Program, error) {
	catalog, err := s.discover(ctx)
	if err != nil {
		return plugins.Program{}, err
	}
	return catalog.Find(transferPlugin)
}

// TransferCommand runs a command that the transfer plugin mounts under `config`,
// for a product's command. No other command is reached: those of `config` itself
// read presets.
func (s *session) TransferCommand(ctx context.Context, command []string, args map[string]any, sink sdk.Sink) error {
	process, inv, err := s.prepareTransferCommand(ctx, command, args)
	if err != nil {
		return err
	}
	return process.Execute(ctx, inv, sdk.LevelName(s.logLevel.Level()), sink)
}

func (s *session) prepareTransferCommand(ctx context.Context, command []string, args map[string]any) (transferProcess, *sdk.Invocation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	program, err := s.transferProgram(ctx)
	if err != nil {
		return nil, nil, err
	}
	manifest, err := s.manifests().Of(ctx, program)
	if err != nil {
		return nil, nil, err
	}
	inv := &sdk.Invocation{
		Command: command, Host: s, Log: s.log.With("plugin", transferPlugin),
		Home: s.home, TempFolder: s.tempFolder, HostVersion: s.Version,
	}
	declared, err := mountedArguments(manifest, command)
	if err != nil {
		return nil, nil, err
	}
	if inv.Args, err = checkedArguments(declared, args); err != nil {
		return nil, nil, err
	}
	if inv.Options, err = s.openOptions(ctx); err != nil {
		return nil, nil, err
	}
	process, err := s.transferProcess(ctx)
	return process, inv, err
}

// mountedArguments returns the arguments of a command that a plugin mounts under
// `config`, those of the words before it included.
func mountedArguments(manifest *ascliv1.Manifest, command []string) ([]*ascliv1.Argument, error) {
	var commands []*ascliv1.Command
	for _, m := range manifest.Mounts {
		if m.Under == configcmd.Name {
			commands = append(commands, m.Commands...)
		}
	}
	var arguments []*ascliv1.Argument
	for i, word := range command {
		at := slices.IndexFunc(commands, func(c *ascliv1.Command) bool { return c.Name == word })
		if at < 0 {
			break
		}
		arguments = append(arguments, commands[at].Arguments...)
		commands = commands[at].Commands
		if len(commands) == 0 && i == len(command)-1 {
			return arguments, nil
		}
	}
	return nil, failure.Toolf("plugin %s has no command %s %s", manifest.Name, configcmd.Name, strings.Join(command, " "))
}

// checkedArguments holds the arguments to their declaration, as those that a user
// types are.
func checkedArguments(declared []*ascliv1.Argument, args map[string]any) (map[string]any, error) {
	checked := map[string]any{}
	for _, a := range declared {
		v := args[a.Name]
		if v == nil {
			if !a.Optional {
				return nil, failure.Argumentf("Missing argument: %s", a.Description)
			}
			continue
		}
		v, err := options.Argument(a, v)
		if err != nil {
			return nil, err
		}
		checked[a.Name] = v
	}
	for name := range args {
		if !slices.ContainsFunc(declared, func(a *ascliv1.Argument) bool { return a.Name == name }) {
			return nil, failure.Toolf("plugin %s: the command has no argument %s", transferPlugin, name)
		}
	}
	return checked, nil
}
