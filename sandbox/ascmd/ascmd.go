// Package ascmd is a stand-in for IBM Aspera ascmd: it takes commands on files as
// lines of text and answers in binary (spec ascmd.md), inside a folder. The SSH
// server of the sandbox runs it; as a program it is a command for any SSH server.
package ascmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"syscall"

	"github.com/ascli-go/ascli/sandbox/docroot"
)

// Name is that of the program.
const Name = "ascmd"

// maxLine bounds a command.
const maxLine = 1 << 20

// Serve answers commands until "as_exit", or the end of in. Its error is about the
// connection: what is refused is told to the client.
func Serve(ctx context.Context, folder *docroot.Folder, in io.Reader, out io.Writer) error {
	s := &server{ctx: ctx, folder: folder, out: bufio.NewWriterSize(out, 64<<10)}
	if err := s.info(); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() && ctx.Err() == nil {
		line := strings.TrimRight(lines.Text(), "\r")
		if line == "as_exit" {
			return s.out.Flush()
		}
		if line == "" {
			continue
		}
		if err := s.answer(line); err != nil {
			return err
		}
	}
	return errors.Join(lines.Err(), ctx.Err(), s.out.Flush())
}

// server answers the commands of one client.
type server struct {
	ctx    context.Context
	folder *docroot.Folder
	out    *bufio.Writer
	owners owners
}

// answer does one command and tells how it went, at once.
func (s *server) answer(line string) error {
	list, err := words(line)
	switch {
	case err == nil && len(list) == 0:
		err = errUsage
	case err == nil:
		err = s.do(list[0], list[1:])
	}
	var lost *lostError
	if errors.As(err, &lost) {
		return lost.cause
	}
	if err != nil {
		if err := s.refuse(err); err != nil {
			return err
		}
	}
	return s.out.Flush()
}

// errUsage is the problem of a command with other arguments than it takes.
var errUsage = fmt.Errorf("usage: %w", syscall.EINVAL)

func (s *server) do(command string, args []string) error {
	takes := map[string]struct {
		count int
		run   func(args []string) error
	}{
		"as_ls":     {1, func(a []string) error { return s.list(a[0]) }},
		"as_du":     {1, func(a []string) error { return s.usage(a[0]) }},
		"as_md5sum": {1, func(a []string) error { return s.checksum(a[0]) }},
		"as_mkdir":  {1, func(a []string) error { return s.done(s.makeDir(a[0])) }},
		"as_rm":     {1, func(a []string) error { return s.done(s.remove(a[0])) }},
		"as_mv":     {2, func(a []string) error { return s.done(s.move(a[0], a[1])) }},
		"as_cp":     {2, func(a []string) error { return s.done(s.copy(a[0], a[1])) }},
		"as_df":     {-1, func([]string) error { return s.disks() }},
		"as_info":   {-1, func([]string) error { return s.info() }},
	}
	known, ok := takes[command]
	switch {
	case !ok:
		return fmt.Errorf("unknown command %s: %w", command, syscall.EINVAL)
	case known.count >= 0 && len(args) != known.count:
		return errUsage
	}
	return known.run(args)
}

// lostError tells that the client cannot be answered any more.
type lostError struct{ cause error }

func (e *lostError) Error() string { return e.cause.Error() }

// send writes an entry of the top level.
func (s *server) send(kind byte, value []byte) error {
	if _, err := s.out.Write(appendEntry(nil, kind, value)); err != nil {
		return &lostError{err}
	}
	return nil
}

// done tells that a command succeeded.
func (s *server) done(err error) error {
	if err != nil {
		return err
	}
	return s.send(typeSuccess, nil)
}

// refuse tells why a command failed.
func (s *server) refuse(err error) error {
	var f fields
	number, text := errnoOf(err)
	f.int32(1, uint32(number))
	f.text(2, text)
	return s.send(typeError, f)
}

// errnoOf is the number of the system for an error, and its text.
func errnoOf(err error) (syscall.Errno, string) {
	var number syscall.Errno
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return syscall.ENOENT, "No such file or directory"
	case errors.Is(err, fs.ErrPermission):
		return syscall.EACCES, "Permission denied"
	case errors.Is(err, fs.ErrExist):
		return syscall.EEXIST, "File exists"
	case errors.As(err, &number):
		return number, err.Error()
	}
	return syscall.EIO, err.Error()
}

// info is the banner, and the answer to as_info.
func (s *server) info() error {
	var f fields
	f.text(1, runtime.GOOS)
	f.text(2, "sandbox")
	f.text(3, "C")
	f.text(5, "UTF-8")
	f.text(11, "MODE,OWNER,GROUP,MTIME")
	f.text(12, "1")
	return s.send(typeInfo, f)
}

func (s *server) makeDir(name string) error {
	target, err := s.folder.Creatable(name)
	if err != nil {
		return err
	}
	return s.folder.Mkdir(target, 0o755)
}

func (s *server) remove(name string) error {
	target, err := s.folder.Writable(name)
	if err != nil {
		return err
	}
	if target == "." {
		return fs.ErrPermission
	}
	if _, err := s.folder.Lstat(target); err != nil {
		return err
	}
	return s.folder.RemoveAll(target)
}

// move renames; into a folder that exists, like mv.
func (s *server) move(from, to string) error {
	source, err := s.folder.Writable(from)
	if err != nil {
		return err
	}
	if _, err := s.folder.Lstat(source); err != nil {
		return err
	}
	target, err := s.folder.Writable(s.inside(from, to))
	if err != nil {
		return err
	}
	return s.folder.Rename(source, target)
}

// inside is the destination itself or, where that is a folder, the place in it.
func (s *server) inside(from, to string) string {
	if name, err := s.folder.Visible(to); err == nil {
		if info, err := s.folder.Stat(name); err == nil && info.IsDir() {
			return path.Join(to, path.Base(path.Clean("/"+from)))
		}
	}
	return to
}

// copy copies a file, or a folder with all that is in it.
func (s *server) copy(from, to string) error {
	to = s.inside(from, to)
	clean := strings.TrimSuffix(path.Clean("/"+from), "/")
	if strings.HasPrefix(path.Clean("/"+to)+"/", clean+"/") {
		return fmt.Errorf("the destination is in the source: %w", syscall.EINVAL)
	}
	return s.copyItem(from, to)
}

func (s *server) copyItem(from, to string) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	source, err := s.folder.Readable(from)
	if err != nil {
		return err
	}
	target, err := s.folder.Writable(to)
	if err != nil {
		return err
	}
	info, err := s.folder.Stat(source)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return s.copyFile(source, target, info)
	}
	if err := s.folder.Mkdir(target, info.Mode().Perm()|0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	items, err := s.read(source)
	if err != nil {
		return err
	}
	for _, item := range items {
		if err := s.copyItem(path.Join(from, item.Name()), path.Join(to, item.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) copyFile(source, target string, info fs.FileInfo) (err error) {
	in, err := s.folder.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := s.folder.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// read lists a folder by its name in the root.
func (s *server) read(name string) ([]fs.FileInfo, error) {
	folder, err := s.folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.Readdir(-1)
}
