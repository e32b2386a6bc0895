package async

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

// statsInterval is the time between two progress events, and between two
// updates of the database.
const statsInterval = 250 * time.Millisecond

// session is one pair of folders.
type session struct {
	config  *config
	filter  filter
	id      string
	started time.Time
	port    *management.Port // nil without a management port
	cancel  context.CancelCauseFunc
	out     io.Writer

	meter  *ascp.Meter
	ledger *ledger
	idle   atomic.Bool // a continuous session waits for changes

	mu      sync.Mutex
	current string // the file that moves, for progress
	size    int64
	passed  int64
	failure int64
	// problems are what is wrong with paths in this pass; known was told before.
	problems, known map[string]string
	failing         int
}

func newSession(c config, port *management.Port, out io.Writer) (*session, error) {
	s := &session{config: &c, id: uuid.NewString(), started: time.Now(), port: port, out: out, meter: ascp.NewMeter(c.Transport.TargetRate / 1000)}
	if err := c.complete(linksDefault); err != nil {
		return s, err
	}
	var err error
	s.filter, err = newFilter(c.Filters)
	if c.quiet() {
		s.out = io.Discard
	}
	return s, err
}

// run runs the session to its end and tells it to the supervisor.
func (s *session) run(ctx context.Context) error {
	ctx, s.cancel = context.WithCancelCause(ctx)
	defer s.cancel(nil)
	s.sendInit()
	var commands sync.WaitGroup
	if s.port != nil {
		commands.Go(s.obey)
	}
	err := s.synchronise(ctx)
	if err != nil && ctx.Err() != nil {
		err = s.cancellation(ctx, err)
	}
	s.sendEnd(err)
	if err == nil {
		s.printf("Completed: %d files, %d bytes transferred\n", s.passed, s.meter.Moved())
	}
	if s.port != nil {
		_ = s.port.Close()
	}
	commands.Wait()
	return err
}

// cancellation is why a session was stopped: an error of its own, the
// interruption of the program, or err for one that had nothing to do.
func (s *session) cancellation(ctx context.Context, err error) error {
	if known, ok := errors.AsType[*ascp.Error](context.Cause(ctx)); ok {
		return known
	}
	if s.idle.Load() {
		return err
	}
	return ascp.Failf(ascp.CodeCancelled, "Cancelled by user")
}

func (s *session) synchronise(ctx context.Context) (err error) {
	local, err := s.openLocal()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, local.Close()) }()
	if s.ledger, err = openLedger(ctx, s.config, s.id); err != nil {
		return err
	}
	defer func() {
		if closeErr := s.ledger.close(ctx); err == nil {
			err = closeErr
		}
	}()
	if err := s.vanished(local, ascp.Everywhere(), s.config.Local.Path); err != nil {
		return err
	}
	remote, err := s.openRemote(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remote.Close()) }()
	if err := s.vanished(remote, remote, remote.base); err != nil {
		return err
	}
	s.sendSession()
	stopStats := s.startStats(ctx)
	defer stopStats()
	if s.config.Mode != continuous {
		err = s.onePass(ctx, local, remote)
	} else {
		err = s.onAndOn(ctx, local, remote)
	}
	if err != nil {
		return err
	}
	return s.result()
}

// result is an error when paths have failed in the last pass.
func (s *session) result() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing > 0 {
		return ascp.Failf(ascp.CodeSomeFailed, "One or more files failed: %d", s.failing)
	}
	return nil
}

func (s *session) onePass(ctx context.Context, local, remote *side) error {
	s.mu.Lock()
	s.known, s.problems, s.failing = s.problems, map[string]string{}, 0
	s.mu.Unlock()
	p, err := s.newPass(ctx, local, remote)
	if err != nil {
		return err
	}
	return errors.Join(p.run(ctx), s.ledger.write(ctx))
}

func (c *config) filterText() string {
	var rules []string
	for _, r := range c.Filters {
		rules = append(rules, r.String())
	}
	return strings.Join(rules, "\n")
}

func (s *session) printf(format string, values ...any) {
	// Standard output is a courtesy: a closed one does not stop a session.
	_, _ = fmt.Fprintf(s.out, format, values...)
}
