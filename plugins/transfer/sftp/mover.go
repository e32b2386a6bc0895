package sftp

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"sync"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// A further connection costs some 20 ms of both sides: it comes with the work
	// that pays for it.
	bytesPerConnection = 64 << 20
	filesPerConnection = 500
)

// mover is an attempt that is connected.
type mover struct {
	*job
	source  sourceTree
	targets *targets
	ctx     context.Context
	cancel  context.CancelCauseFunc
	// spare are further connections for the only file of an attempt.
	spare chan *line
}

// run moves the files that are not settled, by one or several connections.
func (m *mover) run(first *line) error {
	queue := make(chan *entry)
	var running sync.WaitGroup
	workers := max(1, m.params.files/m.params.connections)
	serve := func(l *line) {
		for range workers {
			running.Go(func() { m.work(l, queue) })
		}
	}
	todo := m.todo()
	dialing, stopDialing := context.WithCancel(m.ctx)
	defer stopDialing()
	if len(todo) == 1 && splits(todo[0].size) {
		return m.alone(first, todo[0])
	}
	serve(first)
	for range m.furtherConnections(todo) {
		running.Go(func() { m.further(dialing, serve) })
	}
	for _, e := range todo {
		select {
		case queue <- e:
			continue
		case <-m.ctx.Done():
		}
		break
	}
	close(queue)
	stopDialing()
	running.Wait()
	if m.ctx.Err() != nil {
		return context.Cause(m.ctx)
	}
	return nil
}

func (m *mover) todo() []*entry {
	var list []*entry
	for _, e := range m.plan.files {
		if !e.settled {
			list = append(list, e)
		}
	}
	return list
}

func (m *mover) furtherConnections(todo []*entry) int {
	var bytes int64
	for _, e := range todo {
		bytes += e.size
	}
	useful := max(bytes/bytesPerConnection, int64(len(todo)/filesPerConnection))
	return int(min(m.params.connections-1, useful, int64(len(todo)-1)))
}

// further opens one more connection. Without it the job goes on all the same.
func (m *mover) further(ctx context.Context, serve func(*line)) {
	l, err := m.dial(ctx)
	if err != nil {
		m.log.Debug("no further connection", "error", err)
		return
	}
	context.AfterFunc(m.ctx, l.close)
	serve(l)
}

func (m *mover) work(l *line, queue <-chan *entry) {
	for e := range queue {
		if m.ctx.Err() != nil {
			continue
		}
		if err := m.one(l, e); err != nil {
			m.cancel(err)
		}
	}
}

// one moves a file. Its error ends the attempt; that of the file alone is noted.
func (m *mover) one(l *line, e *entry) error {
	moved := &tally{progress: m.progress}
	done, err := m.transfer(l, e, moved)
	switch {
	case err == nil:
		moved.upTo(e.size)
		e.settled, e.done = true, done
		if done {
			m.progress.FileDone(e.target, e.size)
		}
		if done || m.spec.removeSkipped {
			err = m.afterFile(e)
		}
	default:
		moved.upTo(0)
	}
	switch {
	case err == nil:
		return nil
	case m.ctx.Err() != nil || lost(err):
		return err
	}
	failed := fileFailure(e.source, err)
	e.settled = true
	m.fail(failed)
	if failed.Code == codeNoSpace {
		// No other file would fit either.
		return &finalError{failed}
	}
	return nil
}

// transfer brings a file to its place, if the policy says so.
func (m *mover) transfer(l *line, e *entry, moved *tally) (done bool, err error) {
	if problem := m.targets.listing(path.Dir(e.target)).problem; problem != nil {
		return false, problem
	}
	existing, there, err := m.targets.existing(e.target, true)
	if err != nil {
		return false, err
	}
	if there && existing.kind == fs.ModeDir {
		return false, coded(codeIsFolder, "%s, the destination has a folder of that name: %s", transfer.LookupCode(codeIsFolder).Info, e.target)
	}
	if there {
		replace, err := m.replaces(l, e, existing)
		if err != nil || !replace {
			return false, err
		}
	}
	if m.spec.direction == transfer.Send {
		err = m.send(l, e, moved)
	} else {
		err = m.receive(l, e, moved)
	}
	if err != nil {
		return false, err
	}
	return true, nil
}

// replaces applies the overwrite policy to a complete file of the destination
// (spec/transfer.md 6.3). What is equal depends on the resume policy, as with ascp.
func (m *mover) replaces(l *line, e *entry, existing attributes) (bool, error) {
	switch m.spec.overwrite {
	case overwriteNever:
		return false, nil
	case overwriteAlways:
		return true, nil
	case overwriteOlder:
		return existing.modified < e.modified, nil
	case overwriteDiffOlder:
		if existing.modified >= e.modified {
			return false, nil
		}
	}
	if m.spec.resume == resumeNone || existing.size != e.size {
		return true, nil
	}
	same, err := m.same(l, e, e.target, e.size)
	return !same, err
}

// place puts a complete file under its name.
func (m *mover) place(partial, target string) error {
	if m.spec.saveBefore {
		if a, there, err := m.targets.existing(target, false); err != nil {
			return err
		} else if there && a.kind != fs.ModeDir {
			if err := m.targets.tree.rename(target, m.savedName(target)); err != nil {
				return err
			}
		}
	}
	err := m.targets.tree.rename(partial, target)
	if err != nil && !lost(err) {
		return coded(codeCannotRename, "%s %s: %w", transfer.LookupCode(codeCannotRename).Info, target, err)
	}
	return err
}

// tally counts the bytes of one file.
type tally struct {
	progress *agent.Progress
	bytes    int64
}

func (t *tally) add(n int64) {
	t.bytes += n
	t.progress.Add(n)
}

// upTo corrects the count.
func (t *tally) upTo(n int64) {
	if n != t.bytes {
		t.add(n - t.bytes)
	}
}

var errChanged = errors.New("the source has changed while it was read")
