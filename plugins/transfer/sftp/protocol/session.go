// Package protocol speaks version 3 of SFTP, the one of OpenSSH
// (draft-ietf-secsh-filexfer-02, and PROTOCOL of OpenSSH for its extensions).
//
// Requests do not wait for each other: any number may be under way, from any
// goroutine, and small ones share packets of the connection. The content of files
// is neither copied nor allocated on its way between the caller's buffers and the
// connection. github.com/pkg/sftp does both, and takes its requests one by one.
package protocol

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	version = 3
	// maxPacket bounds what a server may send at once: OpenSSH's limit is a
	// quarter of it.
	maxPacket = 1 << 20
	// safeChunk is what every server takes. largestChunk is a quarter of what OpenSSH
	// takes: larger requests were slower, as they leave the caches on their way.
	safeChunk    = 32 << 10
	largestChunk = 64 << 10
	// gather is up to how many bytes of small requests are written together.
	gather = 32 << 10
)

// ErrNotSFTP is that what answers is no server of SFTP, or of an old version.
var ErrNotSFTP = errors.New("no SFTP session")

// ErrLost is what requests give after the session has ended.
var ErrLost = errors.New("the SFTP session has ended")

// asLost says why a session has ended. Only the text of the reason stays: the end
// of a connection is io.EOF, and so is the end of a file.
func asLost(reason error) error { return fmt.Errorf("%w: %v", ErrLost, reason) }

// Session is a conversation with a server. Its methods may be called from any
// goroutine. They wait for the answer: Close ends every wait.
type Session struct {
	conn       io.ReadWriteCloser
	extensions map[string]string
	// readChunk and writeChunk are the largest content of a request.
	readChunk, writeChunk int

	outgoing chan []byte
	ended    chan struct{}

	mutex   sync.Mutex
	nextID  uint32
	pending map[uint32]*Call
	err     error
}

// Open begins a session over a channel that the server's subsystem listens to.
func Open(conn io.ReadWriteCloser) (*Session, error) {
	s := &Session{
		conn: conn, extensions: map[string]string{}, readChunk: safeChunk, writeChunk: safeChunk,
		outgoing: make(chan []byte, 64), ended: make(chan struct{}), pending: map[uint32]*Call{},
	}
	reader := bufio.NewReaderSize(conn, 64<<10)
	if err := s.greet(reader); err != nil {
		_ = conn.Close()
		return nil, err
	}
	go s.write()
	go s.read(reader)
	s.askLimits()
	return s, nil
}

// Close ends the session; what is under way gives ErrLost.
func (s *Session) Close() error {
	s.end(ErrLost)
	return nil
}

// Ended is closed when the session is over, for whatever reason.
func (s *Session) Ended() <-chan struct{} { return s.ended }

// Has tells whether the server has an extension.
func (s *Session) Has(extension string) bool {
	_, ok := s.extensions[extension]
	return ok
}

// ReadChunk and WriteChunk are how many bytes a request may carry.
func (s *Session) ReadChunk() int { return s.readChunk }

// WriteChunk: see ReadChunk.
func (s *Session) WriteChunk() int { return s.writeChunk }

func (s *Session) greet(r *bufio.Reader) error {
	hello := binary.BigEndian.AppendUint32(nil, 5)
	hello = binary.BigEndian.AppendUint32(append(hello, typeInit), version)
	if _, err := s.conn.Write(hello); err != nil {
		return err
	}
	kind, body, err := readPacket(r)
	switch {
	case errors.Is(err, errMalformed):
		kind = 0
	case err != nil:
		return err
	}
	if kind == typeVersion {
		s.extensions, err = parseVersion(body)
	}
	if kind != typeVersion || errors.Is(err, errMalformed) {
		return fmt.Errorf("%w: the server's answer is not of SFTP. Does its shell print something at login?", ErrNotSFTP)
	}
	return err
}

func parseVersion(body []byte) (map[string]string, error) {
	c := cursor{b: body}
	if v := c.uint32(); c.err == nil && v < version {
		return nil, fmt.Errorf("%w: the server speaks version %d, version %d is needed", ErrNotSFTP, v, version)
	}
	extensions := map[string]string{}
	for len(c.b) > 0 && c.err == nil {
		name := c.string()
		extensions[name] = c.string()
	}
	return extensions, c.err
}

// askLimits learns how large requests may be.
func (s *Session) askLimits() {
	const extension = "limits@openssh.com"
	if !s.Has(extension) {
		return
	}
	answer, err := s.ask(typeExtended, func(b []byte) []byte { return appendString(b, extension) })
	if err != nil || answer.kind != typeExtendedReply {
		return
	}
	c := cursor{b: answer.body}
	_, read, write := c.uint64(), c.uint64(), c.uint64()
	if c.err == nil {
		s.readChunk, s.writeChunk = chunkOf(read), chunkOf(write)
	}
}

