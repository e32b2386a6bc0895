package docroot

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ascli-go/ascli/sandbox/quota"
)

// File is a file that is written: not more of it than the disk has room for.
type File struct {
	*os.File
	disk *quota.Disk
}

// OpenToWrite opens a file by its name for the methods of os.Root. Flags and
// mode are those of os.OpenFile.
func (f *Folder) OpenToWrite(name string, flags int, mode fs.FileMode) (*File, error) {
	file, err := f.OpenFile(name, flags, mode)
	if err != nil {
		return nil, err
	}
	return &File{file, f.grant.Disk}, nil
}

// Write implements [io.Writer].
func (f *File) Write(data []byte) (int, error) {
	done, err := f.reserve(data)
	if err != nil {
		return 0, err
	}
	defer done()
	return f.File.Write(data)
}

// WriteAt implements [io.WriterAt].
func (f *File) WriteAt(data []byte, offset int64) (int, error) {
	done, err := f.reserve(data)
	if err != nil {
		return 0, err
	}
	defer done()
	return f.File.WriteAt(data, offset)
}

// ReadFrom implements [io.ReaderFrom]: that of os.File would pass by the disk.
func (f *File) ReadFrom(from io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{f}, from)
}

func (f *File) reserve(data []byte) (done func(), err error) {
	if done, err = f.disk.Reserve(len(data)); err != nil {
		return nil, &fs.PathError{Op: "write", Path: filepath.Base(f.Name()), Err: err}
	}
	return done, nil
}
