// Package partial names files that are not complete yet.
package partial

import (
	"fmt"
	"hash/crc32"
	"path/filepath"
	"unicode/utf8"
)

// longestName is what file systems allow for the name of a file, in bytes.
const longestName = 255

// Path gives the path that a file bears until it is complete: its own with a
// suffix. Where the name would be too long, a sum stands for its end.
func Path(path, suffix string) string {
	folder, name := filepath.Split(path)
	if len(name)+len(suffix) <= longestName {
		return path + suffix
	}
	suffix = fmt.Sprintf("~%08x", crc32.ChecksumIEEE([]byte(name))) + suffix
	return folder + Shorten(name, len(suffix)) + suffix
}

// Shorten gives as much of a name as leaves room, in bytes, for what is added.
func Shorten(name string, room int) string {
	keep := max(0, longestName-room)
	if len(name) <= keep {
		return name
	}
	for keep > 0 && !utf8.RuneStart(name[keep]) {
		keep--
	}
	return name[:keep]
}
