// Package initiator runs the transfers that a node starts itself (POST
// /ops/transfers): it starts the stand-in for ascp, with the caller's storage
// as its local side, and follows it by its management port. With multi_session
// several of them move a transfer; what fails and may succeed later is tried
// again if the transfer spec says so.
package initiator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/quota"
)

// maxRuns is how many transfers may be unfinished at once.
const maxRuns = 64

// ErrBusy: too many transfers are unfinished.
var ErrBusy = errors.New("too many transfers are unfinished on this node")

// Config is what an Initiator needs.
type Config struct {
	// Ascp is the program, BypassKey the file of the SSH key for transfers by
	// token, Temporary an existing folder for lists of files.
	Ascp, BypassKey, Temporary string
	Transfers                  *activity.Journal
	// RetryPause is the time before the second attempt of a session; it doubles up to
	// ten times as much. 0 is for one second.
	RetryPause time.Duration
	// Disk bounds what transfers write on this node; nil is no bound.
	Disk *quota.Disk
	// Observe, when set, takes each event of the ascp of a transfer, after the
	// journal has. The events of one session come in their order.
	Observe func(id string, event *management.Message)
}

// Initiator starts transfers. Its methods may be called from any goroutine.
type Initiator struct {
	config Config
	ctx    context.Context // ends with the Initiator
	stop   context.CancelFunc

	mu       sync.Mutex
	closed   bool
	open     int // runs that are not at their end
	runs     map[string]*run
	sessions sync.WaitGroup
}

// New makes an Initiator, which must be closed.
func New(config Config) *Initiator {
	config.RetryPause = cmp.Or(config.RetryPause, time.Second)
	ctx, stop := context.WithCancel(context.Background())
	return &Initiator{config: config, ctx: ctx, stop: stop, runs: map[string]*run{}}
}

// Close stops all transfers and waits for their end.
func (i *Initiator) Close() {
	i.mu.Lock()
	i.closed = true
	i.mu.Unlock()
	i.stop()
	i.sessions.Wait()
}

// Start starts a transfer for owner, whose storage is the folder root, or with ""
// all files of this computer, and returns its id at once. The error wraps ErrSpec or ErrBusy; what goes wrong
// later is told by the journal.
func (i *Initiator) Start(owner, root string, spec Spec) (id string, err error) {
	if err := spec.Check(); err != nil {
		return "", err
	}
	if err := i.admit(); err != nil {
		return "", err
	}
	r, err := newRun(i, owner, root, spec)
	if err == nil {
		err = r.create()
	}
	if err != nil {
		i.leave()
		return "", err
	}
	return r.id, nil
}

// Tell passes a command to the ascp of a transfer. The error wraps
// [activity.ErrUnknown] when no such transfer runs.
func (i *Initiator) Tell(id string, command *management.Message) error {
	i.mu.Lock()
	r := i.runs[id]
	i.mu.Unlock()
	if r == nil {
		return fmt.Errorf("%w: %s", activity.ErrUnknown, id)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tell(command)
}

func (i *Initiator) admit() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed || i.open >= maxRuns {
		return ErrBusy
	}
	i.open++
	return nil
}

func (i *Initiator) leave() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.open--
}

// list says whether the ascp of a transfer can be told something.
func (i *Initiator) list(r *run, running bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if running {
		i.runs[r.id] = r
	} else {
		delete(i.runs, r.id)
	}
}
