// Package transferd is the agent that has the IBM Aspera Transfer Daemon run
// ascp: one that is there, or one that it starts (spec/transfer.md 9).
package transferd

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/process"
	"github.com/ascli-go/ascli/plugins/transfer/resume"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// silence is the time without news after which the daemon is asked.
	silence = time.Second
	// maxMisses is how often in a row it may not answer, reconnectDelay the time
	// between two attempts: a daemon that is started again takes seconds.
	maxMisses      = 20
	reconnectDelay = 500 * time.Millisecond
	// settleInterval is the time between two looks at a transfer that was stopped.
	settleInterval = 50 * time.Millisecond
)

// Agent has a daemon make transfers.
type Agent struct {
	sleep  resume.Sleep
	resume resume.Policy
	// grace is the time to stop in order, silence and misses are those above.
	grace, silence time.Duration
	misses         int

	mu sync.Mutex
	// started are the daemons of this process, by the address asked for.
	started map[string]*daemon
}

// New returns the agent.
func New() *Agent {
	return &Agent{
		sleep: resume.Wait, resume: resume.Default(), grace: process.StopGrace,
		silence: silence, misses: maxMisses, started: map[string]*daemon{},
	}
}

// Run implements [agent.Agent]. A job is one session.
func (a *Agent) Run(ctx context.Context, job agent.Job, emit func(transfer.Event)) ([]error, error) {
	params, err := parseParameters(job.Info)
	if err != nil {
		return nil, err
	}
	spec, err := adapt(job.Spec, params.isLocal())
	if err != nil {
		return nil, err
	}
	emit(transfer.Event{Kind: transfer.SessionsInit, Text: "starting"})
	defer emit(transfer.Event{Kind: transfer.End})
	reached, release, err := a.reach(ctx, params, job.Env)
	if err != nil {
		if ctx.Err() != nil {
			err = agent.Interrupted(ctx)
		}
		return nil, err
	}
	defer release()
	t := &task{agent: a, daemon: reached, spec: spec, log: job.Env.Logger(), emit: emit}
	err = t.run(ctx)
	if ctx.Err() != nil && err != nil {
		err = agent.Interrupted(ctx)
	}
	return []error{err}, nil
}

// final is an error that another attempt does not mend.
type final struct{ cause error }

func (f final) Error() string { return f.cause.Error() }

// run attempts the transfer until it succeeds or may not be tried again.
func (t *task) run(ctx context.Context) error {
	attempt := func(ctx context.Context) error {
		err := t.attempt(ctx)
		var failed *transfer.Error
		if err != nil && (ctx.Err() != nil || !errors.As(err, &failed) || !failed.Retryable || failed.Code == 0) {
			return final{err}
		}
		return err
	}
	err := t.agent.resume.Run(ctx, t.agent.sleep, attempt, func(r resume.Retry) { r.Announce(t.log, t.emit, t.progress.id) })
	var last final
	if errors.As(err, &last) {
		return last.cause
	}
	return err
}

// attempt has the daemon make the transfer once.
func (t *task) attempt(ctx context.Context) error {
	// Once asked for, the transfer has to be known by its id: else nobody could stop it.
	patient, cancel := agent.Outlive(ctx, t.agent.grace)
	defer cancel()
	id, err := t.daemon.client.start(patient, t.spec)
	if err != nil {
		return err
	}
	t.progress = progress{emit: t.emit, log: t.log, id: id}
	defer t.progress.end()
	err = t.follow(ctx)
	if ctx.Err() != nil {
		return t.stop(patient)
	}
	return err
}
