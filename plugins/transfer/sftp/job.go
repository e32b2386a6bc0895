package sftp

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// job is a transfer, in one or several attempts.
type job struct {
	spec     order
	params   parameters
	log      *slog.Logger
	progress *agent.Progress
	buffers  *buffers
	limit    *limit

	// plan is that of the first attempt that could make it.
	plan *plan
	// items counts what was asked for: all that was found, and what was not.
	items int
	// saved counts the copies of save_before_overwrite.
	saved int
	// cleaned: delete_before_transfer has been done.
	cleaned bool

	mutex    sync.Mutex
	failures []*transfer.Error
}

// attempt connects and moves what is still to be moved.
func (j *job) attempt(ctx context.Context) error {
	j.progress.Text("connecting")
	first, err := j.dial(ctx)
	if err != nil {
		return err
	}
	defer first.close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ctx, first.close)
	defer stop()
	j.progress.Start()
	source, target, release := j.trees(first.session)
	defer release()
	err = j.move(ctx, cancel, first, source, target)
	switch {
	case err == nil:
		return nil
	case lost(err):
		return j.connectionLost(first, err)
	}
	return err
}

func (j *job) connectionLost(l *line, err error) error {
	if silent := l.client.Lost(); silent != nil {
		return &transfer.Error{Code: codeStalled, Message: "Connection lost: " + silent.Error(), Retryable: true, Cause: err}
	}
	return &transfer.Error{Code: codeConnectionLost, Message: transfer.LookupCode(codeConnectionLost).Info, Retryable: true, Cause: err}
}

// trees are the two sides of the job.
func (j *job) trees(session *protocol.Session) (sourceTree, targetTree, func()) {
	if j.spec.direction == transfer.Send {
		return localTree{}, remoteTree{session, j.spec.destination}, func() {}
	}
	local := &rootTree{folder: j.spec.destination}
	return remoteTree{session, ""}, local, local.close
}

func (j *job) move(ctx context.Context, cancel context.CancelCauseFunc, first *line, source sourceTree, target targetTree) error {
	if err := j.makePlan(ctx, source); err != nil {
		return err
	}
	t := &targets{job: j, tree: target, listings: map[string]*listing{}}
	if err := t.prepare(ctx); err != nil {
		return err
	}
	m := &mover{job: j, source: source, targets: t, ctx: ctx, cancel: cancel}
	if err := m.run(first); err != nil {
		return err
	}
	if err := m.finish(); err != nil {
		return err
	}
	return outcome(j.failures, j.items)
}

func (j *job) makePlan(ctx context.Context, source sourceTree) error {
	if j.plan == nil {
		j.progress.Text("looking at sources")
		p, failures, err := walk(ctx, &j.spec, source, j.log)
		var wrong *failure.Error
		switch {
		case errors.As(err, &wrong):
			return &finalError{err}
		case err != nil:
			return err
		}
		for _, f := range failures {
			j.fail(f)
		}
		j.plan, j.items = p, len(p.files)+len(p.links)+len(failures)
	}
	if j.spec.precalculate {
		j.progress.Size(j.plan.bytes)
	}
	return nil
}

// fail notes the failure of a file; the others go on.
func (j *job) fail(f *transfer.Error) {
	j.log.Error("FILEERROR " + f.Message)
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.failures = append(j.failures, f)
}
