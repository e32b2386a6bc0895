package httpgw

import (
	"context"
	"io"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// readAhead is the number of slices that are read while one is sent.
const readAhead = 4

// slice is a part of a file.
type slice struct {
	// file is the number of the file among all of the job.
	file int
	// number counts the slices of the file from 0.
	number int64
	data   []byte
	err    error
}

// reader reads files ahead of the sender, in a fixed number of buffers.
type reader struct {
	slices chan slice
	free   chan []byte
}

// readSlices starts to read. It stops when ctx is done; the channel is closed
// after the last slice or an error.
func readSlices(ctx context.Context, files []outgoing, chunk int64) *reader {
	r := &reader{slices: make(chan slice, readAhead), free: make(chan []byte, readAhead+1)}
	for range readAhead + 1 {
		r.free <- nil
	}
	go func() {
		defer close(r.slices)
		for i, f := range files {
			if err := r.read(ctx, i, f, chunk); err != nil {
				select {
				case r.slices <- slice{file: i, err: err}:
				case <-ctx.Done():
				}
				return
			}
		}
	}()
	return r
}

// release gives a slice back for reuse.
func (r *reader) release(s slice) { r.free <- s.data }

// stop ends the reading and waits for it.
func (r *reader) stop(cancel context.CancelFunc) {
	cancel()
	for range r.slices {
	}
}

func (r *reader) read(ctx context.Context, file int, f outgoing, chunk int64) error {
	if f.size == 0 {
		return f.unchanged()
	}
	content, err := f.open()
	if err != nil {
		return transfer.Errorf("%w", err)
	}
	defer func() { _ = content.Close() }()
	for number, left := int64(0), f.size; left > 0; number++ {
		var data []byte
		select {
		case data = <-r.free:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		n := min(chunk, left)
		if int64(cap(data)) < n {
			data = make([]byte, n)
		}
		data = data[:n]
		if _, err := io.ReadFull(content, data); err != nil {
			return transfer.Errorf("%s has become shorter while it was sent: %w", f.path, err)
		}
		if left -= n; left == 0 {
			if err := f.unchanged(); err != nil {
				return err
			}
		}
		select {
		case r.slices <- slice{file: file, number: number, data: data}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// slicesOf is the number of slices of a file; an empty one has none.
func slicesOf(size, chunk int64) int64 {
	if size == 0 {
		return 0
	}
	return (size-1)/chunk + 1
}
