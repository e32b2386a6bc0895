// Package direct is the agent that runs ascp on this machine, and follows it on
// its management port (spec/transfer.md 8).
package direct

import (
	"context"
	"sync"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/plugins/transfer/process"
	"github.com/ascli-go/ascli/plugins/transfer/resume"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Agent runs ascp.
type Agent struct {
	sleep resume.Sleep
	// grace and patience are those of package process.
	grace, patience time.Duration
}

// New returns the agent.
func New() *Agent {
	return &Agent{sleep: resume.Wait, grace: process.StopGrace, patience: process.SettleGrace}
}

// Run implements [agent.Agent]. A job has as many sessions as processes.
func (a *Agent) Run(ctx context.Context, job agent.Job, emit func(transfer.Event)) ([]error, error) {
	params, err := parseParameters(job)
	if err != nil {
		return nil, err
	}
	plan, err := prepare(ctx, job, params)
	if !job.Env.KeepTemp {
		defer plan.cleanUp(job.Env.Logger())
	}
	if err != nil {
		return nil, err
	}
	emit(transfer.Event{Kind: transfer.SessionsInit, Text: "starting"})
	defer emit(transfer.Event{Kind: transfer.End})

	commands := &management.Sessions{}
	if job.TakeCommands != nil {
		job.TakeCommands(commands.Send)
	}
	outcomes := make([]error, max(1, plan.sessions))
	var running sync.WaitGroup
	for i := range outcomes {
		if i > 0 {
			if err := a.sleep(ctx, params.spawnDelay); err != nil {
				outcomes[i] = agent.Interrupted(ctx)
				continue
			}
		}
		s := &session{agent: a, plan: plan, params: params, job: job, emit: emit, commands: commands, index: i + 1, env: plan.env}
		running.Go(func() { outcomes[i] = s.run(ctx) })
	}
	running.Wait()
	return outcomes, nil
}
