package sftp

import (
	"io/fs"
	"syscall"
	"time"
)

// accessTime is in seconds of the epoch.
func accessTime(info fs.FileInfo) int64 {
	if data, ok := info.Sys().(*syscall.Win32FileAttributeData); ok {
		return time.Unix(0, data.LastAccessTime.Nanoseconds()).Unix()
	}
	return info.ModTime().Unix()
}
