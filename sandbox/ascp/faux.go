package ascp

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// fauxPrefix starts a source whose content is made up (spec transfer.md section
// 5.1): "faux:///NAME?SIZE", a file, or "faux:///FOLDER?count=N&...", a folder.
const fauxPrefix = "faux:///"

const (
	// maxFaux is the largest size, in bytes, that fits the number.
	maxFaux = math.MaxInt64
	// maxFauxFiles is the most files of a folder: their names are in memory.
	maxFauxFiles = 16 << 20
)

// fauxFile describes a generated file.
type fauxFile struct {
	name string
	size int64
	// random: its content is noise, not zeros.
	random bool
}

// fauxFolder describes a folder of generated files.
type fauxFolder struct {
	name             string // with slashes
	base             string // what the names of the files begin with
	count, size, inc int64
	randomSizes      bool
	randomContent    bool
}

func isFaux(source string) bool {
	_, isFile := parseFaux(source)
	_, isFolder := parseFauxFolder(source)
	return isFile || isFolder
}

// parseFaux reads NAME?SIZE. The files of a folder may have "&random" behind.
func parseFaux(source string) (fauxFile, bool) {
	rest, ok := strings.CutPrefix(source, fauxPrefix)
	if !ok {
		return fauxFile{}, false
	}
	name, text, ok := strings.Cut(rest, "?")
	text, random := strings.CutSuffix(text, fauxRandom)
	size, isSize := parseFauxSize(text)
	if !ok || !isSize || name == "" {
		return fauxFile{}, false
	}
	return fauxFile{name: path.Base(name), size: size, random: random}, true
}

// fauxRandom marks the source of a file of noise.
const fauxRandom = "&random"

// parseFauxSize reads a number; it may end with k, m, g, t, p or e, powers of
// 1024.
func parseFauxSize(text string) (int64, bool) {
	if text == "" {
		return 0, false
	}
	shift := 0
	if unit := strings.IndexByte("kmgtpe", text[len(text)-1]|0x20); unit >= 0 {
		shift, text = 10*(unit+1), text[:len(text)-1]
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || number > maxFaux>>shift {
		return 0, false
	}
	return number << shift, true
}

// parseFauxFolder reads FOLDER?count=N&file=NAME&size=N&inc=N&seq=S&buf_init=B.
func parseFauxFolder(source string) (fauxFolder, bool) {
	rest, ok := strings.CutPrefix(source, fauxPrefix)
	if !ok {
		return fauxFolder{}, false
	}
	name, query, ok := strings.Cut(rest, "?")
	f := fauxFolder{name: path.Clean(name), base: "file", count: -1}
	if !ok || !filepath.IsLocal(filepath.FromSlash(f.name)) || !strings.Contains(query, "=") {
		return fauxFolder{}, false
	}
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if !f.set(key, value) {
			return fauxFolder{}, false
		}
	}
	f.bound()
	return f, f.count >= 0 && f.count <= maxFauxFiles
}

// set takes one argument; it says whether that can be.
func (f *fauxFolder) set(key, value string) bool {
	number, isNumber := parseFauxSize(value)
	switch key {
	case "count":
		f.count = number
		return isNumber
	case "size":
		f.size = number
		return isNumber
	case "inc":
		f.inc = number
		return isNumber
	case "file":
		f.base = value
		return value != "" && !strings.ContainsAny(value, `/\`)
	case "seq":
		f.randomSizes = value == "random"
		return value == "random" || value == "sequential"
	case "buf_init":
		f.randomContent = value == "random"
		return value == "random" || value == "zero" || value == "none"
	}
	return false
}

// bound makes the increment smaller where sizes would be negative or too big.
func (f *fauxFolder) bound() {
	if f.randomSizes {
		f.inc = min(f.inc, f.size, maxFaux-f.size)
	} else if f.count > 0 {
		f.inc = min(f.inc, (maxFaux-f.size)/f.count)
	}
}

// files gives the files of the folder: the same ones to all sessions.
func (f fauxFolder) files() []fs.FileInfo {
	source := rand.New(rand.NewPCG(hashOf(f.name), uint64(f.count)))
	width := max(5, len(strconv.FormatInt(f.count, 10)))
	files := make([]fs.FileInfo, f.count)
	for n := range files {
		size := f.size + int64(n)*f.inc
		if f.randomSizes {
			size = f.size + int64((2*source.Float64()-1)*float64(f.inc))
		}
		files[n] = fauxFile{name: fmt.Sprintf("%s_%0*d_%d", f.base, width, n, size), size: size}
	}
	return files
}

// source gives the source of a file of the folder: its name ends with its size.
func (f fauxFolder) source(name string) string {
	source := fauxPrefix + f.name + "/" + name + "?" + name[strings.LastIndexByte(name, '_')+1:]
	if f.randomContent {
		source += fauxRandom
	}
	return source
}

func hashOf(text string) uint64 {
	sum := fnv.New64a()
	_, _ = io.WriteString(sum, text) // never fails
	return sum.Sum64()
}

func (f fauxFile) Name() string     { return f.name }
func (f fauxFile) Size() int64      { return f.size }
func (fauxFile) Mode() fs.FileMode  { return 0o644 }
func (fauxFile) ModTime() time.Time { return time.Unix(0, 0) }
func (fauxFile) IsDir() bool        { return false }
func (fauxFile) Sys() any           { return nil }

func (f fauxFolder) Name() string     { return path.Base(f.name) }
func (fauxFolder) Size() int64        { return 0 }
func (fauxFolder) Mode() fs.FileMode  { return fs.ModeDir | 0o755 }
func (fauxFolder) ModTime() time.Time { return time.Unix(0, 0) }
func (fauxFolder) IsDir() bool        { return true }
func (fauxFolder) Sys() any           { return nil }

// content gives what the file holds.
func (f fauxFile) content() io.ReaderAt {
	if f.random {
		return noise(hashOf(f.name))
	}
	return zeros{}
}

// open gives the content.
func (f fauxFile) open() io.ReadCloser {
	return struct {
		*io.SectionReader
		io.Closer
	}{io.NewSectionReader(f.content(), 0, f.size), io.NopCloser(nil)}
}

// zeros is an endless file of zero bytes.
type zeros struct{}

func (zeros) ReadAt(into []byte, _ int64) (int, error) {
	clear(into)
	return len(into), nil
}

// noise is an endless file of pseudo-random bytes, the same for the same seed.
type noise uint64

func (seed noise) ReadAt(into []byte, at int64) (int, error) {
	var word [8]byte
	for n := 0; n < len(into); {
		place := at + int64(n)
		binary.LittleEndian.PutUint64(word[:], seed.word(uint64(place/8)))
		n += copy(into[n:], word[place%8:])
	}
	return len(into), nil
}

// word is the generator splitmix64, which gives any word at once.
func (seed noise) word(n uint64) uint64 {
	x := uint64(seed) + (n+1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
