// Package asession is the program asession: it runs one transfer with agent direct
// for another program, which reads the events of ascp and writes commands to it as
// lines of JSON (spec/management.md 9).
package asession

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/ascli-go/ascli/host/interrupt"
	"github.com/ascli-go/ascli/host/logs"
	"github.com/ascli-go/ascli/host/plugins"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/secret"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Exit statuses of the program; [interrupt.Status] is the third one. Success says
// that all sessions have ended and that the events tell how.
const (
	Success = 0
	Failed  = 1
)

// transferPlugin is the plugin that has agent direct.
const transferPlugin = "transfer"

// Surroundings are what a process gives to the program.
type Surroundings struct {
	In       io.Reader
	Out, Err io.Writer
	Environ  []string
	// Executable is the path of this program: the plugin is found beside it.
	Executable string
	// Version is the version of this program.
	Version string
}

// program is one run.
type program struct {
	Surroundings
	level slog.LevelVar
	log   *slog.Logger
	mask  *secret.Masker
}

// Run does what the arguments say, and returns the exit status of the process.
func Run(ctx context.Context, args []string, around Surroundings) int {
	p := &program{Surroundings: around, mask: secret.NewMasker()}
	p.level.Set(slog.LevelWarn)
	p.log = slog.New(logs.New(p.Err, &p.level, func(text string) string { return p.mask.Mask(text) }))
	err := p.run(ctx, args)
	if err == nil {
		return Success
	}
	if ctx.Err() != nil {
		p.complain("transfer interrupted by user")
		return interrupt.Status
	}
	p.complain(err.Error())
	if wrong := (*usageError)(nil); errors.As(err, &wrong) {
		fmt.Fprint(p.Err, usage)
	}
	return Failed
}

func (p *program) complain(text string) {
	fmt.Fprintln(p.Err, "ERROR:", p.mask.Mask(text))
}

func (p *program) run(ctx context.Context, args []string) error {
	if len(args) == 1 && (args[0] == "-h" || args[0] == "--help") {
		fmt.Fprint(p.Err, usage)
		return nil
	}
	input := &input{Reader: p.In}
	d, err := p.describe(ctx, args, input)
	if err != nil {
		return err
	}
	p.mask = secret.NewMasker(transfer.Secrets(d.spec)...)
	if d.logLevel != "" {
		p.level.Set(sdk.ParseLevel(d.logLevel))
	}
	request, cleanUp, err := p.request(d)
	if err != nil {
		return err
	}
	defer cleanUp()
	launcher := plugins.NewLauncher(p.log)
	defer launcher.Close()
	process, err := p.launch(launcher)
	if err != nil {
		return err
	}
	return p.transfer(ctx, process, request, input)
}

// launch starts the transfer plugin of this installation.
func (p *program) launch(launcher *plugins.Launcher) (*plugins.Process, error) {
	catalog, err := plugins.Discover(plugins.InstallationFolders(p.Executable))
	if err != nil {
		return nil, err
	}
	found, err := catalog.Find(transferPlugin)
	if err != nil {
		return nil, err
	}
	return launcher.Launch(found)
}

// transfer runs the job to its end. Commands are read beside it, unless standard
// input has given the description. What ends them early ends the transfer.
func (p *program) transfer(ctx context.Context, process *plugins.Process, request *ascliv1.RunRequest, input *input) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	events := &events{out: p.Out, mask: p.mask, cancel: cancel, begun: make(chan struct{})}
	if !input.used.Load() {
		commands := commands{in: input, begun: events.begun, log: p.log, send: process.SendCommand}
		go func() { cancel(commands.obey(ctx)) }()
	}
	outcomes, err := process.RunJob(ctx, request, sdk.Listener{Management: events.take})
	if err != nil {
		return err
	}
	return p.judge(outcomes)
}

// judge logs why sessions have failed. It is an error when no event has told so.
func (p *program) judge(outcomes []error) error {
	var untold error
	for _, err := range outcomes {
		if err == nil {
			continue
		}
		var failed *transfer.Error
		if !errors.As(err, &failed) || failed.Code == 0 {
			untold = err
			continue
		}
		p.log.Error("the transfer failed: " + err.Error())
	}
	return untold
}

// events writes the messages of the management port, one a line.
type events struct {
	out    io.Writer
	mask   *secret.Masker
	cancel context.CancelCauseFunc
	// begun is closed at the first event: a session takes commands.
	begun   chan struct{}
	started bool
}

// take writes an event. It is called by one goroutine.
func (e *events) take(event []byte) {
	o, err := record.ParseObject(event)
	if err != nil {
		e.cancel(failure.Toolf("plugin %s sent an event that is no JSON object: %w", transferPlugin, err))
		return
	}
	if _, err := e.out.Write(append(record.JSON(e.harmless(o)), '\n')); err != nil {
		e.cancel(failure.Toolf("events cannot be written: %w", err))
	}
	if !e.started {
		e.started = true
		close(e.begun)
	}
}

// harmless is an event without secrets: ascp repeats the token of the session.
func (e *events) harmless(o *record.Object) any {
	const description = "description"
	if text := o.Text(description); text != "" {
		o.Set(description, e.mask.Mask(text))
	}
	return secret.Redact(o)
}
