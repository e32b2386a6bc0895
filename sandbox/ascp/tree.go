package ascp

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

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

	// Open reads a file from a byte on.
	Open(name string, from int64) (io.ReadCloser, error)
	// Create opens a file to write from a byte on. From 0 it is emptied, else
	// it must exist.
	Create(name string, from int64) (io.WriteCloser, error)
	// Digest is wire.Digest of a file.
	Digest(ctx context.Context, name string, ranges []wire.Range) (string, error)

	MkdirAll(name string) error
	Symlink(target, name string) error
	// Rename replaces an existing file.
	Rename(from, to string) error
	Remove(name string) error
	Chtimes(name string, accessed, modified time.Time) error
}

// localTree is the files of this computer, and the generated files of
// "faux:" sources.
type localTree struct{}

// Close does nothing: this computer stays.
func (localTree) Close() error { return nil }

func (localTree) Join(folder, relative string) string {
	return filepath.Join(folder, filepath.FromSlash(relative))
}

func (localTree) Parent(name string) string { return filepath.Dir(name) }

func (localTree) Base(name string) string {
	if faux, ok := parseFaux(name); ok {
		return faux.name
	}
	return filepath.Base(name)
}

func (localTree) Stat(name string) (fs.FileInfo, error) {
	if faux, ok := parseFaux(name); ok {
		return faux, nil
	}
	return os.Stat(name)
}

func (t localTree) Lstat(name string) (fs.FileInfo, error) {
	if isFaux(name) {
		return t.Stat(name)
	}
	return os.Lstat(name)
}

func (localTree) ReadDir(name string) ([]fs.FileInfo, error) {
	folder, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.Readdir(-1)
}

func (localTree) Readlink(name string) (string, error) { return os.Readlink(name) }

func (localTree) Open(name string, from int64) (io.ReadCloser, error) {
	if faux, ok := parseFaux(name); ok {
		return io.NopCloser(io.LimitReader(zeros{}, faux.size-from)), nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return seek(file, from)
}

func (localTree) Create(name string, from int64) (io.WriteCloser, error) {
	flags := os.O_WRONLY
	if from == 0 {
		flags |= os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(name, flags, 0o666)
	if err != nil {
		return nil, err
	}
	return seek(file, from)
}

func (localTree) Digest(_ context.Context, name string, ranges []wire.Range) (string, error) {
	if isFaux(name) {
		return wire.Digest(zeros{}, ranges)
	}
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	return wire.Digest(file, ranges)
}

func (localTree) MkdirAll(name string) error        { return os.MkdirAll(name, 0o777) }
func (localTree) Symlink(target, name string) error { return os.Symlink(target, name) }
func (localTree) Rename(from, to string) error      { return os.Rename(from, to) }
func (localTree) Remove(name string) error          { return os.Remove(name) }

func (localTree) Chtimes(name string, accessed, modified time.Time) error {
	return os.Chtimes(name, accessed, modified)
}

// seek moves to a byte, and closes the file if that fails.
func seek[F interface {
	io.Seeker
	io.Closer
}](file F, from int64) (F, error) {
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		file.Close()
		return *new(F), err
	}
	return file, nil
}
