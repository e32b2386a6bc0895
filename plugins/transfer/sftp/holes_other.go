//go:build !linux && !darwin && !freebsd

package sftp

import "os"

// nextData takes every byte for data: zeros are found by reading.
func nextData(_ *os.File, offset, _ int64) int64 { return offset }
