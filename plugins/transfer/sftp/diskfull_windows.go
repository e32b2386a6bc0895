package sftp

import (
	"errors"

	"golang.org/x/sys/windows"
)

// diskFull tells whether this machine has no room left.
func diskFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}
