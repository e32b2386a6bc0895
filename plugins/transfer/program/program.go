// Package program runs the tools of an Aspera product to their end and keeps
// what they say: ascp -A, the transfer daemon's version, asyncadmin.
package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
)

const (
	// patience bounds a run: these tools answer at once or hang.
	patience = 30 * time.Second
	// settle is how long a child of the tool may keep its output open.
	settle = time.Second
	// maxOutput is what is kept of an output, bytes; the rest is dropped.
	maxOutput = 8 << 20
)

var errTooLong = errors.New("the program did not end in time")

// Outcome is a run that came to its end, with success or without.
type Outcome struct {
	Stdout, Stderr []byte
	// Status is the exit status; -1 for a program ended by a signal.
	Status int
}

// Run executes a program without input. The error is that of a program that
// did not start, hung, or was cancelled with ctx.
func Run(ctx context.Context, path string, args ...string) (Outcome, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errTooLong)
	defer cancel()
	var stdout, stderr head
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = settle
	err := cmd.Run()
	out := Outcome{Stdout: stdout.kept.Bytes(), Stderr: stderr.kept.Bytes()}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return out, fmt.Errorf("%s was stopped: %w", path, cause)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return out, failure.Otherf("RuntimeError", "cannot run %s: %w", path, err).
			Hint("Check that it is a program for this system and that it may be executed")
	}
	out.Status = cmd.ProcessState.ExitCode()
	return out, nil
}

// Text is all that the program said.
func (o Outcome) Text() string {
	return string(bytes.ToValidUTF8(bytes.TrimSpace(append(bytes.Clone(o.Stdout), o.Stderr...)), []byte("?")))
}

// head keeps the beginning of what is written to it.
type head struct{ kept bytes.Buffer }

func (h *head) Write(p []byte) (int, error) {
	if free := maxOutput - h.kept.Len(); free > 0 {
		h.kept.Write(p[:min(free, len(p))])
	}
	return len(p), nil
}
