package sftp

import (
	"context"

	"golang.org/x/time/rate"

	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
)

const (
	// maxBuffers bounds the memory of a job: 16 MiB.
	maxBuffers = 64
	// window is how many chunks of one file are under way: more than the window of
	// an SSH channel.
	window = 16
)

// buffers are shared by the files of a job.
type buffers struct {
	free chan *protocol.Buffer
	made chan struct{}
}

func newBuffers() *buffers {
	return &buffers{free: make(chan *protocol.Buffer, maxBuffers), made: make(chan struct{}, maxBuffers)}
}

// try returns nil when all buffers are in use.
func (b *buffers) try() *protocol.Buffer {
	select {
	case buffer := <-b.free:
		return buffer
	default:
	}
	select {
	case b.made <- struct{}{}:
		return protocol.NewBuffer()
	default:
		return nil
	}
}

// take waits for a buffer.
func (b *buffers) take(ctx context.Context) (*protocol.Buffer, error) {
	if buffer := b.try(); buffer != nil {
		return buffer, nil
	}
	select {
	case buffer := <-b.free:
		return buffer, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (b *buffers) give(buffer *protocol.Buffer) { b.free <- buffer }

// drop gives up a buffer that a broken connection may still read.
func (b *buffers) drop() { <-b.made }

// limit keeps to the target rate. nil is no limit.
type limit struct {
	limiter *rate.Limiter
	burst   int
}

// newLimit takes bytes a second.
func newLimit(bytes int64) *limit {
	if bytes <= 0 {
		return nil
	}
	// A tenth of a second at once, or a full request where the rate is high.
	burst := int(max(1<<10, min(bytes/10, 256<<10)))
	return &limit{limiter: rate.NewLimiter(rate.Limit(bytes), burst), burst: burst}
}

// chunk is the largest request that the rate allows.
func (l *limit) chunk(n int) int {
	if l == nil {
		return n
	}
	return min(n, l.burst)
}

func (l *limit) wait(ctx context.Context, n int) error {
	if l == nil || n == 0 {
		return nil
	}
	return l.limiter.WaitN(ctx, n)
}
