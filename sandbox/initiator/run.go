package initiator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

// run is one transfer. It is the control that the journal acts through.
type run struct {
	initiator *Initiator
	id        string
	owner     string
	root      string
	spec      Spec
	tags      json.RawMessage
	retries   retries
	shares    []*share

	resuming sync.Mutex // held while a paused transfer is started again

	mu     sync.Mutex
	rate   *int64 // changed since the start
	broken bool   // a share has failed for good
	// idle is closed when nobody works on the transfer; open is how many do.
	idle chan struct{}
	open int
}

func newRun(i *Initiator, owner, root string, spec Spec) (*run, error) {
	r := &run{initiator: i, id: uuid.NewString(), owner: owner, root: root, spec: spec}
	var err error
	if r.tags, err = spec.taggedWith(r.id); err != nil {
		return nil, err
	}
	if r.retries, err = spec.retries(); err != nil {
		return nil, err
	}
	count := max(1, int(spec.MultiSession))
	for n := range count {
		s := &share{run: r}
		if count > 1 {
			s.cluster = fmt.Sprintf("%d:%d", n+1, count)
		}
		r.shares = append(r.shares, s)
	}
	return r, nil
}

// create enters the transfer into the journal and starts its sessions.
func (r *run) create() error {
	err := r.initiator.config.Transfers.Create(r.opening(nil), r)
	if err != nil {
		return err
	}
	if err := r.begin(false); err != nil {
		return errors.Join(err, r.initiator.config.Transfers.Cancel(r.id))
	}
	return nil
}

// attempt is a session that is entered into the journal, and not started yet.
type attempt struct {
	ctx     context.Context
	process *process
}

// begin starts a session for each share that is not moved yet.
func (r *run) begin(again bool) error {
	var attempts []attempt
	for _, s := range r.left() {
		p, ctx, err := s.open(false)
		if err != nil {
			for _, a := range attempts {
				a.process.kill()
				a.process.entry.End(&activity.Failure{Code: codeASCP, Description: err.Error()})
			}
			return err
		}
		attempts = append(attempts, attempt{ctx, p})
	}
	r.mu.Lock()
	r.broken, r.open, r.idle = false, len(attempts), make(chan struct{})
	r.mu.Unlock()
	r.initiator.list(r, true)
	for _, a := range attempts {
		r.initiator.sessions.Go(func() {
			defer r.leave()
			a.process.share.work(a.ctx, a.process, again)
		})
	}
	return nil
}

// left are the shares that are not moved yet; all, if the transfer was stopped just
// when it was complete.
func (r *run) left() []*share {
	r.mu.Lock()
	defer r.mu.Unlock()
	var left []*share
	for _, s := range r.shares {
		if !s.done {
			left = append(left, s)
		}
	}
	if left == nil {
		return r.shares
	}
	return left
}

// leave is called at the end of work on a share.
func (r *run) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open--; r.open == 0 {
		r.initiator.list(r, false)
		r.initiator.leave()
		close(r.idle)
	}
}

// goesOn tells whether another attempt makes sense: nobody has stopped the
// transfer, and no share is lost.
func (r *run) goesOn() bool {
	r.mu.Lock()
	broken := r.broken
	r.mu.Unlock()
	record, err := r.initiator.config.Transfers.Get(r.id)
	return err == nil && !broken && record.Transfer.Status.Active()
}

// opening says in the journal what a session is for.
func (r *run) opening(stop func()) activity.Opening {
	return activity.Opening{
		Owner: r.owner, ID: r.id, Local: true, Spec: r.spec.record(r.tags), Transport: "ssh", ServerIP: r.spec.RemoteHost,
		ClientIP: "127.0.0.1", Stop: stop, RetryTimeout: r.retries.seconds,
	}
}

// adaptive are the values of field Adaptive (spec management.md section 5).
var adaptive = map[string]string{"fixed": "Fixed", "high": "Adaptive", "fair": "Adaptive", "low": "Trickle"}

// SetRate implements [activity.Control]. The rates are those of each session.
func (r *run) SetRate(target, min *int64, policy *string) error {
	command := management.New(management.Rate)
	if target != nil {
		command.Int("Rate", *target)
	}
	if min != nil {
		command.Int("MinRate", *min)
	}
	if policy != nil {
		command.Text("Adaptive", adaptive[*policy])
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.tell(command); err != nil {
		return err
	}
	if target != nil {
		r.rate = target
	}
	return nil
}

// tell gives a command to all sessions that run; none is an error. One that waits for
// its next attempt does not get it. The lock must be held.
func (r *run) tell(command *management.Message) error {
	var errs []error
	told := false
	for _, s := range r.shares {
		if s.current == nil || s.done {
			continue
		}
		err := s.current.send(command)
		told = told || err == nil
		errs = append(errs, err)
	}
	switch {
	case told:
		return nil
	case errs == nil:
		return fmt.Errorf("%w: no session runs", activity.ErrRefused)
	}
	return errors.Join(errs...)
}

// targetRate is the one that holds now: a resumed transfer keeps it.
func (r *run) targetRate() kbps {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rate != nil {
		return kbps(*r.rate)
	}
	return r.spec.TargetRate
}

// Resume implements [activity.Control].
func (r *run) Resume() error {
	r.resuming.Lock()
	defer r.resuming.Unlock()
	record, err := r.initiator.config.Transfers.Get(r.id)
	if err != nil || record.Transfer.Status != activity.Paused {
		return err
	}
	r.mu.Lock()
	idle := r.idle
	r.mu.Unlock()
	select {
	case <-idle:
	case <-time.After(stopTimeout):
		return fmt.Errorf("%w: it is just being paused", activity.ErrRefused)
	}
	if err := r.initiator.admit(); err != nil {
		return err
	}
	if err := r.begin(true); err != nil {
		r.initiator.leave()
		return err
	}
	return nil
}
