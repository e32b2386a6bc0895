//go:build unix

package command

import (
	"errors"
	"syscall"
)

// isBrokenPipe tells that nobody reads the output any more: `ascli ... | head`.
// On standard output the system's signal ends the program before it knows.
func isBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
