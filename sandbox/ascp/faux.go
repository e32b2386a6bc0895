package ascp

import (
	"io"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
	"time"
)

// fauxPrefix starts a source whose content is made up: "faux:///NAME?SIZE", a
// file of zeros (spec transfer.md section 5.1).
const fauxPrefix = "faux:///"

// fauxFile describes a generated file.
type fauxFile struct {
	name string
	size int64
}

func isFaux(source string) bool {
	_, ok := parseFaux(source)
	return ok
}

// parseFaux reads NAME?SIZE; the size may end with k, m, g, t, p or e, powers
// of 1024.
func parseFaux(source string) (fauxFile, bool) {
	rest, ok := strings.CutPrefix(source, fauxPrefix)
	if !ok {
		return fauxFile{}, false
	}
	name, size, ok := strings.Cut(rest, "?")
	if !ok || name == "" || size == "" {
		return fauxFile{}, false
	}
	shift := 0
	if unit := strings.IndexByte("kmgtpe", size[len(size)-1]|0x20); unit >= 0 {
		shift, size = 10*(unit+1), size[:len(size)-1]
	}
	number, err := strconv.ParseInt(size, 10, 64)
	if err != nil || number < 0 || number > math.MaxInt64>>shift {
		return fauxFile{}, false
	}
	return fauxFile{name: path.Base(name), size: number << shift}, true
}

func (f fauxFile) Name() string     { return f.name }
func (f fauxFile) Size() int64      { return f.size }
func (fauxFile) Mode() fs.FileMode  { return 0o644 }
func (fauxFile) ModTime() time.Time { return time.Unix(0, 0) }
func (fauxFile) IsDir() bool        { return false }
func (fauxFile) Sys() any           { return nil }

// open gives the content.
func (f fauxFile) open() io.ReadCloser {
	return struct {
		*io.SectionReader
		io.Closer
	}{io.NewSectionReader(zeros{}, 0, f.size), io.NopCloser(nil)}
}

// zeros is an endless file of zero bytes.
type zeros struct{}

func (zeros) ReadAt(into []byte, _ int64) (int, error) {
	clear(into)
	return len(into), nil
}
