package world

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// MakeFile creates a file with the given content. It fails with [fs.ErrExist]
// when the path is taken, with [fs.ErrNotExist] when its folder is missing.
func (v *View) MakeFile(r Ref, content []byte) (Entry, error) {
	return v.create(r, func(where string) error {
		f, err := v.root.OpenFile(where, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return err
		}
		done, err := v.world.disk.Reserve(len(content))
		if err == nil {
			_, err = f.Write(content)
			done()
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return errors.Join(err, v.root.Remove(where))
		}
		return nil
	})
}

// MakeFolder creates a folder. Errors are those of [View.MakeFile].
func (v *View) MakeFolder(r Ref) (Entry, error) {
	return v.create(r, func(where string) error { return v.root.Mkdir(where, 0o777) })
}

// MakeLink creates a symbolic link to target, a path of the view that need not
// exist. Errors are those of [View.MakeFile].
func (v *View) MakeLink(r Ref, target string) (Entry, error) {
	target, err := localize(target)
	if err != nil {
		return Entry{}, err
	}
	return v.create(r, func(where string) error {
		// Relative to its folder: an absolute link would start at the root of
		// the disk, not at that of the view.
		text, err := filepath.Rel(filepath.FromSlash(path.Dir(where)), filepath.FromSlash(target))
		if err != nil {
			return ErrBadPath
		}
		return v.root.Symlink(text, where)
	})
}

func (v *View) create(r Ref, put func(where string) error) (Entry, error) {
	v.world.mu.Lock()
	defer v.world.mu.Unlock()
	where, err := v.resolve(r)
	if err != nil {
		return Entry{}, err
	}
	if err := put(where); err != nil {
		return Entry{}, plain(err)
	}
	e, err := v.stat(where)
	if err == nil {
		v.tell(Created, e, "")
	}
	return e, err
}

// Delete removes a file, a link or a folder, with all that is in the folder
// when recursive; if not, a folder that is not empty is refused with
// [ErrNotEmpty].
func (v *View) Delete(r Ref, recursive bool) error {
	v.world.mu.Lock()
	defer v.world.mu.Unlock()
	where, err := v.resolve(r)
	if err != nil {
		return err
	}
	if where == "." {
		return ErrRoot
	}
	e, err := v.stat(where)
	if err != nil {
		return err
	}
	if e.Type == Folder && !recursive {
		inside, err := v.names(where)
		if err != nil {
			return err
		}
		if len(inside) > 0 {
			return ErrNotEmpty
		}
	}
	if err := v.root.RemoveAll(where); err != nil {
		return plain(err)
	}
	v.world.index.forget(e.ID)
	v.tell(Deleted, e, "")
	return v.world.index.flush()
}

// Rename gives a file, link or folder another path. It keeps its id, and so
// does everything below it. A path that is taken is refused with [fs.ErrExist].
func (v *View) Rename(from, to Ref) error {
	v.world.mu.Lock()
	defer v.world.mu.Unlock()
	source, err := v.resolve(from)
	if err != nil {
		return err
	}
	destination, err := v.resolve(to)
	if err != nil {
		return err
	}
	switch {
	case source == ".":
		return ErrRoot
	case strings.HasPrefix(destination, source+"/"):
		return ErrIntoItself
	}
	e, err := v.stat(source)
	if err != nil || source == destination {
		return err
	}
	switch _, err := v.root.Lstat(destination); {
	case err == nil:
		return fs.ErrExist
	case !errors.Is(err, fs.ErrNotExist):
		return plain(err)
	}
	if err := v.root.Rename(source, destination); err != nil {
		return plain(err)
	}
	v.world.index.move(e.ID, v.idOf(path.Dir(destination)), path.Base(destination))
	moved := e
	moved.Path, moved.Name = absolute(destination), path.Base(destination)
	v.tell(Moved, moved, e.Path)
	return v.world.index.flush()
}
