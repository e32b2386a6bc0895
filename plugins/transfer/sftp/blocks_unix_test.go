//go:build !windows

package sftp

import (
	"os"
	"syscall"
	"testing"
)

// blocksOf returns how many bytes a file takes on its disk.
func blocksOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Blocks * 512
}
