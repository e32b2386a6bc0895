package sftp

import (
	"bytes"
	"errors"
	"io"

	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// span is a part of a file.
type span struct{ offset, length int64 }

const (
	// sample is the size of each part that a sparse comparison looks at.
	sample = 64 << 10
	// samples is how many, first and last part among them.
	samples = 4
)

// spans returns which parts of the first n bytes tell whether they are the same.
// SFTP has no checksums: both sides are read.
func spans(policy string, n int64) []span {
	switch {
	case policy == resumeAttrs || n == 0:
		return nil
	case policy == resumeFull || n <= samples*sample:
		return []span{{0, n}}
	}
	var list []span
	for i := range int64(samples) {
		list = append(list, span{(n - sample) / (samples - 1) * i, sample})
	}
	list[samples-1].offset = n - sample
	return list
}

// same compares the first n bytes of the source with those of a file of the
// destination, as thoroughly as the resume policy asks for.
func (m *mover) same(l *line, e *entry, target string, n int64) (bool, error) {
	parts := spans(m.spec.resume, n)
	if len(parts) == 0 {
		return true, nil
	}
	local, err := m.localContent(e, target)
	if err != nil {
		return false, err
	}
	defer local.Close()
	path := e.source
	if m.spec.direction == transfer.Send {
		path = m.remote(l).at(target)
	}
	h, err := l.session.OpenFile(path, protocol.Read)
	if err != nil {
		if lost(err) {
			return false, err
		}
		// What cannot be read cannot be trusted.
		return false, nil
	}
	defer h.StartClose()
	for _, part := range parts {
		equal, err := m.samePart(l, h, local, part)
		if err != nil || !equal {
			return false, err
		}
	}
	return true, nil
}

type content interface {
	io.ReaderAt
	io.Closer
}

func (m *mover) localContent(e *entry, target string) (content, error) {
	if e.fake != nil {
		return &madeContent{file: *e.fake}, nil
	}
	return m.openLocal(e, target)
}

// samePart compares one part, with several requests under way.
func (m *mover) samePart(l *line, h *protocol.Handle, local io.ReaderAt, part span) (bool, error) {
	chunk := int64(m.limit.chunk(l.session.ReadChunk()))
	type request struct {
		call   *protocol.Call
		into   []byte
		offset int64
	}
	var pending []request
	mine := make([]byte, chunk)
	for at, end := part.offset, part.offset+part.length; at < end || len(pending) > 0; {
		if at < end && len(pending) < window/8 {
			n := min(chunk, end-at)
			if err := m.limit.wait(m.ctx, int(n)); err != nil {
				return false, err
			}
			into := make([]byte, n)
			pending = append(pending, request{h.StartRead(at, into), into, at})
			at += n
			continue
		}
		r := pending[0]
		pending = pending[1:]
		n, err := r.call.Count()
		if lost(err) {
			return false, err
		}
		if err != nil || n < len(r.into) {
			return false, nil
		}
		got, err := local.ReadAt(mine[:n], r.offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		if got < n || !bytes.Equal(mine[:n], r.into) {
			return false, nil
		}
	}
	return true, nil
}
