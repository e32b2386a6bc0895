// Package filetime tells what package os does not of the times of files.
package filetime

import (
	"io/fs"
	"syscall"
	"time"
)

// Accessed gives when a file was last read, from what package os tells of it; zero if that
// is not known.
func Accessed(info fs.FileInfo) time.Time {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(stat.Atimespec.Unix())
	}
	return time.Time{}
}
