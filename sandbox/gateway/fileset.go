package gateway

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"

	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/quota"
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
	folder *docroot.Folder
	// keep leaves files that exist as they are (overwrite never).
	keep    bool
	files   []expected
	current *arriving // nil between files
	// made are the folders known to exist, as client paths.
	made map[string]bool
	// byName finds the files of a name; made when a client counts differently.
	byName map[string][]int
}

// expected is a file of the transfer spec.
type expected struct {
	name       string
	clientPath string // where it lands
	complete   bool
}

// arriving is a file under way.
type arriving struct {
	slice
	number int // among the files of the set
	// file is nil if what comes is not wanted.
	file     *quota.File
	info     fs.FileInfo // which file it is
	partial  string      // name for the methods of os.Root
	target   string
	slices   int64
	received int64
}

// newFileSet checks all names of an upload; it keeps the folder only if it
// returns no error.
func newFileSet(folder *docroot.Folder, spec *transferSpec) (*fileSet, error) {
	if spec.Overwrite != "" && !slices.Contains(overwritePolicies(), spec.Overwrite) {
		return nil, fmt.Errorf("overwrite %q: use one of %v", spec.Overwrite, overwritePolicies())
	}
	for _, p := range spec.Paths {
		if err := checkName(p.Source); err != nil {
			return nil, err
		}
	}
	paths, err := landing(folder, spec)
	if err != nil {
		return nil, err
	}
	f := &fileSet{folder: folder, keep: spec.Overwrite == overwriteNever, files: make([]expected, len(paths)), made: map[string]bool{}}
	for i, p := range spec.Paths {
		f.files[i] = expected{name: p.Source, clientPath: paths[i]}
	}
	return f, nil
}

// find gives the number of the file that a slice is of. IBM's client for web
// pages counts files in an order of its own: then the name tells.
func (f *fileSet) find(s slice) (int, error) {
	if s.FileIndex < 0 || s.FileIndex >= len(f.files) {
		return 0, fmt.Errorf("fileIndex %d: the transfer spec has %d paths", s.FileIndex, len(f.files))
	}
	if f.files[s.FileIndex].name == s.Name {
		return s.FileIndex, nil
	}
	if f.byName == nil {
		f.byName = map[string][]int{}
		for i, e := range f.files {
			f.byName[e.name] = append(f.byName[e.name], i)
		}
	}
	for _, number := range f.byName[s.Name] {
		if !f.files[number].complete {
			return number, nil
		}
	}
	return 0, fmt.Errorf("fileIndex %d is %q in the transfer spec, not %q", s.FileIndex, f.files[s.FileIndex].name, s.Name)
}

// start opens a file.
func (f *fileSet) start(s slice) error {
	number, err := f.find(s)
	switch {
	case err != nil:
		return err
	case f.files[number].complete:
		return fmt.Errorf("%q is sent twice", s.Name)
	case s.Slice != 0:
		return fmt.Errorf("%q begins with slice %d instead of 0", s.Name, s.Slice)
	case s.Size <= 0 || s.TotalSlices <= 0 || s.TotalSlices > s.Size:
		return fmt.Errorf("%q: %d bytes in %d slices cannot be", s.Name, s.Size, s.TotalSlices)
	}
	target, wanted, err := f.makeRoom(f.files[number].clientPath)
	if err != nil {
		return err
	}
	f.current = &arriving{slice: s, number: number, partial: docroot.Beside(target, partialSuffix), target: target}
	if !wanted {
		return nil
	}
	if err := f.open(f.current); err != nil {
		f.current = nil
		return err
	}
	return nil
}

