package ascp

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/quota"
	"github.com/ascli-go/ascli/sandbox/sparse"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// closingTree is the local side of a session.
type closingTree interface {
	tree
	Close() error
}

// local opens the local side of a transfer.
func (j *job) local() (closingTree, error) {
	if j.keepsNothing() {
		return discardTree{}, nil
	}
	if j.localRoot == "" {
		return localTree{}, nil
	}
	root, err := docroot.OpenRoot(j.localRoot)
	if err != nil {
		return nil, pathFailure("/", err)
	}
	return rootedTree{root, j.disk}, nil
}

// rootedTree is the files below a folder of this computer, by paths with
// slashes of which "/" is the folder. Neither ".." nor a symbolic link leaves it.
type rootedTree struct {
	root *os.Root
	disk *quota.Disk
}

// name gives the path for the methods of os.Root.
func (rootedTree) name(client string) (string, error) {
	clean := path.Clean("/" + client)[1:]
	if clean == "" {
		return ".", nil
	}
	name, err := filepath.Localize(clean)
	if err != nil {
		return "", failf(codeBadPath, "no file can have this name: %s", client)
	}
	return name, nil
}

func (t rootedTree) Close() error { return t.root.Close() }

func (rootedTree) Join(folder, relative string) string { return path.Join(folder, relative) }
func (rootedTree) Parent(name string) string           { return path.Dir(name) }
func (rootedTree) Base(name string) string             { return path.Base(name) }

func (t rootedTree) Stat(client string) (fs.FileInfo, error) {
	name, err := t.name(client)
	if err != nil {
		return nil, err
	}
	return t.root.Stat(name)
}

func (t rootedTree) Lstat(client string) (fs.FileInfo, error) {
	name, err := t.name(client)
	if err != nil {
		return nil, err
	}
	return t.root.Lstat(name)
}

func (t rootedTree) ReadDir(client string) ([]fs.FileInfo, error) {
	folder, err := t.open(client)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.Readdir(-1)
}

func (t rootedTree) Readlink(client string) (string, error) {
	name, err := t.name(client)
	if err != nil {
		return "", err
	}
	return t.root.Readlink(name)
}

func (t rootedTree) open(client string) (*os.File, error) {
	name, err := t.name(client)
	if err != nil {
		return nil, err
	}
	return t.root.Open(name)
}

func (t rootedTree) Open(client string) (io.ReadCloser, error) { return t.open(client) }

func (t rootedTree) Create(client string, keep bool) (targetFile, error) {
	name, err := t.name(client)
	if err != nil {
		return nil, err
	}
	file, err := t.root.OpenFile(name, createFlags(keep), 0o666)
	if err != nil {
		return nil, err
	}
	return t.disk.Bound(file), nil
}

func (t rootedTree) Extents(_ context.Context, client string, size int64) ([]wire.Range, error) {
	file, err := t.open(client)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return sparse.Ranges(file, size)
}

func (t rootedTree) Digest(_ context.Context, client string, ranges []wire.Range) (string, error) {
	file, err := t.open(client)
	if err != nil {
		return "", err
	}
	defer file.Close()
	return wire.Digest(file, ranges)
}

func (t rootedTree) MkdirAll(client string) (bool, error) {
	name, err := t.name(client)
	if err != nil || name == "." {
		return false, err
	}
	if t.root.Mkdir(name, folderMode) == nil {
		return true, nil
	}
	return false, t.root.MkdirAll(name, folderMode)
}

func (t rootedTree) Symlink(target, client string) error {
	name, err := t.name(client)
	if err != nil {
		return err
	}
	return t.root.Symlink(target, name)
}

func (t rootedTree) Rename(from, to string) error {
	source, err1 := t.name(from)
	target, err2 := t.name(to)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	return t.root.Rename(source, target)
}

func (t rootedTree) Remove(client string) error {
	name, err := t.name(client)
	if err != nil {
		return err
	}
	return t.root.Remove(name)
}

func (t rootedTree) Chtimes(client string, accessed, modified time.Time) error {
	name, err := t.name(client)
	if err != nil {
		return err
	}
	return t.root.Chtimes(name, accessed, modified)
}
