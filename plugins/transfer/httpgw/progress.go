package httpgw

import (
	"sync"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// tellEvery is how often progress is told: slices are quicker than any display.
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

// start begins the session; size is negative when it is not known.
func (p *progress) start(size int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.started = true
	p.emit(transfer.Event{Kind: transfer.SessionStart, Session: p.session})
	if size >= 0 {
		p.emit(transfer.Event{Kind: transfer.SessionSize, Session: p.session, Bytes: size})
	}
}

func (p *progress) add(n int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.bytes += int64(n)
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