// chunkOf is the chunk for a limit that a server states; 0 is no limit.
func chunkOf(limit uint64) int {
	if limit == 0 {
		return largestChunk
	}
	return int(max(1, min(limit, largestChunk)))
}

// Call is a request under way.
type Call struct {
	done chan struct{}
	// into takes the content that a read asks for.
	into []byte

	kind byte
	body []byte
	n    int
	err  error
}

func newCall(into []byte) *Call { return &Call{done: make(chan struct{}), into: into} }

// start sends a request: packet is complete but for its length and id, and not
// touched before the answer is there.
func (s *Session) start(call *Call, packet []byte) {
	binary.BigEndian.PutUint32(packet, uint32(len(packet)-4))
	s.mutex.Lock()
	if s.err != nil {
		call.err = s.err
		s.mutex.Unlock()
		close(call.done)
		return
	}
	s.nextID++
	id := s.nextID
	s.pending[id] = call
	s.mutex.Unlock()
	binary.BigEndian.PutUint32(packet[5:], id)
	select {
	case s.outgoing <- packet:
	case <-s.ended:
	}
}

// begin starts a request whose arguments fill appends.
func (s *Session) begin(kind byte, fill func([]byte) []byte) *Call {
	packet := make([]byte, 9, 128)
	packet[4] = kind
	call := newCall(nil)
	s.start(call, fill(packet))
	return call
}

// ask makes a request and waits for its answer. A status other than OK is an error.
func (s *Session) ask(kind byte, fill func([]byte) []byte) (*Call, error) {
	call := s.begin(kind, fill)
	<-call.done
	return call, call.err
}

// write sends packets in the order in which they were started.
func (s *Session) write() {
	small := make([]byte, 0, gather)
	for {
		var packet []byte
		select {
		case packet = <-s.outgoing:
		case <-s.ended:
			return
		}
		for packet != nil {
			if len(small)+len(packet) > gather {
				if !s.flush(small) || len(packet) > gather && !s.flush(packet) {
					return
				}
				small = small[:0]
			}
			if len(packet) <= gather {
				small = append(small, packet...)
			}
			select {
			case packet = <-s.outgoing:
			default:
				packet = nil
			}
		}
		if !s.flush(small) {
			return
		}
		small = small[:0]
	}
}

func (s *Session) flush(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if _, err := s.conn.Write(b); err != nil {
		s.end(err)
		return false
	}
	return true
}

// read gives answers to those who wait for them.
func (s *Session) read(r *bufio.Reader) {
	for {
		if err := s.readAnswer(r); err != nil {
			s.end(err)
			return
		}
	}
}

func (s *Session) readAnswer(r *bufio.Reader) error {
	var head [9]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	length := int(binary.BigEndian.Uint32(head[:])) - 5
	if length < 0 || length > maxPacket {
		return fmt.Errorf("malformed SFTP packet of %d bytes", length)
	}
	id := binary.BigEndian.Uint32(head[5:])
	s.mutex.Lock()
	call := s.pending[id]
	delete(s.pending, id)
	s.mutex.Unlock()
	if call == nil {
		return fmt.Errorf("the SFTP server answers request %d, which is not under way", id)
	}
	call.kind = head[4]
	err := call.receive(r, length)
	if err != nil && call.err == nil {
		call.err = asLost(err)
	}
	close(call.done)
	return err
}

// receive reads the rest of an answer. Its error is that of the connection.
func (c *Call) receive(r io.Reader, length int) error {
	if c.kind == typeData && c.into != nil {
		return c.receiveContent(r, length)
	}
	c.body = make([]byte, length)
	if _, err := io.ReadFull(r, c.body); err != nil {
		return err
	}
	if c.kind == typeStatus {
		c.err = parseStatus(c.body)
	}
	return nil
}

func (c *Call) receiveContent(r io.Reader, length int) error {
	var size [4]byte
	if length < len(size) {
		return errMalformed
	}
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint32(size[:]))
	if n != length-len(size) || n > len(c.into) {
		return errMalformed
	}
	_, err := io.ReadFull(r, c.into[:n])
	c.n = n
	return err
}

// end finishes the session for the first reason given.
func (s *Session) end(reason error) {
	s.mutex.Lock()
	first := s.err == nil
	var waiting []*Call
	if first {
		s.err = ErrLost
		if !errors.Is(reason, ErrLost) {
			s.err = asLost(reason)
		}
		for id, call := range s.pending {
			call.err = s.err
			waiting = append(waiting, call)
			delete(s.pending, id)
		}
		close(s.ended)
	}
	s.mutex.Unlock()
	if !first {
		return
	}
	_ = s.conn.Close()
	for _, call := range waiting {
		close(call.done)
	}
}
