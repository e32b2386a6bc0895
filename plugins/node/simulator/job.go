package simulator

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// States of a transfer.
const (
	stateWaiting   = "waiting"
	stateRunning   = "running"
	stateCompleted = "completed"
	stateFailed    = "failed"
	stateCanceled  = "canceled"
)

// maxFiles is how many files a transfer remembers; it counts all.
const maxFiles = 1000

// job is a transfer that the node was asked for.
type job struct {
	id string
	// spec is that of the request, without its secrets.
	spec   *record.Object
	cancel context.CancelFunc
	// begun is closed when the first session starts, or when it is all over.
	begun   chan struct{}
	started time.Time

	mu       sync.Mutex
	status   string
	sessions []*session
	files    []*record.Object
	done     int
	// trouble is why it is tried again, until bytes move.
	trouble string
	ended   time.Time
	code    int
	desc    string
}

// session is one of a transfer's.
type session struct {
	id             string
	started, ended time.Time
	moved          int64
	// size is what it will move, once that is known.
	size  int64
	sized bool
	files int
}

func newJob(id string, spec *record.Object, cancel context.CancelFunc) *job {
	j := &job{id: id, spec: spec.Clone(), cancel: cancel, begun: make(chan struct{}), started: time.Now(), status: stateWaiting}
	for _, f := range transfer.Fields() {
		if f.Secret {
			j.spec.Delete(f.Name)
		}
	}
	return j
}

// take keeps what an event tells.
func (j *job) take(e transfer.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch e.Kind {
	case transfer.SessionStart:
		j.sessions = append(j.sessions, &session{id: e.Session, started: time.Now()})
		j.status = stateRunning
		if len(j.sessions) == 1 {
			close(j.begun)
		}
		return
	case transfer.Retry:
		j.trouble = e.Text
		return
	}
	at := slices.IndexFunc(j.sessions, func(s *session) bool { return s.id == e.Session })
	if at < 0 {
		return
	}
	s := j.sessions[at]
	switch e.Kind {
	case transfer.SessionSize:
		s.size, s.sized = e.Bytes, true
	case transfer.Transfer:
		s.moved = e.Bytes
		j.trouble = ""
	case transfer.FileDone:
		s.files++
		j.done++
		j.remember(e)
	case transfer.SessionEnd:
		s.ended = time.Now()
	}
}

func (j *job) remember(e transfer.Event) {
	if len(j.files) == maxFiles {
		return
	}
	now := time.Now()
	j.files = append(j.files, record.New(
		"id", uuid.NewString(), "path", e.File, "start_time_usec", j.started.UnixMicro(), "elapsed_usec", now.Sub(j.started).Microseconds(),
		"end_time_usec", now.UnixMicro(), "status", stateCompleted, "error_code", 0, "error_desc", "", "size", e.Bytes, "type", "file",
		"checksum_type", "none", "checksum", nil, "start_byte", 0, "bytes_written", e.Bytes, "session_id", e.Session,
	))
}

// finish keeps how it ended: with success, an error, or because somebody stopped it.
func (j *job) finish(err error, stopped bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ended = time.Now()
	j.trouble = ""
	switch {
	case err == nil:
		j.status = stateCompleted
	case stopped:
		j.status = stateCanceled
	default:
		j.status, j.desc = stateFailed, err.Error()
		var failed *transfer.Error
		if errors.As(err, &failed) {
			j.code = failed.Code
		}
	}
	for _, s := range j.sessions {
		if s.ended.IsZero() {
			s.ended = j.ended
		}
	}
	if len(j.sessions) == 0 {
		close(j.begun)
	}
}
