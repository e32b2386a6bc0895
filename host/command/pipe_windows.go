package command

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// isBrokenPipe tells that nobody reads the output any more: `ascli ... | more`,
// ended early.
func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, windows.ERROR_NO_DATA) || errors.Is(err, windows.ERROR_BROKEN_PIPE)
}
