package ascp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/ascp/faults"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/grant"
)

const (
	// copiers is how many files move at once: small files wait for answers.
	copiers = 16
	// statsInterval is the time between two progress events.
	statsInterval = 200 * time.Millisecond
	// cancelGrace is how long a cancelled session waits for the server before
	// it closes the connection.
	cancelGrace = 3 * time.Second
	// maxStarts is how many sources may wait in a persistent session; commands
	// after them are read all the same.
	maxStarts = 4096
)

// errEnded is the reason of a session that its supervisor ended with DONE.
var errEnded = errors.New("ended by the supervisor")

// session is one run of the program.
type session struct {
	job     *job
	id      string
	started time.Time
	port    *management.Port           // nil without -M
	far     atomic.Pointer[remoteTree] // nil before the login
	cancel  context.CancelCauseFunc
	out     io.Writer

	meter  *meter
	tally  tally
	starts chan source // sources of a persistent session
	stops  stops
	rates  rates // used by obey only, once it runs
	ended  bool  // no more START commands; used by obey only
	nextID int   // index of the next source argument

	fault faults.Rule
	armed bool // the fault waits for its data
}

func newSession(job *job, port *management.Port, out io.Writer) *session {
	return &session{
		job: job, id: uuid.NewString(), started: time.Now(), port: port, out: out,
		meter: newMeter(job.targetRate), starts: make(chan source, maxStarts), rates: newRates(job),
	}
}

// run does the transfer and tells its end to the supervisor.
func (s *session) run(ctx context.Context) error {
	ctx, s.cancel = context.WithCancelCause(ctx)
	defer s.cancel(nil)
	s.sendInit()
	var commands sync.WaitGroup
	if s.port != nil {
		commands.Go(func() { s.obey(ctx) })
	}
	err := s.strikeFirst(ctx)
	if err == nil {
		err = s.transfer(ctx)
	}
	err = verdict(ctx, err)
	s.sendEnd(err)
	if err == nil {
		s.printf("Completed: %d files, %d bytes transferred\n", s.tally.passed, s.meter.transferred.Load())
	}
	if s.port != nil {
		s.port.Close()
	}
	commands.Wait()
	return err
}

// verdict is the result of a session of which the transfer ended with err.
func verdict(ctx context.Context, err error) error {
	switch {
	case errors.Is(context.Cause(ctx), errEnded):
		return nil
	case err != nil && ctx.Err() != nil:
		return cancellation(ctx)
	}
	return err
}

// cancellation is why a session was stopped: an error of its own, or the
// interruption of the program.
func cancellation(ctx context.Context) error {
	if known, ok := errors.AsType[*Error](context.Cause(ctx)); ok {
		return known
	}
	return failf(codeCancelled, "Cancelled by user")
}

func (s *session) transfer(ctx context.Context) (err error) {
	local, err := s.job.local()
	if err != nil {
		return err
	}
	defer local.Close()
	remote, err := connect(ctx, &s.job.login)
	if err != nil {
		return err
	}
	defer remote.Close()
	stalled := context.AfterFunc(ctx, func() {
		select {
		case <-remote.lost:
		case <-time.After(cancelGrace):
			remote.ssh.Close()
		}
	})
	defer stalled()

	if remote.begin(s.beginning()) {
		s.far.Store(remote)
		// The server is told before the connection ends, the supervisor after.
		defer func() {
			s.far.Store(nil)
			remote.finish(s.endMessage(verdict(ctx, err)))
		}()
	}
	s.sendSession()
	c := &copier{job: s.job, source: local, target: remote, meter: s.meter, started: s.tally.started}
	if s.job.direction == grant.Receive {
		c.source, c.target = remote, local
	}
	if s.job.createDir {
		if _, err := c.folder(s.job.destination); err != nil {
			return pathFailure(s.job.destination, err)
		}
	}
	stopStats := s.startStats()
	defer stopStats()
	if err := s.moveAll(ctx, c); err != nil {
		return err
	}
	return s.tally.result()
}