// open makes the file under way. What another upload of it has left, or is still
// giving up, is put out of the way: each removes and names its own only.
func (f *fileSet) open(c *arriving) (err error) {
	if err := f.folder.Remove(c.partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if c.file, err = f.folder.OpenToWrite(c.partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode); err != nil {
		return err
	}
	c.info, err = c.file.Stat()
	return err
}

// own tells whether the file under way is still that of this upload.
func (f *fileSet) own(c *arriving) bool {
	there, err := f.folder.Lstat(c.partial)
	return err == nil && c.info != nil && os.SameFile(there, c.info)
}

// makeRoom makes the folders of a file, and tells whether the file is wanted.
func (f *fileSet) makeRoom(clientPath string) (target string, wanted bool, err error) {
	if parent := path.Dir(clientPath); !f.made[parent] {
		name, err := f.folder.Creatable(parent)
		if err != nil {
			return "", false, err
		}
		if err := f.folder.MkdirAll(name, folderMode); err != nil {
			return "", false, err
		}
		f.made[parent] = true
	}
	target, err = f.folder.Writable(clientPath)
	if err != nil || !f.keep {
		return target, true, err
	}
	_, err = f.folder.Lstat(target)
	if errors.Is(err, fs.ErrNotExist) {
		return target, true, nil
	}
	return target, false, err
}

// store writes one slice, and tells how many bytes came. It needs no memory but
// the buffer.
func (f *fileSet) store(data io.Reader, buffer []byte, came func(n int64) error) error {
	c := f.current
	if c == nil {
		return errors.New("data before slice_upload")
	}
	if c.slices++; c.slices > c.TotalSlices {
		return fmt.Errorf("%q has more than the %d slices announced", c.Name, c.TotalSlices)
	}
	for {
		// Data comes in small parts: what fills the buffer is written at once.
		n, err := io.ReadFull(data, buffer)
		if c.received += int64(n); c.received > c.Size {
			return fmt.Errorf("%q has more than the %d bytes announced", c.Name, c.Size)
		}
		if writeErr := c.write(buffer[:n]); writeErr != nil {
			return writeErr
		}
		if n > 0 {
			if err := came(int64(n)); err != nil {
				return err
			}
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF: // not wrapped: the end of the slice
			return nil
		default:
			return err
		}
	}
}

func (a *arriving) write(data []byte) error {
	if a.file == nil {
		return nil
	}
	_, err := a.file.Write(data)
	return err
}

// stored is a file that is complete.
type stored struct {
	clientPath string
	size       int64
	// kept: what existed has stayed.
	kept bool
}

// complete publishes the file under way, if nothing is missing.
func (f *fileSet) complete(s slice) (stored, error) {
	c := f.current
	switch {
	case s.FileIndex != c.FileIndex || s.Name != c.Name:
		return stored{}, fmt.Errorf("%q begins before the end of %q", s.Name, c.Name)
	case s.Slice != c.TotalSlices-1 || c.slices != c.TotalSlices:
		return stored{}, fmt.Errorf("%q ends after %d of %d slices", c.Name, c.slices, c.TotalSlices)
	case c.received != c.Size || s.Size != c.Size:
		return stored{}, fmt.Errorf("%q ends after %d of %d bytes", c.Name, c.received, c.Size)
	}
	if c.file != nil {
		if err := c.file.Close(); err != nil {
			return stored{}, err
		}
		if !f.own(c) {
			return stored{}, fmt.Errorf("%q is being sent by another upload, too", c.Name)
		}
		if err := f.folder.Rename(c.partial, c.target); err != nil {
			return stored{}, err
		}
	}
	f.files[c.number].complete = true
	f.current = nil
	return stored{f.files[c.number].clientPath, c.Size, c.file == nil}, nil
}

// finish creates the files of which nothing was sent: empty files have no
// frames (spec transfer.md section 12.4).
func (f *fileSet) finish() (created []stored, err error) {
	if f.current != nil {
		return nil, fmt.Errorf("the upload ends in the middle of %q", f.current.Name)
	}
	for i := range f.files {
		e := &f.files[i]
		if e.complete {
			continue
		}
		target, wanted, err := f.makeRoom(e.clientPath)
		if err != nil {
			return nil, err
		}
		if wanted {
			file, err := f.folder.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
			if err != nil {
				return nil, err
			}
			if err := file.Close(); err != nil {
				return nil, err
			}
		}
		e.complete = true
		created = append(created, stored{e.clientPath, 0, !wanted})
	}
	return created, nil
}

// close removes what is not complete.
func (f *fileSet) close() error {
	var errs []error
	if c := f.current; c != nil && c.file != nil {
		// The file may be closed already: it is to be removed in any case.
		_ = c.file.Close()
		if f.own(c) {
			errs = append(errs, f.folder.Remove(c.partial))
		}
	}
	f.current = nil
	return errors.Join(append(errs, f.folder.Close())...)
}
