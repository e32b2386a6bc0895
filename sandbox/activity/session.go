package activity

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

const (
	// sampleInterval is the time between two rates that are kept, in
	// microseconds; maxSamples is as many as /ops/transfers/bandwidth gives.
	sampleInterval = 1_000_000
	maxSamples     = 3600
)

// Session records one session of a transfer. Its methods may be called from any
// goroutine. The zero value records nothing.
type Session struct {
	journal *Journal // nil: nothing is recorded
	live    *live
	at      int // index in Sessions
	stop    func()
	ended   bool
	files   map[string]int // path -> index in Files

	sampledUsec, sampledBytes int64
}

func (l *live) addSession(j *Journal, o Opening) *Session {
	now := usec(j.now())
	state := SessionState{
		ID: o.SessionID, Transport: o.Transport, ClientIPAddress: o.ClientIP, ServerIPAddress: o.ServerIP, Status: Running, StartTimeUsec: now,
		TargetRateKbps: o.Spec.TargetRateKbps, MinRateKbps: o.Spec.MinRateKbps, RetryTimeout: o.RetryTimeout,
		Precalc: Precalc{Enabled: o.Spec.PrecalcEnabled, Status: precalcWaiting},
	}
	for i := range l.record.Transfer.Sessions {
		if l.record.Transfer.replacedBy(i, now) {
			state.RetryCount++
		}
	}
	if state.ID == "" {
		state.ID = uuid.NewString()
	}
	if o.Local {
		state.ClientNodeID = j.nodeID
	} else {
		state.ServerNodeID = j.nodeID
	}
	l.record.Paused = false
	l.record.Transfer.Sessions = append(l.record.Transfer.Sessions, state)
	s := &Session{
		journal: j, live: l, at: len(l.record.Transfer.Sessions) - 1, stop: o.Stop, files: map[string]int{}, sampledUsec: now,
	}
	l.sessions = append(l.sessions, s)
	return s
}

// admit tells why a transfer takes no further session.
func (l *live) admit(o Opening) error {
	if o.Again {
		l.record.Retrying = max(0, l.record.Retrying-1)
	}
	switch {
	case l.record.Canceled:
		return fmt.Errorf("%w: %s", ErrCanceled, l.record.Transfer.ID)
	case o.Again && l.record.Paused:
		return fmt.Errorf("%w: %s", ErrPaused, l.record.Transfer.ID)
	}
	return nil
}

// replacedBy tells whether a session that starts now is a new attempt of one.
func (t *Transfer) replacedBy(i int, now int64) bool {
	s := &t.Sessions[i]
	return s.Status != Running && s.Status != Completed && s.EndTimeUsec <= now
}

// ID is that of the transfer; "" if nothing is recorded.
func (s *Session) ID() string {
	if s.journal == nil {
		return ""
	}
	return s.live.record.Transfer.ID
}

// change runs do on the state of the session, unless that has ended.
func (s *Session) change(do func(t *Transfer, state *SessionState, now int64)) {
	if s.journal == nil {
		return
	}
	j := s.journal
	j.mu.Lock()
	var ended *Record
	if !s.ended {
		now := usec(j.now())
		t := &s.live.record.Transfer
		do(t, &t.Sessions[s.at], now)
		s.sample(&t.Sessions[s.at], now)
		ended = j.changed(s.live)
	}
	j.mu.Unlock()
	j.tell(ended)
}

// Expect takes the size of the job.
func (s *Session) Expect(size Precalc) {
	s.change(func(_ *Transfer, state *SessionState, _ int64) {
		state.Precalc = size
		state.Precalc.Status = precalcReady
	})
}

// Moved counts bytes of file data.
func (s *Session) Moved(n int64) {
	s.change(func(_ *Transfer, state *SessionState, _ int64) {
		state.BytesTransferred += n
		state.BytesWritten += n
	})
}

