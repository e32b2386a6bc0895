package ascp

import (
	"sync"
)

// tally counts what became of the sources and files of a session.
type tally struct {
	mu sync.Mutex

	// Found by the scans.
	arguments, folders, files, bytes int64

	attempted, passed, failed, skipped int64
	startBytes                         int64 // not transferred: resumed or skipped
	stopped                            int64 // of those that failed
	failures                           map[Code]int64
	firstFailure                       *Error
	current                            *running
}

// running is a file under way.
type running struct {
	item     item
	progress progress
}

// planned takes what a scan found.
func (t *tally) planned(p *plan) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.arguments += int64(len(p.args))
	t.folders += int64(len(p.folders))
	t.files += int64(len(p.files) + len(p.repeated))
	t.bytes += p.bytes
}

func (t *tally) begin(i item) *running {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.attempted++
	i.arg.attempted++
	t.current = &running{item: i}
	return t.current
}

// end takes the result of a file; it says whether it was the last one of its
// source argument.
func (t *tally) end(r *running, result outcome, err *Error) (lastOfArgument bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	arg := r.item.arg
	switch {
	case result.stopped:
		// What was asked for is no failure of the session.
		arg.failed++
		t.failed++
		t.stopped++
	case err != nil:
		arg.failed++
		t.fail(err)
	case result.skipped:
		t.skipped++
		arg.skipped++
		t.startBytes += r.item.part.Length
	default:
		t.passed++
		arg.passed++
	}
	arg.pending--
	return arg.pending == 0
}

// started takes the bytes that a file has already.
func (t *tally) started(r *running, from int64) {
	r.progress.start(from)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.startBytes += from
}

// failScan takes the failure of a path that was not found by a scan.
func (t *tally) failScan(f fileFailure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.attempted++
	f.arg.attempted++
	f.arg.failed++
	t.fail(f.err)
}

func (t *tally) fail(err *Error) {
	t.failed++
	if t.failures == nil {
		t.failures = map[Code]int64{}
		t.firstFailure = err
	}
	t.failures[err.Code]++
}

// result is the error of a session of which the connection stood: that of its
// files, if all failed for the same reason, or the one for some failed files.
func (t *tally) result() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.failed == t.stopped:
		return nil
	case len(t.failures) == 1 && t.passed+t.skipped == 0:
		return t.firstFailure
	}
	return failf(codeSomeFailed, "One or more files failed: %d of %d, first: %s", t.failed-t.stopped, t.attempted, t.firstFailure.Description)
}
