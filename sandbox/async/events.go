package async

import (
	"context"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/async/snapdb"
)

// send tells the supervisor something (spec management.md section 6). If it is
// gone, the session ends.
func (s *session) send(message *management.Message) {
	if s.port == nil {
		return
	}
	if err := s.port.Send(message.Text("SessionId", s.id)); err != nil {
		s.cancel(ascp.Failf(ascp.CodeCancelled, "The supervising program is gone: %v", err))
	}
}

// obey follows the commands of the supervisor until the port closes.
func (s *session) obey() {
	for {
		command, err := s.port.Read()
		if err != nil {
			s.cancel(ascp.Failf(ascp.CodeCancelled, "The supervising program is gone"))
			return
		}
		if command.Type == management.Cancel {
			s.cancel(context.Canceled)
		}
	}
}

func (s *session) directionField() string {
	if s.config.Direction == pull {
		return "Receive"
	}
	return "Send"
}

func (s *session) sendInit() {
	message := management.New(management.Init).Text("Direction", s.directionField()).Text("Operation", "Sync")
	if s.config.Cookie != "" {
		message.Text("Cookie", s.config.Cookie)
	}
	s.send(message)
}

func (s *session) sendSession() {
	s.send(management.New(management.Session).
		Text("Cipher", "none").
		Text("Destination", s.config.Remote.Path).
		Text("Direction", s.directionField()).
		Text("Encryption", "No").
		Text("Host", s.config.Remote.Host).
		Int("Port", int64(s.config.Remote.Port)).
		Int("Rate", s.config.Transport.TargetRate/1000).
		Text("Remote", "No").
		Text("User", s.config.Remote.User))
}

// startStats tells the progress, and keeps the database up to date, until the
// returned function is called.
func (s *session) startStats(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	var reports sync.WaitGroup
	reports.Go(func() {
		ticker := time.NewTicker(statsInterval)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			if s.idle.Load() {
				continue
			}
			s.mu.Lock()
			current, size := s.current, s.size
			s.mu.Unlock()
			if current != "" {
				s.sendStats(current, size)
			}
			if err := s.ledger.write(ctx); err != nil {
				s.cancel(ascp.Failf(ascp.CodeFailed, "%v", err))
			}
		}
	})
	return func() {
		close(done)
		reports.Wait()
	}
}

func (s *session) sendStats(file string, size int64) {
	s.send(s.totals(management.New(management.Stats).Text("File", file).Int("Size", size).Int("Loss", 0)))
}

// totals adds the counters of bytes.
func (s *session) totals(message *management.Message) *management.Message {
	moved := s.meter.Moved()
	return message.
		Int("Elapsedusec", time.Since(s.started).Microseconds()).
		Int("FileBytes", moved).
		Int("StartByte", 0).
		Int("TransferBytes", moved)
}

// begun notes which file moves.
func (s *session) begun(st step) {
	from, _ := st.ends()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current, s.size = st.name, from.size
}

// done tells that a path is the same on both sides now.
func (s *session) done(st step, result copied) {
	from, _ := st.ends()
	if from.kind == snapdb.File {
		s.mu.Lock()
		s.passed++
		s.mu.Unlock()
		s.sendStats(st.name, from.size)
		s.send(management.New(management.Stop).
			Text("File", st.name).
			Int("Size", from.size).
			Int("StartByte", result.from).
			Int("Written", result.moved))
	}
	s.printf("%s %s\n", arrow(st.do), st.name)
}

func arrow(do action) string {
	switch do {
	case toLocal:
		return "<-"
	case toRemote:
		return "->"
	}
	return "x "
}

func (s *session) deleted(st step) { s.printf("%s %s\n", arrow(st.do), st.name) }

// conflict tells and notes that both sides were changed: both keep what they
// have.
func (s *session) conflict(st step) {
	failure := ascp.Failf(ascp.CodeFailed, "Conflict: changed on both sides: %s", st.name)
	s.ledger.mark(st.name, kindOf(st), snapdb.Conflict, "Conflict: changed on both sides")
	s.problem(st, failure, false)
}

// failed tells and notes that nothing could be done for a path.
func (s *session) failed(st step, err error) {
	failure := ascp.FailureOf(st.name, err)
	s.ledger.mark(st.name, kindOf(st), snapdb.Failed, failure.Description)
	s.problem(st, failure, true)
}

// problem tells what is wrong with a path, once for all passes.
func (s *session) problem(st step, failure *ascp.Error, failed bool) {
	s.mu.Lock()
	if failed {
		s.failing++
		s.failure++
	}
	s.problems[st.name] = failure.Description
	told := s.known[st.name] == failure.Description
	s.mu.Unlock()
	if told {
		return
	}
	s.send(management.New(management.FileError).
		Int("Code", int64(failure.Code)).
		Text("Description", failure.Description).
		Text("File", st.name))
	s.printf("!  %s\n", failure.Description)
}

// sendEnd sends the last event: DONE, or ERROR with the code of err.
func (s *session) sendEnd(err error) {
	message := management.New(management.Done)
	if err != nil {
		failure := ascp.FailureOf("", err)
		message = management.New(management.Error).
			Int("Code", int64(failure.Code)).
			Text("Description", failure.Description).
			Int("Loss", 0)
	}
	s.mu.Lock()
	passed, failed := s.passed, s.failure
	s.mu.Unlock()
	s.send(s.totals(message.Text("Operation", "Sync")).
		Int("TransfersAttempted", passed+failed).
		Int("TransfersFailed", failed).
		Int("TransfersPassed", passed))
}
