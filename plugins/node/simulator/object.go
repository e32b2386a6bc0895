package simulator

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
)

// show is the transfer as the Node API describes it (spec/plugins/node.md 17):
// what is not known has the constants of the original.
func (j *job) show() *record.Object {
	j.mu.Lock()
	defer j.mu.Unlock()
	description := j.desc
	if j.status == stateRunning {
		description = j.trouble
	}
	sessions := make([]any, len(j.sessions))
	for i, s := range j.sessions {
		sessions[i] = j.showSession(s, description)
	}
	files := make([]any, len(j.files))
	for i, f := range j.files {
		files[i] = f
	}
	moved := j.moved()
	return record.New(
		"id", j.id, "status", j.shownStatus(), "start_spec", j.spec.Clone(), "sessions", sessions,
		"bytes_transferred", moved, "bytes_written", moved, "bytes_lost", 0, "avg_rate_kbps", rate(moved, elapsed(j.started, j.ended)),
		"files_completed", j.done, "files_skipped", 0, "directories_completed", 0,
		"start_time_usec", j.started.UnixMicro(), "end_time_usec", micros(j.ended), "elapsed_usec", elapsed(j.started, j.ended).Microseconds(),
		"error_code", j.code, "error_desc", description, "precalc", j.precalc(), "files", files,
	)
}

// shownStatus is running for a transfer that was never asked for, as in the
// original.
func (j *job) shownStatus() string {
	if j.cancel == nil {
		return stateRunning
	}
	return j.status
}

func (j *job) moved() int64 {
	var sum int64
	for _, s := range j.sessions {
		sum += s.moved
	}
	return sum
}

// precalc tells the size of all files, as far as it is known. At the end it is
// what was moved.
func (j *job) precalc() *record.Object {
	status, size := "running", int64(0)
	for _, s := range j.sessions {
		if s.sized {
			status = "ready"
			size += s.size
		}
	}
	if j.status == stateCompleted && status != "ready" {
		status, size = "ready", j.moved()
	}
	return record.New("status", status, "bytes_expected", size, "files_expected", 0, "directories_expected", 0, "files_special", 0, "files_failed", 0)
}

func (j *job) showSession(s *session, description string) *record.Object {
	status := stateRunning
	if !s.ended.IsZero() {
		status = stateCompleted
		if !j.ended.IsZero() {
			status = j.status
		}
	}
	lasted := elapsed(s.started, s.ended)
	precalc := record.New("enabled", s.sized, "status", "running", "bytes_expected", s.size, "directories_expected", 0, "files_expected", 0,
		"files_excluded", 0, "files_special", 0, "files_failed", 0)
	if s.sized {
		precalc.Set("status", "ready")
	}
	return record.New(
		"id", s.id, "client_node_id", "", "server_node_id", nodeID, "client_ip_address", "192.168.0.100", "server_ip_address", "5.10.114.4",
		"status", status, "retry_timeout", 3600, "retry_count", 0,
		"start_time_usec", s.started.UnixMicro(), "end_time_usec", micros(s.ended), "elapsed_usec", lasted.Microseconds(),
		"bytes_transferred", s.moved, "bytes_written", s.moved, "bytes_lost", 0, "files_completed", s.files, "directories_completed", 0,
		"target_rate_kbps", j.number("target_rate_kbps", 500000), "min_rate_kbps", j.number("min_rate_kbps", 0),
		"calc_rate_kbps", 9900, "network_delay_usec", 40000, "avg_rate_kbps", rate(s.moved, lasted),
		"error_code", j.code, "error_desc", description, "source_statistics", statistics(s.files), "precalc", precalc,
	)
}

func statistics(files int) *record.Object {
	return record.New("args_scan_attempted", 1, "args_scan_completed", 1, "paths_scan_attempted", 1, "paths_scan_failed", 0,
		"paths_scan_skipped", 0, "paths_scan_excluded", 0, "dirs_scan_completed", 0, "files_scan_completed", files, "dirs_xfer_attempted", 0,
		"dirs_xfer_fail", 0, "files_xfer_attempted", files, "files_xfer_fail", 0, "files_xfer_noxfer", 0)
}

// number is a field of the spec, or what the original tells always.
func (j *job) number(field string, otherwise int64) int64 {
	if n, given := j.spec.Int(field); given {
		return n
	}
	return otherwise
}

// micros is a time in microseconds since 1970, null for none.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// elapsed is how long something lasted, or lasts so far.
func elapsed(from, to time.Time) time.Duration {
	if to.IsZero() {
		to = time.Now()
	}
	return to.Sub(from)
}

// rate is an average in kbit/s, with two decimals.
func rate(bytes int64, d time.Duration) json.Number {
	if d <= 0 {
		return "0"
	}
	kbps := math.Round(float64(bytes)*8/1000/d.Seconds()*100) / 100
	return json.Number(strconv.FormatFloat(kbps, 'f', -1, 64))
}
