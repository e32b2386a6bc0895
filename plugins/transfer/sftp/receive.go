package sftp

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
)

// receive downloads a file: under its partial name until it is complete.
func (m *mover) receive(l *line, e *entry, moved *tally) error {
	d, err := m.fetch(l, e, moved)
	if errors.Is(err, errStale) {
		// It has changed since it was listed, not while it was read.
		moved.upTo(0)
		d, err = m.fetch(l, e, moved)
	}
	if err != nil {
		return err
	}
	if m.spec.discard {
		return nil
	}
	if m.spec.modTime || m.spec.accessTime {
		accessed, modified := m.spec.times(e)
		if err := m.targets.tree.setTimes(d.partial, int64(accessed), int64(modified)); err != nil {
			return err
		}
	}
	if err := m.place(d.partial, e.target); err != nil {
		return err
	}
	if d.withInfo {
		if err := m.targets.tree.remove(d.info); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// errStale: the file is not as it was listed; its entry is up to date now.
var errStale = errors.New("the source has changed since it was listed")

func (m *mover) fetch(l *line, e *entry, moved *tally) (*download, error) {
	h, err := l.session.OpenFile(e.source, protocol.Read)
	if err != nil {
		return nil, err
	}
	d := &download{mover: m, line: l, handle: h, entry: e, moved: moved}
	return d, d.run()
}

// download is the content of a file on its way.
type download struct {
	*mover
	line          *line
	handle        *protocol.Handle
	entry         *entry
	moved         *tally
	partial, info string
	withInfo      bool
	file          *os.File

	pending []read
	// asked and got are the offsets up to which content was asked for and is there.
	asked, got int64
	// closing are the last requests on the file, behind all reads.
	after, closing *protocol.Call
	// skipped: the last bytes are zeros that were not written.
	skipped bool
	// fresh is from where on the local file has nothing.
	fresh int64
}

type read struct {
	call   *protocol.Call
	buffer *protocol.Buffer
	offset int64
	n      int
}

// run fetches what is missing. Opening the local file is done while the first
// requests are under way.
func (d *download) run() (err error) {
	d.partial, d.info = partialNames(d.entry.target)
	d.withInfo = d.entry.size >= resumable && d.spec.resume != resumeNone && !d.spec.discard
	before := d.handle.StartStat()
	defer func() {
		if d.closing == nil {
			d.closing = d.handle.StartClose()
		}
		err = errors.Join(err, d.drain(), d.closing.Wait())
	}()
	if d.asked, err = d.resumeAt(d.line, d.entry, d.partial, d.info); err != nil {
		return err
	}
	d.got, d.fresh = d.asked, d.asked
	d.moved.add(d.asked)
	if err := d.ask(); err != nil {
		return err
	}
	a, err := before.Attributes()
	if err != nil {
		return err
	}
	if now := fromServer(a); now.size != d.entry.size || now.modified != d.entry.modified {
		d.entry.attributes = now
		return errStale
	}
	if err := d.openTarget(); err != nil {
		return err
	}
	err = d.content()
	if d.file != nil {
		if err == nil && d.skipped {
			err = d.file.Truncate(d.entry.size)
		}
		err = errors.Join(err, d.file.Close())
	}
	return err
}

// changed ends a download whose source is not what it was. The part is of no use.
func (d *download) changed() error {
	if !d.spec.discard {
		_ = d.targets.tree.remove(d.partial)
		_ = d.targets.tree.remove(d.info)
	}
	return errChanged
}

func (d *download) openTarget() (err error) {
	if d.spec.discard {
		return nil
	}
	root := d.local().root
	flags := os.O_WRONLY | os.O_CREATE
	if d.got == 0 {
		flags |= os.O_TRUNC
		if d.withInfo {
			if err := d.writeInfo(d.line, d.info, d.entry.info().text()); err != nil {
				return err
			}
		}
	}
	d.file, err = root.OpenFile(d.partial, flags, 0o666)
	return err
}

// ask keeps requests under way as long as there are buffers.
func (d *download) ask() error {
	chunk := d.limit.chunk(d.line.session.ReadChunk())
	for d.asked < d.entry.size && len(d.pending) < window {
		buffer := d.buffers.try()
		if buffer == nil {
			if len(d.pending) > 0 {
				return nil
			}
			var err error
			if buffer, err = d.buffers.take(d.ctx); err != nil {
				return err
			}
		}
		n := int(min(int64(chunk), d.entry.size-d.asked))
		if err := d.limit.wait(d.ctx, n); err != nil {
			d.buffers.give(buffer)
			return err
		}
		d.pending = append(d.pending, read{d.handle.StartRead(d.asked, buffer.Content(n)), buffer, d.asked, n})
		d.asked += int64(n)
	}
	if d.asked == d.entry.size && d.after == nil {
		d.after, d.closing = d.line.session.StartStat(d.entry.source), d.handle.StartClose()
	}
	return nil
}

func (d *download) content() error {
	for d.got < d.entry.size {
		r := d.pending[0]
		d.pending = d.pending[1:]
		err := d.receiveOne(r)
		if lost(err) {
			d.buffers.drop()
			return err
		}
		d.buffers.give(r.buffer)
		if err != nil {
			return err
		}
		if err := d.ask(); err != nil {
			return err
		}
	}
	a, err := d.after.Attributes()
	switch now := fromServer(a); {
	case lost(err):
		return err
	case err != nil, now.size != d.entry.size, now.modified != d.entry.modified:
		return d.changed()
	}
	return nil
}

// receiveOne writes the answer to one request.
func (d *download) receiveOne(r read) error {
	n, err := r.call.Count()
	for err == nil && n < r.n {
		if n, err = d.rest(r, n); err == nil && n == 0 {
			err = io.EOF
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		return d.changed()
	case err != nil:
		return err
	}
	b := r.buffer.Content(r.n)
	if d.file != nil {
		if d.skipped = r.offset >= d.fresh && r.n >= zeroBlock && isZero(b); !d.skipped {
			if _, err := d.file.WriteAt(b, r.offset); err != nil {
				return err
			}
		}
	}
	d.got += int64(r.n)
	d.moved.add(int64(r.n))
	return nil
}

// rest asks for what a server left out of an answer, which it may.
func (d *download) rest(r read, have int) (int, error) {
	h := d.handle
	if d.closing != nil {
		// The handle is on its way to be closed.
		again, err := d.line.session.OpenFile(d.entry.source, protocol.Read)
		if err != nil {
			return 0, err
		}
		defer again.StartClose()
		h = again
	}
	n, err := h.StartRead(r.offset+int64(have), r.buffer.Content(r.n)[have:]).Count()
	if err == nil && n == 0 {
		err = io.EOF
	}
	return have + n, err
}

// drain waits for requests whose answers nobody wants any more: they write into
// buffers.
func (d *download) drain() error {
	var broken error
	for _, r := range d.pending {
		if _, err := r.call.Count(); lost(err) {
			d.buffers.drop()
			broken = err
		} else {
			d.buffers.give(r.buffer)
		}
	}
	d.pending = nil
	return broken
}

// times are those to set: SFTP knows both or none.
func (o *order) times(e *entry) (accessed, modified uint32) {
	now := seconds(time.Now().Unix())
	switch {
	case !o.modTime:
		return seconds(e.accessed), now
	case !o.accessTime:
		return now, seconds(e.modified)
	}
	return seconds(e.accessed), seconds(e.modified)
}
