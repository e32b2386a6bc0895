package activity

import (
	"maps"
	"slices"
	"strconv"
)

// Failure is why a transfer or a file failed: a code of ascp and its text (spec
// management.md section 7).
type Failure struct {
	Code        int
	Description string
}

// Codes of ascp that servers give themselves.
const (
	codeLost      = 16
	codeCancelled = 28
)

// IsRetryable tells that the same transfer may succeed later (spec management.md
// section 7).
func (f Failure) IsRetryable() bool {
	switch f.Code {
	case 12, 13, 14, 15, 16, 17, 18, 23, 32, 33, 35, 36, 37, 39, 40, 44, 45, 61:
		return true
	}
	return false
}

// Lost is the failure of a session whose client went away.
func Lost() *Failure {
	return &Failure{Code: codeLost, Description: "Connection lost before the end of the transfer"}
}

func (r Record) clone() Record {
	r.Transfer.Sessions = slices.Clone(r.Transfer.Sessions)
	r.Transfer.Files = slices.Clone(r.Transfer.Files)
	r.Samples = slices.Clone(r.Samples)
	r.Validations = maps.Clone(r.Validations)
	return r
}

// summarize makes the totals of a transfer from its sessions.
func (r *Record) summarize(now int64) {
	t := &r.Transfer
	t.BytesTransferred, t.BytesWritten, t.FilesCompleted, t.FilesSkipped, t.DirectoriesCompleted = 0, 0, 0, 0, 0
	for i := range t.Sessions {
		s := &t.Sessions[i]
		s.tick(now)
		t.BytesTransferred += s.BytesTransferred
		t.BytesWritten += s.BytesWritten
		t.FilesCompleted += s.FilesCompleted
		t.FilesSkipped += s.FilesSkipped
		t.DirectoriesCompleted += s.DirectoriesCompleted
	}
	r.settle()
	end := now
	if !t.Status.Active() && t.EndTimeUsec == 0 {
		t.EndTimeUsec = t.lastEnd(now)
	} else if t.Status.Active() {
		t.EndTimeUsec = 0
	}
	if t.EndTimeUsec != 0 {
		end = t.EndTimeUsec
	}
	t.ElapsedUsec = end - t.StartTimeUsec
	t.AvgRateKbps = rate(t.BytesTransferred, t.ElapsedUsec)
}

// settle makes the status, the error and the job size: those of the sessions
// that no later one has replaced.
func (r *Record) settle() {
	t := &r.Transfer
	t.ErrorCode, t.ErrorDesc = "0", ""
	t.Precalc = Precalc{Status: precalcReady}
	failed, running := false, false
	for i := range t.Sessions {
		s := &t.Sessions[i]
		running = running || s.Status == Running
		if t.replaced(i) {
			continue
		}
		t.Precalc.add(s.Precalc)
		if s.Status != Running && s.Status != Completed {
			failed = true
			t.ErrorCode, t.ErrorDesc = strconv.Itoa(s.ErrorCode), s.ErrorDesc
		}
	}
	if len(t.Sessions) == 0 {
		t.Precalc.Status = precalcWaiting
	}
	switch {
	case running:
		t.Status = Running
	case r.Canceled:
		t.Status = Canceled
	case r.Paused:
		t.Status = Paused
	case len(t.Sessions) == 0, r.Retrying > 0:
		t.Status = Waiting
	case failed:
		t.Status = Failed
	default:
		t.Status = Completed
	}
}

// replaced tells whether a session that did not complete was followed by
// another one: a retry, or the session after a pause.
func (t *Transfer) replaced(i int) bool {
	s := &t.Sessions[i]
	if s.Status == Running || s.Status == Completed {
		return false
	}
	return slices.ContainsFunc(t.Sessions[i+1:], func(later SessionState) bool { return later.StartTimeUsec >= s.EndTimeUsec })
}

func (t *Transfer) lastEnd(now int64) int64 {
	last := int64(0)
	for i := range t.Sessions {
		last = max(last, t.Sessions[i].EndTimeUsec)
	}
	if last == 0 {
		return now
	}
	return last
}

// fail ends a transfer that cannot go on.
func (t *Transfer) fail(now int64, why *Failure) {
	t.Status = Failed
	t.ErrorCode, t.ErrorDesc = strconv.Itoa(why.Code), why.Description
	if t.EndTimeUsec == 0 {
		t.EndTimeUsec = now
	}
}

func (p *Precalc) add(of Precalc) {
	p.Enabled = p.Enabled || of.Enabled
	if of.Status != precalcReady {
		p.Status = precalcWaiting
	}
	p.BytesExpected += of.BytesExpected
	p.DirectoriesExpected += of.DirectoriesExpected
	p.FilesExpected += of.FilesExpected
	p.FilesExcluded += of.FilesExcluded
	p.FilesSpecial += of.FilesSpecial
	p.FilesFailed += of.FilesFailed
}

// tick brings the times of a session up to date.
func (s *SessionState) tick(now int64) {
	if s.Status != Running {
		return
	}
	s.ElapsedUsec = now - s.StartTimeUsec
	s.AvgRateKbps = rate(s.BytesTransferred, s.ElapsedUsec)
}

// end closes a session; without a failure it is complete.
func (s *SessionState) end(now int64, why *Failure) {
	s.tick(now)
	s.EndTimeUsec = now
	s.CalcRateKbps = 0
	s.Precalc.Status = precalcReady
	s.Status = Completed
	if why != nil {
		s.Status, s.ErrorCode, s.ErrorDesc = Failed, why.Code, why.Description
	}
}

// rate is in kilobits per second, with two decimals.
func rate(bytes, elapsed int64) float64 {
	if elapsed <= 0 {
		return 0
	}
	return float64(int64(float64(bytes)*8*1000/float64(elapsed)*100)) / 100
}
