// Package sftp is the agent that transfers by SFTP with any SSH server: no ascp,
// no node, no license.
package sftp

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/resume"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Agent transfers by SFTP.
type Agent struct {
	sleep resume.Sleep
}

// New returns the agent.
func New() *Agent { return &Agent{sleep: resume.Wait} }

// Run implements [agent.Agent]. A job is one session, whatever the number of its
// connections and attempts.
func (a *Agent) Run(ctx context.Context, order agent.Job, emit func(transfer.Event)) ([]error, error) {
	params, err := parseParameters(order.Info)
	if err != nil {
		return nil, err
	}
	spec, err := parseSpec(order.Spec, order.Env.Logger())
	if err != nil {
		return nil, err
	}
	j := &job{
		spec: spec, params: params, log: order.Env.Logger(),
		progress: agent.NewProgress(uuid.NewString(), emit),
		buffers:  newBuffers(), limit: newLimit(spec.targetRate),
	}
	emit(transfer.Event{Kind: transfer.SessionsInit, Text: "starting"})
	defer emit(transfer.Event{Kind: transfer.End})
	err = params.resume.Run(ctx, a.sleep, j.attempt, j.retry)
	var final *finalError
	switch {
	case ctx.Err() != nil && err != nil:
		err = agent.Interrupted(ctx)
	case errors.As(err, &final):
		err = final.err
	}
	j.progress.End()
	return []error{err}, nil
}

func (j *job) retry(r resume.Retry) {
	j.log.Warn("An error occurred during transfer: " + r.Cause.Message)
	text := fmt.Sprintf("Resuming in %d seconds (retry left:%d)", int(r.Delay.Seconds()), r.Left)
	j.log.Warn(text)
	j.progress.Retry(r.Cause.Message + ". " + text)
}
