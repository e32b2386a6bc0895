package world

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// Type of an entry.
type Type int

// What the store holds. Anything else on disk (devices, sockets) is not shown.
const (
	File Type = iota
	Folder
	// Link is a symbolic link.
	Link
)

// Entry describes one file, folder or symbolic link of a view.
type Entry struct {
	ID       string // file id, for life
	Path     string // as clients see it: "/" is the root of the view
	Name     string // last element of Path, "/" for the root
	Type     Type
	Size     int64 // bytes; 0 for a folder, the length of its text for a link
	Modified time.Time
	Target   string // of a link: path of its target, "" if outside the view
}

// View is the part of the store that one principal sees. Nothing outside of it
// can be reached through it. It must be closed.
type View struct {
	world  *World
	caller Principal
	rootID string
	root   *os.Root
	// permissions are those of the access key, as they were when the view was
	// opened.
	permissions []Permission
}

// View opens the files of p. It fails with [fs.ErrNotExist] when the root
// folder of p was deleted.
func (w *World) View(p Principal) (*View, error) {
	accounts := w.accounts.snapshot()
	v, err := w.view(p)
	if err != nil {
		return nil, err
	}
	if k := accounts.keyOf(p); k != nil {
		v.permissions = k.Permissions
	}
	return v, nil
}

// view opens the files of p without its permissions: it can be called while the
// accounts are locked.
func (w *World) view(p Principal) (*View, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	where, known := w.index.locate(p.rootID)
	if !known {
		return nil, fmt.Errorf("root folder of %s: %w", p.Name, fs.ErrNotExist)
	}
	root, err := w.store.OpenRoot(where)
	if err != nil {
		return nil, fmt.Errorf("root folder of %s: %w", p.Name, plain(err))
	}
	return &View{world: w, caller: p, rootID: p.rootID, root: root}, nil
}

// Close releases the view.
func (v *View) Close() error { return v.root.Close() }

// Stat describes a file, or a link itself.
func (v *View) Stat(r Ref) (Entry, error) {
	v.world.mu.Lock()
	defer v.world.mu.Unlock()
	where, err := v.resolve(r)
	if err != nil {
		return Entry{}, err
	}
	return v.stat(where)
}

// Open opens a regular file for reading, following links.
func (v *View) Open(r Ref) (*os.File, error) {
	v.world.mu.Lock()
	where, err := v.resolve(r)
	v.world.mu.Unlock()
	if err != nil {
		return nil, err
	}
	// Opening a pipe would block, so look before.
	info, err := v.root.Stat(where)
	if err != nil {
		return nil, plain(err)
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotFile
	}
	f, err := v.root.Open(where)
	return f, plain(err)
}

// OpenFolder opens a folder, following links.
func (v *View) OpenFolder(r Ref) (*os.File, error) {
	v.world.mu.Lock()
	where, err := v.resolve(r)
	v.world.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return v.openFolder(where)
}

// resolve turns r into a path relative to the root of the view. The lock of
// the world must be held.
func (v *View) resolve(r Ref) (string, error) {
	if !r.byID {
		return localize(r.path)
	}
	where, known := v.pathOf(r.id)
	if !known {
		return "", fs.ErrNotExist
	}
	return localize(path.Join(where, r.path))
}

// pathOf returns the path of a file id relative to the root of the view.
func (v *View) pathOf(id string) (string, bool) {
	if !v.world.index.within(id, v.rootID) {
		return "", false
	}
	inStore, _ := v.world.index.locate(id)
	top, known := v.world.index.locate(v.rootID)
	if !known {
		return "", false
	}
	switch {
	case top == ".":
		return inStore, true
	case inStore == top:
		return ".", true
	}
	return strings.TrimPrefix(inStore, top+"/"), true
}

// idOf returns the file id of a path relative to the root of the view, giving
// ids to it and to the folders above it if they have none.
func (v *View) idOf(where string) string {
	id := v.rootID
	if where == "." {
		return id
	}
	for name := range strings.SplitSeq(where, "/") {
		id = v.world.index.identify(id, name)
	}
	return id
}

func (v *View) stat(where string) (Entry, error) {
	info, err := v.root.Lstat(where)
	if err != nil {
		return Entry{}, plain(err)
	}
	e, shown := v.describe(where, info)
	if !shown {
		return Entry{}, fs.ErrNotExist
	}
	e.ID = v.idOf(where)
	return e, v.world.index.flush()
}

// describe makes the entry of a path, without its id. It reports false for
// what is not shown.
func (v *View) describe(where string, info fs.FileInfo) (Entry, bool) {
	kind, shown := typeOf(info.Mode())
	e := Entry{Path: absolute(where), Name: path.Base(absolute(where)), Type: kind, Modified: info.ModTime()}
	switch kind {
	case File:
		e.Size = info.Size()
	case Link:
		e.Size, e.Target = info.Size(), v.target(where)
	}
	return e, shown
}

func typeOf(mode fs.FileMode) (Type, bool) {
	switch {
	case mode.IsRegular():
		return File, true
	case mode.IsDir():
		return Folder, true
	case mode&fs.ModeSymlink != 0:
		return Link, true
	}
	return 0, false
}

// target returns the path that a link leads to. A link that is absolute on disk
// has none, since the root of the view is not that of the disk.
func (v *View) target(where string) string {
	text, err := v.root.Readlink(where)
	if err != nil {
		return ""
	}
	text = strings.ReplaceAll(text, string(os.PathSeparator), "/")
	if path.IsAbs(text) {
		return ""
	}
	target, err := localize(path.Join(path.Dir(where), text))
	if err != nil {
		return ""
	}
	return absolute(target)
}

func (v *View) openFolder(where string) (*os.File, error) {
	info, err := v.root.Stat(where)
	if err != nil {
		return nil, plain(err)
	}
	if !info.IsDir() {
		return nil, ErrNotFolder
	}
	f, err := v.root.Open(where)
	return f, plain(err)
}

// names returns the sorted names in a folder.
func (v *View) names(where string) ([]string, error) {
	f, err := v.openFolder(where)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	found, err := f.Readdirnames(-1)
	if err != nil {
		return nil, plain(err)
	}
	slices.Sort(found)
	return found, nil
}
