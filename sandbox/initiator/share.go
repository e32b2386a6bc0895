package initiator

import (
	"context"
	"errors"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
)

const (
	// slowest is how many times the first pause between two attempts may grow.
	slowest = 10
	// lookInterval is the time between two looks whether a transfer that waits for
	// its next attempt was stopped.
	lookInterval = 50 * time.Millisecond
)

// retries is how often and how long a session is tried again.
type retries struct{ count, seconds int }

// share is the part of a transfer that one ascp moves, in one attempt or more.
type share struct {
	run *run
	// cluster is ascp's -C, "" for the only share.
	cluster string

	// attempts and failedFirst belong to the goroutine that works on the share.
	attempts    int
	failedFirst time.Time

	// current and done are guarded by the lock of the run.
	current *process
	done    bool
}

// open enters a new attempt into the journal.
func (s *share) open(again bool) (*process, context.Context, error) {
	r := s.run
	ctx, kill := context.WithCancel(r.initiator.ctx)
	p := &process{share: s, kill: kill}
	opening := r.opening(p.stop)
	opening.Again = again
	entry, err := r.initiator.config.Transfers.Start(opening)
	if err != nil {
		kill()
		return nil, nil, err
	}
	p.entry = entry
	r.mu.Lock()
	s.current = p
	r.mu.Unlock()
	return p, ctx, nil
}

// work makes attempts until the share is moved, or enough of them have failed.
// resumed: partial files of an earlier session go on in the first one already.
func (s *share) work(ctx context.Context, p *process, resumed bool) {
	s.attempts, s.failedFirst = 0, time.Time{}
	for {
		s.attempt(ctx, p, resumed || s.attempts > 0)
		if !p.again {
			return
		}
		if !s.awaitRetry() {
			p.entry.GiveUp()
			return
		}
		var err error
		// It has told that there is another attempt: what refuses it is a stop.
		if p, ctx, err = s.open(true); err != nil {
			return
		}
	}
}

// attempt runs one ascp to its end.
func (s *share) attempt(ctx context.Context, p *process, resume bool) {
	r := s.run
	defer p.kill()
	s.attempts++
	err := p.execute(ctx, resume)
	switch {
	case r.initiator.ctx.Err() != nil:
		err = errors.New("the node was stopped during the transfer")
	case err == nil:
		// Of no effect if ascp has told its end.
		err = errors.New("ascp ended without a result")
	}
	p.entry.End(&activity.Failure{Code: codeASCP, Description: err.Error()})
	r.mu.Lock()
	defer r.mu.Unlock()
	s.done = p.completed
	if !p.completed && !p.again {
		r.broken = true
	}
}

// mayRetry tells whether a failure is followed by another attempt. When a share is
// lost for good, so is the transfer: the others are not tried again.
func (s *share) mayRetry(why activity.Failure) bool {
	if s.failedFirst.IsZero() {
		s.failedFirst = time.Now()
	}
	allowed := s.run.retries
	s.run.mu.Lock()
	defer s.run.mu.Unlock()
	return why.IsRetryable() && !s.run.broken && s.attempts <= allowed.count &&
		time.Since(s.failedFirst) < time.Duration(allowed.seconds)*time.Second
}

// awaitRetry waits for the time of the next attempt; false if there is none any
// more.
func (s *share) awaitRetry() bool {
	r := s.run
	first := r.initiator.config.RetryPause
	pause := time.NewTimer(min(first<<min(s.attempts-1, slowest), slowest*first))
	defer pause.Stop()
	look := time.NewTicker(lookInterval)
	defer look.Stop()
	for {
		select {
		case <-pause.C:
			return r.goesOn()
		case <-look.C:
			if !r.goesOn() {
				return false
			}
		case <-r.initiator.ctx.Done():
			return false
		}
	}
}
