package asession

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

const (
	// maxCommand bounds a line, bytes: paths are the longest part of a command.
	maxCommand = 1 << 20
	// maxWaiting is how many commands may wait for the first session.
	maxWaiting = 4096
)

// input is standard input, which gives the description of the session or commands.
type input struct {
	io.Reader
	// used tells that something was asked of it.
	used atomic.Bool
}

func (i *input) Read(b []byte) (int, error) {
	i.used.Store(true)
	return i.Reader.Read(b)
}

// commands passes commands on, a line each.
type commands struct {
	in io.Reader
	// begun is closed when the first session takes commands: those before wait.
	begun <-chan struct{}
	log   *slog.Logger
	send  func(ctx context.Context, command *record.Object) (sessions int, err error)
}

// obey returns why no more commands are to be expected: the end of the input, a
// line that is no command, or the end of ctx.
func (c commands) obey(ctx context.Context) error {
	queue := make(chan *record.Object, maxWaiting)
	end := make(chan error, 1)
	go func() { end <- c.read(ctx, queue) }()
	begun, ready := c.begun, (<-chan *record.Object)(nil)
	for {
		select {
		case <-begun:
			begun, ready = nil, queue
		case command := <-ready:
			if err := c.pass(ctx, command); err != nil {
				return err
			}
		case err := <-end:
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// read reads commands to the end of the input.
func (c commands) read(ctx context.Context, queue chan<- *record.Object) error {
	lines := bufio.NewScanner(c.in)
	lines.Buffer(nil, maxCommand)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		command, err := record.ParseObject([]byte(line))
		if err != nil {
			return failure.Argumentf("a command is one line with a JSON object: %w", err)
		}
		select {
		case queue <- command:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return failure.Argumentf("a command is longer than %d bytes", maxCommand)
	} else if err != nil {
		return failure.Toolf("commands cannot be read: %w", err)
	}
	return failure.Toolf("standard input, which takes commands, has ended before the transfer: keep it open")
}

// pass sends a command. A session that does not take it is not the end of the
// transfer; a command that is none is.
func (c commands) pass(ctx context.Context, command *record.Object) error {
	sessions, err := c.send(ctx, command)
	switch f := failure.As(err); {
	case f != nil && f.Label == failure.Argument:
		return err
	case err != nil && ctx.Err() == nil:
		c.log.Error("the command was not sent to all sessions: " + err.Error())
	case err == nil && sessions == 0:
		c.log.Warn("No transfer session")
	}
	return nil
}