// moveAll moves the sources of the job, then those of START commands.
func (s *session) moveAll(ctx context.Context, c *copier) error {
	if len(s.job.sources) > 0 {
		if err := s.move(ctx, c, s.job.sources); err != nil {
			return err
		}
	}
	for s.job.keepalive {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case src, more := <-s.starts:
			if !more {
				return nil
			}
			if err := s.move(ctx, c, []source{src}); err != nil {
				return err
			}
		}
	}
	return nil
}

// move transfers some sources. Files that fail are told and counted; an error
// ends the session.
func (s *session) move(ctx context.Context, c *copier, sources []source) error {
	scan := &scanner{job: s.job, source: c.source, target: c.target, first: s.nextID}
	s.nextID += len(sources)
	plan, err := scan.scan(ctx, sources)
	if err != nil {
		return failureOf(err, codeASCP)
	}
	s.tally.planned(plan)
	s.armFault(plan.bytes)
	if s.job.precalc {
		s.sendPrecalculation(plan)
	}
	for _, failure := range plan.failures {
		s.tally.failScan(failure)
		s.sendFileError(failure.path, "", failure.err)
	}
	for _, arg := range plan.args {
		if arg.pending == 0 {
			s.sendArgStop(arg)
		}
	}
	if s.job.deleteExtra && s.job.share == 0 {
		if err := c.deleteExtra(ctx, plan); err != nil {
			return err
		}
	}
	for _, made := range plan.folders {
		if _, err := c.folder(made.target); err != nil {
			return pathFailure(made.target, err)
		}
	}
	if err := s.moveFiles(ctx, c, plan.files, copiers); err != nil {
		return err
	}
	if err := s.moveFiles(ctx, c, plan.repeated, 1); err != nil {
		return err
	}
	if err := c.seal(ctx); err != nil {
		return failureOf(err, codeASCP)
	}
	if s.job.removeEmpty {
		for i := len(plan.emptied) - 1; i >= 0; i-- {
			// What still holds something stays: that is the point of the option.
			_ = c.source.Remove(plan.emptied[i])
		}
	}
	return nil
}

// moveFiles moves a number of files at once. A lost connection stops all.
func (s *session) moveFiles(ctx context.Context, c *copier, files []item, atOnce int) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan item)
	var workers sync.WaitGroup
	for range min(atOnce, len(files)) {
		workers.Go(func() {
			for i := range queue {
				if err := s.moveFile(ctx, c, i); err != nil {
					stop(err)
				}
			}
		})
	}
feed:
	for _, i := range files {
		select {
		case queue <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// moveFile moves one file; its error is the session's.
func (s *session) moveFile(ctx context.Context, c *copier, i item) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r := s.tally.begin(i)
	wanted, leave := s.stops.enter(ctx, r)
	defer leave()
	result, err := c.copy(wanted, i, r)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil && isLost(err) {
		return failf(codeLost, "Connection lost")
	}
	var failure *Error
	switch {
	case err != nil && errors.Is(context.Cause(wanted), errStopped):
		failure = failf(codeCancelled, "Stopped by the supervisor: %s", i.source)
		result.stopped = true
	case err != nil:
		failure = pathFailure(i.source, err)
	}
	last := s.tally.end(r, result, failure)
	switch {
	case failure != nil:
		s.sendFileError(i.source, i.target, failure)
	case result.skipped:
		s.sendSkip(i)
	default:
		if i.size > smallFile {
			s.sendStats(r) // the totals of small files come with the next report
		}
		s.sendStop(r, result)
	}
	if last {
		s.sendArgStop(i.arg)
	}
	s.printf("%s %s\n", i.source, describe(result, failure))
	return nil
}

func describe(result outcome, failure *Error) string {
	switch {
	case failure != nil:
		return "failed: " + failure.Description
	case result.skipped:
		return "skipped"
	}
	return "done"
}

func (s *session) printf(format string, values ...any) {
	// Standard output is a courtesy: a closed one does not stop a transfer.
	_, _ = fmt.Fprintf(s.out, format, values...)
}
