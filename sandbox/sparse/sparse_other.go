//go:build !(linux || darwin || freebsd)

package sparse

import "os"

// Ranges gives the ranges of a file that hold data, in order; what is between
// them reads as zeros. size is that of the file.
func Ranges(file *os.File, size int64) ([]Range, error) { return scan(file, size) }
