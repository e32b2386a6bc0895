package sftp

import (
	"io/fs"
	"syscall"
)

// accessTime is in seconds of the epoch.
func accessTime(info fs.FileInfo) int64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int64(stat.Atim.Sec)
	}
	return info.ModTime().Unix()
}
