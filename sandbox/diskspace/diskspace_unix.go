//go:build !windows

package diskspace

import (
	"os"

	"golang.org/x/sys/unix"
)

// Of returns the bytes in all, and those free for the user, of the file
// system that holds f.
func Of(f *os.File) (total, free uint64, err error) {
	var stat unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &stat); err != nil {
		return 0, 0, err
	}
	block := uint64(stat.Bsize)
	return uint64(stat.Blocks) * block, uint64(stat.Bavail) * block, nil
}
