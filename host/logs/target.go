package logs

import (
	"io"
	"log/slog"
	"sync"
)

// Target is where log lines go: make one with Stream or Syslog.
type Target interface {
	// write takes the text of one record; it may be called from several goroutines.
	write(level slog.Level, text string) error
	// stamps tells that the target itself adds time, severity and program.
	stamps() bool
	// Close ends the connection of the target, if it has one.
	Close() error
}

// Stream returns the target that writes to w, one Write a line. Closing it
// leaves w open.
func Stream(w io.Writer) Target { return &stream{w: w} }

type stream struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *stream) write(_ slog.Level, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := io.WriteString(s.w, text)
	return err
}

func (s *stream) stamps() bool { return false }

func (s *stream) Close() error { return nil }
