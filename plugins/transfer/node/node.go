// Package node is the agent that has a node make the transfer, with the
// transfer server of the spec as the other end: no byte passes through this
// machine (spec/transfer.md 11).
package node

import (
	"context"
	"fmt"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/plugins/transfer/resume"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// pollInterval is the time between two looks at a transfer.
	pollInterval = time.Second
	// lookTimeout bounds a look, maxMisses is how many in a row may fail before the
	// transfer is given up: a node that is started again takes a minute.
	lookTimeout = 15 * time.Second
	maxMisses   = 60
	// stopGrace is the time to stop the transfer on the node. It is shorter than
	// what a plugin has when its host is gone.
	stopGrace = 1500 * time.Millisecond
)

// Agent has nodes make transfers.
type Agent struct {
	sleep resume.Sleep
	// misses and grace are maxMisses and stopGrace.
	misses int
	grace  time.Duration
}

// New returns the agent.
func New() *Agent { return &Agent{sleep: resume.Wait, misses: maxMisses, grace: stopGrace} }

// job is a transfer on one node.
type job struct {
	agent *Agent
	api   *rest.Client
	emit  func(transfer.Event)
	// id is what the node calls the transfer; it is the one session of the job.
	id string

	// told is the last text about what is being waited for.
	told           string
	started, sized bool
	// expected is the size of all files, once it is known.
	expected int64
}

// Run implements [agent.Agent]. A job is one session.
func (a *Agent) Run(ctx context.Context, order agent.Job, emit func(transfer.Event)) ([]error, error) {
	params, err := parseParameters(order.Info)
	if err != nil {
		return nil, err
	}
	spec, err := params.adapt(order.Spec)
	if err != nil {
		return nil, err
	}
	session, err := order.Env.HTTP()
	if err != nil {
		return nil, err
	}
	defer session.Close()
	api, err := params.client(session)
	if err != nil {
		return nil, err
	}
	emit(transfer.Event{Kind: transfer.SessionsInit, Text: "starting"})
	defer emit(transfer.Event{Kind: transfer.End})
	j := &job{agent: a, api: api, emit: emit}
	// Once asked for, the transfer has to be known by its id: else nobody could stop it.
	patient, release := agent.Outlive(ctx, a.grace)
	defer release()
	if err := j.start(patient, spec); err != nil {
		if ctx.Err() != nil {
			err = agent.Interrupted(ctx)
		}
		return nil, err
	}
	if order.TakeCommands != nil {
		order.TakeCommands(func(command management.Message) (int, error) { return j.command(ctx, command) })
	}
	err = j.follow(ctx)
	if ctx.Err() != nil {
		j.stop(patient, order)
		err = agent.Interrupted(ctx)
	}
	j.end()
	return []error{err}, nil
}

func (j *job) start(ctx context.Context, spec *record.Object) error {
	answer, err := j.api.Post(ctx, transfersPath, spec)
	if err != nil {
		return err
	}
	created, err := answer.Object()
	if err != nil {
		return err
	}
	if j.id = created.Text("id"); j.id == "" {
		return failure.Otherf("RuntimeError", "the answer to POST %s has no id: is url of transfer_info that of a Node API?", transfersPath)
	}
	return nil
}

// follow looks at the transfer until it has ended.
func (j *job) follow(ctx context.Context) error {
	misses := 0
	for {
		state, err := j.look(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			misses = 0
			if over, err := j.take(state); over {
				return err
			}
		case rest.IsFinal(err) || misses >= j.agent.misses:
			return j.lost(err)
		default:
			misses++
			j.tell("waiting(api error)")
		}
		if err := j.agent.sleep(ctx, pollInterval); err != nil {
			return err
		}
	}
}

// lost is the error about a transfer that the node does not tell of.
func (j *job) lost(err error) error {
	label := failure.Transfer
	if e := failure.As(err); e != nil {
		label = e.Label
	}
	return failure.New(label, "the node tells nothing about transfer %s: %w", j.id, err).
		Hint("It may still run: ascli node transfer show %s", j.id)
}

func (j *job) cancel(ctx context.Context) error {
	_, err := j.api.Do(ctx, rest.Request{Method: "CANCEL", Path: j.path()})
	return err
}

// stop cancels the transfer and waits until the node says that it has ended.
func (j *job) stop(ctx context.Context, order agent.Job) {
	log := order.Env.Logger()
	if err := j.cancel(ctx); err != nil {
		log.Warn(fmt.Sprintf("transfer %s could not be cancelled on the node, it may still run: %v", j.id, err))
		return
	}
	for {
		state, err := j.look(ctx)
		if err != nil {
			log.Warn(fmt.Sprintf("transfer %s is cancelled, the node does not tell whether it has ended: %v", j.id, err))
			return
		}
		if hasEnded(state) {
			return
		}
		if j.agent.sleep(ctx, settleInterval) != nil {
			log.Warn(fmt.Sprintf("transfer %s is cancelled, but has not ended on the node yet", j.id))
			return
		}
	}
}
