package sftp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
)

// send uploads a file: under its partial name until it is complete.
func (m *mover) send(l *line, e *entry, moved *tally) error {
	source, err := openSource(e)
	if err != nil {
		return err
	}
	defer source.Close()
	partial, info := partialNames(e.target)
	at, err := m.resumeAt(l, e, partial, info)
	if err != nil {
		return err
	}
	moved.add(at)
	remote := m.remote(l)
	flags := uint32(protocol.Write | protocol.Create)
	withInfo := e.size >= resumable && m.spec.resume != resumeNone
	if at == 0 {
		flags |= protocol.Truncate
		if withInfo {
			if err := m.writeInfo(l, info, e.info().text()); err != nil {
				return m.serverFull(l, err)
			}
		}
	}
	h, err := l.session.OpenFile(remote.at(partial), flags)
	if err != nil {
		return err
	}
	u := &upload{mover: m, line: l, handle: h, source: source, entry: e, moved: moved, at: at}
	if err := u.run(); err != nil {
		return m.serverFull(l, err)
	}
	if err := source.unchanged(); err != nil {
		// What has arrived is of no version of the file.
		_ = remote.remove(partial)
		_ = remote.remove(info)
		return err
	}
	if err := m.place(partial, e.target); err != nil {
		return err
	}
	if withInfo {
		if err := remote.remove(info); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// serverFull finds out whether a failure without reason is a full disk: SFTP has
// no code for it.
func (m *mover) serverFull(l *line, err error) error {
	var refused *protocol.StatusError
	if !errors.As(err, &refused) || refused.Code != protocol.StatusFailure {
		return err
	}
	free, spaceErr := l.session.FreeSpace(m.spec.destination)
	if spaceErr == nil && free < int64(l.session.WriteChunk()) {
		return coded(codeNoSpace, "No space left on disk of the server: %s", m.spec.destination)
	}
	return err
}

// upload is the content of a file on its way.
type upload struct {
	*mover
	line   *line
	handle *protocol.Handle
	source *source
	entry  *entry
	moved  *tally
	at     int64

	pending []write
	// skipped: the last bytes were zeros that were not sent.
	skipped bool
}

type write struct {
	call   *protocol.Call
	buffer *protocol.Buffer
	n      int
}

// run sends what is missing, sets times, and closes the file. Its requests do not
// wait for each other.
func (u *upload) run() error {
	err := u.content()
	var last []*protocol.Call
	if err == nil && u.skipped {
		last = append(last, u.handle.StartTruncate(u.entry.size))
	}
	if err == nil && (u.spec.modTime || u.spec.accessTime) {
		last = append(last, u.handle.StartSetTimes(u.spec.times(u.entry)))
	}
	last = append(last, u.handle.StartClose())
	for len(u.pending) > 0 {
		err = errors.Join(err, u.settle())
	}
	for _, call := range last {
		err = errors.Join(err, call.Wait())
	}
	return err
}

func (u *upload) content() error {
	chunk := u.limit.chunk(u.line.session.WriteChunk())
	for u.at < u.entry.size {
		if next := u.source.nextData(u.at); next > u.at {
			u.moved.add(next - u.at)
			u.at, u.skipped = next, true
			continue
		}
		buffer, err := u.buffer()
		if err != nil {
			return err
		}
		n := int(min(int64(chunk), u.entry.size-u.at))
		if err := u.source.readAt(buffer.Content(n), u.at); err != nil {
			u.buffers.give(buffer)
			return err
		}
		if u.skipped = u.source.made == nil && n >= zeroBlock && isZero(buffer.Content(n)); u.skipped {
			u.buffers.give(buffer)
			u.moved.add(int64(n))
			u.at += int64(n)
			if u.ctx.Err() != nil {
				return u.ctx.Err()
			}
			continue
		}
		if err := u.limit.wait(u.ctx, n); err != nil {
			u.buffers.give(buffer)
			return err
		}
		u.pending = append(u.pending, write{u.handle.StartWrite(u.at, buffer, n), buffer, n})
		u.at += int64(n)
		if len(u.pending) >= window {
			if err := u.settle(); err != nil {
				return err
			}
		}
	}
	return nil
}

// buffer returns a free one; when there is none, this file's own come first.
func (u *upload) buffer() (*protocol.Buffer, error) {
	for {
		if buffer := u.buffers.try(); buffer != nil {
			return buffer, nil
		}
		if len(u.pending) == 0 {
			return u.buffers.take(u.ctx)
		}
		if err := u.settle(); err != nil {
			return nil, err
		}
	}
}

// settle waits for the oldest write.
func (u *upload) settle() error {
	w := u.pending[0]
	u.pending = u.pending[1:]
	err := w.call.Wait()
	if lost(err) {
		u.buffers.drop()
		return err
	}
	u.buffers.give(w.buffer)
	if err == nil {
		u.moved.add(int64(w.n))
	}
	return err
}

// zeroBlock is the least that is worth not being sent.
const zeroBlock = 4 << 10

var zeroPage [zeroBlock]byte

// isZero tells whether a block has zeros only.
func isZero(b []byte) bool {
	for len(b) > 0 {
		n := min(len(b), len(zeroPage))
		if !bytes.Equal(b[:n], zeroPage[:n]) {
			return false
		}
		b = b[n:]
	}
	return true
}

// source is a file of this machine that is read, or content that is made up.
type source struct {
	file   *os.File
	before fs.FileInfo
	path   string
	// made is the content of a file that is made up.
	made *madeContent
}

// openSource opens the source of an entry, and takes its size and time of now.
func openSource(e *entry) (*source, error) {
	if e.fake != nil {
		return &source{made: &madeContent{file: *e.fake}}, nil
	}
	file, err := os.Open(e.source)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("not a regular file any more")
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	e.attributes = attributesOf(info)
	return &source{file: file, before: info, path: e.source}, nil
}

func (s *source) Close() {
	if s.file != nil {
		_ = s.file.Close()
	}
}

func (s *source) nextData(at int64) int64 {
	// A made file is moved all the same: it stands for a real one.
	if s.made != nil {
		return at
	}
	return nextData(s.file, at, s.before.Size())
}

func (s *source) readAt(b []byte, at int64) error {
	if s.made != nil {
		_, err := s.made.ReadAt(b, at)
		return err
	}
	n, err := s.file.ReadAt(b, at)
	if n < len(b) && (err == nil || errors.Is(err, io.EOF)) {
		return fmt.Errorf("%w: %s", errChanged, path.Base(s.path))
	}
	if n == len(b) {
		return nil
	}
	return err
}

// unchanged tells whether the file is still there as it was.
func (s *source) unchanged() error {
	if s.made != nil {
		return nil
	}
	now, err := os.Stat(s.path)
	if err != nil || !os.SameFile(s.before, now) || now.Size() != s.before.Size() || !now.ModTime().Equal(s.before.ModTime()) {
		return errChanged
	}
	return nil
}
