// Package transferui shows how a transfer proceeds: one bar for every agent, on
// a terminal only unless asked (spec/transfer.md 13).
package transferui

import (
	"fmt"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// progress is the model of a bar: what is known of all sessions of a job.
type progress struct {
	title    string
	sessions map[string]*session
	started  time.Time
	// average smooths the bytes done, for the estimate of the time left.
	average  float64
	finished bool
	steps    int
}

type session struct {
	size, done int64
	ended      bool
}

func newProgress(now time.Time) *progress {
	return &progress{sessions: map[string]*session{}, started: now}
}

// take applies an event. Events after the end change nothing.
func (p *progress) take(e transfer.Event) {
	if p.finished {
		return
	}
	p.steps++
	switch e.Kind {
	case transfer.SessionsInit:
		p.title = e.Text
	case transfer.Retry:
		p.title = e.Text
		delete(p.sessions, e.Session)
	case transfer.SessionStart:
		p.title = ""
		p.session(e.Session)
	case transfer.SessionSize:
		// A total below what is done already is an estimate gone wrong.
		if s := p.session(e.Session); e.Bytes >= s.done {
			s.size = e.Bytes
		}
	case transfer.Transfer:
		p.session(e.Session).done = e.Bytes
		p.average = 0.9*float64(p.done()) + 0.1*p.average
	case transfer.SessionEnd:
		p.session(e.Session).ended = true
	case transfer.End:
		p.finished = true
	}
}

func (p *progress) session(id string) *session {
	if p.sessions[id] == nil {
		p.sessions[id] = &session{}
	}
	return p.sessions[id]
}

func (p *progress) done() (sum int64) {
	for _, s := range p.sessions {
		sum += s.done
	}
	return sum
}

// total is the size of the job, 0 while it is unknown.
func (p *progress) total() (sum int64) {
	for _, s := range p.sessions {
		sum += s.size
	}
	if sum < p.done() {
		return 0
	}
	return sum
}

func (p *progress) label() string {
	running := 0
	for _, s := range p.sessions {
		if !s.ended {
			running++
		}
	}
	if running > 1 {
		return fmt.Sprintf("[%d] %s", running, p.title)
	}
	return p.title
}

// percent is the part done, of 100.
func (p *progress) percent() int64 {
	total := p.total()
	switch {
	case total > 0:
		return p.done() * 100 / total
	case p.finished:
		return 100
	}
	return 0
}

// rate is in Mbps, whole; 0 in the first second.
func (p *progress) rate(now time.Time) int64 {
	seconds := int64(now.Sub(p.started) / time.Second)
	if seconds == 0 {
		return 0
	}
	return p.done() / seconds / (1 << 17)
}

// remaining is the text at the end of the line.
func (p *progress) remaining(now time.Time) string {
	elapsed := now.Sub(p.started)
	if p.finished {
		return "Time: " + clock(elapsed)
	}
	total := p.total()
	if total == 0 || p.average <= 0 {
		return " ETA: ??:??:??"
	}
	left := time.Duration(float64(elapsed) * (float64(total)/p.average - 1))
	if left > 99*time.Hour {
		return " ETA: > 4 Days"
	}
	return " ETA: " + clock(max(left, 0))
}

func clock(d time.Duration) string {
	s := int64(d / time.Second)
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}
