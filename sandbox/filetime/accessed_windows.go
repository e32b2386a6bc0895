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
	if attributes, ok := info.Sys().(*syscall.Win32FileAttributeData); ok {
		return time.Unix(0, attributes.LastAccessTime.Nanoseconds())
	}
	return time.Time{}
}
