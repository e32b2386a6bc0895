package agent

import (
	"sync"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// tellEvery is how often progress is told: bytes come in smaller portions than any display shows.
const tellEvery = 50 * time.Millisecond

// Progress tells the events of a job that is one session. Its methods may be called
// from any goroutine.
type Progress struct {
	emit    func(transfer.Event)
	session string

	mutex   sync.Mutex
	started bool
	bytes   int64
	told    time.Time
}

// NewProgress makes the progress of a session that has not started.
func NewProgress(session string, emit func(transfer.Event)) *Progress {
	return &Progress{session: session, emit: emit}
}

// Start begins the session, unless an earlier attempt has.
func (p *Progress) Start() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !p.started {
		p.started = true
		p.emit(transfer.Event{Kind: transfer.SessionStart, Session: p.session})
	}
}

// Size tells how many bytes there are in all.
func (p *Progress) Size(bytes int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.emit(transfer.Event{Kind: transfer.SessionSize, Session: p.session, Bytes: bytes})
}

// Text tells what is being done before bytes move.
func (p *Progress) Text(text string) {
	p.emit(transfer.Event{Kind: transfer.SessionsInit, Text: text})
}

// Add counts bytes; negative ones were counted for a file that failed.
func (p *Progress) Add(n int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.bytes += n
	if now := time.Now(); now.Sub(p.told) >= tellEvery {
		p.told = now
		p.tell()
	}
}

func (p *Progress) tell() {
	p.emit(transfer.Event{Kind: transfer.Transfer, Session: p.session, Bytes: p.bytes})
}

// FileDone tells that a file is complete.
func (p *Progress) FileDone(name string, size int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.emit(transfer.Event{Kind: transfer.FileDone, Session: p.session, File: name, Bytes: size})
}

// Retry tells why and when the session is attempted again. It goes on as the same.
func (p *Progress) Retry(text string) {
	p.emit(transfer.Event{Kind: transfer.Retry, Text: text})
}

// End tells the final count and ends the session if it has started.
func (p *Progress) End() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !p.started {
		return
	}
	p.started = false
	p.tell()
	p.emit(transfer.Event{Kind: transfer.SessionEnd, Session: p.session})
}
