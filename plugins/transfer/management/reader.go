package management

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of what a peer may send. Lines carry paths, cookies and tags; ascp
// bounds the latter two to some KiB.
const (
	maxLine    = 1 << 20
	maxMessage = 4 << 20
)

// A ProtocolError is a line that cannot be part of the protocol. It ends the
// session and is not worth a retry.
type ProtocolError struct{ Reason string }

func (e *ProtocolError) Error() string { return "mgt port: " + e.Reason }

func protocolErrorf(format string, args ...any) error {
	return &ProtocolError{Reason: fmt.Sprintf(format, args...)}
}

// Reader reads messages from a connection.
type Reader struct {
	lines *bufio.Scanner
}

// NewReader returns a reader of r.
func NewReader(r io.Reader) *Reader {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	return &Reader{lines: lines}
}

// Next returns the next complete message, whatever its type. It returns io.EOF
// at the end of the stream, a message in progress being dropped, and a
// [*ProtocolError] on anything that is no message.
func (r *Reader) Next() (Message, error) {
	var m Message
	started := false
	size := 0
	for r.lines.Scan() {
		line := strings.TrimRight(r.lines.Text(), "\r")
		switch {
		case line == header:
			m, started, size = nil, true, 0
			continue
		case line == "" && started:
			return m, nil
		case line == "":
			return nil, protocolErrorf("unexpected line: end frame without header")
		}
		name, value, found := strings.Cut(line, ":")
		if !found || name == "" {
			return nil, protocolErrorf("unexpected value: %q", shorten(line))
		}
		if !started {
			return nil, protocolErrorf("unexpected line: data without header")
		}
		if size += len(line); size > maxMessage {
			return nil, protocolErrorf("message longer than %d bytes", maxMessage)
		}
		m = append(m, Field{Name: name, Value: strings.TrimPrefix(value, " ")})
	}
	switch err := r.lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, protocolErrorf("line longer than %d bytes", maxLine)
	case err != nil:
		return nil, err
	}
	return nil, io.EOF
}

// shorten keeps an error readable when the peer sends something else than text.
func shorten(line string) string {
	const enough = 200
	if len(line) <= enough {
		return line
	}
	return line[:enough] + "..."
}
