package management

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// header starts each message.
const header = "FASPMGR 2"

// Limits of what a supervisor may send.
const (
	maxLine   = 64 << 10
	maxFields = 1000
)

// ErrSyntax is wrapped by the errors about what does not follow the protocol.
var ErrSyntax = errors.New("mgt port")

// Reader splits a stream into messages.
type Reader struct {
	lines *bufio.Scanner
}

// NewReader makes a reader of messages.
func NewReader(stream io.Reader) *Reader {
	lines := bufio.NewScanner(stream)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	return &Reader{lines: lines}
}

// Read gives the next message. It returns io.EOF at the end of the stream, also
// in the middle of a message, which is dropped then.
func (r *Reader) Read() (*Message, error) {
	var message *Message
	for r.lines.Scan() {
		line := strings.TrimRight(r.lines.Text(), "\r")
		switch {
		case line == header:
			message = &Message{}
		case line == "" && message == nil:
			return nil, fmt.Errorf("%w: unexpected line: end frame without header", ErrSyntax)
		case line == "":
			return message, nil
		default:
			if err := message.add(line); err != nil {
				return nil, err
			}
		}
	}
	if err := r.lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return nil, fmt.Errorf("%w: a line is longer than %d bytes", ErrSyntax, maxLine)
		}
		return nil, err
	}
	return nil, io.EOF
}

// unescape reads what lineBreaks has written. An escape
// that means nothing stays.
func unescape(value string) string {
	if !strings.Contains(value, "\x1b") {
		return value
	}
	var text strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '\x1b' && i+1 < len(value) {
			if meant := strings.IndexByte("\x1bnr", value[i+1]); meant >= 0 {
				text.WriteByte("\x1b\n\r"[meant])
				i++
				continue
			}
		}
		text.WriteByte(value[i])
	}
	return text.String()
}

// add takes one line of a message; m is nil before the first header.
func (m *Message) add(line string) error {
	name, value, found := strings.Cut(line, ":")
	if !found || name == "" {
		return fmt.Errorf("%w: unexpected value: %q", ErrSyntax, line)
	}
	if m == nil {
		return fmt.Errorf("%w: unexpected line: data without header", ErrSyntax)
	}
	value = unescape(strings.TrimPrefix(value, " "))
	if name == "Type" {
		m.Type = Type(value)
		return nil
	}
	if len(m.Fields) == maxFields {
		return fmt.Errorf("%w: a message has more than %d fields", ErrSyntax, maxFields)
	}
	m.Fields = append(m.Fields, Field{name, value})
	return nil
}
