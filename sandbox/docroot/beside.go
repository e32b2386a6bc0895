package docroot

import (
	"fmt"
	"hash/crc32"
	"os"
	"strings"
	"unicode/utf8"
)

// longestName is what file systems allow for the name of a file, in bytes.
const longestName = 255

// Beside gives the path of a file that is kept beside another one while that is
// under way: its path with a suffix. Where the name would be too long, a sum
// stands for its end.
func Beside(path, suffix string) string {
	name := path[strings.LastIndexAny(path, "/"+string(os.PathSeparator))+1:]
	if len(name)+len(suffix) <= longestName {
		return path + suffix
	}
	suffix = fmt.Sprintf("~%08x", crc32.ChecksumIEEE([]byte(name))) + suffix
	keep := max(0, longestName-len(suffix))
	for keep > 0 && !utf8.RuneStart(name[keep]) {
		keep--
	}
	return path[:len(path)-len(name)+keep] + suffix
}
