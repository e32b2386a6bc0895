package sshd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/quota"
)

// Modes of what clients create, before the umask.
const (
	folderMode = 0o777
	fileMode   = 0o666
)

// files answers SFTP requests inside a folder. The SFTP server calls it from
// several goroutines.
type files struct {
	folder  *docroot.Folder
	payload *payload
	record  *recording
}

func (f *files) handlers() sftp.Handlers {
	return sftp.Handlers{FileGet: f, FilePut: f, FileCmd: f, FileList: f}
}

// Fileread opens a file to read.
func (f *files) Fileread(request *sftp.Request) (io.ReaderAt, error) {
	name, err := f.folder.Readable(request.Filepath)
	if err != nil {
		return nil, err
	}
	file, err := f.folder.Root.Open(name)
	if err != nil {
		return nil, err
	}
	var unbound *quota.Disk // it is only read
	return f.counted(unbound.Bound(file), request.Filepath, grant.Receive)
}

// Filewrite opens a file to write, as the flags of the request say.
func (f *files) Filewrite(request *sftp.Request) (io.WriterAt, error) {
	if isDiscarded(request.Filepath) {
		return discardFile{f.payload}, nil
	}
	name, err := f.folder.Writable(request.Filepath)
	if err != nil {
		return nil, err
	}
	file, err := f.folder.OpenToWrite(name, openFlags(request.Pflags()), fileMode)
	if err != nil {
		return nil, err
	}
	return f.counted(file, request.Filepath, grant.Send)
}

// counted makes a file of the session's transfer.
func (f *files) counted(file *quota.File, path string, direction grant.Direction) (*countedFile, error) {
	entry, err := f.record.opened(path, direction)
	if err != nil {
		return nil, errors.Join(sftp.ErrSSHFxPermissionDenied, file.Close())
	}
	counted := &countedFile{File: file, payload: f.payload, record: f.record, entry: entry, path: path}
	if entry != nil {
		counted.known = counted.size()
	}
	return counted, nil
}

// openFlags leaves out append: SFTP writes carry their offset.
func openFlags(asked sftp.FileOpenFlags) int {
	flags := os.O_WRONLY
	if asked.Creat {
		flags |= os.O_CREATE
	}
	if asked.Trunc {
		flags |= os.O_TRUNC
	}
	if asked.Excl {
		flags |= os.O_EXCL
	}
	return flags
}

// Filecmd runs the requests that change names and attributes.
func (f *files) Filecmd(request *sftp.Request) error {
	if isDiscarded(request.Filepath) && request.Method != "Symlink" && request.Method != "Rename" {
		return nil
	}
	switch request.Method {
	case "Mkdir":
		name, err := f.folder.Creatable(request.Filepath)
		if err != nil {
			return err
		}
		return f.folder.Mkdir(name, folderMode)
	case "Symlink":
		// The target may say anything: the folder refuses to follow what leaves it.
		link, err := f.folder.Writable(request.Target)
		if err != nil {
			return err
		}
		return f.folder.Symlink(request.Filepath, link)
	case "Rename":
		return f.rename(request, false)
	}
	name, err := f.folder.Writable(request.Filepath)
	if err != nil {
		return err
	}
	switch request.Method {
	case "Setstat":
		return f.setAttributes(name, request)
	case "Remove", "Rmdir":
		return f.remove(name, request.Method == "Rmdir")
	}
	return sftp.ErrSSHFxOpUnsupported
}

// PosixRename renames over an existing file.
func (f *files) PosixRename(request *sftp.Request) error { return f.rename(request, true) }

func (f *files) rename(request *sftp.Request, replace bool) error {
	if isDiscarded(request.Filepath) && isDiscarded(request.Target) {
		return nil
	}
	from, err := f.folder.Writable(request.Filepath)
	if err != nil {
		return err
	}
	to, err := f.folder.Writable(request.Target)
	if err != nil {
		return err
	}
	if !replace {
		if _, err := f.folder.Root.Lstat(to); err == nil {
			return fmt.Errorf("rename to %s: %w", request.Target, fs.ErrExist)
		}
	}
	return f.folder.Rename(from, to)
}

func (f *files) remove(name string, folder bool) error {
	info, err := f.folder.Root.Lstat(name)
	if err != nil {
		return err
	}
	if info.IsDir() != folder {
		return sftp.ErrSSHFxFailure
	}
	return f.folder.Remove(name)
}

func (f *files) setAttributes(name string, request *sftp.Request) error {
	set, attributes := request.AttrFlags(), request.Attributes()
	if set.Size {
		if err := f.truncate(name, int64(attributes.Size)); err != nil {
			return err
		}
	}
	if set.Permissions {
		if err := f.folder.Chmod(name, attributes.FileMode().Perm()); err != nil {
			return err
		}
	}
	if set.Acmodtime {
		accessed, modified := time.Unix(int64(attributes.Atime), 0), time.Unix(int64(attributes.Mtime), 0)
		return f.folder.Chtimes(name, accessed, modified)
	}
	return nil
}

func (f *files) truncate(name string, size int64) error {
	file, err := f.folder.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Truncate(size), file.Close())
}

// countedFile counts what is read and written.
type countedFile struct {
	*quota.File
	payload *payload
	record  *recording
	entry   *activity.Session // nil: the client tells what it does
	path    string
	known   int64 // size when it was opened
	moved   atomic.Int64
}

// count takes n bytes.
func (c *countedFile) count(n int) {
	c.payload.add(n)
	if c.entry != nil && n > 0 {
		c.entry.Moved(int64(n))
		moved := c.moved.Add(int64(n))
		c.entry.FileAt(c.path, max(c.known, moved), moved)
	}
}

func (c *countedFile) size() int64 {
	info, err := c.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

// Close ends the file. One that the client did not close itself is not complete.
func (c *countedFile) Close() error {
	if c.entry != nil {
		if c.record.gone.Load() {
			c.entry.FileFailed(c.path, *activity.Lost())
		} else {
			c.entry.FileDone(c.path, c.size(), 0)
		}
	}
	return c.File.Close()
}

func (c *countedFile) ReadAt(data []byte, offset int64) (int, error) {
	n, err := c.File.ReadAt(data, offset)
	c.count(n)
	return n, err
}

func (c *countedFile) WriteAt(data []byte, offset int64) (int, error) {
	n, err := c.File.WriteAt(data, offset)
	c.count(n)
	return n, err
}
