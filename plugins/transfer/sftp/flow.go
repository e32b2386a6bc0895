package sftp

import (
	"context"
	"sync"

	"golang.org/x/time/rate"

	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
)

const (
	// maxBuffers bounds the memory of a job: 16 MiB.
	maxBuffers = 256
	// window is how many chunks of one file are under way: more than the window of
	// an SSH channel.
	window = 40
)

// buffers are shared by the files of a job. The one that was used last is taken
// first: it is still in the processor's cache.
type buffers struct {
	mutex sync.Mutex
	free  []*protocol.Buffer
	// left is how many more may be made.
	left int
	// given tells those who wait that there may be one.
	given chan struct{}
}

func newBuffers() *buffers {
	return &buffers{left: maxBuffers, given: make(chan struct{}, 1)}
}

// try returns nil when all buffers are in use.
func (b *buffers) try() *protocol.Buffer {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if last := len(b.free) - 1; last >= 0 {
		buffer := b.free[last]
		b.free = b.free[:last]
		return buffer
	}
	if b.left == 0 {
		return nil
	}
	b.left--
	return protocol.NewBuffer()
}

// take waits for a buffer.
func (b *buffers) take(ctx context.Context) (*protocol.Buffer, error) {
	for {
		if buffer := b.try(); buffer != nil {
			b.wake()
			return buffer, nil
		}
		select {
		case <-b.given:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (b *buffers) give(buffer *protocol.Buffer) {
	b.mutex.Lock()
	b.free = append(b.free, buffer)
	b.mutex.Unlock()
	b.wake()
}

// drop gives up a buffer that a broken connection may still read.
func (b *buffers) drop() {
	b.mutex.Lock()
	b.left++
	b.mutex.Unlock()
	b.wake()
}

// wake lets one who waits try; he passes it on, as there may be more than one buffer.
func (b *buffers) wake() {
	select {
	case b.given <- struct{}{}:
	default:
	}
}

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
