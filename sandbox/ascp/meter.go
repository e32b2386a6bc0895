package ascp

import (
	"context"
	"io"
	"math"
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// meterStep bounds how much moves at once, in bytes: a limited rate stays even,
// and a cancelled transfer stops soon.
const meterStep = 32 << 10

// meter counts and limits the data of a session.
type meter struct {
	limiter     *rate.Limiter
	transferred atomic.Int64

	mu   sync.Mutex
	left int64         // bytes that may still begin to move
	at   int64         // bytes moved at which reached is called
	call func()        // nil: once called, or never to be
	free chan struct{} // closed when left grows; nil if nobody waits
}

func newMeter(target rateKbps) *meter {
	m := &meter{limiter: rate.NewLimiter(rate.Inf, meterStep), left: math.MaxInt64 / 2}
	m.limit(target)
	return m
}

// limit changes the target rate; 0 is no limit.
func (m *meter) limit(target rateKbps) {
	if target == 0 {
		m.limiter.SetLimit(rate.Inf)
		return
	}
	m.limiter.SetLimit(rate.Limit(target) * 1000 / 8)
}

// stopAt lets no more than that many bytes move, and calls reached when they
// have. It must be called before data moves.
func (m *meter) stopAt(bytes int64, reached func()) {
	m.mu.Lock()
	m.left, m.at, m.call = bytes, bytes, reached
	m.mu.Unlock()
	m.check(0)
}

// goOn lets all move that stopAt has stopped.
func (m *meter) goOn() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left = math.MaxInt64 / 2 // what is under way may still be given back
	m.wake()
}

// wake lets those look again who wait in reserve; m.mu is held.
func (m *meter) wake() {
	if m.free != nil {
		close(m.free)
		m.free = nil
	}
}

// reserve takes up to n bytes out of what may move, more than none; it waits
// for that.
func (m *meter) reserve(ctx context.Context, n int64) (int64, error) {
	for {
		m.mu.Lock()
		granted := min(n, m.left)
		m.left -= granted
		if granted > 0 {
			m.mu.Unlock()
			return granted, nil
		}
		if m.free == nil {
			m.free = make(chan struct{})
		}
		free := m.free
		m.mu.Unlock()
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-free:
		}
	}
}

// release gives back what was reserved and does not move.
func (m *meter) release(n int64) {
	if n == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left += n
	m.wake()
}

// pass waits until n bytes may move, n at most meterStep.
func (m *meter) pass(ctx context.Context, n int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := m.limiter.WaitN(ctx, n); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	return nil
}

// progress is how far one file is, in bytes. It is written by the copy and read
// by the reports.
type progress struct {
	from    atomic.Int64
	written atomic.Int64
}

func (p *progress) start(from int64) {
	p.from.Store(from)
	p.written.Store(from)
}

func (m *meter) count(p *progress, n int64) {
	p.written.Add(n)
	m.check(m.transferred.Add(n))
}

// check calls what waits for a number of bytes, once.
func (m *meter) check(moved int64) {
	m.mu.Lock()
	call := m.call
	if call == nil || moved < m.at {
		m.mu.Unlock()
		return
	}
	m.call = nil
	m.mu.Unlock()
	call()
}

// meteredReader reads at the rate of the session.
type meteredReader struct {
	ctx      context.Context
	meter    *meter
	progress *progress
	from     io.Reader
	size     int64
}

// Size tells the SFTP client how many requests are worth while; -1 for all that
// it can have.
func (r *meteredReader) Size() int64 { return r.size }

func (r *meteredReader) Read(into []byte) (int, error) {
	granted, err := r.meter.reserve(r.ctx, int64(min(len(into), meterStep)))
	if err != nil {
		return 0, err
	}
	n, err := r.from.Read(into[:granted])
	r.meter.release(granted - int64(n))
	if n > 0 {
		if err := r.meter.pass(r.ctx, n); err != nil {
			return 0, err
		}
		r.meter.count(r.progress, int64(n))
	}
	return n, err
}

// meteredWriter writes at the rate of the session.
type meteredWriter struct {
	ctx      context.Context
	meter    *meter
	progress *progress
	to       io.Writer
}

func (w *meteredWriter) Write(data []byte) (int, error) {
	written := 0
	for written < len(data) {
		granted, err := w.meter.reserve(w.ctx, int64(min(len(data)-written, meterStep)))
		if err != nil {
			return written, err
		}
		step := data[written : written+int(granted)]
		if err := w.meter.pass(w.ctx, len(step)); err != nil {
			return written, err
		}
		n, err := w.to.Write(step)
		written += n
		w.meter.count(w.progress, int64(n))
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
