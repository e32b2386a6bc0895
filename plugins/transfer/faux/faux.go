// Package faux reads the sources and destinations that exist nowhere
// (spec/transfer.md 5.1).
package faux

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

const (
	scheme = "faux://"
	// maxSize is the largest file, 8*2^60 bytes less one.
	maxSize = math.MaxInt64
	// maxFiles bounds what a short text can ask for.
	maxFiles = 10_000_000
)

// IsDestination tells whether a destination discards what it gets.
func IsDestination(folder string) bool { return strings.HasPrefix(folder, scheme) }

// IsSource tells whether a source exists nowhere.
func IsSource(source string) bool { return strings.HasPrefix(source, scheme) }

// Source is a file, or a folder of files.
type Source struct {
	// Name is that of the file or the folder; it may have several parts.
	Name string
	// Folder tells which it is.
	Folder bool
	Files  []File
}

// File is made content. Name is empty for a source that is a file itself.
type File struct {
	Name   string
	Size   int64
	Random bool
}

// Open returns the content from an offset on, which is the same each time.
func (f File) Open(offset int64) io.Reader {
	var content io.Reader = zeros{}
	if f.Random {
		content = &noise{position: offset}
	}
	return io.LimitReader(content, f.Size-offset)
}

// Parse reads faux:///<name>?<size> and faux:///<folder>?count=<n>&...
func Parse(source string) (Source, error) {
	name, query, found := strings.Cut(strings.TrimPrefix(source, scheme+"/"), "?")
	if !found || name == "" || !strings.HasPrefix(source, scheme+"/") {
		return Source{}, failure.Argumentf("%s: expecting %s/<name>?<size> or %s/<folder>?count=<number>", source, scheme, scheme)
	}
	if !strings.Contains(query, "=") {
		size, err := parseSize(query)
		if err != nil {
			return Source{}, failure.Argumentf("%s: %w", source, err)
		}
		return Source{Name: name, Files: []File{{Size: size}}}, nil
	}
	files, err := parseFolder(query)
	if err != nil {
		return Source{}, failure.Argumentf("%s: %w", source, err)
	}
	return Source{Name: name, Folder: true, Files: files}, nil
}

// parseSize reads digits and a unit, powers of 1024.
func parseSize(text string) (int64, error) {
	digits := strings.TrimRight(strings.ToLower(text), "kmgtpe")
	unit := strings.ToLower(text)[len(digits):]
	count, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || count < 0 || len(unit) > 1 || strings.HasPrefix(digits, "+") {
		return 0, fmt.Errorf("%q is no size: expecting <integer>[k,m,g,t,p,e]", text)
	}
	shift := 0
	if unit != "" {
		shift = 10 * (strings.Index("kmgtpe", unit) + 1)
	}
	if count > maxSize>>shift {
		return 0, fmt.Errorf("the size %s is too large", text)
	}
	return count << shift, nil
}

func parseFolder(query string) ([]File, error) {
	base, sequence, content := "file", "sequential", "zero"
	numbers := map[string]int64{"count": -1, "size": 0, "inc": 0}
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		_, isNumber := numbers[key]
		var err error
		switch {
		case isNumber:
			numbers[key], err = parseSize(value)
		case key == "file":
			base, err = url.PathUnescape(value)
		case key == "seq":
			sequence, err = oneOf(value, "sequential", "random")
		case key == "buf_init":
			content, err = oneOf(value, "none", "zero", "random")
		default:
			err = fmt.Errorf("unknown key, use: count, file, size, inc, seq, buf_init")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	count := numbers["count"]
	switch {
	case count < 0:
		return nil, fmt.Errorf("count is missing")
	case count > maxFiles:
		return nil, fmt.Errorf("count is larger than %d", maxFiles)
	case strings.ContainsAny(base, "/\x00"):
		return nil, fmt.Errorf("file: %q is no name of a file", base)
	}
	return list(base, count, numbers["size"], numbers["inc"], sequence == "random", content == "random")
}

func oneOf(value string, allowed ...string) (string, error) {
	for _, a := range allowed {
		if value == a {
			return value, nil
		}
	}
	return "", fmt.Errorf("unknown value %q, use one of: %s", value, strings.Join(allowed, ", "))
}

func list(base string, count, size, increment int64, randomSize, randomContent bool) ([]File, error) {
	// The draws are the same each time, so that a transfer can be resumed.
	draw := rand.New(rand.NewPCG(uint64(size), uint64(increment)))
	digits := max(5, len(strconv.FormatInt(count, 10)))
	files := make([]File, count)
	for i := range files {
		this := size
		switch {
		case randomSize && increment > 0:
			this += draw.Int64N(increment) * (draw.Int64N(2)*2 - 1)
		case !randomSize && increment > 0 && int64(i) > (maxSize-size)/increment:
			return nil, fmt.Errorf("the size of file %d is too large", i+1)
		case !randomSize:
			this += int64(i) * increment
		}
		if this < 0 {
			this = max(this, 0)
		}
		files[i] = File{Name: fmt.Sprintf("%s_%0*d_%d", base, digits, i+1, this), Size: this, Random: randomContent}
	}
	return files, nil
}

// zeros is an endless source.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// noise is an endless source whose bytes depend on their position alone.
type noise struct{ position int64 }

func (n *noise) Read(b []byte) (int, error) {
	for i := range b {
		at := uint64(n.position) + uint64(i)
		word := (at>>3 + 1) * 0x9e3779b97f4a7c15
		word = (word ^ word>>31) * 0xbf58476d1ce4e5b9
		b[i] = byte(word >> (8 * (at & 7)))
	}
	n.position += int64(len(b))
	return len(b), nil
}
