package ascp

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/sandbox/sparse"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// folderMode is that of new folders, before the umask.
const folderMode = 0o777

// tree is one side of a transfer: the files of this computer or those of the
// server. Names are those of its side; errors are those of package os.
// Implementations may be called from any goroutine.
type tree interface {
	// Join puts a relative path with slashes below a folder.
	Join(folder, relative string) string
	// Parent gives the folder of a path, Base its last element.
	Parent(name string) string
	Base(name string) string

	Stat(name string) (fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.FileInfo, error)
	Readlink(name string) (string, error)

	// Open reads a file. What it returns is also an io.Seeker and an
	// io.ReaderAt, unless the file is a stream: made up while it is read.
	Open(name string) (io.ReadCloser, error)
	// Create opens a file to write: a new one, or what is there. It is emptied
	// first, unless its content is to be kept.
	Create(name string, keep bool) (targetFile, error)
	// Extents tells which parts of a file of that size hold data.
	Extents(ctx context.Context, name string, size int64) ([]wire.Range, error)
	// Digest is wire.Digest of a file.
	Digest(ctx context.Context, name string, ranges []wire.Range) (string, error)

	// MkdirAll makes a folder and those above it. It says whether the folder is
	// new, so that nothing can be in it.
	MkdirAll(name string) (isNew bool, err error)
	Symlink(target, name string) error
	// Rename replaces an existing file.
	Rename(from, to string) error
	Remove(name string) error
	Chtimes(name string, accessed, modified time.Time) error
}

// targetFile is a file that is being written.
type targetFile interface {
	io.WriteCloser
	io.Seeker
	Truncate(size int64) error
}

// localTree is the files of this computer, and the generated files of
// "faux:" sources.
type localTree struct{}

// Close does nothing: this computer stays.
func (localTree) Close() error { return nil }

func (localTree) Join(folder, relative string) string {
	if faux, ok := parseFauxFolder(folder); ok {
		return faux.source(relative)
	}
	return filepath.Join(folder, filepath.FromSlash(relative))
}

func (localTree) Parent(name string) string { return filepath.Dir(name) }

func (localTree) Base(name string) string {
	if faux, ok := parseFaux(name); ok {
		return faux.name
	}
	if faux, ok := parseFauxFolder(name); ok {
		return faux.name
	}
	return filepath.Base(plainPath(name))
}

func (localTree) Stat(name string) (fs.FileInfo, error) {
	if faux, ok := parseFaux(name); ok {
		return faux, nil
	}
	if faux, ok := parseFauxFolder(name); ok {
		return faux, nil
	}
	return os.Stat(plainPath(name))
}

func (t localTree) Lstat(name string) (fs.FileInfo, error) {
	if isFaux(name) {
		return t.Stat(name)
	}
	return os.Lstat(plainPath(name))
}

func (localTree) ReadDir(name string) ([]fs.FileInfo, error) {
	if faux, ok := parseFauxFolder(name); ok {
		return faux.files(), nil
	}
	folder, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.Readdir(-1)
}

func (localTree) Readlink(name string) (string, error) { return os.Readlink(name) }

func (localTree) Open(name string) (io.ReadCloser, error) {
	if faux, ok := parseFaux(name); ok {
		return faux.open(), nil
	}
	if growing, ok := parseGrowing(name); ok {
		return growing.open()
	}
	return os.Open(name)
}

// createFlags are how a file is opened to write.
func createFlags(keep bool) int {
	if keep {
		return os.O_WRONLY | os.O_CREATE
	}
	return os.O_WRONLY | os.O_CREATE | os.O_TRUNC
}

func (localTree) Create(name string, keep bool) (targetFile, error) {
	return os.OpenFile(name, createFlags(keep), 0o666)
}

func (localTree) Extents(_ context.Context, name string, size int64) ([]wire.Range, error) {
	if isFaux(name) {
		return sparse.Whole(size), nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return sparse.Ranges(file, size)
}

func (localTree) Digest(_ context.Context, name string, ranges []wire.Range) (string, error) {
	if faux, ok := parseFaux(name); ok {
		return wire.Digest(faux.content(), ranges)
	}
	file, err := os.Open(plainPath(name))
	if err != nil {
		return "", err
	}
	defer file.Close()
	return wire.Digest(file, ranges)
}

func (localTree) MkdirAll(name string) (bool, error) {
	if os.Mkdir(name, folderMode) == nil {
		return true, nil
	}
	return false, os.MkdirAll(name, folderMode)
}

func (localTree) Symlink(target, name string) error { return os.Symlink(target, name) }
func (localTree) Rename(from, to string) error      { return os.Rename(plainPath(from), to) }
func (localTree) Remove(name string) error          { return os.Remove(plainPath(name)) }

func (localTree) Chtimes(name string, accessed, modified time.Time) error {
	return os.Chtimes(name, accessed, modified)
}
