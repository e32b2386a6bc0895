//go:build unix

package command_test

import (
	"os"
	"syscall"
	"testing"
)

// brokenPipe is an output that nobody reads.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}

func TestBrokenPipeIsQuiet(t *testing.T) {
	m := newMachine(t, current)
	m.out = brokenPipe{}
	got := m.run(t, "config", "echo", "@list:,1,2,3", "--format=json")
	if got.status != 1 || got.err != "" {
		t.Errorf("status %d, errors %q", got.status, got.err)
	}
}
