package ascmd

import (
	"io/fs"
	"syscall"
	"time"
)

func attributesOf(info fs.FileInfo) (attributes, bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return attributes{}, false
	}
	return attributes{stat.Uid, stat.Gid, time.Unix(stat.Ctim.Unix()), time.Unix(stat.Atim.Unix())}, true
}
