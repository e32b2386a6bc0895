package sftp

import (
	"sync"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// tellEvery is how often progress is told: chunks are quicker than any display.
const tellEvery = 50 * time.Millisecond

// progress tells the events of the one session of a job. Its methods may be
// called from any goroutine.
type progress struct {
	emit    func(transfer.Event)
	session string

	mutex   sync.Mutex
	started bool
	bytes   int64
	told    time.Time
}

func newProgress(session string, emit func(transfer.Event)) *progress {
	return &progress{session: session, emit: emit}
}

// start begins the session, unless an earlier attempt has.
func (p *progress) start() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !p.started {
		p.started = true
		p.emit(transfer.Event{Kind: transfer.SessionStart, Session: p.session})
	}
}

func (p *progress) size(bytes int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.emit(transfer.Event{Kind: transfer.SessionSize, Session: p.session, Bytes: bytes})
}

func (p *progress) text(text string) {
	p.emit(transfer.Event{Kind: transfer.SessionsInit, Text: text})
}

// add counts bytes; negative ones were counted for a file that failed.
func (p *progress) add(n int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.bytes += n
	if now := time.Now(); now.Sub(p.told) >= tellEvery {
		p.told = now
		p.tell()
	}
}

func (p *progress) tell() {
	p.emit(transfer.Event{Kind: transfer.Transfer, Session: p.session, Bytes: p.bytes})
}

func (p *progress) fileDone(name string, size int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.emit(transfer.Event{Kind: transfer.FileDone, Session: p.session, File: name, Bytes: size})
}

func (p *progress) retry(text string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	e := transfer.Event{Kind: transfer.Retry, Text: text}
	if p.started {
		e.Session = p.session
	}
	p.emit(e)
}

// end tells the final count and ends the session if it has started.
func (p *progress) end() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !p.started {
		return
	}
	p.started = false
	p.tell()
	p.emit(transfer.Event{Kind: transfer.SessionEnd, Session: p.session})
}
