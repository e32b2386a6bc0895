package ascp

import (
	"path"
	"slices"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// send tells the supervisor something (spec management.md section 6). If it is
// gone, the session ends.
func (s *session) send(message *management.Message) { s.sendAbout(message, "") }

// sendAbout is send for an event about one file, whose path on the destination
// side is target: a server tells its files by their path there.
func (s *session) sendAbout(message *management.Message, target string) {
	if far := s.far.Load(); far != nil {
		told := *message
		if s.job.direction == grant.Send && target != "" {
			told.Fields = append(slices.Clone(message.Fields), management.Field{Name: "File", Value: target})
		}
		far.report(&told)
	}
	if s.port == nil {
		return
	}
	if err := s.port.Send(message.Text("SessionId", s.id)); err != nil {
		s.cancel(failf(codeCancelled, "The supervising program is gone: %v", err))
	}
}

func (s *session) directionField() string {
	if s.job.direction == grant.Send {
		return "Send"
	}
	return "Receive"
}

func (s *session) sendInit() {
	message := management.New(management.Init).Text("Direction", s.directionField()).Text("Operation", "Transfer")
	if s.job.cookie != "" {
		message.Text("Cookie", s.job.cookie)
	}
	s.send(message)
}

func (s *session) sendSession() {
	cluster := 0
	if s.job.shares > 1 {
		cluster = s.job.share + 1
	}
	s.send(newRates(s.job).tell(management.New(management.Session)).
		Text("Cipher", "none").
		Int("ClusterNodeId", int64(cluster)).
		Int("ClusterNumNodes", int64(s.job.shares)).
		Text("Destination", s.job.destination).
		Text("Direction", s.directionField()).
		Text("Encryption", "No").
		Text("FilesDecrypt", yesNo(s.job.protection.mode == "decrypt")).
		Text("FilesEncrypt", yesNo(s.job.protection.mode == "encrypt")).
		Text("Host", s.job.login.host).
		Text("Keepalive", yesNo(s.job.keepalive)).
		Int("Port", int64(s.job.login.port)).
		Text("Remote", "No").
		Int("TCPPort", int64(s.job.login.port)).
		Text("User", s.job.login.user))
}

func yesNo(value bool) string {
	if value {
		return "Yes"
	}
	return "No"
}

func (s *session) sendPrecalculation(p *plan) {
	s.tally.mu.Lock()
	files, folders, bytes := s.tally.files, s.tally.folders, s.tally.bytes
	s.tally.mu.Unlock()
	s.send(management.New(management.Notification).
		Int("PreTransferBytes", bytes).
		Int("PreTransferDirs", folders).
		Int("PreTransferFailed", int64(len(p.failures))).
		Int("PreTransferFiles", files).
		Int("PreTransferSpecial", p.special))
}

// startStats sends the progress of the newest file until the returned function
// is called.
func (s *session) startStats() (stop func()) {
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
			s.tally.mu.Lock()
			current := s.tally.current
			s.tally.mu.Unlock()
			if current != nil {
				s.sendStats(current)
			}
		}
	})
	return func() {
		close(done)
		reports.Wait()
	}
}

// sendStats reports the session and one file. StartByte is that of the session,
// as in DONE: supervisors add it to TransferBytes (spec transfer.md 13.1).
func (s *session) sendStats(r *running) {
	written := r.progress.written.Load()
	s.sendAbout(s.totals(management.New(management.Stats).
		Int("Bytescont", written).
		Text("File", r.item.source).
		Int("Loss", 0).
		Int("Size", r.item.size).
		Int("Written", written)), r.item.target)
}

// totals adds the counters of bytes.
func (s *session) totals(message *management.Message) *management.Message {
	s.tally.mu.Lock()
	start := s.tally.startBytes
	s.tally.mu.Unlock()
	moved := s.meter.transferred.Load()
	return message.
		Int("Elapsedusec", time.Since(s.started).Microseconds()).
		Int("FileBytes", start+moved).
		Int("StartByte", start).
		Int("TransferBytes", moved)
}

func (s *session) sendStop(r *running, result outcome) {
	message := management.New(management.Stop).
		Int("Elapsedusec", time.Since(s.started).Microseconds()).
		Text("File", r.item.source).
		Int("Loss", 0).
		Int("Size", r.item.size).
		Int("StartByte", result.from).
		Int("Written", r.progress.written.Load())
	if result.checksum != "" {
		message.Text("FileChecksum", result.checksum).Text("FileChecksumType", s.job.checksum)
	}
	s.sendAbout(message, r.item.target)
}

func (s *session) sendSkip(i item) {
	s.sendAbout(management.New(management.Skip).Text("File", i.source).Int("Size", i.size), i.target)
}

// sendFileError tells that a source failed; target is "" if it was not planned.
func (s *session) sendFileError(path, target string, failure *Error) {
	s.sendAbout(management.New(management.FileError).
		Int("Code", int64(failure.Code)).
		Text("Description", failure.Description).
		Text("File", path), target)
}

func (s *session) sendArgStop(arg *argument) {
	s.tally.mu.Lock()
	attempted, passed, failed, skipped := arg.attempted, arg.passed, arg.failed, arg.skipped
	s.tally.mu.Unlock()
	message := management.New(management.ArgStop).
		Int("ArgTransfersAttempted", attempted).
		Int("ArgTransfersFailed", failed).
		Int("ArgTransfersPassed", passed).
		Int("ArgTransfersSkipped", skipped).
		Int("FaspFileArgIndex", int64(arg.index)).
		Text("Source", arg.source.path)
	if arg.source.destination != "" {
		message.Text("Destination", path.Join(s.job.destination, arg.source.destination))
	}
	s.send(message)
}

// sendEnd sends the last event.
func (s *session) sendEnd(err error) { s.send(s.endMessage(err)) }

// endMessage is the last event: DONE, or ERROR with the code of err.
func (s *session) endMessage(err error) *management.Message {
	message := management.New(management.Done)
	if err != nil {
		failure := failureOf(err, codeASCP)
		message = management.New(management.Error).
			Int("Code", int64(failure.Code)).
			Text("Description", failure.Description).
			Int("Loss", 0)
	}
	s.totals(message.Text("Operation", "Transfer"))
	t := &s.tally
	t.mu.Lock()
	message.
		Int("ArgScansAttempted", t.arguments).
		Int("ArgScansCompleted", t.arguments).
		Int("DirScansCompleted", t.folders).
		Int("FileScansCompleted", t.files).
		Int("PathScansAttempted", t.folders+t.attempted).
		Int("TransfersAttempted", t.attempted).
		Int("TransfersFailed", t.failed).
		Int("TransfersPassed", t.passed).
		Int("TransfersSkipped", t.skipped)
	t.mu.Unlock()
	return message
}
