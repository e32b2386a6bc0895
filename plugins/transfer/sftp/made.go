package sftp

import (
	"io"
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/faux"
)

// discards tells whether a destination drops what it gets (spec/transfer.md 5.1).
func discards(folder string) bool { return strings.HasPrefix(folder, "faux://") }

// madeContent reads a file that is made up, at any place. Reading on from where
// the last read ended costs nothing else; it is for one goroutine.
type madeContent struct {
	file   faux.File
	reader io.Reader
	at     int64
}

// ReadAt implements [io.ReaderAt].
func (m *madeContent) ReadAt(b []byte, offset int64) (int, error) {
	if m.reader == nil || offset < m.at {
		m.reader, m.at = m.file.Content(), 0
	}
	skipped, err := io.CopyN(io.Discard, m.reader, offset-m.at)
	m.at += skipped
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(m.reader, b)
	m.at += int64(n)
	return n, err
}

// Close implements [io.Closer].
func (*madeContent) Close() error { return nil }
