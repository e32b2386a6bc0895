//go:build linux || darwin || freebsd

package sftp

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// nextData returns where the next bytes of a file are that take room, at or after
// an offset; the size when there are none.
func nextData(file *os.File, offset, size int64) int64 {
	at, err := unix.Seek(int(file.Fd()), offset, unix.SEEK_DATA)
	switch {
	case errors.Is(err, unix.ENXIO):
		return size
	case err != nil:
		return offset
	}
	return min(at, size)
}
