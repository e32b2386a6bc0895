// Package async runs sync sessions with async, the program beside ascp
// (spec/sync.md 3).
package async

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/process"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/syncinfo"
)

// Job is sessions of async, complete.
type Job struct {
	sdk.Sync
	// Watched tells that somebody looks at what async says.
	Watched bool
	// Env is the world around; Stdout and Stderr take what async says.
	Env agent.Env
}

// Runner runs async.
type Runner struct {
	// grace and patience are those of package process.
	grace, patience time.Duration
}

// New returns a runner.
func New() Runner { return Runner{process.StopGrace, process.SettleGrace} }

// Run executes the sessions of a job to their end. Cancelling ctx stops them in
// order; the error is then [agent.Interrupted].
func (r Runner) Run(ctx context.Context, job Job) error {
	sessions, err := syncinfo.Sessions(job.Description)
	if err != nil {
		return err
	}
	if len(job.Specs) != len(sessions) {
		return failure.Toolf("%d sync sessions with %d authorizations", len(sessions), len(job.Specs))
	}
	tools, err := find(job.Env)
	if err != nil {
		return err
	}
	if len(sessions) > 0 && !sessions[0].IsArgs {
		err = r.runConf(ctx, job, tools)
	} else {
		err = r.runArgs(ctx, job, sessions, tools)
	}
	if err != nil && ctx.Err() != nil {
		return agent.Interrupted(ctx)
	}
	return err
}

// tools are the programs of an installed product.
type tools struct {
	path string
	ascp product.Executable
}

func find(env agent.Env) (tools, error) {
	ascp, err := product.Locate(env.SDKFolder, env.AscpPath)
	if err != nil {
		return tools{}, err
	}
	path, err := ascp.Sibling(product.Async)
	if err != nil {
		return tools{}, failure.Otherf("Errno::ENOENT", "no program %s in %s", product.Async, filepath.Dir(ascp.Path)).
			Hint("Sync sessions need it: it comes with IBM Aspera High-Speed Transfer Server and Endpoint").
			Hint("If another product has it, use its ascp: --ascp-path=<path>, --use-product=<name>")
	}
	return tools{path, ascp}, nil
}

// runConf runs the session of a description of form conf, and follows it on its
// management port.
func (r Runner) runConf(ctx context.Context, job Job, tools tools) error {
	conf, err := confOf(job, tools.ascp)
	if err != nil {
		return err
	}
	return r.program(job, tools, confArgs(conf), os.Environ()).Run(ctx)
}

// runArgs runs the sessions of a description of form args: the exit status is all
// that is known of them.
func (r Runner) runArgs(ctx context.Context, job Job, sessions []syncinfo.Session, tools tools) error {
	command, err := argsOf(job, sessions, tools.ascp)
	if err != nil {
		return err
	}
	for _, warning := range command.Warnings {
		job.Env.Logger().Warn(warning)
	}
	args := func(int) []string { return command.Args }
	err = r.program(job, tools, args, append(os.Environ(), command.Env...)).RunUnseen(ctx)
	var exit *process.ExitError
	if errors.As(err, &exit) {
		job.Env.Logger().Debug(exit.Error())
		return failure.Otherf("RuntimeError", "Sync failed with exit: %d", exit.Status)
	}
	return err
}

func (r Runner) program(job Job, tools tools, args func(int) []string, env []string) process.Program {
	log := job.Env.Logger()
	return process.Program{
		Path: tools.path, Args: args, Env: env,
		Stdout: job.Env.Stdout, Stderr: job.Env.Stderr,
		SpawnTimeout: process.SpawnTimeout, Grace: r.grace, Patience: r.patience,
		Handle: events{log}.handle, Log: log,
	}
}