// FileAt tells how far a file is, in bytes; the first call begins it.
func (s *Session) FileAt(path string, size, written int64) {
	s.change(func(t *Transfer, state *SessionState, now int64) {
		if f := s.file(t, state, path, now); f != nil && f.Status == Transferring {
			f.Size, f.BytesWritten, f.ElapsedUsec = size, written, now-f.StartTimeUsec
		}
	})
}

// FileDone ends a file that was transferred from byte start on.
func (s *Session) FileDone(path string, size, start int64) {
	s.change(func(t *Transfer, state *SessionState, now int64) {
		state.FilesCompleted++
		if f := s.file(t, state, path, now); f != nil {
			f.Size, f.BytesWritten, f.StartByte = size, size-start, start
			f.end(Completed, now)
		}
	})
}

// FileSkipped ends a file that is at the destination already.
func (s *Session) FileSkipped(path string, size int64) {
	s.change(func(t *Transfer, state *SessionState, now int64) {
		state.FilesSkipped++
		if f := s.file(t, state, path, now); f != nil {
			f.Size, f.StartByte = size, size
			f.end(Completed, now)
		}
	})
}

// FileFailed ends a file with an error.
func (s *Session) FileFailed(path string, why Failure) {
	s.change(func(t *Transfer, state *SessionState, now int64) {
		state.SourceStatistics.FilesXferFail++
		if f := s.file(t, state, path, now); f != nil {
			f.ErrorCode, f.ErrorDesc = why.Code, why.Description
			f.end(Failed, now)
		}
	})
}

// WillRetry announces another attempt, should the session fail: the transfer is
// then waiting, not failed. The attempt is started with Opening.Again, or given
// up with [Session.GiveUp].
func (s *Session) WillRetry() {
	s.change(func(*Transfer, *SessionState, int64) { s.live.record.Retrying++ })
}

// GiveUp ends what WillRetry has announced.
func (s *Session) GiveUp() {
	if s.journal == nil {
		return
	}
	j := s.journal
	j.mu.Lock()
	var ended *Record
	if s.live.record.Retrying > 0 {
		s.live.record.Retrying--
		if j.live[s.live.record.Transfer.ID] == s.live {
			ended = j.changed(s.live)
		}
	}
	j.mu.Unlock()
	j.tell(ended)
}

// End ends the session; the first call counts. Without a failure the session
// has completed.
func (s *Session) End(why *Failure) {
	s.change(func(t *Transfer, state *SessionState, now int64) {
		s.finish(t, state, now, why)
	})
}

func (s *Session) finish(t *Transfer, state *SessionState, now int64, why *Failure) {
	s.ended = true
	s.live.sessions = slices.DeleteFunc(s.live.sessions, func(other *Session) bool { return other == s })
	state.end(now, why)
	if state.Status == Failed && s.live.record.Canceled {
		state.Status, state.ErrorCode, state.ErrorDesc = Canceled, codeCancelled, "Cancelled by user"
	}
	if state.Status == Failed && s.live.record.Paused {
		state.Status, state.ErrorCode, state.ErrorDesc = Paused, 0, ""
	}
	for i := range t.Files {
		f := &t.Files[i]
		if f.SessionID == state.ID && f.Status == Transferring {
			f.ErrorCode, f.ErrorDesc = state.ErrorCode, state.ErrorDesc
			f.end(state.Status, now)
		}
	}
}

// file returns the entry of a path, nil beyond maxFiles.
func (s *Session) file(t *Transfer, state *SessionState, path string, now int64) *File {
	if at, known := s.files[path]; known {
		return &t.Files[at]
	}
	if len(t.Files) >= maxFiles {
		return nil
	}
	t.Files = append(t.Files, File{
		ID: uuid.NewString(), Path: path, StartTimeUsec: now, Status: Transferring, Type: "file", ChecksumType: "none",
		SessionID: state.ID,
	})
	s.files[path] = len(t.Files) - 1
	return &t.Files[len(t.Files)-1]
}

func (f *File) end(status Status, now int64) {
	f.Status, f.EndTimeUsec, f.ElapsedUsec = status, now, now-f.StartTimeUsec
	if status == Completed && f.ErrorDesc == "" {
		f.ErrorDesc = "No error"
	}
}

