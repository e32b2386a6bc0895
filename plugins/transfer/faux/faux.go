// Package faux reads sources of the form faux:///..., files that exist nowhere:
// the name and size of each, and its content (spec/transfer.md 5.1).
package faux

import (
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Prefix begins a source that is made up.
const Prefix = "faux:///"

// Is tells whether a source is made up.
func Is(source string) bool { return strings.HasPrefix(source, Prefix) }

// File is a file that is made up.
type File struct {
	// Name may have folders in it, separated by "/".
	Name string
	// Size of the content, bytes.
	Size   int64
	random bool
}

// Content returns the content of the file, Size bytes.
func (f File) Content() io.Reader {
	var endless io.Reader = zeros{}
	if f.random {
		var seed [32]byte
		copy(seed[:], f.Name)
		endless = rand.NewChaCha8(seed)
	}
	return io.LimitReader(endless, f.Size)
}

// Name is that of the file or the folder. It may have folders in it, separated by
// "/".
func (s Source) Name() string { return s.name }

// IsFolder tells whether the files are in a folder of that name.
func (s Source) IsFolder() bool { return s.folder }

// zeros is an endless source.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// Source is what a source describes: one file, or a folder of many.
type Source struct {
	name string
	// size of the one file, or of the first one of a folder.
	size   int64
	folder bool

	base      string
	count     int64
	increment int64
	random    bool // sizes
	noise     bool // content
}

// Parse reads faux:///NAME?SIZE, or faux:///FOLDER?KEY=VALUE&... with the keys
// count, file, size, inc, seq and buf_init.
func Parse(source string) (Source, error) {
	name, query, found := strings.Cut(strings.TrimPrefix(source, Prefix), "?")
	if !found || name == "" {
		return Source{}, failure.Argumentf("%s: expecting %s<name>?<size>", source, Prefix)
	}
	if !strings.Contains(query, "=") {
		size, err := parseSize(query)
		return Source{name: name, size: size, count: 1}, err
	}
	s := Source{name: strings.TrimRight(name, "/"), folder: true, base: "file", count: -1}
	for pair := range strings.SplitSeq(query, "&") {
		if err := s.set(pair); err != nil {
			return Source{}, failure.Argumentf("%s: %w", source, err)
		}
	}
	switch {
	case s.name == "":
		return Source{}, failure.Argumentf("%s: the folder has no name", source)
	case s.count < 0:
		return Source{}, failure.Argumentf("%s: count is missing: the number of files", source)
	}
	s.limitIncrement()
	return s, nil
}

// limitIncrement keeps each size from 0 to the largest number, as ascp does.
func (s *Source) limitIncrement() {
	if s.random {
		s.increment = min(s.increment, s.size, math.MaxInt64-s.size)
	} else {
		s.increment = min(s.increment, (math.MaxInt64-s.size)/max(s.count, 1))
	}
}

// set reads one key of a folder.
func (s *Source) set(pair string) (err error) {
	key, value, _ := strings.Cut(pair, "=")
	switch key {
	case "count":
		s.count, err = parseSize(value)
	case "size":
		s.size, err = parseSize(value)
	case "inc":
		s.increment, err = parseSize(value)
	case "file":
		s.base, err = url.PathUnescape(value)
		if err == nil && (s.base == "" || strings.ContainsAny(s.base, "/\\\x00")) {
			err = fmt.Errorf("%q is no name of a file", s.base)
		}
	case "seq":
		s.random, err = choose(key, value, "sequential", "random")
	case "buf_init":
		if value != "none" { // what memory holds; zeros will do
			s.noise, err = choose(key, value, "zero", "random")
		}
	default:
		err = fmt.Errorf("unknown key %s, use count, file, size, inc, seq, buf_init", key)
	}
	return err
}

// choose tells whether a value is the second one of two.
func choose(key, value, first, second string) (bool, error) {
	if value != first && value != second {
		return false, fmt.Errorf("%s cannot be %q, use %s or %s", key, value, first, second)
	}
	return value == second, nil
}

// parseSize reads an integer with an optional unit, a power of 1024.
func parseSize(text string) (int64, error) {
	digits, shift := text, 0
	if text != "" {
		if unit := strings.IndexByte("kmgtpe", text[len(text)-1]|0x20); unit >= 0 {
			digits, shift = text[:len(text)-1], 10*(unit+1)
		}
	}
	number, err := strconv.ParseUint(digits, 10, 63)
	switch {
	case err != nil && !isRange(digits):
		return 0, failure.Argumentf("Format: <integer>[k,m,g,t,p,e]")
	case err != nil || number > math.MaxInt64>>shift:
		return 0, failure.Argumentf("the size %s is too large", text)
	}
	return int64(number) << shift, nil
}

// isRange tells a number that is too large from what is none.
func isRange(digits string) bool {
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// Files returns the files. Sizes that are random are the same each time.
func (s Source) Files() iter.Seq[File] {
	return func(yield func(File) bool) {
		if !s.folder {
			yield(File{Name: s.name, Size: s.size})
			return
		}
		var seed [32]byte
		copy(seed[:], s.name)
		sizes := rand.New(rand.NewChaCha8(seed))
		for i := range s.count {
			size := s.size + i*s.increment
			if s.random {
				// size plus or minus at most increment
				size = s.size - s.increment + int64(sizes.Float64()*2*float64(s.increment))
			}
			if !yield(File{Name: fmt.Sprintf("%s/%s_%05d_%d", s.name, s.base, i+1, size), Size: size, random: s.noise}) {
				return
			}
		}
	}
}
