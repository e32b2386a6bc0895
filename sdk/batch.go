package sdk

import (
	"errors"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/wire"
)

const (
	// A batch goes when it holds this many records or bytes, or has waited this long.
	batchRecords = 250
	batchBytes   = 64 << 10
	batchDelay   = 50 * time.Millisecond
)

// SendResult streams to the other side the result that produce feeds to its
// sink, and then its error.
func SendResult(stream grpc.ServerStreamingServer[ascliv1.ExecuteEvent], produce func(Sink) error) error {
	sink := newBatcher(stream)
	err := produce(sink)
	if flushErr := sink.close(); err == nil {
		err = flushErr
	}
	if err != nil {
		return stream.Send(&ascliv1.ExecuteEvent{Event: &ascliv1.ExecuteEvent_Failure{Failure: wire.ToFailure(err)}})
	}
	return nil
}

// FollowResult feeds the result that the other side streams to sink. A sink with
// a method Flush is flushed after each batch: more may be long in coming.
func FollowResult(stream grpc.ServerStreamingClient[ascliv1.ExecuteEvent], sink Sink) error {
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := feed(sink, event); err != nil {
			return err
		}
	}
}

func feed(sink Sink, event *ascliv1.ExecuteEvent) error {
	switch e := event.Event.(type) {
	case *ascliv1.ExecuteEvent_Header:
		return sink.Begin(Header{
			Kind: e.Header.Kind, Columns: e.Header.Columns, ValueColumn: e.Header.ValueColumn,
			Total: e.Header.Total, Secrets: e.Header.Secrets,
		})
	case *ascliv1.ExecuteEvent_Failure:
		return wire.FromFailure(e.Failure)
	case *ascliv1.ExecuteEvent_Batch:
		for _, text := range e.Batch.Records {
			v, err := record.Parse(text)
			if err != nil {
				return failure.Toolf("the plugin sent a record that is no JSON: %w", err)
			}
			if err := sink.Record(v); err != nil {
				return err
			}
		}
		if f, ok := sink.(interface{ Flush() error }); ok {
			return f.Flush()
		}
	}
	return nil
}

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
