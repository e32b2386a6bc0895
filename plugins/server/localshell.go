package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/ascli-go/ascli/plugins/server/ascmd"
	"github.com/ascli-go/ascli/sdk/failure"
)

// localShell runs ascmd on this machine: scheme local.
type localShell struct{}

// stopDelay is how long a program that was interrupted may take to end.
const stopDelay = 2 * time.Second

func (localShell) run(ctx context.Context, command ascmd.Command, yield func(ascmd.Entry) error) error {
	script, err := command.Script()
	if err != nil {
		return err
	}
	path, err := exec.LookPath(ascmd.Program)
	if err != nil {
		return failure.Otherf("Errno::ENOENT", "No such file or directory - %s", ascmd.Program).
			Hint("Scheme local runs %s on this machine, which has none in its PATH", ascmd.Program)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	program := exec.CommandContext(ctx, path)
	// ascmd takes itself for called by an SSH server (spec/ascmd.md 1).
	program.Env = append(os.Environ(), "SSH_CLIENT=local 0 0")
	program.Stdin = bytes.NewReader(script)
	program.WaitDelay = stopDelay
	said := &lastWords{}
	program.Stderr = said
	output, err := program.StdoutPipe()
	if err != nil {
		return err
	}
	if err := program.Start(); err != nil {
		return failure.Otherf("Errno::EACCES", "cannot run %s: %w", path, err)
	}
	told := ascmd.Decode(output, time.Local, yield)
	if told != nil {
		cancel()
	}
	// What is left would block the program.
	_, _ = io.Copy(io.Discard, output)
	ended := program.Wait()
	switch {
	case told != nil:
		return explain(told, said)
	case ended != nil:
		return failure.Otherf("RuntimeError", "process failed: %d : %s", program.ProcessState.ExitCode(), said)
	}
	return nil
}

// explain adds what a program said to an answer that makes no sense without.
func explain(err error, said *lastWords) error {
	if said.String() == "" {
		return err
	}
	return fmt.Errorf("%w (%s)", err, said)
}

// lastWords keeps the begin of what a program says on standard error.
type lastWords struct{ text bytes.Buffer }

const maxWords = 4 << 10

// Write implements io.Writer.
func (w *lastWords) Write(p []byte) (int, error) {
	if room := maxWords - w.text.Len(); room > 0 {
		w.text.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (w *lastWords) String() string { return strings.TrimSpace(w.text.String()) }
