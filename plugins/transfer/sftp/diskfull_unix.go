//go:build !windows

package sftp

import (
	"errors"
	"syscall"
)

// diskFull tells whether this machine has no room left.
func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
