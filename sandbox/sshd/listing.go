package sshd

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/pkg/sftp"

	"github.com/ascli-go/ascli/sandbox/filetime"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// Filelist lists a folder, or gives the attributes of what a path leads to.
func (f *files) Filelist(request *sftp.Request) (sftp.ListerAt, error) {
	if isDiscarded(request.Filepath) {
		return discarded(request.Filepath)
	}
	if request.Method == "List" {
		return f.list(request)
	}
	name, err := f.folder.Visible(request.Filepath)
	if err != nil {
		return nil, err
	}
	return one(f.folder.Root.Stat(name))
}

// Lstat gives the attributes of a path itself.
func (f *files) Lstat(request *sftp.Request) (sftp.ListerAt, error) {
	if isDiscarded(request.Filepath) {
		return discarded(request.Filepath)
	}
	name, err := f.folder.Visible(request.Filepath)
	if err != nil {
		return nil, err
	}
	return one(f.folder.Root.Lstat(name))
}

// Readlink gives the target of a symbolic link.
func (f *files) Readlink(path string) (string, error) {
	name, err := f.folder.Visible(path)
	if err != nil {
		return "", err
	}
	return f.folder.Root.Readlink(name)
}

func (f *files) list(request *sftp.Request) (sftp.ListerAt, error) {
	name, err := f.folder.Readable(request.Filepath)
	if err != nil {
		// A sender may list its destination.
		if name, err = f.folder.Writable(request.Filepath); err != nil {
			return nil, err
		}
	}
	folder, err := f.folder.Root.Open(name)
	if err != nil {
		return nil, err
	}
	return &folderListing{folder}, nil
}

// folderListing reads a folder as the client asks for more. The SFTP server
// asks in order, so the offset says nothing new.
type folderListing struct{ folder *os.File }

func (l *folderListing) ListAt(into []fs.FileInfo, _ int64) (int, error) {
	entries, err := l.folder.Readdir(len(into))
	n := 0
	for ; n < len(entries); n++ {
		into[n] = withTimes{entries[n]}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, err
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (l *folderListing) Close() error { return l.folder.Close() }

// withTimes tells also the access time.
type withTimes struct{ fs.FileInfo }

// Extended implements [sftp.FileInfoExtendedData].
func (i withTimes) Extended() []sftp.StatExtended {
	accessed := filetime.Accessed(i.FileInfo)
	if accessed.IsZero() {
		return nil
	}
	return []sftp.StatExtended{{ExtType: wire.AccessedAttribute, ExtData: strconv.FormatInt(accessed.Unix(), 10)}}
}

type oneEntry struct{ info fs.FileInfo }

func one(info fs.FileInfo, err error) (sftp.ListerAt, error) {
	if err != nil {
		return nil, err
	}
	return oneEntry{withTimes{info}}, nil
}

func (e oneEntry) ListAt(into []fs.FileInfo, offset int64) (int, error) {
	if offset > 0 || len(into) == 0 {
		return 0, io.EOF
	}
	into[0] = e.info
	return 1, nil
}
