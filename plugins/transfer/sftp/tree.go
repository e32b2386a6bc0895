package sftp

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// attributes are what both sides know of a file. Times are seconds of the epoch,
// the precision of SFTP.
type attributes struct {
	// kind is 0 for a regular file, or one of ModeDir, ModeSymlink, ModeIrregular.
	kind               fs.FileMode
	size               int64
	modified, accessed int64
}

type named struct {
	name string
	attributes
}

// sourceTree is the side that files come from.
type sourceTree interface {
	stat(path string, follow bool) (attributes, error)
	// list does not follow links.
	list(path string) ([]named, error)
	readlink(path string) (string, error)
	// real returns the absolute path without links.
	real(path string) (string, error)
	join(folder, name string) string
	parent(path string) string

	makeFolder(path string) error
	rename(from, to string) error
	remove(path string) error
	removeFolder(path string) error
}

// targetTree is the side that files go to. Paths are relative to the destination
// folder, with slashes; "." is that folder.
type targetTree interface {
	// makeRoot makes the destination folder and those above it.
	makeRoot() error
	stat(path string, follow bool) (attributes, error)
	list(path string) ([]named, error)
	symlink(target, path string) error
	setTimes(path string, accessed, modified int64) error

	makeFolder(path string) error
	rename(from, to string) error
	remove(path string) error
	removeFolder(path string) error
}

// localTree is this machine as a source.
type localTree struct{}

func (localTree) stat(path string, follow bool) (attributes, error) {
	info, err := os.Lstat(path)
	if follow {
		info, err = os.Stat(path)
	}
	if err != nil {
		return attributes{}, err
	}
	return attributesOf(info), nil
}

func attributesOf(info fs.FileInfo) attributes {
	kind := info.Mode().Type()
	if kind != 0 && kind != fs.ModeDir && kind != fs.ModeSymlink {
		kind = fs.ModeIrregular
	}
	return attributes{kind: kind, size: info.Size(), modified: info.ModTime().Unix(), accessed: accessTime(info)}
}

func (localTree) list(folder string) ([]named, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	return infos(entries)
}

// infos leaves out what vanished meanwhile.
func infos(entries []fs.DirEntry) ([]named, error) {
	list := make([]named, 0, len(entries))
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			list = append(list, named{e.Name(), attributesOf(info)})
		}
	}
	return list, nil
}

func (localTree) readlink(path string) (string, error) { return os.Readlink(path) }

func (localTree) real(path string) (string, error) {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(resolved)
}

func (localTree) join(folder, name string) string {
	return filepath.Join(folder, filepath.FromSlash(name))
}
func (localTree) parent(path string) string      { return filepath.Dir(path) }
func (localTree) makeFolder(path string) error   { return os.Mkdir(path, 0o777) }
func (localTree) rename(from, to string) error   { return os.Rename(from, to) }
func (localTree) remove(path string) error       { return os.Remove(path) }
func (localTree) removeFolder(path string) error { return os.Remove(path) }

// rootTree is a folder of this machine as the destination. Whatever a server
// names, and whatever links it has made, nothing outside of the folder is touched.
type rootTree struct {
	folder string
	root   *os.Root
}

func (t *rootTree) open() error {
	if t.root != nil {
		return nil
	}
	info, err := os.Stat(t.folder)
	if err == nil && !info.IsDir() {
		return coded(codeNotFolder, "%s: %s", transfer.LookupCode(codeNotFolder).Info, t.folder)
	}
	if err == nil {
		t.root, err = os.OpenRoot(t.folder)
	}
	return err
}

func (t *rootTree) close() {
	if t.root != nil {
		_ = t.root.Close()
	}
}

func (t *rootTree) makeRoot() error {
	if err := os.MkdirAll(t.folder, 0o777); err != nil {
		return err
	}
	return t.open()
}

