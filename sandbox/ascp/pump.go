package ascp

import (
	"context"
	"errors"
	"io"
	"math"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/sparse"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

const (
	// smallFile is the most bytes of a file that moves in one request: it is not
	// worth while to resume it.
	smallFile = 32<<10 - 1
	// aheadBlock and aheadBlocks bound what is read before it is written, of a
	// part of a file on the server.
	aheadBlock  = 1 << 20
	aheadBlocks = 3
)

// pump moves the data of one part of a file into its partial file.
type pump struct {
	copier *copier
	item   item
	part   wire.Range
	// keep says that the partial file has content already.
	keep bool
	// amid says that others write behind the part: the end of the file is not
	// this pump's matter.
	amid     bool
	progress *progress

	reader io.ReadCloser
	writer targetFile
}

// run returns how many bytes from the beginning of the part are in the partial
// file, also with an error.
func (p *pump) run(ctx context.Context) (written int64, err error) {
	extents, err := p.extents(ctx)
	if err != nil {
		return 0, err
	}
	source, err := p.copier.source.Open(p.item.source)
	if err != nil {
		return 0, err
	}
	defer source.Close()
	if p.reader, err = p.copier.job.protection.wrap(p.item.source, source); err != nil {
		return 0, err
	}
	if p.writer, err = p.copier.target.Create(p.item.partialName(), p.keep); err != nil {
		return 0, err
	}
	if growing, ok := source.(*growingFile); ok {
		growing.until(ctx)
	}
	at := p.part.Offset
	for _, extent := range append(extents, wire.Range{Offset: p.part.End()}) {
		if at, err = p.skip(ctx, at, extent.Offset); err == nil && (extent.Length > 0 || p.item.grows && at == 0) {
			at, err = p.move(ctx, extent)
		}
		if err != nil {
			break
		}
	}
	if err != nil && !isLost(err) && !p.amid {
		// After a failed request, later ones may still have been written.
		err = errors.Join(err, p.writer.Truncate(at))
	}
	err = errors.Join(err, p.writer.Close())
	if known, ok := errors.AsType[*Error](err); ok && known.Code == codeCrypt {
		// Of content that is not what was sent nothing stays.
		err = errors.Join(err, p.copier.target.Remove(p.item.partialName()))
	}
	return at - p.part.Offset, err
}

// extents gives what of the part holds data.
func (p *pump) extents(ctx context.Context) ([]wire.Range, error) {
	if p.part.Length == 0 {
		return nil, nil
	}
	whole := []wire.Range{p.part}
	if p.item.size < sparse.MinSize || p.item.isStream {
		return whole, nil
	}
	extents, err := p.copier.source.Extents(ctx, p.item.source, p.item.size)
	if err != nil {
		return nil, err
	}
	return sparse.Within(extents, p.part), nil
}

// skip passes a hole: it is not sent, but makes the file longer. It returns how
// far it came.
func (p *pump) skip(ctx context.Context, at, to int64) (int64, error) {
	if at >= to {
		return at, nil
	}
	var err error
	for at < to && err == nil {
		var granted int64
		if granted, err = p.copier.meter.reserve(ctx, to-at); err == nil {
			at += granted
			p.copier.meter.count(p.progress, granted)
		}
	}
	if p.amid {
		return at, err // the file has its full size from the beginning
	}
	return at, errors.Join(err, p.writer.Truncate(at))
}

// move copies an extent. It returns up to where the partial file has its data.
func (p *pump) move(ctx context.Context, extent wire.Range) (int64, error) {
	if err := seekTo(p.reader, extent.Offset+p.item.skip); err != nil {
		return extent.Offset, err
	}
	if _, err := p.writer.Seek(extent.Offset, io.SeekStart); err != nil {
		return extent.Offset, err
	}
	if p.item.grows { // its extent is what was there when it was looked at
		extent.Length = math.MaxInt64
	}
	n, err := p.copy(ctx, extent)
	if err != nil {
		// A write that failed may not be the last one: the writer knows what is in
		// one piece.
		if end, seekErr := p.writer.Seek(0, io.SeekCurrent); seekErr == nil && !isLost(err) {
			return max(extent.Offset, min(end, extent.End())), err
		}
		return extent.Offset, err
	}
	if n != extent.Length && !p.item.grows {
		return extent.Offset + n, changed(p.item)
	}
	return extent.Offset + n, nil
}

// copy moves the data. The SFTP side has many requests under way, sent in the
// order of the data, so that what has arrived when the connection is cut has
// no holes; the local side is metered.
func (p *pump) copy(ctx context.Context, extent wire.Range) (int64, error) {
	meter := p.copier.meter
	if p.copier.job.direction == grant.Send {
		metered := &meteredReader{ctx: ctx, meter: meter, progress: p.progress, from: p.reader, size: -1}
		if !p.item.grows {
			metered.from, metered.size = io.LimitReader(p.reader, extent.Length), extent.Length
		}
		return io.Copy(p.writer, metered)
	}
	to := &meteredWriter{ctx: ctx, meter: meter, progress: p.progress, to: p.writer}
	remote, plain := p.reader.(interface {
		io.WriterTo
		io.ReaderAt
	})
	switch {
	case !plain:
		return io.Copy(to, p.reader)
	case extent.Length <= smallFile:
		return p.copySmall(to, extent)
	case extent.End() == p.item.size && !p.item.isStream:
		return remote.WriteTo(to)
	}
	return copyAhead(ctx, to, remote, wire.Range{Offset: extent.Offset + p.item.skip, Length: extent.Length})
}

// copySmall moves what one request brings.
func (p *pump) copySmall(to io.Writer, extent wire.Range) (int64, error) {
	buffer := make([]byte, extent.Length)
	n, err := io.ReadFull(p.reader, buffer)
	if err != nil && !isShort(err) {
		return 0, err
	}
	n, err = to.Write(buffer[:n])
	return int64(n), err
}

// isShort says that a file ended before the bytes that were asked for.
func isShort(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// seekTo moves to a byte. A stream is at its beginning, and nobody wants it
// elsewhere.
func seekTo(reader io.Reader, at int64) error {
	seeker, ok := reader.(io.Seeker)
	if !ok {
		if at == 0 {
			return nil
		}
		return failf(codeASCP, "a stream cannot be read from byte %d on", at)
	}
	_, err := seeker.Seek(at, io.SeekStart)
	return err
}

// copyAhead copies a part of a file, and reads on while it writes.
func copyAhead(ctx context.Context, to io.Writer, from io.ReaderAt, part wire.Range) (int64, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type block struct {
		data []byte
		err  error
	}
	blocks := make(chan block, aheadBlocks)
	done := make(chan struct{})
	defer func() { <-done }()
	defer stop()
	go func() {
		defer close(done)
		defer close(blocks)
		for at := part.Offset; at < part.End(); at += aheadBlock {
			data := make([]byte, min(aheadBlock, part.End()-at))
			n, err := from.ReadAt(data, at)
			if isShort(err) {
				err = nil
			}
			select {
			case blocks <- block{data[:n], err}:
			case <-ctx.Done():
				return
			}
			if err != nil || n < len(data) {
				return
			}
		}
	}()
	written := int64(0)
	for b := range blocks {
		n, err := to.Write(b.data)
		written += int64(n)
		if err == nil {
			err = b.err
		}
		if err != nil {
			return written, err
		}
	}
	return written, context.Cause(ctx)
}
