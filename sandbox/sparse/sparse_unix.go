//go:build linux || darwin || freebsd

package sparse

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// Ranges gives the ranges of a file that hold data, in order; what is between
// them reads as zeros. size is that of the file.
func Ranges(file *os.File, size int64) ([]Range, error) {
	var ranges []Range
	for at := int64(0); at < size; {
		from, err := file.Seek(at, unix.SEEK_DATA)
		if errors.Is(err, unix.ENXIO) {
			return ranges, nil // a hole up to the end
		}
		if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
			return scan(file, size) // not every file system tells
		}
		if err != nil {
			return nil, err
		}
		to, err := file.Seek(from, unix.SEEK_HOLE)
		if err != nil {
			return nil, err
		}
		if from = min(from, size); from < min(to, size) {
			ranges = add(ranges, Range{from, min(to, size) - from})
		}
		at = to
	}
	return ranges, nil
}
