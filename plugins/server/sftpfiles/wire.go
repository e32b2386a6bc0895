package sftpfiles

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"
)

// The types of packets (draft-ietf-secsh-filexfer-02, section 3).
const (
	extendedPacket      = 200
	extendedReplyPacket = 201
)

// ownID marks the requests that wire makes: the library counts its own from 1 on.
const ownID = 1 << 31

// maxPacket is the longest packet that the library takes.
const maxPacket = 256 << 10

// wire is the way to an SFTP server. It lets requests through that the library
// cannot make, between those that it does make. A second SFTP session would do,
// but many servers allow one only.
type wire struct {
	in  io.Reader
	out io.WriteCloser

	// sending is held from the begin of a packet to its end.
	sending sync.Mutex
	// unsent is how much of the library's packet is still to come.
	unsent int

	// ahead is what the library is still to be given of a packet that was begun, and
	// unread how much of it has not come yet.
	ahead  []byte
	unread int

	mu      sync.Mutex
	asked   uint32
	waiting map[uint32]chan []byte
	// gone is closed when nothing comes any more.
	gone chan struct{}
}

func newWire(in io.Reader, out io.WriteCloser) *wire {
	return &wire{in: in, out: out, waiting: map[uint32]chan []byte{}, gone: make(chan struct{})}
}

// Write implements io.Writer for the library, which writes a packet in one or
// several calls, and nothing else between them.
func (w *wire) Write(p []byte) (int, error) {
	if w.unsent == 0 {
		if len(p) < 4 {
			return 0, errors.New("an SFTP packet begins without its length")
		}
		w.sending.Lock()
		w.unsent = 4 + int(binary.BigEndian.Uint32(p))
	}
	n, err := w.out.Write(p)
	if w.unsent -= len(p); w.unsent <= 0 || err != nil {
		w.unsent = 0
		w.sending.Unlock()
	}
	return n, err
}

// Close implements io.Closer.
func (w *wire) Close() error { return w.out.Close() }

// Read implements io.Reader for the library. Answers to requests of wire are not
// among what it reads.
func (w *wire) Read(p []byte) (int, error) {
	for len(w.ahead) == 0 && w.unread == 0 {
		if err := w.begin(); err != nil {
			return 0, w.ended(err)
		}
	}
	if len(w.ahead) > 0 {
		n := copy(p, w.ahead)
		w.ahead = w.ahead[n:]
		return n, nil
	}
	n, err := w.in.Read(p[:min(len(p), w.unread)])
	w.unread -= n
	return n, w.ended(err)
}

func (w *wire) ended(err error) error {
	if err != nil {
		select {
		case <-w.gone:
		default:
			close(w.gone)
		}
	}
	return err
}

// begin reads the begin of a packet, which says whom it is for: length, type and
// the number of the request.
func (w *wire) begin() error {
	head := make([]byte, 9)
	if n, err := io.ReadFull(w.in, head[:4]); err != nil {
		// The library makes sense of what is there.
		if w.ahead = head[:n]; n > 0 {
			return nil
		}
		return err
	}
	length := int(binary.BigEndian.Uint32(head))
	if length < 5 || length > maxPacket {
		// The library knows that this is no SFTP.
		w.ahead, w.unread = head[:4], length
		return nil
	}
	if _, err := io.ReadFull(w.in, head[4:]); err != nil {
		return err
	}
	reply := w.expected(binary.BigEndian.Uint32(head[5:]))
	if reply == nil {
		w.ahead, w.unread = head, length-5
		return nil
	}
	content := make([]byte, length-5)
	if _, err := io.ReadFull(w.in, content); err != nil {
		return err
	}
	if head[4] != extendedReplyPacket {
		content = nil
	}
	reply <- content
	return nil
}

// expected is where the answer to a request of wire goes; nil: it is for the
// library.
func (w *wire) expected(id uint32) chan []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	reply := w.waiting[id]
	delete(w.waiting, id)
	return reply
}

// errRefused tells that the server does not do what its extension promises.
var errRefused = errors.New("the SFTP server refuses")

// extended makes a request of an extension and returns what the server answers.
func (w *wire) extended(ctx context.Context, name string, data []byte) ([]byte, error) {
	reply := make(chan []byte, 1)
	w.mu.Lock()
	id := ownID | w.asked
	w.asked++
	w.waiting[id] = reply
	w.mu.Unlock()

	packet := []byte{0, 0, 0, 0, extendedPacket}
	packet = binary.BigEndian.AppendUint32(packet, id)
	packet = append(append(packet, packString([]byte(name))...), data...)
	binary.BigEndian.PutUint32(packet, uint32(len(packet)-4))
	w.sending.Lock()
	_, err := w.out.Write(packet)
	w.sending.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case content := <-reply:
		if content == nil {
			return nil, errRefused
		}
		return content, nil
	case <-w.gone:
		return nil, io.ErrUnexpectedEOF
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
