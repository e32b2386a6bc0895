package protocol

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Flags of OpenFile.
const (
	Read     = 1 << 0
	Write    = 1 << 1
	Create   = 1 << 3
	Truncate = 1 << 4
)

// maxHandle is the longest name of an open file (draft section 6.3).
const maxHandle = 256

// Handle is an open file. Requests on one handle are served in their order, so
// that closing it may be asked for behind writes that are still under way.
type Handle struct {
	session *Session
	id      string
}

// OpenFile opens a file.
func (s *Session) OpenFile(path string, flags uint32) (*Handle, error) {
	return s.openHandle(typeOpen, func(b []byte) []byte {
		b = binary.BigEndian.AppendUint32(appendString(b, path), flags)
		return binary.BigEndian.AppendUint32(b, 0)
	})
}

func (s *Session) openHandle(kind byte, fill func([]byte) []byte) (*Handle, error) {
	answer, err := s.ask(kind, fill)
	if err != nil {
		return nil, err
	}
	c := cursor{b: answer.body}
	id := c.string()
	if answer.kind != typeHandle || c.err != nil || len(id) > maxHandle {
		return nil, errMalformed
	}
	return &Handle{session: s, id: id}, nil
}

// headroom is what stands before the content in a request to write.
const headroom = 4 + 1 + 4 + 4 + maxHandle + 8 + 4

// Buffer holds content between a file and the connection.
type Buffer struct{ raw []byte }

// NewBuffer returns a buffer for chunks of any session.
func NewBuffer() *Buffer { return &Buffer{raw: make([]byte, headroom+largestChunk)} }

// Content is the room for n bytes.
func (b *Buffer) Content(n int) []byte { return b.raw[headroom : headroom+n] }

// StartWrite sends the first n bytes of a buffer, which may not be touched before
// the call is done.
func (h *Handle) StartWrite(offset int64, buffer *Buffer, n int) *Call {
	begin := headroom - (4 + 1 + 4 + 4 + len(h.id) + 8 + 4)
	head := append(buffer.raw[begin:begin:headroom], 0, 0, 0, 0, typeWrite, 0, 0, 0, 0)
	head = appendString(head, h.id)
	head = binary.BigEndian.AppendUint64(head, uint64(offset))
	_ = binary.BigEndian.AppendUint32(head, uint32(n))
	call := newCall(nil)
	h.session.start(call, buffer.raw[begin:headroom+n])
	return call
}

// StartRead asks for content, which comes into the slice. It may be less.
func (h *Handle) StartRead(offset int64, into []byte) *Call {
	packet := make([]byte, 9, 32)
	packet[4] = typeRead
	packet = appendString(packet, h.id)
	packet = binary.BigEndian.AppendUint64(packet, uint64(offset))
	packet = binary.BigEndian.AppendUint32(packet, uint32(len(into)))
	call := newCall(into)
	h.session.start(call, packet)
	return call
}

func (h *Handle) begin(kind byte, fill func([]byte) []byte) *Call {
	return h.session.begin(kind, func(b []byte) []byte { return fill(appendString(b, h.id)) })
}

// StartClose closes the file.
func (h *Handle) StartClose() *Call {
	return h.begin(typeClose, func(b []byte) []byte { return b })
}

// StartStat asks for the attributes of the file.
func (h *Handle) StartStat() *Call {
	return h.begin(typeFstat, func(b []byte) []byte { return b })
}

// StartSetTimes sets the times of the file, in seconds of the epoch.
func (h *Handle) StartSetTimes(accessed, modified uint32) *Call {
	return h.begin(typeFsetstat, func(b []byte) []byte { return appendTimes(b, accessed, modified) })
}

// StartTruncate sets the size of the file.
func (h *Handle) StartTruncate(size int64) *Call {
	return h.begin(typeFsetstat, func(b []byte) []byte {
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, attrSize), uint64(size))
	})
}

// Wait returns the error of a call that is answered by a status.
func (c *Call) Wait() error {
	<-c.done
	if c.err == nil && c.kind != typeStatus {
		return errMalformed
	}
	return c.err
}

// Count returns how many bytes a read gave; at the end of the file io.EOF.
func (c *Call) Count() (int, error) {
	<-c.done
	switch {
	case errors.Is(c.err, io.EOF):
		return 0, io.EOF
	case c.err != nil:
		return 0, c.err
	case c.kind != typeData:
		return 0, fmt.Errorf("%w: type %d", errMalformed, c.kind)
	}
	return c.n, nil
}

// Attributes returns what StartStat asked for.
func (c *Call) Attributes() (Attributes, error) { return c.attributes() }