// sample keeps the rate, about once a second and at the end.
func (s *Session) sample(state *SessionState, now int64) {
	elapsed := now - s.sampledUsec
	if elapsed < sampleInterval && !s.ended {
		return
	}
	kbps := rate(state.BytesTransferred-s.sampledBytes, elapsed)
	if !s.ended {
		state.CalcRateKbps = kbps
	}
	s.sampledUsec, s.sampledBytes = now, state.BytesTransferred
	if r := &s.live.record; len(r.Samples) < maxSamples {
		r.Samples = append(r.Samples, Sample{Usec: now, Kbps: kbps})
	}
}

// Observe takes an event of ascp's management port (spec management.md
// section 6).
func (s *Session) Observe(event *management.Message) {
	path, _ := event.Get("File")
	switch event.Type {
	case management.Session:
		s.change(func(_ *Transfer, state *SessionState, _ int64) {
			state.TargetRateKbps, state.MinRateKbps = number(event, "Rate"), number(event, "MinRate")
		})
	case management.Notification:
		s.observeNotification(event)
	case management.Stats:
		s.observeTotals(event)
		if path != "" {
			s.FileAt(path, number(event, "Size"), number(event, "Written"))
		}
	case management.Stop:
		s.FileDone(path, number(event, "Size"), number(event, "StartByte"))
	case management.Skip:
		s.FileSkipped(path, number(event, "Size"))
	case management.FileError:
		description, _ := event.Get("Description")
		s.FileFailed(path, Failure{Code: int(number(event, "Code")), Description: description})
	case management.Done, management.Error:
		s.observeEnd(event)
	}
}

func (s *Session) observeNotification(event *management.Message) {
	if _, sized := event.Get("PreTransferBytes"); sized {
		s.Expect(Precalc{
			Enabled: true, BytesExpected: number(event, "PreTransferBytes"), DirectoriesExpected: number(event, "PreTransferDirs"),
			FilesExpected: number(event, "PreTransferFiles"), FilesSpecial: number(event, "PreTransferSpecial"),
			FilesFailed: number(event, "PreTransferFailed"),
		})
	}
	s.change(func(_ *Transfer, state *SessionState, _ int64) {
		if _, changed := event.Get("Rate"); changed {
			state.TargetRateKbps = number(event, "Rate")
		}
		if _, changed := event.Get("MinRate"); changed {
			state.MinRateKbps = number(event, "MinRate")
		}
	})
}

func (s *Session) observeTotals(event *management.Message) {
	s.change(func(_ *Transfer, state *SessionState, _ int64) {
		state.BytesTransferred = number(event, "TransferBytes")
		state.BytesWritten = state.BytesTransferred
	})
}

func (s *Session) observeEnd(event *management.Message) {
	s.observeTotals(event)
	var why *Failure
	if event.Type == management.Error {
		description, _ := event.Get("Description")
		why = &Failure{Code: int(number(event, "Code")), Description: description}
	}
	s.change(func(t *Transfer, state *SessionState, now int64) {
		state.FilesCompleted, state.FilesSkipped = number(event, "TransfersPassed"), number(event, "TransfersSkipped")
		state.DirectoriesCompleted = number(event, "DirScansCompleted")
		state.SourceStatistics = Statistics{
			ArgsScanAttempted: number(event, "ArgScansAttempted"), ArgsScanCompleted: number(event, "ArgScansCompleted"),
			PathsScanAttempted: number(event, "PathScansAttempted"), DirsScanCompleted: number(event, "DirScansCompleted"),
			FilesScanCompleted: number(event, "FileScansCompleted"), FilesXferAttempted: number(event, "TransfersAttempted"),
			FilesXferFail: number(event, "TransfersFailed"), FilesXferNoxfer: number(event, "TransfersSkipped"),
		}
		s.finish(t, state, now, why)
	})
}

// number reads a field of an event; what is no number counts as 0.
func number(event *management.Message, field string) int64 {
	text, _ := event.Get(field)
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil || value < 0 {
		return 0
	}
	return value
}
