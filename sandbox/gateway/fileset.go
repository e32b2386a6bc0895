package gateway

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sandbox/docroot"
)

// partialSuffix ends the name of a file that is not complete.
const partialSuffix = ".partial"

// Modes of what uploads create, before the umask.
const (
	folderMode = 0o777
	fileMode   = 0o666
)

// fileSet is the files of one upload. They come one after the other.
type fileSet struct {
	folder      *docroot.Folder
	destination string // client path
	names       []string
	complete    []bool
	current     *arriving // nil between files
}

// arriving is a file under way.
type arriving struct {
	slice
	file     *os.File
	partial  string // name for the methods of os.Root
	target   string
	slices   int64
	received int64
}

// newFileSet checks all names of an upload; it keeps the folder only if it
// returns no error.
func newFileSet(folder *docroot.Folder, spec *transferSpec) (*fileSet, error) {
	f := &fileSet{folder: folder, destination: spec.DestinationRoot, complete: make([]bool, len(spec.Paths))}
	if f.destination == "" {
		f.destination = folder.Destination()
	}
	for _, p := range spec.Paths {
		if err := checkName(p.Source); err != nil {
			return nil, err
		}
		if _, err := f.target(p.Source); err != nil {
			return nil, err
		}
		f.names = append(f.names, p.Source)
	}
	return f, nil
}

// checkName refuses names that would not be stored as they read.
func checkName(name string) error {
	if path.Clean("/"+name) == "/" {
		return fmt.Errorf("%q is not a file name", name)
	}
	if slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' }), "..") {
		return fmt.Errorf("%q leads out of the destination folder", name)
	}
	return nil
}

// clientPath is the path of a file as the client knows the server.
func (f *fileSet) clientPath(name string) string { return path.Join("/", f.destination, name) }

func (f *fileSet) target(name string) (string, error) {
	return f.folder.Writable(path.Join(f.destination, name))
}

// announce takes a slice_upload message: the first one of a file opens it, the
// second one says that it is complete.
func (f *fileSet) announce(s slice) (complete bool, err error) {
	if f.current != nil {
		return true, f.completeCurrent(s)
	}
	return false, f.start(s)
}

// start opens a file.
func (f *fileSet) start(s slice) error {
	switch {
	case s.FileIndex < 0 || s.FileIndex >= len(f.names):
		return fmt.Errorf("fileIndex %d: the transfer spec has %d paths", s.FileIndex, len(f.names))
	case s.Name != f.names[s.FileIndex]:
		return fmt.Errorf("fileIndex %d is %q in the transfer spec, not %q", s.FileIndex, f.names[s.FileIndex], s.Name)
	case f.complete[s.FileIndex]:
		return fmt.Errorf("%q is sent twice", s.Name)
	case s.Slice != 0:
		return fmt.Errorf("%q begins with slice %d instead of 0", s.Name, s.Slice)
	case s.Size <= 0 || s.TotalSlices <= 0 || s.TotalSlices > s.Size:
		return fmt.Errorf("%q: %d bytes in %d slices cannot be", s.Name, s.Size, s.TotalSlices)
	}
	target, err := f.makeRoom(s.Name)
	if err != nil {
		return err
	}
	partial := docroot.Beside(target, partialSuffix)
	file, err := f.folder.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	f.current = &arriving{slice: s, file: file, partial: partial, target: target}
	return nil
}

// makeRoom makes the folders of a name.
func (f *fileSet) makeRoom(name string) (string, error) {
	parent, err := f.folder.Creatable(path.Dir(path.Join(f.destination, name)))
	if err != nil {
		return "", err
	}
	if err := f.folder.MkdirAll(parent, folderMode); err != nil {
		return "", err
	}
	return f.target(name)
}

// store writes one slice, and tells how many bytes came. It needs no memory but
// the buffer.
func (f *fileSet) store(data io.Reader, buffer []byte, came func(n int64)) error {
	c := f.current
	if c == nil {
		return errors.New("data before slice_upload")
	}
	if c.slices++; c.slices > c.TotalSlices {
		return fmt.Errorf("%q has more than the %d slices announced", c.Name, c.TotalSlices)
	}
	for {
		n, err := data.Read(buffer)
		if c.received += int64(n); c.received > c.Size {
			return fmt.Errorf("%q has more than the %d bytes announced", c.Name, c.Size)
		}
		if _, writeErr := c.file.Write(buffer[:n]); writeErr != nil {
			return writeErr
		}
		if n > 0 {
			came(int64(n))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// completeCurrent publishes the file under way, if nothing is missing.
func (f *fileSet) completeCurrent(s slice) error {
	c := f.current
	switch {
	case s.FileIndex != c.FileIndex || s.Name != c.Name:
		return fmt.Errorf("%q begins before the end of %q", s.Name, c.Name)
	case s.Slice != c.TotalSlices-1 || c.slices != c.TotalSlices:
		return fmt.Errorf("%q ends after %d of %d slices", c.Name, c.slices, c.TotalSlices)
	case c.received != c.Size || s.Size != c.Size:
		return fmt.Errorf("%q ends after %d of %d bytes", c.Name, c.received, c.Size)
	}
	if err := c.file.Close(); err != nil {
		return err
	}
	if err := f.folder.Rename(c.partial, c.target); err != nil {
		return err
	}
	f.complete[c.FileIndex] = true
	f.current = nil
	return nil
}

// finish creates the files of which nothing was sent: empty files have no
// frames (spec transfer.md section 12.4). It returns their names.
func (f *fileSet) finish() (created []string, err error) {
	if f.current != nil {
		return nil, fmt.Errorf("the upload ends in the middle of %q", f.current.Name)
	}
	for i, name := range f.names {
		if f.complete[i] {
			continue
		}
		target, err := f.makeRoom(name)
		if err != nil {
			return nil, err
		}
		file, err := f.folder.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
		if err != nil {
			return nil, err
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
		f.complete[i] = true
		created = append(created, name)
	}
	return created, nil
}

// close removes what is not complete.
func (f *fileSet) close() error {
	var errs []error
	if c := f.current; c != nil {
		// The file may be closed already: it is to be removed in any case.
		_ = c.file.Close()
		errs = append(errs, f.folder.Remove(c.partial))
		f.current = nil
	}
	return errors.Join(append(errs, f.folder.Close())...)
}
