package ascp

import (
	"context"
	"io"
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
}

func newMeter(target rateKbps) *meter {
	m := &meter{limiter: rate.NewLimiter(rate.Inf, meterStep)}
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

func (m *meter) count(p *progress, n int) {
	m.transferred.Add(int64(n))
	p.written.Add(int64(n))
}

// meteredReader reads at the rate of the session.
type meteredReader struct {
	ctx      context.Context
	meter    *meter
	progress *progress
	from     io.Reader
	size     int64
}

// Size tells the SFTP client how many requests are worth while.
func (r *meteredReader) Size() int64 { return r.size }

func (r *meteredReader) Read(into []byte) (int, error) {
	into = into[:min(len(into), meterStep)]
	n, err := r.from.Read(into)
	if n > 0 {
		if err := r.meter.pass(r.ctx, n); err != nil {
			return 0, err
		}
		r.meter.count(r.progress, n)
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
		step := data[written:min(len(data), written+meterStep)]
		if err := w.meter.pass(w.ctx, len(step)); err != nil {
			return written, err
		}
		n, err := w.to.Write(step)
		written += n
		w.meter.count(w.progress, n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
