package quota

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a file that is written: not more of it than the disk has room for.
type File struct {
	*os.File
	disk *Disk
}

// Bound makes a file of the disk.
func (d *Disk) Bound(file *os.File) *File { return &File{file, d} }

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
