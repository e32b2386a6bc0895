package sdk

import (
	"sync"
	"time"

	"google.golang.org/grpc"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/record"
)

const (
	// A batch goes when it holds this many records or bytes, or has waited this long.
	batchRecords = 250
	batchBytes   = 64 << 10
	batchDelay   = 50 * time.Millisecond
)

// batcher sends records in batches: few messages for a fast producer, no late
// row for a slow one.
type batcher struct {
	stream grpc.ServerStreamingServer[ascliv1.ExecuteEvent]

	mu      sync.Mutex
	records [][]byte
	bytes   int
	timer   *time.Timer
	err     error
}

func newBatcher(stream grpc.ServerStreamingServer[ascliv1.ExecuteEvent]) *batcher {
	b := &batcher{stream: stream}
	b.timer = time.AfterFunc(time.Hour, b.flushLate)
	b.timer.Stop()
	return b
}

func (b *batcher) Begin(h Header) error {
	return b.stream.Send(&ascliv1.ExecuteEvent{Event: &ascliv1.ExecuteEvent_Header{
		Header: &ascliv1.ResultHeader{
			Kind: h.Kind, Columns: h.Columns, ValueColumn: h.ValueColumn, Total: h.Total, Secrets: h.Secrets,
		},
	}})
}

func (b *batcher) Record(v any) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := record.JSON(v)
	if len(b.records) == 0 {
		b.timer.Reset(batchDelay)
	}
	b.records = append(b.records, text)
	b.bytes += len(text)
	if len(b.records) >= batchRecords || b.bytes >= batchBytes {
		b.flush()
	}
	return b.err
}

func (b *batcher) flushLate() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flush()
}

func (b *batcher) flush() {
	if len(b.records) == 0 || b.err != nil {
		return
	}
	b.err = b.stream.Send(&ascliv1.ExecuteEvent{Event: &ascliv1.ExecuteEvent_Batch{
		Batch: &ascliv1.RecordBatch{Records: b.records},
	}})
	b.records, b.bytes = nil, 0
}

func (b *batcher) close() error {
	b.timer.Stop()
	b.flushLate()
	return b.err
}