func (t *rootTree) stat(path string, follow bool) (attributes, error) {
	if err := t.open(); err != nil {
		return attributes{}, err
	}
	info, err := t.root.Lstat(path)
	if follow {
		info, err = t.root.Stat(path)
	}
	if err != nil {
		return attributes{}, err
	}
	return attributesOf(info), nil
}

func (t *rootTree) list(path string) ([]named, error) {
	if err := t.open(); err != nil {
		return nil, err
	}
	folder, err := t.root.Open(path)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	return infos(entries)
}

func (t *rootTree) symlink(target, path string) error { return t.root.Symlink(target, path) }
func (t *rootTree) makeFolder(path string) error      { return t.root.Mkdir(path, 0o777) }
func (t *rootTree) rename(from, to string) error      { return t.root.Rename(from, to) }
func (t *rootTree) remove(path string) error          { return t.root.Remove(path) }
func (t *rootTree) removeFolder(path string) error    { return t.root.Remove(path) }

func (t *rootTree) setTimes(path string, accessed, modified int64) error {
	return t.root.Chtimes(path, time.Unix(accessed, 0), time.Unix(modified, 0))
}

// remoteTree is the server, as a source with its own paths, or as a destination
// below a folder.
type remoteTree struct {
	session *protocol.Session
	folder  string
}

func (t remoteTree) at(p string) string {
	switch {
	case t.folder == "":
		return p
	case p == ".":
		return t.folder
	}
	return path.Join(t.folder, p)
}

func (t remoteTree) stat(p string, follow bool) (attributes, error) {
	ask := t.session.Lstat
	if follow {
		ask = t.session.Stat
	}
	a, err := ask(t.at(p))
	return fromServer(a), err
}

func fromServer(a protocol.Attributes) attributes {
	return attributes{kind: a.Type(), size: a.Size, modified: int64(a.ModTime), accessed: int64(a.AccessTime)}
}

func (t remoteTree) list(p string) ([]named, error) {
	entries, err := t.session.List(t.at(p))
	if err != nil {
		return nil, err
	}
	list := make([]named, len(entries))
	for i, e := range entries {
		list[i] = named{e.Name, fromServer(e.Attributes)}
	}
	return list, nil
}

func (t remoteTree) makeRoot() error {
	folder := path.Clean(t.folder)
	err := t.session.MakeFolder(folder)
	if err == nil || lost(err) {
		return err
	}
	if a, statErr := t.session.Stat(folder); statErr == nil {
		if a.Type() != fs.ModeDir {
			return coded(codeNotFolder, "Target must be a directory: %s", folder)
		}
		return nil
	}
	parent := path.Dir(folder)
	if parent == folder || parent == "." {
		return err
	}
	if err := (remoteTree{t.session, parent}).makeRoot(); err != nil {
		return err
	}
	return t.session.MakeFolder(folder)
}

func (t remoteTree) join(folder, name string) string   { return path.Join(folder, name) }
func (t remoteTree) parent(p string) string            { return path.Dir(p) }
func (t remoteTree) readlink(p string) (string, error) { return t.session.Readlink(t.at(p)) }
func (t remoteTree) real(p string) (string, error)     { return t.session.RealPath(t.at(p)) }
func (t remoteTree) symlink(target, p string) error    { return t.session.Symlink(target, t.at(p)) }
func (t remoteTree) makeFolder(p string) error         { return t.session.MakeFolder(t.at(p)) }
func (t remoteTree) rename(from, to string) error      { return t.session.Rename(t.at(from), t.at(to)) }
func (t remoteTree) remove(p string) error             { return t.session.Remove(t.at(p)) }
func (t remoteTree) removeFolder(p string) error       { return t.session.RemoveFolder(t.at(p)) }
func (t remoteTree) setTimes(p string, accessed, modified int64) error {
	return t.session.SetTimes(t.at(p), seconds(accessed), seconds(modified))
}

// seconds fits a time into the 32 bits that SFTP has for it.
func seconds(t int64) uint32 { return uint32(max(0, min(t, 1<<32-1))) }
