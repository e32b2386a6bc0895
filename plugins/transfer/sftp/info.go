package sftp

import (
	"errors"
	"io/fs"
	"os"

	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// maxInfo is what an info has at most, bytes.
const maxInfo = 4 << 10

// readInfo returns the info beside a partial file; nil when there is none.
func (m *mover) readInfo(l *line, info string) ([]byte, error) {
	if m.spec.direction == transfer.Receive {
		text, err := m.local().root.ReadFile(info)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return text, err
	}
	h, err := l.session.OpenFile(m.remote(l).at(info), protocol.Read)
	if err != nil {
		if lost(err) {
			return nil, err
		}
		return nil, nil
	}
	text := make([]byte, maxInfo)
	read := h.StartRead(0, text)
	h.StartClose()
	n, err := read.Count()
	if lost(err) {
		return nil, err
	}
	return text[:n], nil
}

// writeInfo says whose part a partial file is, before it has any.
func (m *mover) writeInfo(l *line, info string, text []byte) error {
	if m.spec.direction == transfer.Receive {
		return m.local().root.WriteFile(info, text, 0o666)
	}
	h, err := l.session.OpenFile(m.remote(l).at(info), protocol.Write|protocol.Create|protocol.Truncate)
	if err != nil {
		return err
	}
	buffer := protocol.NewBuffer()
	copy(buffer.Content(len(text)), text)
	write, closing := h.StartWrite(0, buffer, len(text)), h.StartClose()
	if err := write.Wait(); err != nil {
		return err
	}
	return closing.Wait()
}

// remote is the server as the side that a line speaks to.
func (m *mover) remote(l *line) remoteTree {
	if m.spec.direction == transfer.Send {
		return remoteTree{l.session, m.spec.destination}
	}
	return remoteTree{l.session, ""}
}

// local is the destination of a download.
func (m *mover) local() *rootTree { return m.targets.tree.(*rootTree) }

// openLocal opens the file of this side that content is compared with: the source,
// or what the destination has.
func (m *mover) openLocal(e *entry, target string) (*os.File, error) {
	if m.spec.direction == transfer.Send {
		return os.Open(e.source)
	}
	return m.local().root.Open(target)
}
